"""What monitoring is told of the ledger, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

PREFIX = "meta_ads"
# Every metric is a gauge: the ledger is asked what is, so nothing is lost when a process dies.
HELP: Mapping[str, str] = {
    "drift_open": "Values at Meta that differ from what was launched",
    "insights_age_seconds": "Time since insights of the account were read",
    "lateness_seconds": "The latest a launch of the last day went live after its time",
    "launches": "Launches by state",
    "launches_late": "Launches of the last day that are two minutes past their time and not live",
    "notices_open": "Things that need a person",
    "quota_used_percent": "The fullest of Meta's quotas at the last answers of the last hour",
    "requests_failed": "Requests of the last day that failed",
    "steps_held": "Steps whose object only a person can know of",
    "steps_unsettled": "Calls whose outcome is unknown for more than 15 minutes",
    "token_days_left": "Days until Meta takes the token no more; 0 or less when it is over",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One value of one metric, by its name without the prefix."""

    name: str
    labels: Mapping[str, str]
    value: float


class Measures(Protocol):
    """The ledger, as monitoring sees it."""

    def read(self) -> Iterable[Measure]:
        """Return every value, those of one metric together."""


def as_prometheus(measures: Iterable[Measure]) -> str:
    """Return the values in Prometheus' text format, version 0.0.4."""
    return "".join(f"{line}\n" for line in _lines(measures))


def _lines(measures: Iterable[Measure]) -> Iterator[str]:
    for name, values in groupby(measures, key=lambda measure: measure.name):
        yield f"# HELP {PREFIX}_{name} {HELP[name]}"
        yield f"# TYPE {PREFIX}_{name} gauge"
        for measure in values:
            labels = ",".join(f'{key}="{_escaped(text)}"' for key, text in measure.labels.items())
            yield f"{PREFIX}_{name}{{{labels}}} {measure.value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
