"""``object_story_spec``: the post a creative makes, of one kind, with its pictures and links."""

from typing import Any

from emulator.calls.kinds import Json
from emulator.emulator import Emulator
from emulator.media.processing import video_status
from emulator.policy.rules import broken
from emulator.state import Object

_STORIES = ("video_data", "link_data", "photo_data", "text_data", "template_data", "product_data")
# Buttons that lead nowhere on purpose, or whose target is not a link.
_CTA_WITHOUT_LINK = frozenset(("NO_BUTTON", "LIKE_PAGE", "CALL_NOW", "MESSAGE_PAGE"))
_WEB = ("http://", "https://")
_LINKS = (*_WEB, "fb://")
_FEWEST_CARDS, _MOST_CARDS = 2, 10
# Keys that clients put one level off, and that Meta refuses with a number of their own.
_MISPLACED = (("link_data", "video_id"), ("video_data", "instagram_user_id"))


def check_placing(spec: Any) -> None:
    """Raise for keys that belong elsewhere, before the types would merely call them unknown."""
    if not isinstance(spec, dict):
        return
    for story, key in _MISPLACED:
        if isinstance(spec.get(story), dict) and key in spec[story]:
            raise broken("story_key_misplaced", blame="object_story_spec", key=key, story=story)
    places = [spec, *(value for value in spec.values() if isinstance(value, dict))]
    if any("instagram_actor_id" in place for place in places):
        raise broken("instagram_actor_gone", blame="object_story_spec")


def check_story(emulator: Emulator, account: Object, spec: Json, *, with_assets: bool) -> None:
    """Check a story spec; ``with_assets`` says that an asset feed brings the content."""
    page = spec.get("page_id")
    if not page:
        raise _missing("page_id")
    check_page(emulator, account, page)
    check_instagram(emulator, account, spec.get("instagram_user_id"))
    stories = [name for name in _STORIES if spec.get(name)]
    if len(stories) != 1 and not (with_assets and not stories):
        raise broken("one_story_only", blame="object_story_spec", count=len(stories))
    for name in stories:
        _check_data(emulator, account, name, spec[name])


def check_page(emulator: Emulator, account: Object, page: object) -> None:
    """Raise when the account may not advertise for that page."""
    if emulator.find(page, "page", account.id) is None:
        raise broken("unknown_page", blame="object_story_spec", id=page)


def check_instagram(emulator: Emulator, account: Object, identity: object) -> None:
    """Raise when the account may not advertise as that Instagram account."""
    if identity and emulator.find(identity, "instagram", account.id) is None:
        raise broken("instagram_no_access", blame="instagram_user_id")


def check_video(emulator: Emulator, account: Object, identity: object) -> None:
    """Raise unless the account has that video and it is ready."""
    video = emulator.find(identity, "video", account.id)
    if video is None:
        raise broken("unknown_video", blame="object_story_spec", id=identity)
    status = video_status(emulator, video)
    if status == "error":
        raise broken("video_failed", blame="object_story_spec", id=video.id)
    if status != "ready":
        raise broken("video_not_ready", blame="object_story_spec", id=video.id)


def check_image(emulator: Emulator, account: Object, image_hash: object) -> None:
    """Raise when the account has no picture of that hash."""
    if image_hash and emulator.find(f"{account.id[4:]}:{image_hash}", "image") is None:
        raise broken("unknown_image", blame="image_hash", hash=image_hash)


def check_link(link: object, blame: str) -> None:
    """Raise for a link that is no web address."""
    if link and not str(link).startswith(_LINKS):
        raise broken("bad_link", blame=blame, link=link)


def web_links(spec: Json) -> list[str]:
    """Return the web addresses a story leads to."""
    data = _data(spec)
    value = (data.get("call_to_action") or {}).get("value") or {}
    found = [data.get("link"), value.get("link")]
    found += [card.get("link") for card in data.get("child_attachments") or []]
    return [str(link) for link in found if str(link or "").startswith(_WEB)]


def call_to_action_type(spec: Json) -> str | None:
    """Return the type of the story's button, None when it has none."""
    kind = (_data(spec).get("call_to_action") or {}).get("type")
    return None if kind is None else str(kind)


def derived(spec: Json) -> Json:
    """Return the top-level fields Meta fills in from the story."""
    data = _data(spec)
    name = next((name for name in _STORIES if spec.get(name)), "")
    return {
        "actor_id": spec["page_id"],
        "instagram_user_id": spec.get("instagram_user_id"),
        "object_type": {"video_data": "VIDEO", "photo_data": "PHOTO"}.get(name, "SHARE"),
        "video_id": data.get("video_id"),
        "image_hash": data.get("image_hash"),
        "title": data.get("title") or data.get("name"),
        "body": data.get("message"),
        "call_to_action_type": call_to_action_type(spec),
    }


def _data(spec: Json) -> Json:
    return next((spec[name] for name in _STORIES if isinstance(spec.get(name), dict)), {})


def _missing(key: str) -> Exception:
    name = f"object_story_spec[{key}]"
    return broken("missing_param", blame="object_story_spec", param=name)


def _check_data(emulator: Emulator, account: Object, name: str, data: Any) -> None:
    if not isinstance(data, dict):
        return
    if name == "video_data":
        if not data.get("video_id"):
            raise _missing("video_data][video_id")
        if not data.get("image_hash") and not data.get("image_url"):
            raise broken("thumbnail_missing", blame="object_story_spec")
        check_video(emulator, account, data["video_id"])
    elif name == "link_data":
        if not data.get("link"):
            raise _missing("link_data][link")
        _check_cards(emulator, account, data.get("child_attachments"))
    elif name == "photo_data" and not (data.get("image_hash") or data.get("url")):
        raise _missing("photo_data][image_hash")
    elif name == "text_data" and not data.get("message"):
        raise _missing("text_data][message")
    check_link(data.get("link"), "object_story_spec")
    check_image(emulator, account, data.get("image_hash"))
    action = data.get("call_to_action")
    if action is not None:
        _check_call_to_action(action, has_link=bool(data.get("link")))


def _check_cards(emulator: Emulator, account: Object, cards: list[Json] | None) -> None:
    if cards is None:
        return
    if not _FEWEST_CARDS <= len(cards) <= _MOST_CARDS:
        raise broken("carousel_cards", blame="object_story_spec", count=len(cards))
    for place, card in enumerate(cards):
        if not card.get("link"):
            raise _missing(f"link_data][child_attachments][{place}][link")
        check_link(card["link"], "object_story_spec")
        check_image(emulator, account, card.get("image_hash"))
        if card.get("video_id"):
            if not (card.get("image_hash") or card.get("picture")):
                raise broken("carousel_card_picture", blame="object_story_spec", place=place)
            check_video(emulator, account, card["video_id"])
        if card.get("call_to_action") is not None:
            _check_call_to_action(card["call_to_action"], has_link=True)


def _check_call_to_action(action: Json, *, has_link: bool) -> None:
    if not action.get("type"):
        raise broken("missing_param", blame="call_to_action", param="call_to_action[type]")
    value = action.get("value") or {}
    if action["type"] not in _CTA_WITHOUT_LINK and not (has_link or value):
        raise broken("call_to_action_link", blame="call_to_action", type=action["type"])
    check_link(value.get("link"), "call_to_action")
