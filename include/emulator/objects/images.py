"""Ad images, named by the MD5 of their bytes and kept per account."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from emulator.calls import schema
from emulator.calls.kinds import Json, Kind, Row
from emulator.calls.param_types import check, decode_json
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.media import probing
from emulator.objects.accounts import check_open
from emulator.policy.rules import broken
from emulator.state import Object


def upload(emulator: Emulator, call: Call, account: Object) -> Json:
    """Answer ``POST /act_X/adimages``: file parts of any name, base64 ``bytes``, or a copy."""
    check_open(account)
    signature = schema.operation("AdAccount", "create_ad_image")
    more = {"name": "string", "filename": "string"}
    params = check(schema.Signature({**signature.types, **more}, {}), call.params)
    if params.get("copy_from"):
        return _copy(emulator, call, account, params["copy_from"])
    contents = {file.filename: file.content for file in call.files.values()}
    if params.get("bytes"):
        try:
            contents[params.get("name") or "bytes"] = base64.b64decode(params["bytes"])
        except binascii.Error:
            raise broken("not_an_image", blame="bytes") from None
    if not contents:
        raise broken("missing_param", blame="filename", param="filename")
    stored = {
        name: _store(emulator, call, account, name, content) for name, content in contents.items()
    }
    return _shown(emulator, call, stored)


def _copy(emulator: Emulator, call: Call, account: Object, wanted: dict[str, Any]) -> Json:
    """Take over an image of another account: ``{"source_account_id", "hash"}``."""
    source, digest = str(wanted.get("source_account_id", "")), wanted.get("hash")
    image = emulator.find(f"{source.removeprefix('act_')}:{digest}", "image")
    if image is None or image.fields["status"] == "DELETED":
        raise broken("unknown_image", blame="copy_from", hash=digest)
    content = (emulator.settings.images / image.id.replace(":", "-")).read_bytes()
    name = image.fields["name"]
    return _shown(emulator, call, {name: _store(emulator, call, account, name, content)})


def _shown(emulator: Emulator, call: Call, stored: dict[str, Object]) -> Json:
    images = {
        name: {
            "hash": image.fields["hash"],
            "url": _shown_at(emulator, call.base_url, image),
            "width": image.fields["width"],
            "height": image.fields["height"],
        }
        for name, image in stored.items()
    }
    return {"images": images}


def listed(emulator: Emulator, call: Call, account: Object) -> Sequence[Row]:
    """List the account's images, or only those of the ``hashes`` asked for."""
    wanted = decode_json(call.params.get("hashes"))
    name = call.params.get("name")
    return [
        image
        for image in emulator.state.children(account.id, "image")
        if image.fields["status"] != "DELETED"
        and (not wanted or image.fields["hash"] in wanted)
        and (not name or image.fields["name"] == name)
    ]


def delete(emulator: Emulator, call: Call, account: Object) -> Json:
    """Answer ``DELETE /act_X/adimages?hash=``."""
    image = emulator.find(f"{account.id[4:]}:{call.params.get('hash')}", "image")
    if image is None:
        raise broken("unknown_image", blame="hash", hash=call.params.get("hash"))
    emulator.commit(call, "delete", image.with_fields({"status": "DELETED"}, emulator.clock.now()))
    return {"success": True}


def _store(emulator: Emulator, call: Call, account: Object, name: str, content: bytes) -> Object:
    """Keep an image; the same bytes again are the same image."""
    probe = probing.probe_image(content)
    if probe is None:
        raise broken("not_an_image", blame="bytes")
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    known = emulator.find(f"{account.id[4:]}:{digest}", "image")
    if known is not None and known.fields["status"] == "ACTIVE":
        return known
    fields = {
        "hash": digest,
        "name": name,
        "status": "ACTIVE",
        "width": probe.width,
        "height": probe.height,
        "original_width": probe.width,
        "original_height": probe.height,
    }
    fresh = emulator.new_object("image", account, fields)
    image = replace(fresh, id=f"{account.id[4:]}:{digest}")
    folder = emulator.settings.images
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{account.id[4:]}-{digest}").write_bytes(content)
    emulator.commit(call, "create", image)
    return image


def address(emulator: Emulator, base_url: str, account: Object, image_hash: object) -> str | None:
    """Return where an account's image of that hash is shown, None when it has none such."""
    image = emulator.find(f"{account.id[4:]}:{image_hash}", "image")
    return None if image is None else _shown_at(emulator, base_url, image)


def _shown_at(emulator: Emulator, base_url: str, image: Object) -> str:
    return f"{base_url}/_emulator/images/{image.id.replace(':', '-')}"


KIND = Kind(
    name="image",
    title="AdImage",
    sdk_class="AdImage",
    default_fields=("hash", "name"),
    links=dict.fromkeys(("url", "url_128", "permalink_url"), _shown_at),
)
