"""Scripted faults: what goes wrong, for which calls, and how often."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.answers import Answerer
from emulator.emulator import Emulator
from emulator.errors import GraphError
from emulator.protocol import Call
from emulator.rules import broken

FAULTS_SETTING = "faults"
ACTIONS = (
    "reset_before",
    "reset_after_commit",
    "error_500_before",
    "error_500_after_commit",
    "slow",
    "truncate",
    "throttle",
    "token_expired",
    "late_commit",
    "error",
)


@dataclass
class Fault:
    """One script: after ``skip`` matching calls, the next ``count`` of them go wrong.

    ``path`` is a regular expression searched in the path without its version, such as
    ``/act_1/campaigns``; ``contains`` must appear in the call's parameters as JSON.
    ``count`` 0 means for ever. ``seconds`` is for slow and late_commit; ``code``, ``subcode``,
    ``minutes`` and ``message`` to throttle and error.
    """

    action: str
    method: str = ""
    path: str = ""
    contains: str = ""
    skip: int = 0
    count: int = 1
    seconds: float = 1.0
    code: int = 80004
    subcode: int | None = None
    minutes: int = 1
    http_status: int = 400
    message: str = ""
    seen: int = field(default=0)
    fired: int = field(default=0)

    def takes(self, call: Call) -> bool:
        """Count the call if it matches, and say whether it is one that goes wrong."""
        if self.method and self.method.upper() != call.method:
            return False
        if self.path and not re.search(self.path, call.path):
            return False
        if self.contains and self.contains not in json.dumps(call.loggable_params()):
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.count and self.fired >= self.count):
            return False
        self.fired += 1
        return True


def read_fault(raw: object) -> Fault:
    """Return a fault from its JSON form; raise ValueError that names what is wrong."""
    if not isinstance(raw, dict):
        raise ValueError("a fault is a JSON object")
    known = {row.name for row in fields(Fault)}
    if unknown := set(raw) - known:
        raise ValueError(f"unknown keys {sorted(unknown)}; known are {sorted(known)}")
    if raw.get("action") not in ACTIONS:
        raise ValueError(f"action must be one of {', '.join(ACTIONS)}")
    try:
        re.compile(raw.get("path", ""))
    except (re.error, TypeError) as wrong:
        raise ValueError(f"path is no regular expression: {wrong}") from wrong
    return Fault(**raw)


def load_faults(emulator: Emulator) -> list[Fault]:
    """Return the scripts in force; they outlive a restart."""
    return [Fault(**row) for row in emulator.state.settings.get(FAULTS_SETTING, [])]


def save_faults(emulator: Emulator, faults: list[Fault]) -> None:
    """Keep the scripts and their counts."""
    emulator.state.set_setting(FAULTS_SETTING, [asdict(fault) for fault in faults])


class FaultyServer:
    """Serves calls, letting scripted faults happen to them."""

    def __init__(self, answerer: Answerer, abort_connection: Callable[[Any], None]) -> None:
        self._answerer = answerer
        self._abort = abort_connection
        self._late: set[asyncio.Task[None]] = set()

    async def serve(self, request: Request, call: Call) -> Response:
        """Answer one request, or fail it in the way the first matching script says."""
        fault = self._next_fault(call)
        if fault is None:
            return json_response(*self._answerer.answer(call))
        if fault.action == "slow":
            await asyncio.sleep(fault.seconds)
            return json_response(*self._answerer.answer(call))
        if fault.action in ("throttle", "token_expired", "error"):
            return json_response(*self._answerer.refuse(call, _refusal(fault)))
        if fault.action == "error_500_before":
            return json_response(*self._answerer.refuse(call, _unknown_error()))
        if fault.action == "reset_before":
            return _Reset(self._abort)
        if fault.action == "late_commit":
            task = asyncio.create_task(self._commit_late(call, fault.seconds))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return json_response(*self._answerer.refuse(call, _unknown_error()))
        status, headers, body = self._answerer.answer(call)
        if fault.action == "reset_after_commit":
            return _Reset(self._abort)
        if fault.action == "truncate":
            return _Truncated(status, headers, json.dumps(body).encode(), self._abort)
        return json_response(*self._answerer.refuse(call, _unknown_error()))

    def _next_fault(self, call: Call) -> Fault | None:
        faults = load_faults(self._answerer.emulator)
        if not faults:
            return None
        struck = next((fault for fault in faults if fault.takes(call)), None)
        save_faults(self._answerer.emulator, faults)
        return struck

    async def _commit_late(self, call: Call, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._answerer.answer(call)


def _unknown_error() -> GraphError:
    return GraphError(
        "An unexpected error has occurred. Please retry your request later.",
        code=2,
        http_status=500,
        transient=True,
    )


def _refusal(fault: Fault) -> GraphError:
    if fault.action == "token_expired":
        return broken("expired_token")
    throttle = fault.action == "throttle"
    words = "There have been too many calls to this ad-account. Wait a bit and try again."
    error = GraphError(
        fault.message or f"(#{fault.code}) {words if throttle else 'Invalid parameter'}",
        code=fault.code,
        subcode=fault.subcode,
        http_status=fault.http_status,
        transient=throttle,
        title="Ad Account Has Too Many API Calls" if throttle else None,
        user_message=words if throttle else None,
    )
    if throttle:
        error.regain_minutes = fault.minutes
    return error


def json_response(status: int, headers: dict[str, str], body: Any) -> Response:
    """Return a Graph answer as the bytes that go over the wire."""
    return Response(json.dumps(body), status, headers, media_type="application/json; charset=UTF-8")


class _Reset(Response):
    """No answer: the connection is cut."""

    def __init__(self, abort: Callable[[Any], None]) -> None:
        super().__init__()
        self._abort = abort

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._abort(scope["client"])
        await _disconnected(receive)


class _Truncated(Response):
    """Half an answer, then the connection is cut."""

    def __init__(
        self, status: int, headers: dict[str, str], body: bytes, abort: Callable[[Any], None]
    ) -> None:
        super().__init__(body, status, headers, media_type="application/json; charset=UTF-8")
        self._abort = abort

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }
        await send(start)
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        # The half must leave the process before the connection goes.
        await asyncio.sleep(0.05)
        self._abort(scope["client"])
        await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    """Wait until the client is gone; returning earlier, the web server misses an answer."""
    while (await receive())["type"] != "http.disconnect":
        pass
