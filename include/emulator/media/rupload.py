"""Uploads of ad videos to an address of their own: start, raw bytes, finish.

Meta hands out an address on ``rupload.facebook.com``; here it is on the host that was called. The
bytes go to disk as they arrive, and what has arrived counts even when the connection breaks off.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from emulator.calls.errors import GraphError
from emulator.calls.kinds import Edge, Json
from emulator.calls.param_types import check
from emulator.calls.protocol import Call, make_call
from emulator.calls.schema import Signature
from emulator.emulator import Emulator
from emulator.media.file_fetching import check_may_fetch, fetched
from emulator.media.processing import KEPT, finished
from emulator.media.upload_sessions import check_alive, check_size
from emulator.media.video_files import file_of, open_at, write_at
from emulator.media.videos import listed
from emulator.objects.accounts import check_open
from emulator.policy.rules import broken
from emulator.state import Object

PATH = "video-ads-upload"
# The SDK has no such edge; Meta's guide names these parameters.
_PARAMS = Signature(
    {"upload_phase": "string", "video_id": "string", **dict.fromkeys(KEPT, "string")}, {}
)
_PHASES = ("start", "finish")
Serve = Callable[[Request, Call], Awaitable[Response]]


def publish(emulator: Emulator, call: Call, account: Object) -> Json:
    """Answer ``POST /act_X/video_ads``: begin an upload, or end it."""
    check_open(account)
    params = check(_PARAMS, call.params)
    phase = params.get("upload_phase")
    if phase not in _PHASES:
        raise broken("not_in_enum", param="upload_phase", allowed=", ".join(_PHASES))
    kept = {name: params.get(name) for name in KEPT}
    if phase == "start":
        fields = {**kept, "_route": "rupload", "_received": 0, "_phase": "uploading"}
        video = emulator.new_object("video", account, {**fields, "_session": PATH})
        emulator.commit(call, "upload_start", video)
        version = f"v{call.version[0]}.{call.version[1]}"
        return {"video_id": video.id, "upload_url": f"{call.base_url}/{PATH}/{version}/{video.id}"}
    video = _uploading(emulator, params.get("video_id"), account.id)
    if video.fields["_received"] != video.fields.get("_size"):
        raise broken("upload_incomplete", data={"start_offset": str(video.fields["_received"])})
    emulator.commit(call, "upload_finish", finished(emulator, video, kept))
    return {"success": True}


class Receiver:
    """Takes the raw bytes of uploads; each request ends in a call that says what arrived."""

    def __init__(self, emulator: Emulator, serve: Serve) -> None:
        self._emulator, self._serve = emulator, serve
        self._busy: set[str] = set()

    async def receive(self, request: Request) -> Response:
        """Answer ``POST /video-ads-upload/vNN.0/<VIDEO_ID>``."""
        identity = request.path_params["id"]
        asked = {name: request.headers.get(name) for name in ("offset", "file_size", "file_url")}
        params = {name: value for name, value in asked.items() if value is not None}
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() in ("oauth", "bearer"):
            params["access_token"] = token.strip()
        video = self._emulator.find(identity, "video")
        if video is not None and identity not in self._busy and _may_begin(video, params):
            self._busy.add(identity)
            try:
                params["_bytes"] = str(await self._keep(request, video, params))
            finally:
                self._busy.discard(identity)
        base_url = f"{request.url.scheme}://{request.url.netloc}"
        return await self._serve(request, make_call("POST", request.url.path, params, base_url))

    async def _keep(self, request: Request, video: Object, params: dict[str, str]) -> int:
        """Write down the body, or the file at ``file_url``; return how many bytes came."""
        path = file_of(self._emulator, video)
        if address := params.get("file_url"):
            return await self._fetch(address, video)
        offset, size = int(params["offset"]), int(params["file_size"])
        if offset < video.fields["_received"]:
            # Forgotten before it is overwritten: a kill must not leave a mix of two files.
            forgotten = video.with_fields({"_received": offset}, self._emulator.clock.now())
            self._emulator.state.write([forgotten], None)
        with open_at(path, offset) as file:
            try:
                async for piece in request.stream():
                    file.write(piece[: size - file.tell()])
            except ClientDisconnect:
                # What has come so far counts; nobody is left to read the answer.
                pass
            file.flush()
            os.fsync(file.fileno())
            return file.tell() - offset

    async def _fetch(self, address: str, video: Object) -> int:
        settings = self._emulator.settings
        try:
            check_may_fetch(settings, address)
        except GraphError:
            return 0
        file = await fetched(address)
        return write_at(file_of(self._emulator, video), 0, file.file) if file else 0


def _may_begin(video: Object, params: dict[str, str]) -> bool:
    """Whether bytes may be taken at all; the call made afterwards says what was wrong."""
    if video.fields.get("_phase") != "uploading" or video.fields.get("_route") != "rupload":
        return False
    if "access_token" not in params:
        return False
    return "file_url" in params or _offset_of(video, params) is not None


def _offset_of(video: Object, params: Mapping[str, Any]) -> int | None:
    """Return where the bytes belong; None for headers that do not fit the upload."""
    offset, size = str(params.get("offset", "")), str(params.get("file_size", ""))
    if not offset.isdigit() or not size.isdigit():
        return None
    known = video.fields.get("_size")
    if int(offset) == 0:
        return 0
    fits = int(offset) == video.fields["_received"] and int(size) == known
    return int(offset) if fits else None


def arrived(emulator: Emulator, call: Call) -> Json:
    """Answer the call that tells how many bytes of an upload have arrived."""
    video = _uploading(emulator, call.segments[-1], None)
    check_alive(emulator, video)
    params = call.params
    if address := params.get("file_url"):
        check_may_fetch(emulator.settings, str(address))
        length = int(params.get("_bytes", 0))
        if not length:
            raise broken("rupload_url_unreachable")
        offset, size = 0, length
    else:
        for name in ("offset", "file_size"):
            if not str(params.get(name, "")).isdigit():
                raise broken("rupload_header_missing", header=name)
        found = _offset_of(video, params)
        if found is None or "_bytes" not in params:
            raise broken("rupload_wrong_offset")
        offset, size, length = found, int(params["file_size"]), int(params["_bytes"])
    check_size(size)
    changes = {"_received": offset + length, "_size": size}
    changed = video.with_fields(changes, emulator.clock.now())
    emulator.commit(call, "upload_chunk", changed, bytes=length)
    if offset + length < size:
        raise broken("rupload_partial")
    return {"success": True}


def is_rupload(call: Call | None) -> bool:
    """Whether a call comes from the address of an upload."""
    return call is not None and call.segments[:1] == (PATH,) and len(call.segments) == 3


def debug_info(error: GraphError) -> Json:
    """Return an error in the form that this address has instead of Graph's envelope."""
    kind = error.error_type if error.error_type.endswith("Error") else "ProcessingFailedError"
    if error.code in (102, 104, 190, 200):
        kind = "NotAuthorizedError"
    retriable = error.transient or error.http_status in (412, 500)
    return {"debug_info": {"retriable": retriable, "type": kind, "message": error.message}}


def _uploading(emulator: Emulator, identity: object, account: str | None) -> Object:
    video = emulator.find(identity, "video", account)
    if video is None or video.fields.get("_route") != "rupload":
        raise broken("unknown_upload_session", blame="video_id", id=identity)
    if video.fields["_phase"] != "uploading":
        raise broken("unknown_upload_session", blame="video_id", id=identity)
    check_alive(emulator, video)
    return video


VIDEO_ADS = Edge("video", listed, publish)
