"""Turns what came back from a call into a value or into one error of `meta_ads.errors`.

This is the one place where errors of Meta, of HTTP and of the SDK end. No error raised here has a
cause attached: causes of these libraries quote addresses and parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from meta_ads.errors import (
    AccessLost,
    GraphFault,
    MetaAdsError,
    OutcomeUnknown,
    RejectedByMeta,
    Throttled,
    TryAgain,
)
from meta_ads.graph.classification import Effect, Verdict, classify
from meta_ads.graph.faults import Envelope, read_envelope
from meta_ads.graph.transport import Answer, CallFailed
from meta_ads.graph.usage import parse_usage

_TOO_MANY_REQUESTS = 429
_PLAIN_THROTTLE_SECONDS = 300


def uncertain(doing: str, effect: Effect, why: str) -> MetaAdsError:
    """Return the error for a call that was sent and whose effect is not known."""
    if effect is Effect.READ:
        return TryAgain(f"{doing}: {why}. Nothing was changed; reading again is safe.")
    return OutcomeUnknown(f"{doing}: {why}. It may or may not have taken effect.")


def lost_call(doing: str, effect: Effect, failure: CallFailed) -> MetaAdsError:
    """Return the error for a call without a complete answer."""
    if not failure.sent:
        return TryAgain(f"{doing}: {failure}. Nothing was sent to Meta.")
    return uncertain(doing, effect, str(failure))


#: Errors that may be the token's: certain refusals, with Meta's own answer.
GraphRefusal = AccessLost | Throttled | RejectedByMeta


def _as_it_is(_doing: str, error: GraphRefusal, _effect: Effect) -> MetaAdsError:
    return error


class Judge:
    """Judges answers. `clock` returns aware UTC; `scrub` removes secrets from Meta's texts.

    `turned_away` returns the error to raise where Meta refused the token or its pace.
    """

    def __init__(
        self,
        scrub: Callable[[str], str],
        clock: Callable[[], datetime],
        turned_away: Callable[[str, GraphRefusal, Effect], MetaAdsError] = _as_it_is,
    ) -> None:
        self._scrub = scrub
        self._clock = clock
        self._turned_away = turned_away

    def value(self, answer: Answer, doing: str, effect: Effect) -> Mapping[str, Any]:
        """Return the JSON object of a good answer; raise the one right error for any other."""
        body = answer.json()
        envelope = self.envelope(answer)
        if envelope is not None:
            raise self._error(envelope, doing, effect)
        if answer.status_code == _TOO_MANY_REQUESTS:
            wait = self._throttled(doing, self._bare_fault(answer), _PLAIN_THROTTLE_SECONDS)
            raise self._turned_away(doing, wait, effect)
        if not answer.ok:
            why = f"HTTP {answer.status_code} without an explanation from Meta"
            raise uncertain(doing, effect, why)
        if not isinstance(body, dict):
            raise uncertain(doing, effect, "the answer is not complete JSON")
        if body.get("success") is False:
            raise uncertain(doing, effect, "Meta answered success: false without a reason")
        return body

    def envelope(self, answer: Answer) -> Envelope | None:
        """Return the error envelope of an answer, whatever its status; None without one."""
        usage = parse_usage(answer.headers)
        return read_envelope(answer.json(), answer.status_code, usage, self._scrub)

    def _error(self, envelope: Envelope, doing: str, effect: Effect) -> MetaAdsError:
        rule = classify(envelope, effect)
        fault = envelope.fault
        if rule.verdict is Verdict.REFUSED:
            return RejectedByMeta(doing, fault)
        if rule.verdict is Verdict.ACCESS:
            return self._turned_away(doing, AccessLost(doing, fault), effect)
        if rule.verdict is Verdict.THROTTLED:
            wait = self._throttled(doing, fault, rule.wait_seconds)
            return self._turned_away(doing, wait, effect)
        return uncertain(doing, effect, f"{fault} ({rule.reason})")

    def _throttled(self, doing: str, fault: GraphFault, default_seconds: int) -> Throttled:
        wait = fault.regain_seconds or default_seconds
        return Throttled(doing, fault, self._clock() + timedelta(seconds=wait))

    def _bare_fault(self, answer: Answer) -> GraphFault:
        return GraphFault(
            message="too many requests",
            http_status=answer.status_code,
            regain_seconds=parse_usage(answer.headers).regain_seconds,
        )
