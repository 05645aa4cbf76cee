"""The thumbnails of a ready video: frames of it, and pictures that clients have added."""

from emulator.calls import schema
from emulator.calls.kinds import Edge, Json, Row
from emulator.calls.param_types import check
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.media import probing
from emulator.media.processing import THUMBNAIL_COUNT, video_status
from emulator.media.video_files import file_of, thumbnail_file, write_at
from emulator.policy.rules import broken
from emulator.state import Object


def _rows(emulator: Emulator, call: Call, video: Object) -> list[Row]:
    if video_status(emulator, video) != "ready":
        return []
    frames = [
        (identity, index, video.fields["_width"], video.fields["_height"])
        for index, identity in enumerate(video.fields["_thumbnails"])
    ]
    added = [
        (one["id"], one["id"], one["width"], one["height"])
        for one in video.fields.get("_pictures", [])
    ]
    preferred = video.fields.get("_preferred", video.fields["_thumbnails"][0])
    return [
        {
            "id": identity,
            "uri": thumbnail_url(call.base_url, video, place),
            "name": "",
            "width": width,
            "height": height,
            "scale": 1,
            "is_preferred": identity == preferred,
        }
        for identity, place, width, height in frames + added
    ]


def thumbnail_url(base_url: str, video: Object, place: object) -> str:
    """Return the address of a thumbnail: a frame's index, or the id of an added picture."""
    return f"{base_url}/_emulator/videos/{video.id}/thumbnails/{place}.jpg"


def picture(emulator: Emulator, video: Object, place: int) -> bytes | None:
    """Return the bytes of the thumbnail at such a place; None when there is none."""
    if "_thumbnails" in video.fields and place < THUMBNAIL_COUNT:
        return probing.jpeg_frame(file_of(emulator, video), place / THUMBNAIL_COUNT)
    file = thumbnail_file(emulator, video, str(place))
    return file.read_bytes() if file.exists() else None


def _add(emulator: Emulator, call: Call, video: Object) -> Json:
    params = check(schema.operation("AdVideo", "create_thumbnail"), call.params)
    source = call.files.get("source")
    if source is None:
        raise broken("missing_param", blame="source", param="source")
    probe = probing.probe_image(source.content)
    if probe is None:
        raise broken("not_an_image", blame="source")
    identity = emulator.state.new_id()
    added = {"id": identity, "width": probe.width, "height": probe.height}
    write_at(thumbnail_file(emulator, video, identity), 0, source.file)
    changes: Json = {"_pictures": [*video.fields.get("_pictures", []), added]}
    if params.get("is_preferred"):
        changes["_preferred"] = identity
    emulator.commit(call, "update", video.with_fields(changes, emulator.clock.now()))
    return {"success": True}


THUMBNAILS = Edge(None, _rows, _add)
