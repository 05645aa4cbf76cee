"""Whatever ran, changed and stopped: the tables add up to the emulator's sums at every level."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_stack.postgres import LocalPostgres
from meta_ads.store.database import Database
from meta_ads.store.migrate import migrate
from tests.emulator.server import EmulatorProcess, Graph
from tests.integration.insights.accounts import ACCOUNT, WORLD, Account

MEASURES = ("impressions", "clicks", "link_clicks", "rows")
BY = {"campaign": "campaign_id", "adset": "ad_set_id", "ad": "ad_id"}
SUMS = """
SELECT {by} AS key, sum(spend) AS spend, sum(impressions) AS impressions, sum(clicks) AS clicks,
       sum(inline_link_clicks) AS link_clicks, count(*) AS rows
FROM meta_ads.ad_insight JOIN meta_ads.insight_ad USING (ad_id)
WHERE date = %(day)s GROUP BY 1
"""


@dataclass(frozen=True)
class World:
    """An account: how large, in which currency and zone, and what becomes of some objects."""

    campaigns: int
    ad_sets_each: int
    ads_each: int
    days: int
    currency: str
    timezone: str
    hour: int
    #: (kind, which one of it, what happens)
    events: tuple[tuple[str, int, str], ...]


worlds = st.builds(
    World,
    campaigns=st.integers(1, 3),
    ad_sets_each=st.integers(1, 2),
    ads_each=st.integers(1, 4),
    days=st.integers(1, 9),
    currency=st.sampled_from(["SGD", "USD", "JPY"]),
    timezone=st.sampled_from(["Asia/Singapore", "America/New_York", "Europe/Berlin"]),
    hour=st.integers(1, 23),
    events=st.lists(
        st.tuples(
            st.sampled_from(["campaigns", "adsets", "ads"]),
            st.integers(0, 5),
            st.sampled_from(["PAUSED", "ARCHIVED", "DELETED"]),
        ),
        max_size=4,
    ).map(tuple),
)


def made(world: World, folder: Path) -> EmulatorProcess:
    """Return a server of the world, after all that happens in it."""
    raw = yaml.safe_load(WORLD.read_text())
    account = raw["accounts"][0]
    account |= {"currency": world.currency, "timezone": world.timezone}
    sizes = ("campaigns", "ad_sets_each", "ads_each", "days")
    account["synthetic_ads"] = {name: getattr(world, name) for name in sizes}
    file = folder / "world.yaml"
    file.write_text(yaml.safe_dump(raw))
    server = EmulatorProcess(folder / "state", "--world", str(file), "--tier", "unlimited")
    # Tomorrow: the account was made when the server started, and time must not run backwards.
    start = datetime.now(ZoneInfo(world.timezone)) + timedelta(days=1)
    begin = start.replace(hour=world.hour, minute=3)
    server.control("POST", "clock", {"now": begin.isoformat()})
    graph = Graph(server)
    for kind, number, status in world.events:
        objects = graph.get(f"{ACCOUNT}/{kind}", limit=50)["data"]
        if objects:
            graph.call("POST", objects[number % len(objects)]["id"], status=status)
        server.pass_time(5000)
    return server


def expected(numbers: dict[str, int], minor_units: int) -> dict[str, Any]:
    return {
        "spend": Decimal(numbers["spend"]) / minor_units,
        **{name: numbers[name] for name in MEASURES},
    }


def told_of(server: EmulatorProcess, day: date) -> tuple[dict[str, Any], int]:
    asked = f"account={ACCOUNT}&since={day}&until={day}"
    told = server.control("GET", f"insights/totals?{asked}")
    return told, told["minor_units"]


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(world=worlds)
def test_sums_equal_the_emulators_own_for_each_ad_ad_set_campaign_and_account_on_each_day(
    postgres: LocalPostgres, world: World
) -> None:
    name = f"world_{abs(hash(world))}"
    postgres.create_database(name)
    migrate(postgres.url(name))
    database = Database(postgres.url(name))
    with tempfile.TemporaryDirectory() as folder:
        server = made(world, Path(folder))
        account = Account(server, database, zone=world.timezone)
        try:
            account.to_the_end(account.sync())
            for day in account.whole.days:
                told, minor_units = told_of(server, day)
                for level, by in BY.items():
                    delivered = {
                        key: expected(one, minor_units)
                        for key, one in told[level].items()
                        if one["rows"]
                    }
                    assert sums(database, by, day) == delivered, (level, day)
                whole = sums(database, "'account'", day).get("account")
                rows = told["total"]["rows"]
                assert whole == (expected(told["total"], minor_units) if rows else None), day
        finally:
            account.meta.close()
            server.stop()
            database.close()


def sums(database: Database, by: str, day: date) -> dict[str, dict[str, Any]]:
    found = database.rows(SUMS.format(by=by), {"day": day})
    return {str(row.pop("key")): row for row in found}
