"""When insights are synced: at the times of each account's own zone, in one DAG.

Airflow's own timetable of several crons has one zone for all of them. Registered by the plugin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.timetables.trigger import CronTriggerTimetable, MultipleCronTriggerTimetable


class ZonedCronTimetable(MultipleCronTriggerTimetable):
    """Runs whenever one of several crons fires, each by the clock of its own time zone.

    :param schedules: pairs of a cron expression and an IANA time zone
    """

    def __init__(self, schedules: Sequence[tuple[str, str]]) -> None:
        self._schedules = sorted(set(schedules))
        self._timetables = [
            CronTriggerTimetable(cron, timezone=zone) for cron, zone in self._schedules
        ]
        self.description = "; ".join(f"{cron} in {zone}" for cron, zone in self._schedules)

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> ZonedCronTimetable:
        """Return the timetable that `serialize` wrote down."""
        return cls([(cron, zone) for cron, zone in data["schedules"]])

    def serialize(self) -> dict[str, Any]:
        """Return what another process needs to make the same timetable."""
        return {"schedules": [list(one) for one in self._schedules]}

    @property
    def summary(self) -> str:
        """What the list of DAGs shows."""
        return ", ".join(sorted({cron for cron, _ in self._schedules}))
