"""What goes wrong with the calls of a fake platform, by script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from meta_ads.errors import (
    AccessLost,
    GraphFault,
    OutcomeUnknown,
    RejectedByMeta,
    Throttled,
    TryAgain,
)
from meta_ads.planning.step import StepKind

Result = TypeVar("Result")


class Fault(StrEnum):
    """What happens to one call instead of its normal course."""

    REFUSE = "refuse"
    ACCESS = "access"
    THROTTLE = "throttle"
    NOT_SENT = "not sent"
    LOSE_CALL = "lost before the commit"
    LOSE_ANSWER = "answer lost after the commit"
    COMMIT_LATE = "answer lost, commits later"


READS = frozenset({"find", "read", "validate", "video_status", "preferred_thumbnail"})


class ScriptedCalls:
    """Lets calls happen, or fail in the way the script says. `made` lists them by method."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.made: list[str] = []
        self._faults: list[tuple[str, StepKind | None, Fault, timedelta]] = []
        self._late: list[tuple[datetime, Callable[[], Any]]] = []

    def fail_next(
        self, method: str, fault: Fault, kind: StepKind | None, times: int, delay: timedelta
    ) -> None:
        """Let the next `times` calls of `method` (for `kind`, if given) meet `fault`."""
        self._faults += [(method, kind, fault, delay)] * times

    def write(
        self,
        method: str,
        doing: str,
        commit: Callable[[], Result],
        kind: StepKind | None = None,
    ) -> Result:
        """Commit and return the result, unless the script says otherwise."""
        fault, delay = self.meet(method, doing, kind)
        unknown = OutcomeUnknown(f"{doing}: no answer came. It may or may not have taken effect.")
        if fault is Fault.LOSE_CALL:
            raise unknown
        if fault is Fault.COMMIT_LATE:
            self._late.append((self._clock() + delay, commit))
            raise unknown
        result = commit()
        if fault is Fault.LOSE_ANSWER:
            raise unknown
        return result

    def meet(
        self, method: str, doing: str, kind: StepKind | None = None
    ) -> tuple[Fault | None, timedelta]:
        """Note the call, let late commits arrive, and raise what the script says."""
        self.made.append(method)
        due = [commit for at, commit in self._late if at <= self._clock()]
        self._late = [(at, commit) for at, commit in self._late if at > self._clock()]
        for commit in due:
            commit()
        for index, (name, only, fault, delay) in enumerate(self._faults):
            if name == method and only in (None, kind):
                del self._faults[index]
                self._raise(fault, method, doing, delay)
                return fault, delay
        return None, timedelta(0)

    def _raise(self, fault: Fault, method: str, doing: str, delay: timedelta) -> None:
        match fault:
            case Fault.REFUSE:
                raise refusal(doing, "scripted refusal")
            case Fault.ACCESS:
                raise AccessLost(doing, GraphFault("scripted: token expired", code=190))
            case Fault.THROTTLE:
                throttle = GraphFault("scripted throttle", code=80004)
                raise Throttled(doing, throttle, self._clock() + delay)
            case Fault.NOT_SENT:
                raise TryAgain(f"{doing}: no connection could be made. Nothing was sent to Meta.")
            case _ if method in READS:
                raise TryAgain(f"{doing}: no answer came.")


def refusal(doing: str, message: str, subcode: int | None = None) -> RejectedByMeta:
    """Return Meta's refusal of a wrong parameter."""
    return RejectedByMeta(doing, GraphFault(message, code=100, subcode=subcode, http_status=400))
