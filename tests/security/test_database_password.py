"""The password of the ledger's database is in no error, whatever is wrong with the connection."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from local_stack.ports import free_port
from local_stack.postgres import LocalPostgres
from meta_ads.cli import connections, main
from meta_ads.errors import FixInput, MetaAdsError
from meta_ads.store.database import Database, libpq_url
from meta_ads.store.migrate import migrate, revision
from tests.security.canaries import DATABASE_PASSWORD, assert_clean, leaks

HOSTS = [one["host"] for one in yaml.safe_load((Path(__file__).parent / "hosts.yaml").read_text())]


def url(host: str, port: int | None = None) -> str:
    password = DATABASE_PASSWORD
    return libpq_url(host=host, port=port, login="a", password=password, database="ads", options={})


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_none_is_refused_before_any_driver_reads_it(host: str) -> None:
    with pytest.raises(FixInput, match="meta_ads_db") as caught:
        url(host, 5432)
    assert_clean("the error", leaks(caught.value), DATABASE_PASSWORD)


@pytest.mark.parametrize("host", ["db", "db-1.example", "10.0.0.7", "db1,db2", "[::1]"])
def test_hosts_are_taken_as_they_are(host: str) -> None:
    assert f"@{host}:5432/ads" in url(host, 5432)


def test_an_address_of_ipv6_gets_the_brackets_that_urls_want() -> None:
    assert "@[fe80::1]:5432/" in url("fe80::1", 5432)


@pytest.mark.parametrize("use", [lambda url: Database(url).rows("SELECT 1"), migrate, revision])
def test_no_error_of_a_database_that_refuses_us_shows_the_password(
    postgres: LocalPostgres, use: object
) -> None:
    own = postgres.url("ads").rpartition("@")[2]
    host, _, port = own.partition("/")[0].partition(":")
    for there in (int(port), free_port()):  # Postgres, which knows no such user; and nobody
        with pytest.raises(MetaAdsError) as caught:
            use(url(host, there))  # type: ignore[operator]
        assert_clean("the error", leaks(caught.value), DATABASE_PASSWORD)
        assert_clean("the database", repr(Database(url(host, there))), DATABASE_PASSWORD)


@pytest.mark.parametrize(
    "value",
    [
        f'{{"conn_type": "postgres", "password": "{DATABASE_PASSWORD}"',
        f'{{"password": "{DATABASE_PASSWORD}", "host": "[db"}}',
        f'{{"password": "{DATABASE_PASSWORD}", "port": "{DATABASE_PASSWORD}"}}',
        f'{{"password": "{DATABASE_PASSWORD}", "extra": "{DATABASE_PASSWORD}"}}',
        f"postgres://a:{DATABASE_PASSWORD}@[db/ads",
        json.dumps([DATABASE_PASSWORD]),
        DATABASE_PASSWORD,
    ],
)
def test_a_connection_that_cannot_be_read_is_not_shown(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(connections.DATABASE, value)
    monkeypatch.setenv(connections.META, value)
    for words in (["status"], ["migrate"], ["doctor"], ["withdraw", "spring_sale"]):
        assert main(words) == 1
        assert_clean(" ".join(words), "".join(capsys.readouterr()), DATABASE_PASSWORD)
