"""Long work says in its task's log how far it is, often enough and not too often."""

from __future__ import annotations

import re
import shutil

import httpx
import pytest

from local_stack.airflow_api import RUN_ENDED
from tests.e2e.conftest import Stack, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
# The emulator's pieces begin with 64 kB and double.
PADDING = 2 << 20
INSIGHTS = "sync_insights"
KUMO = "act_100000000000303"


def test_an_upload_of_several_pieces_says_how_much_of_it_is_sent(airflow: Stack) -> None:
    samples = airflow.stack.project / "creatives/samples"
    long = samples / "long.mp4"
    shutil.copy(samples / "vertical.mp4", long)
    with long.open("ab") as file:
        # A box that players skip.
        file.write((PADDING + 8).to_bytes(4, "big") + b"free" + bytes(PADDING))
    airflow.commit("long_upload", video="{file_path: samples/long.mp4}")
    run = airflow.trigger("long_upload")
    assert airflow.finish("long_upload", run)["upload_video"] == "success"
    told = re.findall(r"uploaded (\d+)%", airflow.log("long_upload", run, "upload_video"))
    shares = [int(share) for share in told]
    assert shares == sorted(shares)
    assert 3 <= len(shares) <= 20
    assert shares[-1] == 100


def test_a_sync_says_which_days_it_has_read_and_how_far_meta_is(airflow: Stack) -> None:
    orders = {"reads": [{"outcome": "too_large", "count": 1, "node": KUMO}]}
    url = f"{airflow.stack.emulator.url}/_emulator/insights"
    httpx.post(url, json=orders).raise_for_status()
    wait_for(f"DAG {INSIGHTS}", lambda: airflow.api.dag(INSIGHTS))
    run = airflow.api.trigger(INSIGHTS, {"account_id": KUMO})
    wait_for("the sync", lambda: airflow.api.run_state(INSIGHTS, run) in RUN_ENDED)
    log = airflow.mapped_log(INSIGHTS, run, "account.read")
    assert re.search(r"ads: \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d: report run \d+ for act_", log), log
    assert re.search(r"Report run \d+ is at 100%; 1 of \d+ runs are left", log), log
    assert re.search(r"ads: .*: \d+ rows, \d+ days changed", log), log
