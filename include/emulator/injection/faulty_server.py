"""Serves calls, letting faults happen to them: resets, errors, late commits, broken answers."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.calls.answers import Answerer
from emulator.calls.errors import GraphError
from emulator.calls.protocol import Call
from emulator.calls.wire import MEDIA_TYPE, json_bytes, json_response
from emulator.injection.faults import Fault, next_fault
from emulator.injection.late_commits import LateCommits
from emulator.policy.rules import broken


class FaultyServer:
    """Serves calls, letting the faults in force happen to them."""

    def __init__(self, answerer: Answerer, abort_connection: Callable[[Any], None]) -> None:
        self._answerer = answerer
        self._abort = abort_connection
        self.late_commits = LateCommits(answerer)

    async def serve(self, request: Request, call: Call) -> Response:
        """Answer one request, or fail it in the way the first matching fault says."""
        struck = next_fault(self._answerer.emulator, call)
        if struck is None:
            return json_response(request, *self._answerer.answer(call))
        fault, action = struck
        if action == "slow":
            await asyncio.sleep(fault.seconds)
            return json_response(request, *self._answerer.answer(call))
        if action in ("throttle", "token_expired", "error"):
            return json_response(request, *self._answerer.refuse(call, _refusal(fault, action)))
        if action == "error_500_before":
            return json_response(request, *self._answerer.refuse(call, _unknown_error()))
        if action == "reset_before":
            return _Reset(self._abort)
        if action == "late_commit":
            self.late_commits.add(call, fault.seconds)
            return json_response(request, *self._answerer.refuse(call, _unknown_error()))
        if action == "batch_timeout":
            return json_response(request, *self._answerer.answer(call, cut_short=True))
        status, headers, body = self._answerer.answer(call)
        if action == "reset_after_commit":
            return _Reset(self._abort)
        if action == "truncate":
            return _Truncated(status, headers, json_bytes(body), self._abort)
        return json_response(request, *self._answerer.refuse(call, _unknown_error()))


def _unknown_error() -> GraphError:
    return GraphError(
        "An unexpected error has occurred. Please retry your request later.",
        code=2,
        http_status=500,
        transient=True,
    )


def _refusal(fault: Fault, action: str) -> GraphError:
    if action == "token_expired":
        return broken("expired_token")
    throttle = action == "throttle"
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
        super().__init__(body, status, headers, media_type=MEDIA_TYPE)
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
