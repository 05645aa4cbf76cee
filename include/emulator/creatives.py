"""Ad creatives: their rules, writes and readable fields."""

from typing import Any

from emulator import labels, schema, statuses, videos
from emulator.accounts import check_open
from emulator.campaigns import LABEL_EDGE, check_name
from emulator.emulator import Emulator
from emulator.execution_options import check_options, tried
from emulator.kinds import Json, Kind, Row
from emulator.param_types import check
from emulator.protocol import Call
from emulator.rules import broken
from emulator.state import Object

# One of these says what the creative shows.
_CONTENT = (
    "object_story_spec",
    "object_story_id",
    "asset_feed_spec",
    "source_instagram_media_id",
    "source_facebook_post_id",
    "object_id",
    "image_hash",
    "image_url",
    "product_set_id",
)
_STORIES = ("video_data", "link_data", "photo_data", "text_data", "template_data", "product_data")
# Buttons that lead nowhere on purpose, or whose target is not a link.
_CTA_WITHOUT_LINK = frozenset(("NO_BUTTON", "LIKE_PAGE", "CALL_NOW", "MESSAGE_PAGE"))
_TEXTS = ("message", "title", "name", "description", "link_description", "caption", "body")


def create(emulator: Emulator, call: Call, account: Object) -> Json:
    """Create a creative on an account."""
    check_options(call)
    check_open(account)
    params = check(schema.operation("AdAccount", "create_ad_creative"), call.params)
    creative, new_labels = build(emulator, account, params)
    if call.validate_only:
        return tried(emulator, call, "creative", params)
    emulator.commit(call, "create", creative, *new_labels)
    return {"id": creative.id}


def _check_app(emulator: Emulator) -> None:
    if emulator.world.app.get("mode") == "development":
        raise broken("app_in_development", blame="object_story_spec")


def build(
    emulator: Emulator, account: Object, params: dict[str, Any]
) -> tuple[Object, list[Object]]:
    """Check a creative's parameters; return it and its new labels, not yet written."""
    if not any(params.get(name) for name in _CONTENT):
        raise broken("creative_without_content", blame="object_story_spec")
    check_name(params)
    spec = params.get("object_story_spec")
    if spec is not None:
        _check_app(emulator)
        _check_story(emulator, account, spec)
    _check_image(emulator, account, params.get("image_hash"))
    _check_features(params.get("degrees_of_freedom_spec") or {})
    fields = {**params, "status": "ACTIVE"}
    fields.pop("execution_options", None)
    fields["adlabels"], new_labels = labels.resolve(emulator, account, params.get("adlabels"))
    if spec is not None:
        fields.update(_derived(spec))
    creative = emulator.new_object("creative", account, fields)
    return creative.with_fields({"name": params.get("name") or creative.id}, creative.created), (
        new_labels
    )


def update(emulator: Emulator, call: Call, creative: Object) -> Json:
    """Rename, relabel or delete a creative; its content can never change."""
    check_options(call)
    params = check(schema.operation("AdCreative", "api_update"), call.params)
    statuses.check_editable(emulator, creative, params)
    check_name(params)
    params.pop("account_id", None)
    if call.validate_only:
        return tried(emulator, call, "creative", params)
    new_labels: list[Object] = []
    if "adlabels" in params:
        account = emulator.account_of(creative)
        params["adlabels"], new_labels = labels.resolve(emulator, account, params["adlabels"])
    changed = creative.with_fields(params, emulator.clock.now())
    emulator.commit(call, "update", changed, *new_labels)
    return {"success": True}


def delete(emulator: Emulator, call: Call, creative: Object) -> Json:
    """Delete a creative that no living ad uses."""
    for ad in emulator.state.children(creative.account, "ad"):
        if ad.fields["_creative"] == creative.id and (
            statuses.effective_status(emulator, ad) != "DELETED"
        ):
            raise broken("creative_in_use", id=creative.id)
    changed = creative.with_fields({"status": "DELETED"}, emulator.clock.now())
    emulator.commit(call, "delete", changed)
    return {"success": True}


