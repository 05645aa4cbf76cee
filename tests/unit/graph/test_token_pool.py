"""Several tokens for one account: which one a call is made with, and what follows a refusal."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from meta_ads.errors import AccessLost, RejectedByMeta, Throttled, TryAgain
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.token_pool import TokenPool
from meta_ads.launching.tokens import TokenState, fingerprint
from meta_ads.planning.step import StepKind
from tests.unit.graph.scripted_graph import ACCOUNT, NOW, ScriptedGraph

FIRST, SECOND = "EAAfirstCanary0123456789abcdef", "EAAsecondCanary0123456789abcdef"
NAMES = {FIRST: "meta_ads_first", SECOND: "meta_ads_second"}
OK = {"id": "7"}


@dataclass
class Notes:
    """The tables of tokens, in memory; `away` like Postgres can be."""

    percents: dict[str, float] = field(default_factory=dict)
    away: bool = False
    uses: list[tuple[str, float, datetime | None]] = field(default_factory=list)
    deaths: list[tuple[str, str]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)

    def states(self, account_id: str, fingerprints: Mapping[str, str]) -> Sequence[TokenState]:
        self._be_there()
        return [
            TokenState(name, digest, self.percents.get(name, 0.0), NOW, dead=name in self.dead)
            for name, digest in fingerprints.items()
        ]

    def used(
        self, account_id: str, state: TokenState, percent: float, full_until: datetime | None
    ) -> None:
        self._be_there()
        self.uses.append((state.connection, percent, full_until))

    def died(self, state: TokenState, reason: str) -> None:
        self._be_there()
        self.deaths.append((state.connection, reason))

    def _be_there(self) -> None:
        if self.away:
            raise TryAgain("Postgres did not answer")


@pytest.fixture
def notes() -> Notes:
    return Notes()


def platform(settings: GraphSettings, notes: Notes) -> MetaPlatform:
    connections = {
        name: replace(settings, token=token, app_secret=None) for token, name in NAMES.items()
    }
    pool = TokenPool(ACCOUNT, connections, notes, lambda: NOW)
    return MetaPlatform(pool.settings, lambda: NOW, pool)


def used(graph: ScriptedGraph) -> list[str]:
    """Return the connections whose tokens were sent, call by call."""
    return [NAMES[asked.headers["Authorization"].removeprefix("Bearer ")] for asked in graph.asked]


def busy(percent: float) -> dict[str, str]:
    return {"X-App-Usage": json.dumps({"call_count": percent})}


def test_the_token_with_more_left_is_used(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    notes.percents = {"meta_ads_first": 80.0, "meta_ads_second": 20.0}
    graph.reply(OK)
    meta = platform(settings, notes)
    meta.read("7", ["id"])
    assert used(graph) == ["meta_ads_second"]
    assert meta.connection == "meta_ads_second"


def test_a_dead_token_is_named_noted_and_skipped_and_the_read_goes_on(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    graph.error(190, 463, status=401)
    graph.reply({"id": "7", "name": "n"})
    with caplog.at_level(logging.INFO):
        assert platform(settings, notes).read("7", ["id"]) == {"id": "7", "name": "n"}
    assert used(graph) == ["meta_ads_first", "meta_ads_second"]
    [(name, reason)] = notes.deaths
    assert name == "meta_ads_first"
    assert "190" in reason
    assert "connection meta_ads_first does not work" in caplog.text
    for token in NAMES:
        assert token not in caplog.text + reason


def test_a_list_goes_on_where_it_was_with_another_token(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    paging = {"cursors": {"before": "b", "after": "A"}, "next": "x"}
    for ids, token_dies in ((["1"], True), (["2"], False)):
        more = {"paging": paging} if token_dies else {}
        graph.reply({"data": [{"id": item} for item in ids], **more})
        if token_dies:
            graph.error(190)
    found = platform(settings, notes).account_creatives(ACCOUNT)
    assert [item["id"] for item in found] == ["1", "2"]
    assert [asked.query.get("after") for asked in graph.asked] == [None, "A", "A"]


def test_a_create_that_a_dead_token_was_refused_is_never_sent_again_by_itself(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    graph.error(190, status=401)
    meta = platform(settings, notes)
    with pytest.raises(TryAgain, match="the next try uses meta_ads_second"):
        meta.create(StepKind.CAMPAIGN, ACCOUNT, {"name": "n"})
    assert len(graph.asked) == 1
    graph.reply(OK)
    assert meta.create(StepKind.CAMPAIGN, ACCOUNT, {"name": "n"}) == "7"
    assert used(graph) == ["meta_ads_first", "meta_ads_second"]


def test_without_a_living_token_meta_s_own_answer_names_the_connection(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    graph.error(190, status=401)
    graph.error(190, 460, status=401)
    with pytest.raises(AccessLost, match="with the connection meta_ads_second") as lost:
        platform(settings, notes).read("7", ["id"])
    assert lost.value.fault.subcode == 460
    assert [name for name, _ in notes.deaths] == ["meta_ads_first", "meta_ads_second"]


def test_tokens_that_were_all_thought_dead_are_tried_and_one_that_works_is_used(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    notes.dead = set(NAMES.values())
    graph.reply(OK)
    platform(settings, notes).read("7", ["id"])
    # The tables take a token that was answered for a living one.
    assert [name for name, *_ in notes.uses] == ["meta_ads_first"]


def test_a_read_that_is_throttled_goes_on_with_a_token_that_has_room(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    graph.error(80004)
    graph.reply(OK)
    platform(settings, notes).read("7", ["id"])
    assert used(graph) == ["meta_ads_first", "meta_ads_second"]
    assert ("meta_ads_first", 100.0, NOW + timedelta(minutes=5)) in notes.uses


def test_a_write_that_is_throttled_comes_back_at_once_for_another_token(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    graph.error(17, 2446079)
    graph.error(17, 2446079)
    meta = platform(settings, notes)
    with pytest.raises(Throttled) as soon:
        meta.create(StepKind.CAMPAIGN, ACCOUNT, {"name": "n"})
    assert soon.value.not_before == NOW + timedelta(seconds=1)
    with pytest.raises(Throttled) as later:
        meta.create(StepKind.CAMPAIGN, ACCOUNT, {"name": "n"})
    assert later.value.not_before == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("code", "subcode", "path"),
    [(200, None, "7"), (10, None, "7"), (3, None, "7"), (100, 33, ACCOUNT)],
)
def test_a_token_that_may_not_is_followed_by_one_that_may_and_is_not_taken_for_dead(
    graph: ScriptedGraph,
    settings: GraphSettings,
    notes: Notes,
    code: int,
    subcode: int | None,
    path: str,
) -> None:
    graph.error(code, subcode, status=403)
    graph.reply(OK)
    platform(settings, notes).read(path, ["id"])
    assert used(graph) == ["meta_ads_first", "meta_ads_second"]
    assert notes.deaths == []


@pytest.mark.parametrize(
    ("code", "subcode", "error"),
    [(100, 33, RejectedByMeta), (368, None, AccessLost), (100, None, RejectedByMeta)],
)
def test_what_is_not_the_token_s_fault_is_not_asked_again(
    graph: ScriptedGraph,
    settings: GraphSettings,
    notes: Notes,
    code: int,
    subcode: int | None,
    error: type[Exception],
) -> None:
    graph.error(code, subcode)
    with pytest.raises(error):
        platform(settings, notes).read("7", ["id"])
    assert used(graph) == ["meta_ads_first"]


def test_an_object_is_searched_with_any_token_that_sees_the_account(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    graph.error(200, status=403)
    graph.reply({"data": []})
    graph.reply({"data": [{"id": "5", "name": "Spring [#ABCDEFGHIJ]"}]})
    found = platform(settings, notes).find(StepKind.CAMPAIGN, ACCOUNT, "ABCDEFGHIJ")
    assert [item.object_id for item in found] == ["5"]
    assert used(graph) == ["meta_ads_first", "meta_ads_second", "meta_ads_second"]


def test_usage_is_noted_after_reads_and_only_when_it_moved(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    for percent in (10, 12, 30):
        graph.reply(OK, headers=busy(percent))
    graph.reply(OK, headers=busy(90))
    meta = platform(settings, notes)
    for _ in range(3):
        meta.read("7", ["id"])
    meta.update("7", {"status": "PAUSED"})
    assert [percent for _, percent, _ in notes.uses] == [10.0, 30.0]


def test_calls_go_on_while_nothing_can_be_noted(
    graph: ScriptedGraph, settings: GraphSettings, notes: Notes
) -> None:
    notes.away = True
    graph.error(190, status=401)
    graph.reply(OK)
    assert platform(settings, notes).read("7", ["id"]) == OK
    assert used(graph) == ["meta_ads_first", "meta_ads_second"]


def test_no_text_shows_a_token(settings: GraphSettings, notes: Notes) -> None:
    connections = {name: replace(settings, token=token) for token, name in NAMES.items()}
    pool = TokenPool(ACCOUNT, connections, notes, lambda: NOW)
    shown = f"{pool!r} {pool.settings!r} {notes.states(ACCOUNT, {'a': fingerprint(FIRST)})}"
    assert FIRST not in shown
