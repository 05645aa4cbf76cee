"""Turns a call into an HTTP status, headers and a JSON body, errors included."""

import base64
import logging
import secrets
from typing import Any

from emulator.calls import graph
from emulator.calls.batch import run_batch
from emulator.calls.errors import GraphError
from emulator.calls.protocol import OLDEST_LIVE_VERSION, Call, check_version
from emulator.calls.tokens import authenticate
from emulator.calls.usage import Usage
from emulator.emulator import Emulator
from emulator.media.rupload import debug_info, is_rupload
from emulator.objects.apps import access_token

# Codes about the token itself; their words never hold what a client sent.
_TOKEN_ERRORS = frozenset((102, 104, 190))
_LOG = logging.getLogger("emulator")


class Answerer:
    """Answers calls and keeps count of them; one at a time, so writes never interleave."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.usage = Usage(emulator)

    def answer(self, call: Call, *, cut_short: bool = False) -> tuple[int, dict[str, str], Any]:
        """Answer a call or a batch of calls; a batch that is ``cut_short`` runs into a timeout."""
        if not call.segments and call.method == "POST" and "batch" in call.params:
            return self._run(call, lambda one: self._answer_batch(one, cut_short))
        return self.answer_one(call)

    def answer_one(self, call: Call) -> tuple[int, dict[str, str], Any]:
        """Answer a single call."""
        return self._run(call, self._answer_counted)

    def refuse(self, call: Call | None, error: GraphError) -> tuple[int, dict[str, str], Any]:
        """Answer with an error that was decided before the call was handled."""
        trace_id = secrets.token_urlsafe(12)
        headers = self._headers(call, trace_id, error)
        if error.code in _TOKEN_ERRORS:
            headers["WWW-Authenticate"] = (
                f'OAuth "Facebook Platform" "invalid_token" "{error.message}"'
            )
        quiet = call is not None and _is_on(call, "suppress_http_code", "suppress_http_codes")
        body = debug_info(error) if is_rupload(call) else error.envelope(trace_id)
        return 200 if quiet else error.http_status, headers, body

    def fail(self, call: Call | None) -> tuple[int, dict[str, str], Any]:
        """Log the exception being handled, and answer with Meta's code 1 for it."""
        _LOG.exception("%s failed", f"{call.method} {call.path}" if call else "reading a call")
        unknown = GraphError(
            "An unknown error has occurred.", code=1, http_status=500, transient=True
        )
        return self.refuse(call, unknown)

    def _answer_counted(self, call: Call) -> Any:
        check_version(call)
        if call.segments == ("oauth", "access_token"):
            return access_token(self.emulator, call)
        # Meta counts a call for the app that its token belongs to: a bad token is no app's.
        authenticate(self.emulator, call)
        self.usage.admit(call, graph.account_id(self.emulator, call))
        return graph.answer(self.emulator, call)

    def _answer_batch(self, call: Call, cut_short: bool) -> Any:
        check_version(call)
        return run_batch(authenticate(self.emulator, call), self.answer_one, cut_short=cut_short)

    def _run(self, call: Call, handle: Any) -> tuple[int, dict[str, str], Any]:
        trace_id = secrets.token_urlsafe(12)
        try:
            body = handle(call)
        except GraphError as error:
            return self.refuse(call, error)
        except Exception:  # noqa: BLE001 - a client must see our own faults too
            return self.fail(call)
        return 200, self._headers(call, trace_id, None), body

    def _headers(
        self, call: Call | None, trace_id: str, error: GraphError | None
    ) -> dict[str, str]:
        headers = {
            "x-fb-trace-id": trace_id,
            "x-fb-request-id": secrets.token_urlsafe(17),
            "X-FB-Debug": base64.b64encode(secrets.token_bytes(64)).decode(),
            "x-fb-rev": "1000000001",
        }
        if call is not None:
            headers["facebook-api-version"] = f"v{call.version[0]}.{call.version[1]}"
            if call.version < OLDEST_LIVE_VERSION:
                headers["X-Ad-Api-Version-Warning"] = (
                    "The call has been auto-upgraded to v25.0 as its version has been deprecated."
                )
            account = graph.account_id(self.emulator, call)
            if error is not None:
                self.usage.note_error(call, account, error)
            headers |= self.usage.headers(call, account, error)
        return headers


def _is_on(call: Call, *names: str) -> bool:
    return any(str(call.params.get(name, "")).lower() in ("1", "true") for name in names)
