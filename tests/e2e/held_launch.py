"""A launch that only a person can help: its campaign was tried five times and left no trace."""

from __future__ import annotations

from typing import Any

import httpx

from tests.e2e.conftest import Stack, wait_for

STEP = "SELECT * FROM meta_ads.step WHERE owner = %s AND kind = 'campaign'"


class HeldLaunch:
    """A launch whose step of the campaign is HELD; `states` are those of its tasks then."""

    def __init__(self, airflow: Stack, campaign_id: str, name: str) -> None:
        self.airflow = airflow
        self.campaign_id = campaign_id
        lost = {"action": "reset_before", "method": "POST", "path": "/campaigns$", "count": 1}
        url = f"{airflow.stack.emulator.url}/_emulator/faults"
        httpx.post(url, json={**lost, "contains": name}, trust_env=False).raise_for_status()
        airflow.commit(campaign_id, name=name)
        self.run = airflow.trigger(campaign_id)
        wait_for("the lost call", self._lost)
        # As if the attempts before had been lost too, and Meta had had time enough.
        airflow.rows(
            "UPDATE meta_ads.step SET epoch = 5, searches = 1,"
            " attempt_at = attempt_at - interval '1 hour'"
            " WHERE owner = %s AND kind = 'campaign' RETURNING key",
            campaign_id,
        )
        self.states = airflow.finish(campaign_id, self.run)
        self.text: str = self.step()["last_error"]

    def step(self) -> dict[str, Any]:
        """Return the row of the step."""
        return self.airflow.rows(STEP, self.campaign_id)[0]

    def _lost(self) -> bool:
        rows = self.airflow.rows(STEP, self.campaign_id)
        return bool(rows and rows[0]["state"] == "INFLIGHT" and not rows[0]["lease_owner"])
