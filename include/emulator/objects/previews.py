"""Previews of ads and creatives: Meta answers with a frame to show, and so does this server."""

from html import escape
from typing import Any
from urllib.parse import urlencode

from emulator.calls import schema
from emulator.calls.kinds import Row
from emulator.calls.param_types import check, require
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.objects import creatives
from emulator.state import Object

_WIDTH, _HEIGHT = 540, 690


def of_node(emulator: Emulator, call: Call, node: Object) -> list[Row]:
    """Answer ``previews`` of an ad or a creative in one ``ad_format``."""
    params = _checked(call, "Ad", "get_previews")
    return [_frame(call, str(params["ad_format"]), node.id)]


def of_account(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """Answer ``generatepreviews``: of a creative by id, or of one that is only described."""
    params = _checked(call, "AdAccount", "get_generate_previews")
    require(params, ["creative"])
    creative = dict(params["creative"])
    identity = creative.get("creative_id") or creative.get("id")
    if identity:
        emulator.need(identity, "creative", account.id)
    else:
        # What could not become a creative cannot be shown as one either.
        creatives.build(emulator, account, creative)
    return [_frame(call, str(params["ad_format"]), str(identity or "draft"))]


def _checked(call: Call, sdk_class: str, method: str) -> dict[str, Any]:
    signature = schema.operation(sdk_class, method)
    known = {name: value for name, value in call.params.items() if name in signature.types}
    params = check(signature, known)
    require(params, ["ad_format"])
    return params


def _frame(call: Call, ad_format: str, what: str) -> Row:
    query = urlencode({"d": what, "t": ad_format})
    source = escape(f"{call.base_url}/_emulator/preview?{query}")
    return {
        "body": f'<iframe src="{source}" width="{_WIDTH}" height="{_HEIGHT}" scrolling="yes" '
        'style="border: none;"></iframe>'
    }
