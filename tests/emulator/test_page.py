"""The page at / for a person with a browser, and the forms on it."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from tests.emulator import launches
from tests.emulator.launches import JP, SG, Launch
from tests.emulator.server import EmulatorProcess, Graph

_VOID = frozenset("meta input br link img".split())


class _Outline(HTMLParser):
    """Collects a page's tags, addresses and text; fails on tags that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [v or "" for name, v in attrs if name in ("href", "src", "action")]
        assert not [name for name, _ in attrs if name.startswith("on")], "no scripts"
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())


def _read(emulator: EmulatorProcess, path: str = "/") -> _Outline:
    answer = emulator.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    return _Outline(answer.text)


def _send(emulator: EmulatorProcess, form: str, **fields: Any) -> httpx.Response:
    return emulator.http.post(f"/_emulator/forms/{form}", data=fields)


def test_the_page_shows_each_level_with_its_status_and_budget(
    emulator: EmulatorProcess, graph: Graph, launch: Launch
) -> None:
    assert launch.ad
    emulator.pass_time()
    graph.post(launch.campaign, status="ACTIVE")
    words = _read(emulator).words
    for shown in ("Sunrise Retail SG", "Everyone", "Spring ad", "50.00 SGD a day", "Clip"):
        assert shown in words
    for status in ("ACTIVE", "PAUSED", "ready"):
        assert status in words
    graph.post(f"{JP}/campaigns", **launches.campaign())
    assert "5,000 JPY a day" in _read(emulator).words, "yen have no minor units"


def test_what_clients_sent_is_shown_as_text(emulator: EmulatorProcess, graph: Graph) -> None:
    name = "<script>alert(1)</script>\"'><b>"
    graph.post(f"{SG}/campaigns", **launches.campaign(name=name))
    fault = {"action": "throttle", "path": "<i>", "contains": "<u>"}
    emulator.control("POST", "faults", fault)
    for path in ("/", f"/_emulator/pages/accounts/{SG}", "/_emulator/pages/journal"):
        page = _read(emulator, path)
        assert name in page.words
        assert not {"script", "b", "i", "u"} & page.tags - ({"i"} if path == "/" else set())


def test_nothing_on_a_page_is_loaded_from_elsewhere(emulator: EmulatorProcess) -> None:
    answer = emulator.http.get("/")
    page = _Outline(answer.text)
    assert page.addresses
    assert [one for one in page.addresses if not re.match(r"[/#](?!/)", one)] == []
    assert not {"script", "img", "link", "iframe"} & page.tags
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_journal_can_be_read_back_to_its_beginning(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    for number in range(120):
        graph.post(f"{SG}/adlabels", name=f"label {number}")
    seen: list[str] = []
    path: str | None = "/"
    while path:
        page = _read(emulator, path)
        seen += [word for word in page.words if word.startswith("label ")]
        path = next((one for one in page.addresses if "journal?before" in one), None)
    assert seen == [f"label {number}" for number in reversed(range(120))]


def test_an_account_page_goes_beyond_the_newest(emulator: EmulatorProcess, graph: Graph) -> None:
    for number in range(12):
        graph.post(f"{SG}/campaigns", **launches.campaign(name=f"C{number}"))
    home = _read(emulator)
    assert "2 more campaigns" in home.words
    path = f"/_emulator/pages/accounts/{SG}"
    assert path in home.addresses
    assert {f"C{number}" for number in range(12)} <= set(_read(emulator, path).words)
    assert emulator.http.get("/_emulator/pages/accounts/act_1").status_code == 404


def test_every_form_does_what_its_control_does(emulator: EmulatorProcess) -> None:
    answer = _send(emulator, "clock", advance_seconds=3600)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert emulator.control("GET", "clock")["offset_seconds"] == 3600
    _send(emulator, "clock", now="2030-01-01T00:00:00Z")
    assert emulator.control("GET", "clock")["now"].startswith("2030-01-01T00:00:0")
    _send(emulator, "list_lag", seconds="2.5")
    assert emulator.control("GET", "list_lag")["seconds"] == 2.5
    _send(emulator, "quotas", tier="development")
    assert emulator.control("GET", "quotas")["tier"] == "development"
    _send(emulator, "faults/add", action="slow", method="POST", path="/ads$", skip=1, count=0)
    _send(emulator, "faults/add", seed=7, rate="0.25", method="", path="")
    first, second = emulator.control("GET", "faults")["data"]
    assert (first["action"], first["path"], first["skip"], first["count"]) == (
        "slow",
        "/ads$",
        1,
        0,
    )
    assert (second["action"], second["seed"], second["rate"]) == ("random", 7, 0.25)
    _send(emulator, "faults/remove", id=first["id"])
    assert [row["id"] for row in emulator.control("GET", "faults")["data"]] == [second["id"]]


def test_the_snapshot_forms_take_restore_and_delete(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    _send(emulator, "snapshots", name="empty", do="take")
    graph.post(f"{SG}/campaigns", **launches.campaign())
    assert "empty" in _read(emulator).words
    _send(emulator, "snapshots", name="empty", do="restore")
    assert emulator.journal() == []
    _send(emulator, "snapshots", name="empty", do="delete")
    assert emulator.control("GET", "snapshots")["data"] == []
    graph.post(f"{SG}/campaigns", **launches.campaign())
    _send(emulator, "reset")
    assert emulator.journal() == []


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("clock", {"now": "tomorrow"}),
        ("clock", {}),
        ("clock", {"offset_seconds": "1e18"}),
        ("list_lag", {"seconds": "-1"}),
        ("quotas", {"tier": "gold"}),
        ("faults/add", {"action": "explode"}),
        ("faults/add", {"action": "slow", "seconds": "long"}),
        ("faults/remove", {"id": "99"}),
        ("snapshots", {"name": "../up", "do": "take"}),
        ("snapshots", {"name": "none", "do": "restore"}),
    ],
)
def test_a_form_that_cannot_be_done_says_why(
    emulator: EmulatorProcess, form: str, fields: dict[str, str]
) -> None:
    answer = _send(emulator, form, **fields)
    assert answer.status_code == 400
    assert "Not done" in _Outline(answer.text).words


@pytest.mark.parametrize("path", ["forms/reset", "reset", "faults", "clock"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_web_sites_page_cannot_use_the_controls(
    emulator: EmulatorProcess, graph: Graph, path: str, headers: dict[str, str]
) -> None:
    graph.post(f"{SG}/campaigns", **launches.campaign())
    answer = emulator.http.post(f"/_emulator/{path}", headers=headers)
    assert answer.status_code == 403
    assert len(emulator.journal()) == 1


def test_the_servers_own_page_may(emulator: EmulatorProcess) -> None:
    headers = {"Origin": emulator.url, "Sec-Fetch-Site": "same-origin"}
    answer = emulator.http.post("/_emulator/forms/reset", headers=headers)
    assert answer.status_code == 303
