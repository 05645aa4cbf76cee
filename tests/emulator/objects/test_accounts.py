"""What an ad account shows, and what a write may change on it."""

import pytest

from emulator.policy.currencies import currencies
from tests.emulator import launches
from tests.emulator.launches import DE, JP, SG, US, Launch
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph


def test_an_account_shows_what_a_launch_checks_first(graph: Graph) -> None:
    fields = (
        "account_status,disable_reason,currency,timezone_id,timezone_name,funding_source,"
        "timezone_offset_hours_utc,funding_source_details,balance,amount_spent,spend_cap,"
        "min_campaign_group_spend_cap,min_daily_budget,user_tasks,capabilities,business"
    )
    account = graph.get(JP, fields=fields)
    assert set(account) == {*fields.split(","), "id"}
    assert (account["timezone_id"], account["timezone_offset_hours_utc"]) == (77, 9)
    assert account["min_campaign_group_spend_cap"] == "15000", "about a hundred dollars of yen"
    assert "ADVERTISE" in account["user_tasks"]
    assert account["funding_source_details"]["id"] == account["funding_source"]


def test_minimum_budgets_know_every_currency(graph: Graph) -> None:
    rows = graph.get(f"{SG}/minimum_budgets", limit=100)["data"]
    found = {row["currency"]: row for row in rows}
    assert set(found) == set(currencies())
    assert found["SGD"]["min_daily_budget_imp"] == 200, "the world file has its own for these"
    assert found["VND"]["min_daily_budget_imp"] == 25000, "no hundredths in dong"
    assert found["THB"]["min_daily_budget_high_freq"] == 17500


@pytest.mark.parametrize("edge", ["users", "assigned_users"])
def test_an_account_names_who_works_on_it(graph: Graph, edge: str) -> None:
    [user] = graph.get(f"{SG}/{edge}")["data"]
    assert user["id"] == graph.get("me")["id"]
    assert "MANAGE" in user["tasks"]


@pytest.mark.parametrize("edge", ["customaudiences", "saved_audiences", "customconversions"])
def test_an_edge_with_nothing_on_it_answers_empty(graph: Graph, edge: str) -> None:
    assert graph.get(f"{SG}/{edge}")["data"] == []


def test_names_used_before_are_recommended_for_the_eu(graph: Graph) -> None:
    campaign = graph.post(f"{DE}/campaigns", **launches.campaign())["id"]
    graph.post(f"{DE}/adsets", **launches.ad_set(DE, campaign))
    [row] = graph.get(f"{DE}/dsa_recommendations")["data"]
    assert row["recommendations"] == ["Hanse GmbH", "Sunrise Agency"]


def test_a_spend_cap_is_sent_in_units_and_read_in_minor_units(graph: Graph) -> None:
    graph.post(US, spend_cap="500.50")
    assert graph.get(US, fields="spend_cap")["spend_cap"] == "50050"
    graph.post(JP, spend_cap=20000)
    assert graph.get(JP, fields="spend_cap")["spend_cap"] == "20000"
    graph.post(US, spend_cap_action="delete")
    assert graph.get(US, fields="spend_cap")["spend_cap"] == "0"
    graph.server.control("POST", f"edit/{US}", {"amount_spent": "900"})
    assert_broken("spend_cap_too_low", graph.error("POST", US, spend_cap=9))
    graph.post(US, spend_cap_action="reset")
    assert graph.get(US, fields="amount_spent")["amount_spent"] == "0"
    error = graph.error("POST", US, spend_cap_action="forget")
    assert_broken("not_in_enum", error)


def test_a_spend_cap_changes_ten_times_a_day(graph: Graph) -> None:
    for cap in range(100, 110):
        graph.post(US, spend_cap=cap)
    assert_broken("spend_cap_changes", graph.error("POST", US, spend_cap=200))
    graph.post(US, name="Northwind Inc.")
    graph.server.pass_time(86401)
    graph.post(US, spend_cap=200)


def test_the_eus_defaults_come_and_go_together(graph: Graph) -> None:
    error = graph.error("POST", DE, default_dsa_payor="Hanse")
    assert_broken("dsa_defaults_together", error)
    graph.post(DE, default_dsa_payor="Hanse", default_dsa_beneficiary="Hanse")
    error = graph.error("POST", DE, default_dsa_payor="")
    assert_broken("dsa_defaults_together", error)
    graph.post(DE, default_dsa_payor="", default_dsa_beneficiary="")
    assert "default_dsa_payor" not in graph.get(DE, fields="default_dsa_payor")


def test_an_accounts_currency_is_for_ever(graph: Graph) -> None:
    assert_broken("account_field_fixed", graph.error("POST", DE, currency="USD"))
    graph.post(DE, currency="EUR")


def test_a_restricted_account_may_not_advertise(graph: Graph, launch: Launch) -> None:
    params = launches.ad_set(SG, launch.campaign)
    graph.server.control("POST", f"edit/{SG}", {"_restricted": True})
    assert_broken("advertising_restricted", graph.error("POST", f"{SG}/adsets", **params))
    graph.server.control("POST", f"edit/{SG}", {"_restricted": None})
    graph.post(f"{SG}/adsets", **params)
