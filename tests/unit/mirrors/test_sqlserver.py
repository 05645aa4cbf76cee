"""A part goes by a staging table and one merge; whatever breaks off is done again."""

from __future__ import annotations

from datetime import date

import pytest

from meta_ads.errors import StopAndAsk, TryAgain
from meta_ads.mirrors import tsql
from meta_ads.mirrors.sqlserver import SqlServer, connection_string
from meta_ads.syncing.mirroring import KEYS, Column, Part
from tests.fakes.mssql import FakeDriver

VIEW = "vw_graph_ads"
PART = Part(VIEW, "act_1", date(2026, 11, 1))
COLUMNS = (
    Column("account_id", "text"),
    Column("date", "date"),
    Column("ad_id", "bigint"),
    Column("spend", "numeric"),
)
ROWS = [("act_1", date(2026, 11, 3), 7, 1)]
FITTING = [
    ("account_id", "nvarchar", 200, None, None),
    ("date", "date", None, None, None),
    ("ad_id", "bigint", None, 19, 0),
    ("spend", "decimal", None, 28, 6),
]
RANGE = ("act_1", date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture
def driver() -> FakeDriver:
    fake = FakeDriver()
    fake.columns = FITTING
    return fake


@pytest.fixture
def server(driver: FakeDriver) -> SqlServer:
    return SqlServer(driver, "Server=db;PWD=secret;", "mssql://db:1433/ads")


def test_a_part_is_loaded_into_staging_and_merged(driver: FakeDriver, server: SqlServer) -> None:
    assert server.replace(PART, COLUMNS, [ROWS, ROWS]) == 2
    key = KEYS[VIEW]
    assert driver.committed == [
        (tsql.LOCK,),
        (tsql.create_staging(VIEW, COLUMNS, key),),
        ("meta_ads.vw_graph_ads_staging", ROWS),
        ("meta_ads.vw_graph_ads_staging", ROWS),
        (tsql.merge(VIEW, COLUMNS, key), *RANGE),
        (tsql.drop_staging(VIEW),),
    ]
    server.remove(PART)
    assert driver.committed[-1] == (tsql.remove(VIEW), *RANGE)
    assert len(driver.opened) == 1


@pytest.mark.parametrize("word", ["CREATE TABLE", "bulkcopy", "MERGE", "DROP TABLE IF"])
def test_what_breaks_off_is_tried_again_from_the_beginning(
    driver: FakeDriver, server: SqlServer, word: str
) -> None:
    driver.fail = {word: driver.OperationalError("the connection broke")}
    with pytest.raises(TryAgain, match=r"mssql://db:1433/ads\) did not answer"):
        server.replace(PART, COLUMNS, [ROWS])
    assert not any("MERGE" in entry[0] for entry in driver.committed)
    assert driver.closed == 1
    assert server.replace(PART, COLUMNS, [ROWS]) == 1
    merges = [entry for entry in driver.committed if "MERGE" in entry[0]]
    assert len(merges) == 1
    assert len(driver.opened) == 2


def test_what_the_server_refuses_is_told_without_the_password(
    driver: FakeDriver, server: SqlServer
) -> None:
    driver.fail = {"MERGE": driver.ProgrammingError("permission denied")}
    with pytest.raises(StopAndAsk, match="permission denied") as told:
        server.replace(PART, COLUMNS, [ROWS])
    assert "secret" not in str(told.value)


def test_rows_that_cannot_be_read_leave_the_table_alone(
    driver: FakeDriver, server: SqlServer
) -> None:
    def rows():  # type: ignore[no-untyped-def]
        yield ROWS
        raise TryAgain("Postgres did not answer")

    with pytest.raises(TryAgain, match="Postgres"):
        server.replace(PART, COLUMNS, rows())
    assert not any("MERGE" in entry[0] for entry in driver.committed)


def test_two_mirrors_at_once_take_turns(driver: FakeDriver, server: SqlServer) -> None:
    driver.lock = -1
    with pytest.raises(TryAgain, match="another mirror is at work"):
        server.replace(PART, COLUMNS, [ROWS])
    assert all("MERGE" not in entry[0] for entry in driver.committed)


def test_a_table_that_somebody_changed_is_named_with_the_remedy(
    driver: FakeDriver, server: SqlServer
) -> None:
    server.prepare(VIEW, COLUMNS)
    driver.columns = [*FITTING[:2], ("spend", "float", None, 53, None)]
    with pytest.raises(StopAndAsk) as told:
        server.prepare(VIEW, COLUMNS)
    assert "column ad_id is missing: add it as bigint NULL" in str(told.value)
    assert "column spend is float: alter it to decimal(28, 6)" in str(told.value)


def test_a_connection_is_encrypted_and_checked_unless_told_otherwise() -> None:
    password = "a;b}c"  # pragma: allowlist secret
    fields = {"host": "db", "port": None, "login": "ads", "password": password, "database": "ads"}
    assert connection_string(**fields, options={}) == (
        "Server=db,1433;Database=ads;UID=ads;PWD={a;b}}c};Encrypt=yes;TrustServerCertificate=no;"
    )
    entra = {"host": "db", "port": 1400, "login": None, "password": None, "database": "ads"}
    options = {"Authentication": "ActiveDirectoryDefault", "TrustServerCertificate": "yes"}
    assert connection_string(**entra, options=options) == (
        "Server=db,1400;Database=ads;Encrypt=yes;TrustServerCertificate=yes;"
        "Authentication=ActiveDirectoryDefault;"
    )
