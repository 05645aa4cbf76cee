from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from local_stack.emulator_service import JournalEntry
from local_stack.outcome import KINDS, LedgerStep, Outcome

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def entry(kind, change="create", at=AT, **params):
    return JournalEntry(
        number=1,
        time=f"{at:%Y-%m-%dT%H:%M:%S+0000}",
        method="POST",
        change=change,
        object_kind=kind,
        object_id=f"{kind}_id",
        params=params,
        name=f"A name [marker of {kind}]",
        labels=(),
    )


ACTIVATION = entry("campaign", "update", AT + timedelta(seconds=1), status="ACTIVE")
GOOD = Outcome(
    launch={"campaign_id": "spring", "state": "VERIFIED"},
    steps=tuple(
        LedgerStep(kind, f"act_1/spring/{kind}/0", "DONE", f"{kind}_id", f"marker of {kind}]")
        for kind in KINDS
    ),
    objects={f"{kind}_id": {"name": kind, "effective_status": "ACTIVE"} for kind in KINDS},
    journal=(*(entry(kind) for kind in KINDS), ACTIVATION),
)


def with_object(kind, **fields):
    return replace(GOOD, objects=GOOD.objects | {f"{kind}_id": fields})


def test_a_launch_as_it_should_be_has_no_failures():
    assert GOOD.failures(AT) == []
    assert GOOD.creates() == 5


@pytest.mark.parametrize(
    ("outcome", "failure"),
    [
        (replace(GOOD, launch=None), "the launch in Postgres is missing"),
        (replace(GOOD, launch={"state": "ACTIVE"}), "is ACTIVE, expected VERIFIED"),
        (replace(GOOD, steps=GOOD.steps[:-1]), "expected one finished ad in the ledger"),
        (with_object("ad_set", effective_status="PAUSED"), "ad_set_id is PAUSED, expected ACTIVE"),
        (replace(GOOD, journal=GOOD.journal[:-1]), "was never switched on"),
        (
            replace(GOOD, journal=(*GOOD.journal, replace(entry("ad"), object_id="lost"))),
            "2 objects were created at Meta, not 1",
        ),
        (replace(GOOD, journal=(ACTIVATION,)), "0 objects were created at Meta, not 1"),
    ],
)
def test_each_thing_that_does_not_hold_is_named(outcome, failure):
    assert failure in "\n".join(outcome.failures(AT))


def test_a_campaign_switched_on_too_early_is_a_failure():
    assert GOOD.failures(AT + timedelta(seconds=1)) == []
    assert len(GOOD.failures(AT + timedelta(seconds=2))) == 1
