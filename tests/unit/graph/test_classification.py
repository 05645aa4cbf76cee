from __future__ import annotations

import pytest

from meta_ads.errors import GraphFault
from meta_ads.graph.classification import RULES, Effect, Verdict, classify, rule_for
from meta_ads.graph.faults import Envelope

# What the Marketing API reference says of each code and subcode, one row each.
DOCUMENTED = [
    *((code, None, Verdict.UNCERTAIN) for code in (1, 2, 341)),
    (1, 99, Verdict.UNCERTAIN),
    (2, 1504043, Verdict.UNCERTAIN),
    (2, 1504038, Verdict.UNCERTAIN),
    (100, 1504018, Verdict.UNCERTAIN),
    (-2, 2490547, Verdict.UNCERTAIN),
    (4, None, Verdict.THROTTLED),
    (4, 1504022, Verdict.THROTTLED),
    (4, 1504039, Verdict.THROTTLED),
    (17, None, Verdict.THROTTLED),
    (17, 2446079, Verdict.THROTTLED),
    (17, 1885172, Verdict.THROTTLED),
    (32, None, Verdict.THROTTLED),
    (613, None, Verdict.THROTTLED),
    (613, 1487742, Verdict.THROTTLED),
    (613, 5044001, Verdict.THROTTLED),
    (613, 1487632, Verdict.THROTTLED),
    (613, 1487225, Verdict.THROTTLED),
    *((code, None, Verdict.THROTTLED) for code in (80000, 80003, 80004, 80014)),
    (190, None, Verdict.ACCESS),
    *((190, sub, Verdict.ACCESS) for sub in (458, 459, 460, 463, 464, 467)),
    *((code, None, Verdict.ACCESS) for code in (102, 104, 10, 200, 270, 273, 294, 299, 368)),
    (100, 1404163, Verdict.ACCESS),
    (2635, None, Verdict.REFUSED),
    (100, None, Verdict.REFUSED),
    *(
        (100, sub, Verdict.REFUSED)
        for sub in (
            33,
            1443226,
            1487390,
            1487534,
            1487561,
            1487694,
            1504040,
            1815857,
            1885252,
            1885272,
            1885621,
            1885650,
            2238055,
            2490427,
            2490468,
            3260011,
            3858079,
            3858081,
            3858152,
            3858504,
            3858550,
            3858634,
            3858636,
            4834002,
            4834011,
        )
    ),
    (-3, 1504045, Verdict.REFUSED),
    (803, None, Verdict.REFUSED),
    (3018, None, Verdict.REFUSED),
]


def envelope(code: int | None, subcode: int | None = None, **more: object) -> Envelope:
    status = more.pop("status", 400)
    return Envelope(
        GraphFault("said", code=code, subcode=subcode, http_status=status),  # type: ignore[arg-type]
        transient=bool(more.pop("transient", False)),
    )


@pytest.mark.parametrize(("code", "subcode", "verdict"), DOCUMENTED)
def test_a_documented_error_means_the_same_for_every_call(
    code: int, subcode: int | None, verdict: Verdict
) -> None:
    for effect in Effect:
        if (code, subcode, effect) == (100, 33, Effect.CREATE):
            continue
        assert classify(envelope(code, subcode), effect).verdict is verdict


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.subcode}")
def test_a_row_of_the_table_is_reachable(rule: object) -> None:
    assert rule_for(rule.code or 100, rule.subcode) == rule  # type: ignore[attr-defined]


def test_no_two_rows_say_something_about_the_same_error() -> None:
    keys = [(rule.code, rule.subcode) for rule in RULES]
    assert len(keys) == len(set(keys))


def test_every_throttle_names_a_wait_for_when_meta_names_none() -> None:
    assert all(rule.wait_seconds > 0 for rule in RULES if rule.verdict is Verdict.THROTTLED)


@pytest.mark.parametrize(("code", "subcode"), [(None, None), (99999, None), (7, 1), (0, 0)])
def test_an_error_nobody_listed_leaves_the_outcome_open(
    code: int | None, subcode: int | None
) -> None:
    assert classify(envelope(code, subcode), Effect.CREATE).verdict is Verdict.UNCERTAIN


def test_a_missing_object_refuses_an_update_and_leaves_a_create_open() -> None:
    assert classify(envelope(100, 33), Effect.READ).verdict is Verdict.REFUSED
    assert classify(envelope(100, 33), Effect.UPDATE).verdict is Verdict.REFUSED
    assert classify(envelope(100, 33), Effect.CREATE).verdict is Verdict.UNCERTAIN


def test_a_server_error_leaves_a_write_open_whatever_code_it_carries() -> None:
    for code in (100, 190, 613, 200):
        found = classify(envelope(code, status=500), Effect.CREATE)
        assert found.verdict is Verdict.UNCERTAIN


def test_a_read_refused_with_http_500_is_refused() -> None:
    # What `?ids=` gets since October 2026.
    assert classify(envelope(100, status=500), Effect.READ).verdict is Verdict.REFUSED


def test_what_meta_calls_transient_leaves_a_write_open_even_with_a_validation_code() -> None:
    assert classify(envelope(100, transient=True), Effect.CREATE).verdict is Verdict.UNCERTAIN


def test_a_throttle_marked_transient_is_still_a_throttle() -> None:
    assert classify(envelope(613, transient=True), Effect.CREATE).verdict is Verdict.THROTTLED


def test_a_subcode_that_older_answers_carry_as_the_code_is_understood() -> None:
    assert rule_for(1885621, None).verdict is Verdict.REFUSED
