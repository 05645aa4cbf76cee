"""Drift: what launched campaigns show at Meta that nobody here planned.

Judged from the pages a status sync has read, so it costs no call. Meta is the truth of what runs;
the ledger is the truth of what was meant. A launch that is being changed is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from meta_ads.planning.drift import GONE, Sent, drift_of
from meta_ads.planning.drift_words import as_text, in_words
from meta_ads.planning.replacement import untagged
from meta_ads.planning.report import NOUNS
from meta_ads.planning.step import REFERENCE, StepKind
from meta_ads.syncing.statuses import AccountState, Shown

#: What was changed so shortly before the reading may not have reached Meta's lists.
SETTLED_FOR = timedelta(minutes=5)
_PARENTS = {StepKind.AD_SET: "campaign_id", StepKind.AD: "adset_id"}


@dataclass(frozen=True, slots=True)
class SentLaunch:
    """A launch that is complete at Meta: what it made, parents before what stands in them.

    `live`: it was switched on.
    """

    campaign_id: str
    live: bool
    objects: Sequence[Sent]


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """One parameter of one object that is not as planned; `message` says it in a sentence.

    `planned` and `found` are the values as text, None where there is none.
    """

    campaign_id: str
    step_key: str
    kind: StepKind
    object_id: str
    parameter: str
    planned: str | None
    found: str | None
    message: str


@dataclass(frozen=True, slots=True)
class DriftCounts:
    """How much is open of an account, how much of it is new, and how much was settled now."""

    open: int
    new: int
    settled: int


class DriftTables(Protocol):
    """The ledger's side of drift, and the table of findings."""

    def now(self) -> datetime:
        """Return the database's time, aware."""

    def sent(self, account_id: str, settled_before: datetime) -> Sequence[SentLaunch]:
        """Return the account's launches of which nothing was changed since, or is being changed.

        Launches that are not complete, or were withdrawn, are not among them.
        """

    def save(
        self, account_id: str, judged: Iterable[str], found: Sequence[DriftFinding]
    ) -> DriftCounts:
        """Make these the open findings of the launches judged, in one transaction.

        What is no longer found is settled, as is all of launches that were withdrawn; what still is
        keeps the time it was first seen. Launches that were not judged keep their findings.
        """


def check_drift(
    state: AccountState, read_at: datetime, tables: DriftTables
) -> tuple[DriftCounts, Sequence[DriftFinding]]:
    """Judge every launch of an account by what was read of it from `read_at` (aware) on.

    ValueError for a state that is not whole: what is not in it cannot be told from what is gone.
    """
    if not state.whole:
        raise ValueError("drift is judged from whole accounts only")
    launches = tables.sent(state.account.account_id, read_at - SETTLED_FOR)
    found = list(find_drift(launches, state, read_at))
    judged = [launch.campaign_id for launch in launches]
    return tables.save(state.account.account_id, judged, found), found


def find_drift(
    launches: Iterable[SentLaunch], state: AccountState, now: datetime
) -> Iterator[DriftFinding]:
    """Yield what differs, launch by launch; `now` is aware."""
    shown = {str(item["id"]): item for item in (*state.objects, *state.creatives)}
    for launch in launches:
        yield from _of_launch(launch, shown, state, now)


def _of_launch(
    launch: SentLaunch, shown: Mapping[str, Shown], state: AccountState, now: datetime
) -> Iterator[DriftFinding]:
    gone: set[str] = set()
    for sent in launch.objects:
        if _parent(sent) in gone:
            # It went with what it stood in; that was told.
            gone.add(sent.key)
            continue
        live = shown.get(sent.object_id)
        if sent.kind is StepKind.CREATIVE and live is None:
            # Meta lets no creative in use be deleted; an ad that shows another tells of itself.
            continue
        if live is None or live.get("status") in GONE:
            gone.add(sent.key)
        for change in drift_of(_expected(sent, launch), live, now):
            noun, name = NOUNS[sent.kind], untagged(str(sent.params.get("name", sent.object_id)))
            words = in_words(change, state.account.currency, state.account.timezone)
            yield DriftFinding(
                launch.campaign_id,
                sent.key,
                sent.kind,
                sent.object_id,
                change.name,
                as_text(change.before),
                as_text(change.after),
                f"{noun} “{name}”{words}",
            )


def _expected(sent: Sent, launch: SentLaunch) -> Sent:
    """Return what the object should be: before a launch goes live, its campaign is paused.

    Its parts may be on by then, which starts nothing.
    """
    if launch.live:
        return sent
    return replace(sent, status="PAUSED" if sent.kind is StepKind.CAMPAIGN else None)


def _parent(sent: Sent) -> str | None:
    value = sent.params.get(_PARENTS.get(sent.kind, ""))
    return value.get(REFERENCE) if isinstance(value, Mapping) else None
