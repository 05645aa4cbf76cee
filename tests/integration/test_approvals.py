"""Whose yes counts, for which plan and how long, is decided in one place, by the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from meta_ads.campaigns.account import ApprovalTerms
from meta_ads.cli import main
from meta_ads.errors import ApprovalRefused, FixInput, NotAllowedToActivate
from meta_ads.launching.approval import Person, decide
from meta_ads.launching.ports import LaunchState, Trigger
from meta_ads.planning.plan import Plan
from meta_ads.store.database import Database
from tests.integration.launches import Launch, plan

ANN, BOB, EVE = (Person(name) for name in ("ann", "bob", "eve"))
HOUR = 3600


@pytest.fixture
def launch(database: Database) -> Launch:
    return Launch(database)


def under(terms: ApprovalTerms, **changes: timedelta) -> Plan:
    return replace(plan(approval_required=True, **changes), approval=terms)  # type: ignore[arg-type]


def create(launch: Launch, wanted: Plan, author: str | None = "ann") -> None:
    launch.create(wanted)
    launch.launches.pin(wanted, Trigger(author, "because"))


def approved(launch: Launch) -> bool:
    """Return what the function says; every reader of the rule must say the same."""
    [row] = launch.database.rows(
        "SELECT meta_ads.is_approved(campaign_id, plan_hash) AS it FROM meta_ads.launch"
    )
    assert launch.launches.launch("spring").approved is row["it"]
    assert ("spring" in launch.launches.due(60, 3600)) is row["it"]
    return bool(row["it"])


def decided_ago(launch: Launch, by: str, ago: timedelta) -> None:
    launch.database.rows(
        "INSERT INTO meta_ads.approval (campaign_id, plan_hash, approved, decided_by, decided_at)"
        " SELECT campaign_id, plan_hash, true, %(by)s, clock_timestamp() - %(ago)s"
        " FROM meta_ads.launch",
        {"by": by, "ago": ago},
    )


@pytest.mark.parametrize(
    ("terms", "person", "words"),
    [
        (ApprovalTerms(other_than_author=True), ANN, "ann triggered this launch"),
        (ApprovalTerms(other_than_author=True), Person(" Ann"), "ann triggered this launch"),
        (ApprovalTerms(other_than_author=True), Person("A. Lee", "ANN"), "ann triggered"),
        (ApprovalTerms(approvers=("bob",)), EVE, r"eve is not among the approvers .*\(bob\)"),
        (ApprovalTerms(approvers=("bob",)), ANN, "ann is not among the approvers"),
        (ApprovalTerms(approvers=("ann",), other_than_author=True), ANN, "ann triggered"),
    ],
)
def test_a_yes_that_does_not_count_is_refused_and_kept(
    launch: Launch, terms: ApprovalTerms, person: Person, words: str
) -> None:
    create(launch, under(terms))
    with pytest.raises(ApprovalRefused, match=words):
        decide(launch.launches, "spring", True, person)
    assert not approved(launch)
    [row] = launch.database.rows("SELECT * FROM meta_ads.approval")
    assert row["approved"]
    assert row["decided_by"] == person.name
    assert row["refused"]
    with pytest.raises(NotAllowedToActivate, match="nobody has given it"):
        launch.activate()
    assert launch.platform.updates == []


@pytest.mark.parametrize(
    ("terms", "person"),
    [
        (ApprovalTerms(), ANN),
        (ApprovalTerms(other_than_author=True), BOB),
        (ApprovalTerms(approvers=("Bob", "carl")), BOB),
        (ApprovalTerms(approvers=("7",)), Person("bob", "7")),
        (ApprovalTerms(approvers=("ann", "bob"), other_than_author=True), BOB),
    ],
)
def test_a_yes_that_counts_lets_the_launch_go_live(
    launch: Launch, terms: ApprovalTerms, person: Person
) -> None:
    create(launch, under(terms))
    decide(launch.launches, "spring", True, person)
    assert approved(launch)
    assert launch.activate() is LaunchState.ACTIVE


def test_without_a_known_author_another_person_cannot_be_told_from_them(launch: Launch) -> None:
    create(launch, under(ApprovalTerms(other_than_author=True)), author=None)
    with pytest.raises(ApprovalRefused, match="nobody knows who asked"):
        decide(launch.launches, "spring", True, BOB)
    launch.launches.pin(under(ApprovalTerms(other_than_author=True)), Trigger("ann"))
    assert not approved(launch), "a refused yes is not counted later"


def test_the_last_who_triggered_the_plan_is_its_author(launch: Launch) -> None:
    wanted = under(ApprovalTerms(other_than_author=True))
    create(launch, wanted)
    launch.launches.pin(wanted, Trigger("bob"))
    launch.launches.pin(wanted, Trigger(None))
    with pytest.raises(ApprovalRefused, match="bob triggered"):
        decide(launch.launches, "spring", True, BOB)
    decide(launch.launches, "spring", True, ANN)
    assert approved(launch)


def test_a_refused_yes_takes_back_no_good_one_and_no_rejection(launch: Launch) -> None:
    create(launch, under(ApprovalTerms(other_than_author=True)))
    decide(launch.launches, "spring", True, BOB)
    with pytest.raises(ApprovalRefused):
        decide(launch.launches, "spring", True, ANN)
    assert approved(launch)
    decide(launch.launches, "spring", False, ANN)
    assert not approved(launch), "a no counts, whoever says it"
    with pytest.raises(ApprovalRefused):
        decide(launch.launches, "spring", True, ANN)
    with pytest.raises(NotAllowedToActivate, match="ann rejected plan"):
        launch.activate()


@pytest.mark.parametrize(("minutes", "counts"), [(59, True), (61, False)])
def test_an_approval_expires_by_the_clock_of_the_database(
    launch: Launch, minutes: int, counts: bool
) -> None:
    create(launch, under(ApprovalTerms(expires_after=HOUR)))
    decided_ago(launch, "bob", timedelta(minutes=minutes))
    assert approved(launch) is counts
    if counts:
        assert launch.activate() is LaunchState.ACTIVE
        return
    with pytest.raises(NotAllowedToActivate, match="by bob has expired"):
        launch.activate()
    assert launch.reconcile().state is LaunchState.PAUSED
    assert launch.platform.updates == []
    decide(launch.launches, "spring", True, BOB)
    assert launch.activate() is LaunchState.ACTIVE


def test_the_database_itself_lets_no_expired_approval_through(launch: Launch) -> None:
    create(launch, under(ApprovalTerms(expires_after=HOUR)))
    decided_ago(launch, "bob", timedelta(hours=2))
    with pytest.raises(Exception, match="nobody approved plan"):
        launch.database.rows("UPDATE meta_ads.launch SET state = 'ACTIVATING'")


def test_an_approval_is_for_ever_where_nothing_else_is_said(launch: Launch) -> None:
    create(launch, under(ApprovalTerms()))
    decided_ago(launch, "bob", timedelta(days=10_000))
    assert approved(launch)


def test_a_decision_is_on_the_plan_that_was_looked_at(launch: Launch) -> None:
    first = under(ApprovalTerms())
    create(launch, first)
    later = under(ApprovalTerms(), activates_in=timedelta(seconds=-2))
    launch.launches.pin(later)
    with pytest.raises(FixInput, match=f"another plan by now, {later.hash[:12]}"):
        decide(launch.launches, "spring", True, BOB, first.hash)
    assert not approved(launch)
    decide(launch.launches, "spring", True, BOB, later.hash[:12])
    assert approved(launch)


def test_a_launch_that_needs_no_approval_takes_none(launch: Launch) -> None:
    create(launch, plan())
    with pytest.raises(FixInput, match="needs no approval"):
        decide(launch.launches, "spring", False, BOB)


def test_who_triggered_and_why_is_in_the_history(launch: Launch) -> None:
    create(launch, plan())
    [row] = launch.database.rows(
        "SELECT author, detail, plan_hash FROM meta_ads.launch_event WHERE event = 'triggered'"
    )
    pinned = launch.launches.launch("spring").plan.hash
    assert (row["author"], row["detail"], row["plan_hash"]) == ("ann", "because", pinned)


def test_status_shows_the_approval_that_a_changed_launch_waits_for(
    launch: Launch,
    empty_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DB", empty_database_url)
    create(launch, plan(approval_required=True))
    decide(launch.launches, "spring", True, BOB)
    launch.activate()
    launch.launches.pin(plan(approval_required=True, budget=6_000))
    wanted = launch.launches.launch("spring").target.hash[:12]
    main(["status", "spring"])
    assert f"waits for an approval of plan {wanted}" in capsys.readouterr().out


def test_the_command_decides_by_the_same_rules_and_status_shows_it(
    launch: Launch,
    empty_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DB", empty_database_url)
    create(launch, under(ApprovalTerms(other_than_author=True, expires_after=HOUR)))
    shown = launch.launches.launch("spring").plan.hash[:12]

    def said(*arguments: str) -> tuple[int, str]:
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    assert f"waits for an approval of plan {shown}" in said("status", "spring")[1]
    code, text = said("approve", "spring", "--plan", shown, "--by", "ann")
    assert code == 1
    assert "ann triggered this launch" in text
    code, text = said("approve", "spring", "--plan", "f" * 12, "--by", "bob")
    assert code == 1
    assert "another plan by now" in text
    assert said("approve", "spring", "--plan", shown, "--by", "bob")[0] == 0
    assert "approved by bob at" in (text := said("status", "spring")[1])
    assert "counts until" in text
    assert said("reject", "spring", "--plan", shown, "--by", "carl")[0] == 0
    assert "rejected by carl at" in said("status", "spring")[1]
    assert not approved(launch)
