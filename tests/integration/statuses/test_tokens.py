"""What is known of tokens between processes, and the daily check: real Postgres, the emulator."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.accounts import load_accounts
from meta_ads.errors import TryAgain
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.token_pool import TokenPool
from meta_ads.launching.diagnosis import Finding, Grade
from meta_ads.launching.token_checks import Token, check_tokens
from meta_ads.launching.tokens import TokenState, fingerprint
from meta_ads.store.database import Database
from meta_ads.store.tokens import TokenStore
from tests.conftest import PROJECT
from tests.contract.worlds import EmulatedWorld

NOW = datetime.now(UTC)
TOKENS = {
    "meta_ads_default": "emulator-token",
    "meta_ads_second": "EAAemulator0000000000000000000000000000000000000000000000",
    "meta_ads_expired": "emulator-expired-token",
    "meta_ads_readonly": "emulator-readonly-token",
}
ACCOUNT = "act_100000000000101"
SUNRISE = load_accounts(PROJECT).by_key["sunrise_sg"]


@pytest.fixture
def store(database: Database, empty_database_url: str) -> TokenStore:
    return TokenStore(empty_database_url)


def settings(world: EmulatedWorld, *names: str) -> dict[str, GraphSettings]:
    url = world.meta.base_url
    return {name: GraphSettings(TOKENS[name], base_url=url) for name in names}


def state(name: str) -> TokenState:
    return TokenState(name, fingerprint(TOKENS[name]))


def known(store: TokenStore, *names: str) -> list[TokenState]:
    return list(store.states(ACCOUNT, {name: fingerprint(TOKENS[name]) for name in names}))


def checked(world: EmulatedWorld, store: TokenStore, *accounts: Account) -> list[Finding]:
    names = dict.fromkeys(name for account in accounts for name in account.connections)
    found = settings(world, *(name for name in names if name in TOKENS))
    tokens = {
        name: Token(state(name), MetaPlatform(found[name]))
        if name in found
        else Token(TokenState(name, ""), problem=f"The conn_id `{name}` isn't defined")
        for name in names
    }
    return list(check_tokens(accounts, tokens, store, NOW))


def problems(found: list[Finding]) -> list[tuple[str, str]]:
    return [(item.subject, item.message) for item in found if item.grade is Grade.PROBLEM]


def test_the_next_process_goes_on_with_the_token_that_has_more_left(
    world: EmulatedWorld, store: TokenStore
) -> None:
    found = settings(world, "meta_ads_default", "meta_ads_second")
    store.used(ACCOUNT, state("meta_ads_default"), 70.0, None)
    assert TokenPool(ACCOUNT, found, store, lambda: NOW).connection == "meta_ads_second"
    store.used(ACCOUNT, state("meta_ads_second"), 90.0, NOW + timedelta(hours=1))
    assert TokenPool(ACCOUNT, found, store, lambda: NOW).connection == "meta_ads_default"
    # Another account's quotas are its own.
    assert TokenPool("act_2", found, store, lambda: NOW).connection == "meta_ads_default"


def test_a_dead_token_is_skipped_by_the_next_process_and_alerted_until_it_works(
    world: EmulatedWorld, store: TokenStore
) -> None:
    found = settings(world, "meta_ads_expired", "meta_ads_default")
    pool = TokenPool(ACCOUNT, found, store, lambda: NOW)
    assert pool.connection == "meta_ads_expired"
    meta = MetaPlatform(pool.settings, tokens=pool)
    assert meta.read(ACCOUNT, ["name"])["name"] == "Sunrise Retail SG"
    [told] = store.dead()
    assert "connection meta_ads_expired does not work" in told
    assert "Generate a new one" in told
    assert TokenPool(ACCOUNT, found, store, lambda: NOW).connection == "meta_ads_default"
    store.used(ACCOUNT, state("meta_ads_expired"), 1.0, None)
    assert store.dead() == []


def test_the_check_names_what_is_dead_lacking_or_blind_and_who_is_left_without(
    world: EmulatedWorld, store: TokenStore
) -> None:
    served = replace(SUNRISE, connections=("meta_ads_expired", "meta_ads_default"))
    stranded = replace(SUNRISE, key="alone", connections=("meta_ads_expired", "meta_ads_gone"))
    foreign = replace(
        SUNRISE, key="foreign", account_id="act_999", connections=("meta_ads_default",)
    )
    reading = replace(SUNRISE, key="reading", connections=("meta_ads_readonly",))
    found = checked(world, store, served, stranded, foreign, reading)
    subjects = [subject for subject, _ in problems(found)]
    assert sorted(subjects) == [
        "alone",
        "foreign",
        "token of meta_ads_default",
        "token of meta_ads_expired",
        "token of meta_ads_gone",
        "token of meta_ads_readonly",
    ]
    told = dict(problems(found))
    assert "meta_ads_expired, meta_ads_gone" in told["alone"]
    assert "act_999" in told["token of meta_ads_default"]
    assert "lacks ads_management" in told["token of meta_ads_readonly"]
    assert all(finding.remedy for finding in found if finding.grade is Grade.PROBLEM)
    [dead] = [item for item in known(store, *TOKENS) if item.dead]
    assert dead.connection == "meta_ads_expired"
    assert store.states("act_999", {"x": fingerprint("emulator-token")})[0].blind


def test_a_token_in_order_is_kept_with_what_it_may_do_and_no_table_holds_it(
    world: EmulatedWorld, store: TokenStore, database: Database
) -> None:
    account = replace(SUNRISE, connections=("meta_ads_default", "meta_ads_expired"))
    checked(world, store, account)
    rows = database.rows("SELECT * FROM meta_ads.access_token ORDER BY connection")
    assert rows[0]["application"] == "Emulated App"
    assert "ads_management" in rows[0]["scopes"]
    assert rows[0]["expires_at"] is None
    assert rows[1]["dead_reason"]
    everything = str([*rows, *database.rows("SELECT * FROM meta_ads.token_usage")])
    assert all(token not in everything for token in TOKENS.values())


def test_a_connection_with_a_new_token_is_no_longer_dead(
    world: EmulatedWorld, store: TokenStore
) -> None:
    store.died(TokenState("meta_ads_default", fingerprint("the old one")), "it was revoked")
    assert len(store.dead()) == 1
    checked(world, store, replace(SUNRISE, connections=("meta_ads_default",)))
    assert store.dead() == []


def test_a_new_token_settles_the_alert_at_its_first_answer(store: TokenStore) -> None:
    store.died(TokenState("meta_ads_default", fingerprint("the old one")), "it was revoked")
    store.died(TokenState("meta_ads_second", fingerprint("another")), "it was revoked")
    store.used(ACCOUNT, state("meta_ads_default"), 1.0, None)
    [left] = store.dead()
    assert "meta_ads_second" in left


def test_a_token_that_nothing_uses_any_more_is_forgotten_and_one_out_of_reach_is_not(
    world: EmulatedWorld, store: TokenStore
) -> None:
    for name in ("meta_ads_removed", "meta_ads_unreadable"):
        store.died(TokenState(name, fingerprint(name)), "it was revoked")
    checked(world, store, replace(SUNRISE, connections=("meta_ads_default", "meta_ads_unreadable")))
    [left] = store.dead()
    assert "meta_ads_unreadable" in left


def test_a_check_while_meta_is_away_changes_nothing_of_what_was_known(
    world: EmulatedWorld, store: TokenStore
) -> None:
    account = replace(SUNRISE, connections=("meta_ads_expired",))
    checked(world, store, account)
    world.control("POST", "faults", {"action": "reset_before", "path": "/debug_token$", "count": 0})
    try:
        found = checked(world, store, replace(SUNRISE, connections=("meta_ads_default",)), account)
    finally:
        world.control("DELETE", "faults")
    assert problems(found)[0][0] == "token of meta_ads_expired"
    assert any("could not be checked" in finding.message for finding in found)
    assert [item.dead for item in known(store, "meta_ads_expired", "meta_ads_default")] == [
        True,
        False,
    ]


def test_tables_out_of_reach_are_told_as_something_that_passes(postgres: object) -> None:
    with pytest.raises(TryAgain, match="Postgres"):
        TokenStore("postgresql://nobody@127.0.0.1:1/none").states(ACCOUNT, {"a": "0" * 16})
