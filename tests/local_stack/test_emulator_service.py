import os

import httpx
import pytest

from local_stack.airflow_settings import EMULATOR_TOKEN, GRAPH_API_VERSION
from local_stack.emulator_service import EmulatorService
from local_stack.errors import LocalStackError
from local_stack.ports import free_port
from local_stack.processes import ProcessSet

ACCOUNT = "act_100000000000101"


@pytest.fixture
def emulator(tmp_path):
    with ProcessSet() as processes:
        emulator = EmulatorService(
            free_port(), tmp_path / "state", tmp_path / "log", processes, dict(os.environ)
        )
        emulator.start()
        emulator.wait_until_healthy()
        yield emulator
        emulator.close()


def create_campaign(emulator):
    answer = httpx.post(
        f"{emulator.url}/{GRAPH_API_VERSION}/{ACCOUNT}/campaigns",
        headers={"Authorization": f"Bearer {EMULATOR_TOKEN}"},
        data={
            "name": "Spring [MARKER]",
            "objective": "OUTCOME_SALES",
            "status": "PAUSED",
            "special_ad_categories": "[]",
            "daily_budget": "5000",
            "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        },
    )
    assert answer.is_success, answer.text
    return answer.json()["id"]


def test_an_object_made_through_the_graph_api_is_in_the_journal_and_can_be_read(emulator):
    assert emulator.journal() == []
    campaign = create_campaign(emulator)
    (entry,) = emulator.journal()
    assert entry.creates
    assert entry.carries("MARKER")
    assert entry.object_id == campaign
    assert emulator.journal(since=entry.number) == []
    found = emulator.read(campaign, ("name", "status"))
    assert (found["name"], found["status"]) == ("Spring [MARKER]", "PAUSED")


def test_what_it_holds_survives_its_restart(emulator):
    campaign = create_campaign(emulator)
    emulator.stop(grace=0)
    with pytest.raises(LocalStackError, match="did not answer"):
        emulator.journal()
    emulator.start()
    emulator.wait_until_healthy()
    assert emulator.read(campaign, ("name",))["name"] == "Spring [MARKER]"


def test_a_refused_read_says_what_the_emulator_said(emulator):
    with pytest.raises(LocalStackError, match=r"emulator refused.*1234567"):
        emulator.read("1234567", ("name",))