def listed(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """List the account's creatives that are not deleted, newest first."""
    return [
        creative
        for creative in emulator.state.children(account.id, "creative")
        if creative.fields["status"] != "DELETED"
    ]


def forbidden_word(emulator: Emulator, creative: Object) -> str | None:
    """Return the first forbidden word in the creative's texts, None when it is clean."""
    text = " ".join(_texts(creative.fields.get("object_story_spec", {}))).lower()
    text += f" {creative.fields.get('title', '')} {creative.fields.get('body', '')}".lower()
    return next((word for word in emulator.world.forbidden_words if word in text), None)


def _texts(value: Any) -> list[str]:
    found = []
    for name, inner in value.items() if isinstance(value, dict) else []:
        if isinstance(inner, str) and name in _TEXTS:
            found.append(inner)
        for item in inner if isinstance(inner, list) else [inner]:
            found.extend(_texts(item))
    return found


def _check_story(emulator: Emulator, account: Object, spec: dict[str, Any]) -> None:
    if not spec.get("page_id"):
        raise broken("missing_param", blame="object_story_spec", param="object_story_spec[page_id]")
    if emulator.find(spec["page_id"], "page", account.id) is None:
        raise broken("unknown_page", blame="object_story_spec", id=spec["page_id"])
    stories = [name for name in _STORIES if spec.get(name)]
    if len(stories) != 1:
        raise broken("one_story_only", blame="object_story_spec", count=len(stories))
    data = spec[stories[0]]
    if not isinstance(data, dict):
        return
    if stories[0] == "video_data":
        _check_video(emulator, account, data)
    elif stories[0] == "link_data" and not data.get("link"):
        raise broken(
            "missing_param",
            blame="object_story_spec",
            param="object_story_spec[link_data][link]",
        )
    _check_image(emulator, account, data.get("image_hash"))
    action = data.get("call_to_action")
    if action is not None:
        _check_call_to_action(action, has_link=bool(data.get("link")))


def _check_video(emulator: Emulator, account: Object, data: dict[str, Any]) -> None:
    path = "object_story_spec[video_data][video_id]"
    if not data.get("video_id"):
        raise broken("missing_param", blame="object_story_spec", param=path)
    video = emulator.find(data["video_id"], "video", account.id)
    if video is None:
        raise broken("unknown_video", blame="object_story_spec", id=data["video_id"])
    if not data.get("image_hash") and not data.get("image_url"):
        raise broken("thumbnail_missing", blame="object_story_spec")
    status = videos.video_status(emulator, video)
    if status == "error":
        raise broken("video_failed", blame="object_story_spec", id=video.id)
    if status != "ready":
        raise broken("video_not_ready", blame="object_story_spec", id=video.id)


def _check_image(emulator: Emulator, account: Object, image_hash: object) -> None:
    if image_hash and emulator.find(f"{account.id[4:]}:{image_hash}", "image") is None:
        raise broken("unknown_image", blame="image_hash", hash=image_hash)


def _check_call_to_action(action: dict[str, Any], *, has_link: bool) -> None:
    if not action.get("type"):
        raise broken("missing_param", blame="call_to_action", param="call_to_action[type]")
    value = action.get("value") or {}
    link = value.get("link")
    if action["type"] not in _CTA_WITHOUT_LINK and not (has_link or value):
        raise broken("call_to_action_link", blame="call_to_action", type=action["type"])
    if link and not str(link).startswith(("http://", "https://", "fb://")):
        raise broken("bad_link", blame="call_to_action", link=link)


def _check_features(spec: dict[str, Any]) -> None:
    features = spec.get("creative_features_spec") or {}
    if "standard_enhancements" in features:
        raise broken("standard_enhancements_gone", blame="degrees_of_freedom_spec")
    for name, feature in features.items():
        status = (feature or {}).get("enroll_status")
        if status not in ("OPT_IN", "OPT_OUT"):
            path = f"degrees_of_freedom_spec[creative_features_spec][{name}][enroll_status]"
            raise broken(
                "not_in_enum",
                blame="degrees_of_freedom_spec",
                param=path,
                allowed="OPT_IN, OPT_OUT",
            )


def _derived(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the top-level fields Meta fills in from the story."""
    data: Json = next((spec[name] for name in _STORIES if isinstance(spec.get(name), dict)), {})
    kind = {"video_data": "VIDEO", "photo_data": "PHOTO"}
    name = next((name for name in _STORIES if spec.get(name)), "")
    return {
        "actor_id": spec["page_id"],
        "object_type": kind.get(name, "SHARE"),
        "video_id": data.get("video_id"),
        "image_hash": data.get("image_hash"),
        "title": data.get("title") or data.get("name"),
        "body": data.get("message"),
        "call_to_action_type": (data.get("call_to_action") or {}).get("type"),
    }


KIND = Kind(
    name="creative",
    title="AdCreative",
    sdk_class="AdCreative",
    edges={"adlabels": LABEL_EDGE},
    update=update,
    delete=delete,
)
