"""Ad videos: chunked upload with server-chosen offsets, processing over time, thumbnails."""

import os
from pathlib import Path
from typing import Any

from emulator import media, schema
from emulator.accounts import check_open
from emulator.emulator import Emulator
from emulator.kinds import Edge, Json, Kind, Row
from emulator.param_types import check
from emulator.protocol import Call, Upload
from emulator.rules import broken
from emulator.state import Object

THUMBNAIL_COUNT = 3
_PHASES = ("start", "transfer", "finish", "cancel")


def upload(emulator: Emulator, call: Call, account: Object) -> Json:
    """Answer ``POST /act_X/advideos``: one phase of a chunked upload, or a whole small file."""
    check_open(account)
    params = check(schema.operation("AdAccount", "create_ad_video"), call.params)
    phase = params.get("upload_phase")
    if phase is None:
        return _upload_whole(emulator, call, account, params)
    if phase == "start":
        return _start(emulator, call, account, params)
    if phase not in _PHASES:
        raise broken("not_in_enum", param="upload_phase", allowed=", ".join(_PHASES))
    video = _session(emulator, account, params.get("upload_session_id"))
    if phase == "transfer":
        return _transfer(emulator, call, video, params)
    if phase == "finish":
        return _finish(emulator, call, video, params)
    changed = video.with_fields({"_phase": "cancelled", "status": "DELETED"}, emulator.clock.now())
    emulator.commit(call, "upload_cancel", changed)
    file_of(emulator, video).unlink(missing_ok=True)
    return {"success": True}


def file_of(emulator: Emulator, video: Object) -> Path:
    """Return where the uploaded bytes of a video lie."""
    return emulator.settings.videos / f"{video.id}.bin"


def video_status(emulator: Emulator, video: Object) -> str:
    """Return Meta's ``video_status``: processing, ready, error."""
    finished = video.fields.get("_finished")
    if finished is None or emulator.clock.now() < finished + emulator.settings.video_seconds:
        return "processing"
    return "error" if video.fields.get("_broken") else "ready"


def _start(emulator: Emulator, call: Call, account: Object, params: dict[str, Any]) -> Json:
    size = params.get("file_size")
    if not size:
        raise broken("missing_param", blame="file_size", param="file_size")
    fields = {
        "title": params.get("title"),
        "name": params.get("name"),
        "_size": size,
        "_received": 0,
        "_phase": "uploading",
        "_session": emulator.state.new_id(),
    }
    video = emulator.new_object("video", account, fields)
    emulator.settings.videos.mkdir(parents=True, exist_ok=True)
    _write_at(file_of(emulator, video), 0, b"")
    emulator.commit(call, "upload_start", video)
    return {
        "upload_session_id": fields["_session"],
        "video_id": video.id,
        **_offsets(emulator, video),
    }


def _transfer(emulator: Emulator, call: Call, video: Object, params: dict[str, Any]) -> Json:
    received, size = video.fields["_received"], video.fields["_size"]
    offsets = _offsets(emulator, video)
    chunk = call.files.get("video_file_chunk")
    if params.get("start_offset") != received or received == size:
        raise broken("wrong_offset", data=offsets)
    if chunk is None or not chunk.content:
        raise broken("missing_param", blame="video_file_chunk", param="video_file_chunk")
    if received + len(chunk.content) > int(offsets["end_offset"]):
        raise broken("chunk_too_long", data=offsets, asked=int(offsets["end_offset"]) - received)
    _write_at(file_of(emulator, video), received, chunk.content)
    changed = video.with_fields({"_received": received + len(chunk.content)}, emulator.clock.now())
    emulator.commit(call, "upload_chunk", changed, bytes=len(chunk.content))
    return _offsets(emulator, changed)


def _finish(emulator: Emulator, call: Call, video: Object, params: dict[str, Any]) -> Json:
    if video.fields["_received"] != video.fields["_size"]:
        raise broken("upload_incomplete", data=_offsets(emulator, video))
    emulator.commit(call, "upload_finish", _finished(emulator, video, params))
    return {"success": True}


