"""How changes are told: signs, money, both time zones, and text that never becomes markup."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from meta_ads.campaigns.account import Account, SpendLimits
from meta_ads.campaigns.money import Money
from meta_ads.errors import Problem, Severity
from meta_ads.planning.changes import Action, Changes, FieldChange, StepChange, missing
from meta_ads.planning.explain import explain
from meta_ads.planning.markdown import as_markdown
from meta_ads.planning.plan import Plan
from meta_ads.planning.report import Report
from meta_ads.planning.report_json import as_json
from meta_ads.planning.step import REFERENCE, Step, StepKind
from tests.conftest import PROJECT

SCHEMA = json.loads((PROJECT / "plugins/meta_ads/planning/plan.schema.json").read_text())
ACCOUNT = Account("shop", "act_1", "Shop", "SGD", "Asia/Singapore")
EVIL = "<b>x</b> | [a](javascript:alert(1)) `code` *loud*\n# head"
CAMPAIGN = Step("act_1/spring/campaign/0", StepKind.CAMPAIGN, {"name": EVIL, "daily_budget": 5000})
AD_SET = Step("act_1/spring/ad_set/0", StepKind.AD_SET, {"name": "Set"})
AD = Step("act_1/spring/ad/0", StepKind.AD, {"name": "Ad"})
IMAGE = Step("act_1/media/image/0", StepKind.IMAGE, {}, source="a.jpg")
PLAN = Plan("spring", "act_1", (IMAGE, CAMPAIGN, AD_SET, AD), None, False, {"Name": EVIL}, "0")
CHANGES = Changes(
    (
        StepChange(IMAGE, Action.UNCHANGED, "hash"),
        StepChange(
            CAMPAIGN,
            Action.CHANGE,
            "11",
            (
                FieldChange("daily_budget", 5000, 6000),
                FieldChange("spend_cap", None, 100000),
                FieldChange("name", "Old", EVIL),
            ),
        ),
        StepChange(
            AD_SET,
            Action.REPLACE,
            "12",
            (FieldChange("targeting.geo_locations.countries", ["SG"], ["MY"]),),
            "Meta keeps it. Use a new id.",
        ),
        StepChange(AD, Action.CREATE),
    )
)
WARNING = Problem("a.yaml", EVIL, "Mend it.", "video", line=3, column=2, severity=Severity.WARNING)
REPORT = Report(PLAN, CHANGES, ACCOUNT, (WARNING,), 25000)


def test_each_object_stands_with_its_sign_and_each_field_before_and_after() -> None:
    lines = explain(REPORT).splitlines()
    marks = ("→", "refused:")
    shown = [
        line for line in lines if line.strip()[0] in "+~=!" or any(mark in line for mark in marks)
    ]
    assert shown == [
        "  = picture hash: a.jpg",
        "  ~ campaign 11: <b>x</b> | [a](javascript:alert(1)) `code` *loud* # head",
        "      daily_budget: SGD 50.00 → SGD 60.00",
        "      spend_cap: nothing → SGD 1,000.00",
        "      name: Old → <b>x</b> | [a](javascript:alert(1)) `code` *loud* # head",
        "  ! ad set 12: Set",
        '      targeting.geo_locations.countries: ["SG"] → ["MY"]',
        "      refused: Meta keeps it. Use a new id.",
        "  + create ad: Ad",
    ]
    assert "  1 to create, 1 to change, 1 to replace, 1 unchanged, 1 refused." in "\n".join(lines)


def test_what_the_account_may_spend_is_said_with_the_launch() -> None:
    said = "This launch may spend SGD 50.00 a day; all live campaigns of the account, with it, "
    assert f"{said}SGD 250.00 a day." in explain(REPORT)
    assert "This launch may spend SGD 50.00 a day." in explain(replace(REPORT, committed=None))


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (25_000, "SGD 250.00 a day, of SGD 250.00 that it may."),
        (24_999, "and its limit is SGD 249.99: as things stand, it will not be switched on."),
    ],
)
def test_the_limit_of_the_account_is_said_with_what_it_may_spend(limit: int, words: str) -> None:
    assert REPORT.account is not None
    limits = SpendLimits(daily_total=Money(limit, "SGD"))
    report = replace(REPORT, account=replace(REPORT.account, limits=limits))
    assert words in explain(report)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("daily_budget", 5000, "SGD 50.00"),
        ("daily_budget", "5000", "SGD 50.00"),
        ("targeting.bid_amount", 5, "SGD 0.05"),
        (
            "start_time",
            "2027-03-01T01:00:00+00:00",
            "2027-03-01 09:00 Asia/Singapore (2027-03-01 01:00 UTC)",
        ),
        ("end_time", "0", "0"),
        ("name", "A", "A"),
        ("name", None, "nothing"),
        (
            "creative.creative_id",
            {REFERENCE: "act_1/spring/creative/0"},
            "the creative of this plan",
        ),
        ("genders", [1], "[1]"),
    ],
)
def test_a_value_is_shown_as_people_say_it(name: str, value: Any, shown: str) -> None:
    assert REPORT.value(name, value) == shown


def test_without_an_account_values_are_shown_as_meta_counts_them() -> None:
    bare = replace(REPORT, account=None)
    assert bare.value("daily_budget", 5000) == "5000 minor units"
    assert bare.value("start_time", "2027-03-01T01:00:00+00:00") == "2027-03-01T01:00:00+00:00"


def test_text_from_a_file_becomes_no_markup() -> None:
    text = as_markdown(REPORT)
    assert "<b>" not in text
    assert "[a](" not in text
    assert "`code`" not in text
    assert "*loud*" not in text
    assert "\n# head" not in text
    tables = [line for line in text.splitlines() if line.startswith("| Name")]
    assert [line.replace("\\|", "").count("|") for line in tables] == [3]


def test_text_from_a_file_cannot_break_a_line_of_the_plan() -> None:
    assert "\n# head" not in explain(REPORT)


def test_the_json_has_the_documented_shape() -> None:
    shown = json.loads(json.dumps(as_json(REPORT)))
    jsonschema.validate(shown, SCHEMA)
    assert shown["counts"] == {"create": 1, "change": 1, "unchanged": 1, "replace": 1}
    assert shown["changes"][1]["fields"][0] == {
        "name": "daily_budget",
        "before": 5000,
        "after": 6000,
    }
    assert shown["spending"] == {
        "currency": "SGD",
        "daily": 5000,
        "lifetime": 0,
        "account_daily": 25000,
    }


@pytest.mark.parametrize("key", ["spending", "changes", "warnings"])
def test_json_without_a_part_has_not_the_documented_shape(key: str) -> None:
    shown = as_json(REPORT)
    del shown[key]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(json.dumps(shown)), SCHEMA)


def test_a_plan_all_of_whose_objects_exist_changes_nothing() -> None:
    ids = {step.key: "1" for step in PLAN.steps}
    assert missing(PLAN, ids).empty
    assert not missing(PLAN, {}).empty
    assert not CHANGES.empty
    assert [change.step for change in CHANGES.refusals] == [AD_SET]
