"""The controls under ``/_emulator``: what a test or a person may see and set. No token needed."""

import asyncio
import hashlib
import math
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from emulator.calls.usage import Usage
from emulator.clock import meta_text
from emulator.controls.bodies import entry_range, json_object, refused
from emulator.controls.fault_control import fault_routes
from emulator.controls.meta_edit_control import meta_edit_routes
from emulator.controls.quota_control import quota_routes
from emulator.controls.snapshot_control import snapshot_routes
from emulator.emulator import CLOCK_SETTING, LIST_LAG_SETTING, Emulator
from emulator.insights.control import insights_routes
from emulator.media import thumbnails
from emulator.media.processing import video_status
from emulator.media.video_files import file_of
from emulator.objects.statuses import effective_status
from emulator.snapshots import start_anew
from emulator.state import Object

_LEVELS = (("campaign", "campaigns"), ("adset", "adsets"), ("ad", "ads"))
_STATUS_KINDS = ("campaign", "adset", "ad")


def control_routes(
    emulator: Emulator, usage: Usage, follow_state: Callable[[], None]
) -> list[Route]:
    """Return the control routes, relative to ``/_emulator``.

    ``follow_state`` is called once a reset or a restore has replaced the state.
    """
    controls = _Controls(emulator, follow_state)
    return [
        *quota_routes(emulator, usage),
        *insights_routes(emulator),
        *fault_routes(emulator),
        *meta_edit_routes(emulator),
        *snapshot_routes(emulator, follow_state),
        Route("/health", controls.health),
        Route("/journal", controls.journal),
        Route("/clock", controls.clock, methods=["GET", "POST"]),
        Route("/list_lag", controls.list_lag, methods=["GET", "POST"]),
        Route("/reset", controls.reset, methods=["POST"]),
        Route("/objects", controls.objects),
        Route("/videos/{id}", controls.video),
        Route("/videos/{id}/thumbnails/{index:int}.jpg", controls.thumbnail),
        Route("/videos/{id}/source.mp4", controls.source),
        Route("/images/{name}", controls.image),
        Route("/edit/{id:path}", controls.edit, methods=["POST"]),
    ]


def object_tree(emulator: Emulator) -> list[dict[str, Any]]:
    """Return every account with its objects, nested as they hang together."""
    accounts = [obj for obj in emulator.state.objects.values() if obj.kind == "account"]
    tree = []
    for account in accounts:
        row: dict[str, Any] = {"id": account.id, "name": account.fields["name"]}
        row["campaigns"] = _below(emulator, account, 0)
        for kind, name in (("creative", "creatives"), ("video", "videos"), ("image", "images")):
            row[name] = [_plain(emulator, obj) for obj in emulator.state.children(account.id, kind)]
        tree.append(row)
    return tree


def _below(emulator: Emulator, parent: Object, level: int) -> list[dict[str, Any]]:
    kind, _ = _LEVELS[level]
    rows = []
    for obj in emulator.state.children(parent.id, kind):
        row = _plain(emulator, obj)
        if level + 1 < len(_LEVELS):
            row[_LEVELS[level + 1][1]] = _below(emulator, obj, level + 1)
        rows.append(row)
    return rows


def _plain(emulator: Emulator, obj: Object) -> dict[str, Any]:
    row = {"id": obj.id, "kind": obj.kind}
    row |= {name: value for name, value in obj.fields.items() if not name.startswith("_")}
    row["created_time"] = emulator.moment_text(obj, obj.created)
    row["updated_time"] = emulator.moment_text(obj, obj.updated)
    if obj.kind in _STATUS_KINDS:
        row["effective_status"] = effective_status(emulator, obj)
    if obj.kind == "video":
        row["video_status"] = video_status(emulator, obj)
    if "_creative" in obj.fields:
        row["creative"] = obj.fields["_creative"]
    return row


