"""What people, files and answers may not make us do."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from airflow.sdk.exceptions import AirflowFailException

from meta_ads.airflow.operators.launching import PreflightOperator
from meta_ads.governance.loading import load_governed_campaigns
from meta_ads.graph.thumbnails import _allowed
from meta_ads.store.database import Database
from tests.security.quoting_front import Malice, QuotingFront

HERE = Path(__file__).parent
CONF = yaml.safe_load((HERE / "conf.yaml").read_text())
ADDRESSES = [one["uri"] for one in yaml.safe_load((HERE / "addresses.yaml").read_text())]
META = urlsplit("https://graph.facebook.com")


def preflight(home: Path, conf: dict[str, Any]) -> None:
    run = SimpleNamespace(run_id="manual__1", triggering_user_name="ada", conf=conf)
    task = PreflightOperator(task_id="preflight", campaign_id="spring_sale", home=str(home))
    try:
        task.execute({"params": conf, "dag_run": run})  # type: ignore[typeddict-item]
    finally:
        task.ledger.database.close()


@pytest.mark.parametrize("conf", [one["conf"] for one in CONF], ids=str)
def test_a_trigger_overrides_nothing_that_is_committed(
    home: Path, front: QuotingFront, database: Database, conf: dict[str, Any]
) -> None:
    front.arm(Malice())
    with pytest.raises(AirflowFailException):
        preflight(home, conf)
    [row] = database.rows("SELECT state, reason FROM meta_ads.request")
    assert row["state"] == "QA_FAILED"
    [key] = conf
    assert key in row["reason"]
    assert not front.answered, "it is refused before Meta is asked anything"


def test_no_address_in_a_campaign_file_is_ever_fetched(home: Path, database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        file = home / "include/campaigns/spring_sale.yaml"
        lines = file.read_text().splitlines()
        kept = [line for line in lines if not line.startswith("destination_url")]
        address = f"https://localhost.localdomain:{port}/spring"
        file.write_text("\n".join([*kept, f"destination_url: {address}\n"]))
        campaigns = load_governed_campaigns(home)
        if campaigns.declarations:
            preflight(home, {})
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("uri", ADDRESSES)
def test_no_picture_is_fetched_from_our_own_network(uri: str) -> None:
    assert not _allowed(urlsplit(uri), META)


@pytest.mark.parametrize(
    "uri",
    [
        "https://scontent-sin6-1.xx.fbcdn.net/v/t15/a.jpg?oh=1",
        "https://graph.facebook.com/a.jpg",
        "https://external.xx.fbcdn.net/a.png",
    ],
)
def test_pictures_are_fetched_from_where_meta_keeps_them(uri: str) -> None:
    assert _allowed(urlsplit(uri), META)


def problems(home: Path) -> str:
    found = load_governed_campaigns(home).problems
    return "\n".join(str(problem) for file in found.values() for problem in file)


def test_a_campaign_file_that_links_out_of_the_project_is_not_read(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "env"
    secret.write_text("campaign_id: hunter2\nname: [hunter2\n")
    (home / "include/campaigns/linked.yaml").symlink_to(secret)
    told = problems(home)
    assert "linked.yaml: is a link that leads out of the project" in told
    assert "hunter2" not in told


def test_a_campaign_file_may_be_a_link_within_the_project(home: Path) -> None:
    real = home / "include/campaigns/..data"
    real.mkdir()
    file = home / "include/campaigns/spring_sale.yaml"
    file.rename(real / "spring_sale.yaml")
    file.symlink_to("..data/spring_sale.yaml")
    assert set(load_governed_campaigns(home).declarations) == {"spring_sale"}
