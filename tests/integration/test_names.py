"""Names on real Postgres: who has which, what is wrong at Meta, and the codes of the taxonomy."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from meta_ads.airflow.names import checked_names
from meta_ads.errors import FixInput, PlanMismatch
from meta_ads.governance.taxonomy import Entry
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.names import NameStore
from meta_ads.store.statuses import StatusStore
from meta_ads.syncing.ad_accounts import AccountRow
from meta_ads.syncing.object_statuses import ObjectStatus
from meta_ads.syncing.statuses import SyncedRows
from tests.conftest import PROJECT
from tests.fakes.platform import ACCOUNT
from tests.integration.launches import Launch, plan

log = logging.getLogger(__name__)


def named(name: str = "SUN_SG_Spring", campaign_id: str = "spring") -> Plan:
    """Return a plan whose three objects have a generated name."""
    made = plan(campaign_id, activates_in=None)
    steps = tuple(
        replace(step, params={**step.params, "name": f"{name} [#{step.marker}]"})
        for step in made.steps
    )
    return replace(made, steps=steps, naming={"brand": "SUN", "name": name}, declared=name)


@pytest.fixture
def launch(database: Database) -> Launch:
    return Launch(database)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    return tmp_path


def seen(database: Database, object_id: str, name: str, status: str = "ACTIVE") -> None:
    item = ObjectStatus(
        object_id=object_id,
        kind=StepKind.CAMPAIGN,
        parent_id=None,
        name=name,
        status=status,
        effective_status=status,
        daily_budget=None,
        lifetime_budget=None,
        start_time=None,
        end_time=None,
        review=None,
        issues=None,
        created_time=None,
        updated_time=None,
    )
    account = AccountRow(ACCOUNT, "Sunrise", "active", "SGD", "Asia/Singapore")
    StatusStore(database).save(SyncedRows(account, [item], whole=False))


def test_a_generated_name_cannot_change_once_something_is_at_meta(launch: Launch) -> None:
    launch.create(named())
    with pytest.raises(PlanMismatch, match=r"would become “SUN_SG_Summer \[#") as refused:
        launch.launches.pin(named("SUN_SG_Summer"))
    assert "write “name: SUN_SG_Spring”" in str(refused.value)
    with pytest.raises(PlanMismatch, match="such names are for ever"):
        launch.launches.preview(replace(named("SUN_SG_Summer"), naming={}))


def test_the_same_name_may_be_written_by_hand_later(launch: Launch) -> None:
    launch.create(named())
    by_hand = replace(named(), naming={})
    assert launch.launches.pin(by_hand).plan.hash == by_hand.hash


def test_a_generated_name_may_change_while_nothing_is_at_meta(launch: Launch) -> None:
    launch.launches.pin(named())
    assert launch.launches.pin(named("SUN_SG_Summer")).plan.naming["name"] == "SUN_SG_Summer"


def test_two_launches_of_an_account_cannot_have_one_name(launch: Launch) -> None:
    launch.launches.pin(named())
    second = named(campaign_id="spring_two")
    for attempt in (launch.launches.preview, launch.launches.pin):
        with pytest.raises(FixInput, match="belongs to the launch spring of"):
            attempt(second)
    launch.launches.withdraw("spring", "bo")
    assert launch.launches.pin(second).campaign_id == "spring_two"


def test_a_refused_name_leaves_no_launch_behind(launch: Launch, database: Database) -> None:
    launch.launches.pin(named())
    with pytest.raises(FixInput):
        launch.launches.pin(named(campaign_id="spring_two"))
    assert [row["campaign_id"] for row in launch.launches.launches()] == ["spring"]


def test_a_renamed_object_is_found_until_it_has_its_name_again(
    launch: Launch, database: Database, home: Path
) -> None:
    launch.create(named())
    step = named().of_kind(StepKind.CAMPAIGN)[0]
    object_id = launch.steps.object_ids([step.key])[step.key]
    store = NameStore(database)

    def check() -> list[tuple[str, str]]:
        checked_names(home, [ACCOUNT], store, log)
        return [(row["object_id"], row["rule"]) for row in store.findings()]

    seen(database, object_id, step.params["name"])
    assert check() == []
    seen(database, object_id, "Spring")
    assert check() == [(object_id, "renamed")]
    [first] = store.findings()
    assert check() == [(object_id, "renamed")]
    [again] = store.findings()
    assert again["first_seen_at"] == first["first_seen_at"] < again["last_seen_at"]
    seen(database, object_id, "SUN_SG_Spring")
    assert check() == []


def test_only_what_is_new_is_counted_as_new(database: Database, home: Path) -> None:
    accounts = (home / "configs/accounts.yaml").read_text()
    accounts = accounts.replace("act_100000000000101", ACCOUNT).replace(
        "    domain: sunrise.example\n", "    domain: sunrise.example\n    naming: required\n"
    )
    (home / "configs/accounts.yaml").write_text(accounts)
    seen(database, "1", "Spring")
    seen(database, "2", "SUN_SG_META_2027_Spring")
    seen(database, "3", "Old", "ARCHIVED")
    store = NameStore(database)
    counts = [checked_names(home, [ACCOUNT], store, log)[ACCOUNT] for _ in range(2)]
    assert counts == [{"seen": 2, "wrong": 1, "new": 1}, {"seen": 2, "wrong": 1, "new": 0}]


def test_a_broken_taxonomy_clears_no_finding(
    launch: Launch, database: Database, home: Path
) -> None:
    launch.create(named())
    step = named().of_kind(StepKind.CAMPAIGN)[0]
    seen(database, launch.steps.object_ids([step.key])[step.key], "Spring")
    store = NameStore(database)
    checked_names(home, [ACCOUNT], store, log)
    (home / "configs/taxonomy.yaml").write_text("names: {campaign: '[Cuntry]'}\n")
    assert checked_names(home, [ACCOUNT], store, log) == {}
    assert [row["rule"] for row in store.findings()] == ["renamed"]


def test_a_code_that_left_the_file_is_inactive_and_kept(database: Database) -> None:
    store = NameStore(database)
    store.mirror([("brand", Entry("SUN", "Sunrise", ("Sun",))), ("brand", Entry("OLD", "Old"))])
    store.mirror([("brand", Entry("SUN", "Sunrise Retail")), ("market", Entry("SUN", "Sun"))])
    rows = database.rows(
        "SELECT registry, code, label, aliases, active FROM meta_ads.naming_code ORDER BY 1, 2"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("brand", "OLD", "Old", [], False),
        ("brand", "SUN", "Sunrise Retail", [], True),
        ("market", "SUN", "Sun", [], True),
    ]
