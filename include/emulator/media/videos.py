"""Ad videos: uploaded in pieces, whole or from an address; read, changed and deleted."""

from typing import Any

from emulator.calls import schema
from emulator.calls.kinds import Json, Kind, Row
from emulator.calls.param_types import check
from emulator.calls.protocol import Call, Upload
from emulator.emulator import Emulator
from emulator.media.file_fetching import FETCHED, check_may_fetch
from emulator.media.processing import finished, status, video_status
from emulator.media.thumbnails import THUMBNAILS, thumbnail_url
from emulator.media.upload_sessions import answer_phase, check_size, upload_params
from emulator.media.video_files import file_of, write_at
from emulator.objects.accounts import check_open
from emulator.policy.rules import broken
from emulator.state import Object


def upload(emulator: Emulator, call: Call, account: Object) -> Json:
    """Answer ``POST /act_X/advideos``: one phase of a chunked upload, or a whole file."""
    check_open(account)
    params = upload_params(call)
    if params.get("upload_phase") is not None:
        return answer_phase(emulator, call, account, params)
    return _upload_whole(emulator, call, account, params)


def _upload_whole(emulator: Emulator, call: Call, account: Object, params: dict[str, Any]) -> Json:
    source = _whole_file(emulator, call, params)
    check_size(source.size)
    fields = {"_size": source.size, "_received": source.size, "_session": "whole"}
    video = emulator.new_object("video", account, fields)
    write_at(file_of(emulator, video), 0, source.file)
    emulator.commit(call, "create", finished(emulator, video, params))
    return {"id": video.id}


def _whole_file(emulator: Emulator, call: Call, params: dict[str, Any]) -> Upload:
    if address := params.get("file_url"):
        check_may_fetch(emulator.settings, address)
        fetched = call.files.get(FETCHED)
        if fetched is None:
            raise broken("file_url_unreachable", blame="file_url")
        return fetched
    source = call.files.get("source") or call.files.get("video_file_chunk")
    if source is None:
        raise broken("no_video_selected", blame="source")
    return source


def listed(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """List an account's videos whose upload has finished, newest first."""
    return [
        video
        for video in emulator.state.children(account.id, "video")
        if video.fields.get("_finished") is not None and video.fields.get("status") != "DELETED"
    ]


def update(emulator: Emulator, call: Call, video: Object) -> Json:
    """Change a video's title, name or description."""
    params = check(schema.operation("AdVideo", "api_update"), call.params)
    emulator.commit(call, "update", video.with_fields(params, emulator.clock.now()))
    return {"success": True}


def delete(emulator: Emulator, call: Call, video: Object) -> Json:
    """Delete a video; its file goes too."""
    if video.fields.get("status") == "DELETED":
        raise broken("deleted_is_final", id=video.id)
    emulator.commit(call, "delete", video.with_fields({"status": "DELETED"}, emulator.clock.now()))
    file_of(emulator, video).unlink(missing_ok=True)
    return {"success": True}


def _source(emulator: Emulator, base_url: str, video: Object) -> str | None:
    if video_status(emulator, video) != "ready":
        return None
    return f"{base_url}/_emulator/videos/{video.id}/source.mp4"


def _picture(emulator: Emulator, base_url: str, video: Object) -> str | None:
    if video_status(emulator, video) != "ready":
        return None
    added = video.fields.get("_preferred")
    return thumbnail_url(base_url, video, 0 if added is None else added)


def _format(emulator: Emulator, base_url: str, video: Object) -> list[Json] | None:
    if video_status(emulator, video) != "ready":
        return None
    width, height = video.fields["_width"], video.fields["_height"]
    frame = f'<iframe src="{_source(emulator, base_url, video)}" width="{width}"></iframe>'
    return [
        {
            "filter": "native",
            "width": width,
            "height": height,
            "embed_html": frame,
            "picture": _picture(emulator, base_url, video),
        }
    ]


KIND = Kind(
    name="video",
    title="Video",
    sdk_class="AdVideo",
    default_fields=("updated_time",),
    computed={
        "status": status,
        # Meta gives this one as a path, not as an address.
        "permalink_url": lambda emulator, video: f"/{video.account[4:]}/videos/{video.id}/",
    },
    links={"source": _source, "picture": _picture, "format": _format},
    edges={"thumbnails": THUMBNAILS},
    update=update,
    delete=delete,
)
