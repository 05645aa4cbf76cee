"""Copy the views of insights elsewhere, part by part: one view, one account, one month.

A part is copied when it differs from what was last copied, and replaced as a whole or not at all:
a mirror that died goes on where it was, and one that is run twice copies nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

#: The views that are copied, and the columns that tell their rows apart.
KEYS: Mapping[str, tuple[str, ...]] = {
    "vw_graph_ads": ("account_id", "date", "ad_id"),
    "vw_graph_ads_actions": ("account_id", "date", "ad_id", "action_type"),
    "vw_graph_ads_kpis": ("account_id", "date", "ad_id"),
    "vw_graph_campaigns_kpis": ("account_id", "date", "campaign_id"),
}
#: Digits after the point of every number that is not whole: money and rates.
SCALE = 6


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One view of one account in one month, by the month's first day."""

    view: str
    account_id: str
    month: date

    def __str__(self) -> str:
        return f"{self.view} {self.account_id} {self.month:%Y-%m}"

    @property
    def end(self) -> date:
        """The first day of the next month."""
        year, month = divmod(self.month.year * 12 + self.month.month, 12)
        return date(year, month + 1, 1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a view. `kind` is Postgres's name: text, bigint, date or numeric."""

    name: str
    kind: str


#: Some rows of a part, in the order of its columns.
Batch = Sequence[tuple[Any, ...]]


class MirrorSource(Protocol):
    """The views, and what was copied of them."""

    def parts(self, views: Iterable[str], since: date | None) -> Mapping[Part, str]:
        """Return each part that has rows, from a month on, with a digest of its content."""

    def columns(self, view: str) -> Sequence[Column]:
        """Return a view's columns in order."""

    def batches(self, part: Part, columns: Sequence[Column]) -> Iterator[Batch]:
        """Yield the rows of a part, some at a time; numbers have at most `SCALE` digits."""

    def copied(self, target: str) -> Mapping[Part, str]:
        """Return what was copied to a target, with the digest it had then."""

    def note(self, target: str, part: Part, content: str, rows: int) -> None:
        """Note that a part was copied."""

    def forget(self, target: str, part: Part) -> None:
        """Note that a part is no longer at a target."""


class MirrorTarget(Protocol):
    """Where the views are copied to.

    Raises TryAgain for what passes by itself and StopAndAsk for what a person must mend.
    """

    @property
    def name(self) -> str:
        """What tells this target from others; no secret."""

    def prepare(self, view: str, columns: Sequence[Column]) -> None:
        """Make room for a view, or check that its columns fit."""

    def replace(self, part: Part, columns: Sequence[Column], batches: Iterable[Batch]) -> int:
        """Put rows in the place of a part, all at once; return how many."""

    def remove(self, part: Part) -> None:
        """Take a part away; nothing happens when it is not there."""


@dataclass(frozen=True, slots=True)
class MirrorCounts:
    """What a mirror did: parts copied, their rows, parts taken away."""

    copied: int
    rows: int
    removed: int


def due_parts(
    there: Mapping[Part, str], copied: Mapping[Part, str]
) -> tuple[list[Part], list[Part]]:
    """Return the parts to copy, newest month first, and those to take away."""
    stale = [part for part, content in there.items() if copied.get(part) != content]
    newest_first = sorted(stale, key=lambda part: (-part.month.toordinal(), part))
    return newest_first, sorted(part for part in copied if part not in there)


def mirror(
    source: MirrorSource,
    target: MirrorTarget,
    since: date | None,
    tell: Callable[..., object],
) -> MirrorCounts:
    """Bring a target up to date with the views, from the month `since` on; older parts go."""
    there = source.parts(KEYS, since)
    stale, gone = due_parts(there, source.copied(target.name))
    columns = {view: source.columns(view) for view in KEYS}
    for view in KEYS:
        target.prepare(view, columns[view])
    total = 0
    for part in stale:
        rows = target.replace(part, columns[part.view], source.batches(part, columns[part.view]))
        source.note(target.name, part, there[part], rows)
        tell("%s: %d rows", part, rows)
        total += rows
    for part in gone:
        target.remove(part)
        source.forget(target.name, part)
        tell("%s: taken away", part)
    return MirrorCounts(len(stale), total, len(gone))
