"""Chunked uploads of ad videos: the server says which bytes it wants next, until it has all.

A session belongs to one video of one account and ends when it is finished, cancelled or too old.
"""

import io
from typing import Any

from emulator.calls import schema
from emulator.calls.kinds import Json
from emulator.calls.param_types import check
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.media.processing import finished
from emulator.media.video_files import file_of, write_at
from emulator.policy.rules import broken
from emulator.state import Object

PHASES = ("start", "transfer", "finish", "cancel")
#: Bytes of the smallest (documented) and the largest video (the guide's recommendation).
SMALLEST, LARGEST = 1024, 10 * 1024**3


def answer_phase(emulator: Emulator, call: Call, account: Object, params: dict[str, Any]) -> Json:
    """Answer one phase of a chunked upload on ``/act_X/advideos``."""
    phase = params["upload_phase"]
    if phase not in PHASES:
        raise broken("not_in_enum", param="upload_phase", allowed=", ".join(PHASES))
    if phase == "start":
        return _start(emulator, call, account, params)
    video = _session(emulator, account, params.get("upload_session_id"))
    if phase == "transfer":
        return _transfer(emulator, call, video, params)
    if phase == "finish":
        return _finish(emulator, call, video, params)
    changed = video.with_fields({"_phase": "cancelled", "status": "DELETED"}, emulator.clock.now())
    emulator.commit(call, "upload_cancel", changed)
    file_of(emulator, video).unlink(missing_ok=True)
    return {"success": True}


def check_size(size: int) -> None:
    """Raise for a video that is too small or too large to upload."""
    if size < SMALLEST:
        raise broken("video_too_small")
    if size > LARGEST:
        raise broken("video_too_large")


def check_alive(emulator: Emulator, video: Object) -> None:
    """Raise when the upload was not finished within a session's lifetime."""
    if is_expired(emulator, video):
        raise broken("upload_timed_out")


def is_expired(emulator: Emulator, video: Object) -> bool:
    """Whether an upload has been left unfinished for longer than a session lives."""
    if video.fields["_phase"] != "uploading":
        return False
    return emulator.clock.now() >= video.created + emulator.settings.upload_session_seconds


def _start(emulator: Emulator, call: Call, account: Object, params: dict[str, Any]) -> Json:
    size = params.get("file_size")
    if size is None:
        raise broken("missing_param", blame="file_size", param="file_size")
    check_size(size)
    fields = {
        "title": params.get("title"),
        "name": params.get("name"),
        "_size": size,
        "_received": 0,
        "_phase": "uploading",
        "_session": emulator.state.new_id(),
    }
    video = emulator.new_object("video", account, fields)
    write_at(file_of(emulator, video), 0, io.BytesIO())
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
    if chunk is None or not chunk.size:
        raise broken("no_video_selected", blame="video_file_chunk")
    if received + chunk.size > int(offsets["end_offset"]):
        raise broken("chunk_too_long", data=offsets, asked=int(offsets["end_offset"]) - received)
    length = write_at(file_of(emulator, video), received, chunk.file)
    changed = video.with_fields({"_received": received + length}, emulator.clock.now())
    emulator.commit(call, "upload_chunk", changed, bytes=length)
    return _offsets(emulator, changed)


def _finish(emulator: Emulator, call: Call, video: Object, params: dict[str, Any]) -> Json:
    if video.fields["_received"] != video.fields["_size"]:
        raise broken("upload_incomplete", data=_offsets(emulator, video))
    emulator.commit(call, "upload_finish", finished(emulator, video, params))
    return {"success": True}


def _session(emulator: Emulator, account: Object, session: object) -> Object:
    for video in emulator.state.children(account.id, "video"):
        if video.fields["_session"] == str(session) and video.fields["_phase"] == "uploading":
            check_alive(emulator, video)
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


def upload_params(call: Call) -> dict[str, Any]:
    """Return the checked parameters of ``POST /act_X/advideos``."""
    return check(schema.operation("AdAccount", "create_ad_video"), call.params)
