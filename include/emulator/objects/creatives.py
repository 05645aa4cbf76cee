"""Ad creatives: their rules, writes and readable fields."""

import re
from collections.abc import Mapping
from typing import Any

from emulator.calls import schema
from emulator.calls.execution_options import check_options, tried
from emulator.calls.kinds import Json, Kind, ReadLink, Row
from emulator.calls.param_types import check, decode_json
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.objects import images, labels, statuses
from emulator.objects.accounts import check_open
from emulator.objects.campaigns import LABEL_EDGE, check_name
from emulator.policy import asset_feeds, stories
from emulator.policy.rules import broken
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
_TEXTS = (
    "body",
    "caption",
    "description",
    "link_description",
    "message",
    "name",
    "text",
    "title",
)
# Two of these at once leave open what the creative shows.
_SOURCES = ("object_story_spec", "object_story_id", "source_instagram_media_id")
_STORY_ID = re.compile(r"^(\d+)_(\d+)$")


def create(emulator: Emulator, call: Call, account: Object) -> Json:
    """Create a creative on an account."""
    check_options(call)
    check_open(account)
    check_placing(call.params)
    params = check(schema.operation("AdAccount", "create_ad_creative"), call.params)
    creative, new_labels = build(emulator, account, params)
    if call.validate_only:
        return tried(emulator, call, "creative", params)
    emulator.commit(call, "create", creative, *new_labels)
    return {"id": creative.id}


def check_placing(params: Mapping[str, Any]) -> None:
    """Raise for keys of older versions or one level off, which have numbers of their own."""
    if "instagram_actor_id" in params:
        raise broken("instagram_actor_gone", blame="instagram_actor_id")
    stories.check_placing(decode_json(params.get("object_story_spec")))


def leads_to(creative: Object) -> list[str]:
    """Return the web addresses the creative leads to, as far as it says so itself."""
    links = stories.web_links(creative.fields.get("object_story_spec") or {})
    links += asset_feeds.feed_links(creative.fields.get("asset_feed_spec") or {})
    return links + [str(link) for link in [creative.fields.get("link_url")] if link]


def _check_app(emulator: Emulator) -> None:
    if emulator.world.app.get("mode") == "development":
        raise broken("app_in_development", blame="object_story_spec")


def build(
    emulator: Emulator, account: Object, params: dict[str, Any]
) -> tuple[Object, list[Object]]:
    """Check a creative's parameters; return it and its new labels, not yet written."""
    check_name(params)
    _check_content(emulator, account, params)
    _check_features(params.get("degrees_of_freedom_spec") or {})
    fields = {**params, "status": "ACTIVE"}
    fields.pop("execution_options", None)
    fields["adlabels"], new_labels = labels.resolve(emulator, account, params.get("adlabels"))
    if params.get("object_story_spec") is not None:
        fields |= stories.derived(params["object_story_spec"])
    creative = emulator.new_object("creative", account, fields)
    return creative.with_fields({"name": params.get("name") or creative.id}, creative.created), (
        new_labels
    )


def _check_content(emulator: Emulator, account: Object, params: dict[str, Any]) -> None:
    if not any(params.get(name) for name in _CONTENT):
        raise broken("creative_without_content", blame="object_story_spec")
    if sum(bool(params.get(name)) for name in _SOURCES) > 1:
        raise broken("ambiguous_creative", blame="object_story_spec")
    spec, feed = params.get("object_story_spec"), params.get("asset_feed_spec")
    if spec is not None:
        _check_app(emulator)
        stories.check_story(emulator, account, spec, with_assets=bool(feed))
    if feed is not None:
        asset_feeds.check_one_home(feed, spec or {})
        asset_feeds.check_asset_feed(emulator, account, feed)
    stories.check_instagram(emulator, account, params.get("instagram_user_id"))
    stories.check_image(emulator, account, params.get("image_hash"))
    stories.check_link(params.get("link_url"), "link_url")
    post = params.get("object_story_id")
    if post:
        match = _STORY_ID.match(str(post))
        if match is None:
            raise broken("bad_story_id", blame="object_story_id", id=post)
        stories.check_page(emulator, account, match[1])


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
    shown = [creative.fields.get(name, {}) for name in ("object_story_spec", "asset_feed_spec")]
    text = " ".join(word for spec in shown for word in _texts(spec)).lower()
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


def _picture(name: str) -> ReadLink:
    def link(emulator: Emulator, base_url: str, creative: Object) -> Any:
        account, wanted = emulator.account_of(creative), creative.fields.get("image_hash")
        return creative.fields.get(name) or images.address(emulator, base_url, account, wanted)

    return link


KIND = Kind(
    name="creative",
    title="AdCreative",
    sdk_class="AdCreative",
    links={name: _picture(name) for name in ("image_url", "thumbnail_url")},
    edges={"adlabels": LABEL_EDGE},
    update=update,
    delete=delete,
)
