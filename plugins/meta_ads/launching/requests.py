"""The state of each request for a launch: from the trigger to what became of it.

A request is one run of a launch DAG that is no dry run. What happened decides its next state; the
database refuses every other change and writes the history itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

from meta_ads.errors import InvalidCampaign, MetaAdsError

# The whole text is in the log of the task.
LONGEST_REASON = 4000


class RequestState(StrEnum):
    """Where a request is. Drawn in plugins/meta_ads/README.md, enforced by Postgres."""

    DRAFT = "DRAFT"
    QA_TESTING = "QA_TESTING"
    QA_FAILED = "QA_FAILED"
    READY_FOR_API = "READY_FOR_API"
    TRAFFICKED_SUCCESS = "TRAFFICKED_SUCCESS"
    TRAFFICKED_FAILED = "TRAFFICKED_FAILED"


class Happening(StrEnum):
    """What a run says of its request. Success is read from the ledger; see `settle`."""

    CHECKING = "checking"
    REFUSED = "refused"
    READY = "ready"
    FAILED = "failed"


S, H = RequestState, Happening
# The states to pass through, in order; nothing where there is no change. A cleared run is checked
# again, whatever it had come to; one that succeeded has nothing more to say.
_PATHS: Mapping[Happening, Mapping[RequestState, tuple[RequestState, ...]]] = {
    H.CHECKING: {
        S.DRAFT: (S.QA_TESTING,),
        S.QA_FAILED: (S.QA_TESTING,),
        S.READY_FOR_API: (S.QA_TESTING,),
        S.TRAFFICKED_FAILED: (S.QA_TESTING,),
    },
    H.REFUSED: {
        S.DRAFT: (S.QA_TESTING, S.QA_FAILED),
        S.QA_TESTING: (S.QA_FAILED,),
        S.QA_FAILED: (S.QA_FAILED,),
        S.READY_FOR_API: (S.QA_TESTING, S.QA_FAILED),
        S.TRAFFICKED_FAILED: (S.QA_TESTING, S.QA_FAILED),
    },
    H.READY: {
        S.DRAFT: (S.QA_TESTING, S.READY_FOR_API),
        S.QA_TESTING: (S.READY_FOR_API,),
        S.QA_FAILED: (S.QA_TESTING, S.READY_FOR_API),
        S.READY_FOR_API: (S.READY_FOR_API,),
        S.TRAFFICKED_FAILED: (S.QA_TESTING, S.READY_FOR_API),
    },
    H.FAILED: {
        S.READY_FOR_API: (S.TRAFFICKED_FAILED,),
        S.TRAFFICKED_FAILED: (S.TRAFFICKED_FAILED,),
    },
}


def path(state: RequestState, happening: Happening) -> tuple[RequestState, ...]:
    """Return the states a request goes through; its own state when only the reason may change."""
    return _PATHS[happening].get(state, ())


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The run of a campaign's DAG that asks."""

    campaign_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class NewRequest:
    """Who asked for what. `file_digest` is the sha256 of the campaign file, if it could be read."""

    key: RequestKey
    requested_by: str
    note: str | None = None
    file_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a run tells of itself: why it failed, the problems found, the plan it pinned."""

    reason: str | None = None
    findings: Sequence[Mapping[str, Any]] = ()
    plan_hash: str | None = None


class RequestLedger(Protocol):
    """The requests. Every method is one committed transaction, and harmless to repeat."""

    def open(self, request: NewRequest) -> None:
        """Write the request as DRAFT, once for each run."""

    def record(self, key: RequestKey, happening: Happening, told: Told) -> None:
        """Commit the states of `path`; nothing for a run that asked for nothing."""

    def settle(self, campaign_id: str | None = None) -> Sequence[RequestKey]:
        """Close every request whose fate the ledger knows; of one campaign, or of all.

        Returns those that succeeded just now.
        Trafficked: all of its plan is at Meta, verified where it goes live. Failed: withdrawn, or
        another plan took its place.
        """


def begin(requests: RequestLedger, request: NewRequest) -> None:
    """A run begins to check what it was asked for."""
    requests.open(request)
    requests.record(request.key, Happening.CHECKING, Told())


def pinned(requests: RequestLedger, key: RequestKey, plan_hash: str) -> None:
    """Every check passed, and the plan is fixed. Perhaps all of it is at Meta already."""
    requests.record(key, Happening.READY, Told(plan_hash=plan_hash))
    requests.settle(key.campaign_id)


def failed(requests: RequestLedger, key: RequestKey, error: MetaAdsError, *, checks: bool) -> None:
    """A run cannot go on without a person; `checks` while nothing was sent yet."""
    problems = error.problems if isinstance(error, InvalidCampaign) else ()
    told = Told(
        reason=str(error)[:LONGEST_REASON],
        findings=[{**asdict(problem), "severity": str(problem.severity)} for problem in problems],
    )
    requests.record(key, Happening.REFUSED if checks else Happening.FAILED, told)