class _Controls:
    """The handlers, holding the emulator they act on."""

    def __init__(self, emulator: Emulator, follow_state: Callable[[], None]) -> None:
        self._emulator, self._follow_state = emulator, follow_state

    async def health(self, request: Request) -> Response:
        state = self._emulator.state
        return JSONResponse(
            {
                "status": "ok",
                "now": meta_text(self._emulator.clock.now(), "UTC"),
                "objects": len(state.objects),
                "journal": state.journal_length(),
                "newest_version": "v26.0",
            }
        )

    async def journal(self, request: Request) -> Response:
        try:
            since, limit = entry_range(request)
        except ValueError as wrong:
            return refused(str(wrong))
        entries = self._emulator.state.journal(since, limit)
        return JSONResponse({"data": entries, "last": self._emulator.state.journal_length()})

    async def clock(self, request: Request) -> Response:
        clock = self._emulator.clock
        if request.method == "POST":
            asked = await json_object(request)
            try:
                clock.move(asked)
            except (KeyError, TypeError, ValueError):
                return refused("send offset_seconds, advance_seconds, or now (ISO 8601 or Unix)")
            self._emulator.state.set_setting(CLOCK_SETTING, clock.offset_seconds)
        return JSONResponse(
            {
                "offset_seconds": clock.offset_seconds,
                "now": meta_text(clock.now(), "UTC"),
                "timestamp": clock.now(),
            }
        )

    async def list_lag(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                seconds = float((await json_object(request))["seconds"])
            except (KeyError, TypeError, ValueError):
                return refused("send seconds")
            if not 0 <= seconds < math.inf:
                return refused("seconds must be 0 or more")
            self._emulator.state.set_setting(LIST_LAG_SETTING, seconds)
        return JSONResponse({"seconds": self._emulator.list_lag_seconds})

    async def reset(self, request: Request) -> Response:
        start_anew(self._emulator)
        self._follow_state()
        return JSONResponse({"status": "ok"})

    async def objects(self, request: Request) -> Response:
        return JSONResponse({"data": object_tree(self._emulator)})

    async def video(self, request: Request) -> Response:
        video = self._emulator.find(request.path_params["id"], "video")
        if video is None:
            return refused("no such video", 404)
        file = file_of(self._emulator, video)
        digest = hashlib.sha256()
        if file.exists():
            with file.open("rb") as source:
                while piece := source.read(1 << 20):
                    digest.update(piece)
        return JSONResponse(
            {
                "id": video.id,
                "sha256": digest.hexdigest(),
                "bytes_received": video.fields["_received"],
                "file_size": video.fields["_size"],
                "finished": video.fields.get("_finished") is not None,
                "video_status": video_status(self._emulator, video),
            }
        )

    async def thumbnail(self, request: Request) -> Response:
        video = self._emulator.find(request.path_params["id"], "video")
        place = request.path_params["index"]
        # Decoding takes a while: other calls go on meanwhile.
        if video is None:
            return refused("no such video", 404)
        picture = await asyncio.to_thread(thumbnails.picture, self._emulator, video, place)
        if picture is None:
            return refused("no such thumbnail", 404)
        return Response(picture, media_type="image/jpeg")

    async def source(self, request: Request) -> Response:
        video = self._emulator.find(request.path_params["id"], "video")
        if video is None or not file_of(self._emulator, video).exists():
            return refused("no such video", 404)
        return FileResponse(file_of(self._emulator, video), media_type="video/mp4")

    async def image(self, request: Request) -> Response:
        image = self._emulator.find(request.path_params["name"].replace("-", ":"), "image")
        if image is None:
            return refused("no such image", 404)
        file = self._emulator.settings.images / image.id.replace(":", "-")
        return Response(file.read_bytes(), media_type="image/*")

    async def edit(self, request: Request) -> Response:
        """Change fields without any rule, as Meta itself or a person in Ads Manager would."""
        obj = self._emulator.state.objects.get(request.path_params["id"])
        if obj is None:
            return refused("no such object", 404)
        changes = await json_object(request)
        if not changes:
            return refused("send the fields to change as a JSON object; null removes one")
        changed = obj.with_fields(changes, self._emulator.clock.now())
        self._emulator.state.write([changed], None)
        return JSONResponse(_plain(self._emulator, changed))