def _finished(emulator: Emulator, video: Object, params: dict[str, Any]) -> Object:
    """Return the video as it starts processing; what it holds is found out right away."""
    probe = media.probe_video(file_of(emulator, video))
    now = emulator.clock.now()
    changes: dict[str, Any] = {
        "_phase": "finished",
        "_finished": now,
        "_broken": None if probe else True,
        **{name: params[name] for name in ("title", "name", "description") if params.get(name)},
    }
    if probe:
        changes |= {
            "length": round(probe.seconds, 3),
            "_width": probe.width,
            "_height": probe.height,
            "_thumbnails": [emulator.state.new_id() for _ in range(THUMBNAIL_COUNT)],
        }
    return video.with_fields(changes, now)


def _upload_whole(emulator: Emulator, call: Call, account: Object, params: dict[str, Any]) -> Json:
    source: Upload | None = call.files.get("source") or call.files.get("video_file_chunk")
    if params.get("file_url"):
        raise broken("file_url_unreachable", blame="file_url")
    if source is None:
        raise broken("missing_param", blame="source", param="source")
    size = len(source.content)
    video = emulator.new_object(
        "video", account, {"_size": size, "_received": size, "_session": "whole"}
    )
    emulator.settings.videos.mkdir(parents=True, exist_ok=True)
    _write_at(file_of(emulator, video), 0, source.content)
    finished = _finished(emulator, video, params)
    emulator.commit(call, "create", finished)
    return {"id": video.id}


def _session(emulator: Emulator, account: Object, session: object) -> Object:
    for video in emulator.state.children(account.id, "video"):
        if video.fields["_session"] == str(session) and video.fields["_phase"] == "uploading":
            return video
    raise broken("unknown_upload_session", blame="upload_session_id", id=session)


def _offsets(emulator: Emulator, video: Object) -> dict[str, str]:
    """Return the piece wanted next; both ends are equal once everything has arrived.

    Pieces start small and double, so that a client must ask for each one's length.
    """
    received, size = video.fields["_received"], video.fields["_size"]
    settings = emulator.settings
    end, length = 0, settings.first_chunk_bytes
    while end <= received:
        end += length
        length = min(length * 2, settings.largest_chunk_bytes)
    return {"start_offset": str(received), "end_offset": str(min(end, size))}


def _write_at(path: Path, offset: int, content: bytes) -> None:
    """Write durably; bytes after ``offset`` that no answer ever confirmed are cut off."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    with os.fdopen(descriptor, "r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _status(emulator: Emulator, video: Object) -> Json:
    whole = video_status(emulator, video)
    uploading: Json = {"status": "complete"}
    processing: Json = {"status": "in_progress"}
    publishing: Json = {"status": "not_started"}
    shown: Json = {"video_status": whole}
    if video.fields.get("_finished") is None:
        uploading = {"status": "in_progress", "bytes_transferred": video.fields["_received"]}
        processing = {"status": "not_started"}
    elif whole == "ready":
        processing, publishing = {"status": "complete"}, {"status": "complete"}
    elif whole == "error":
        message = "The file could not be read as a video."
        processing = {"status": "error", "errors": [{"code": 1363026, "message": message}]}
    else:
        passed = emulator.clock.now() - video.fields["_finished"]
        shown["processing_progress"] = int(100 * passed / emulator.settings.video_seconds)
    uploading.setdefault("bytes_transferred", video.fields["_size"])
    return {
        **shown,
        "uploading_phase": uploading,
        "processing_phase": processing,
        "publishing_phase": publishing,
    }


def _thumbnails(emulator: Emulator, call: Call, video: Object) -> list[Row]:
    if video_status(emulator, video) != "ready":
        return []
    return [
        {
            "id": identity,
            "uri": f"{call.base_url}/_emulator/videos/{video.id}/thumbnails/{index}.jpg",
            "width": video.fields["_width"],
            "height": video.fields["_height"],
            "scale": 1,
            "is_preferred": index == 0,
        }
        for index, identity in enumerate(video.fields["_thumbnails"])
    ]


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


KIND = Kind(
    name="video",
    title="Video",
    sdk_class="AdVideo",
    computed={"status": _status},
    edges={"thumbnails": Edge(None, _thumbnails)},
    update=update,
    delete=delete,
)
