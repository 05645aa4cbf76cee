"""The ledger of launches that people pause and resume."""

from __future__ import annotations

from typing import Any

from meta_ads.errors import NotAllowedToActivate
from meta_ads.launching.pausing import refuse_pause, refuse_resume
from meta_ads.launching.ports import LaunchRecord
from meta_ads.launching.spending import refuse_over_limit
from meta_ads.store.launch_tables import LaunchTables
from meta_ads.store.spending import lock_limits, read_commitments


class PauseLedger(LaunchTables):
    """The part of `LaunchLedger` that switches live launches off and on again."""

    def pause(self, campaign_id: str, by: str) -> LaunchRecord:
        """Commit that a person switches it off; see `LaunchLedger.pause`."""
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["lock_launch"], {"campaign_id": campaign_id})
            launch = self._read(cursor, campaign_id)
            refuse_pause(launch)
            cursor.execute(self._sql["pause"], {"campaign_id": campaign_id, "by": by})
            if not launch.paused:
                self._note(cursor, campaign_id, "switched off", by)
            return self._read(cursor, campaign_id)

    def begin_resume(self, launch: LaunchRecord) -> LaunchRecord:
        """Commit that it is about to be switched on; see `LaunchLedger.begin_resume`."""
        with self._database.transaction() as cursor:
            current = self._locked(cursor, launch)
            self._refuse_resume(cursor, current)
            if current.paused_at != launch.paused_at:
                raise NotAllowedToActivate(
                    f"{launch.campaign_id} was paused again meanwhile. Resume it again if it is to "
                    "go on."
                )
            cursor.execute(self._sql["begin_resume"], {"campaign_id": launch.campaign_id})
            return self._read(cursor, launch.campaign_id)

    def finish_resume(self, launch: LaunchRecord, by: str) -> LaunchRecord:
        """Commit that it is on again; see `LaunchLedger.finish_resume`."""
        with self._database.transaction() as cursor:
            current = self._locked(cursor, launch)
            if current.live and not current.paused:
                return current  # Another worker resumed it meanwhile, with the same call.
            self._refuse_resume(cursor, current)
            if not current.resuming:
                raise NotAllowedToActivate(
                    f"{launch.campaign_id} was paused again meanwhile, or its resumption took too "
                    "long. Resume it again if it is to go on."
                )
            cursor.execute(self._sql["finish_resume"], {"campaign_id": launch.campaign_id})
            self._note(cursor, launch.campaign_id, "switched on", by)
            return self._read(cursor, launch.campaign_id)

    def _refuse_resume(self, cursor: Any, current: LaunchRecord) -> None:
        """Raise unless a launch that is locked may be switched on again."""
        refuse_resume(current)
        limits = lock_limits(cursor, current.account_id)
        live = read_commitments(cursor, current.account_id) if limits.any else []
        refuse_over_limit(current.plan, limits, live)
