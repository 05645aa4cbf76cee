"""A campaign that runs is changed by editing its file, through real Airflow processes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.e2e.conftest import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
OBJECTS = ["ad", "adset", "campaign", "creative"]


def test_an_edited_file_changes_the_campaign_that_runs(airflow: Stack) -> None:
    file = airflow.commit("edited", timedelta(seconds=40))
    assert airflow.finish("edited", airflow.trigger("edited"))["verify"] == "success"
    draft = file.with_suffix(".draft")
    text = file.read_text().replace("5000", "8000")
    draft.write_text(text.replace("The spring sale", "The last days"))
    draft.rename(file)
    run = airflow.trigger("edited")
    states = airflow.finish("edited", run)
    assert {task for task, state in states.items() if state != "success"} == {"approve"}
    assert "daily_budget: SGD 50.00 → SGD 80.00" in airflow.log("edited", run, "plan")
    assert airflow.creates("edited") == sorted([*OBJECTS, "creative"])
    ids = {
        row["step_key"].split("/", 2)[2]: row["object_id"]
        for row in airflow.rows("SELECT * FROM meta_ads.launch_step WHERE campaign_id = 'edited'")
    }
    [creative] = [object_id for key, object_id in ids.items() if key.startswith("creative/0~")]
    read = airflow.stack.emulator.read
    assert read(ids["campaign/0"], ("daily_budget",))["daily_budget"] == "8000"
    assert read(ids["ad/0"], ("creative",))["creative"]["id"] == creative
    assert airflow.statuses("edited") == dict.fromkeys(("campaign", "ad_set", "ad"), "ACTIVE")
    launch = airflow.launch_row("edited")
    assert (launch["state"], launch["revision_hash"]) == ("VERIFIED", None)
