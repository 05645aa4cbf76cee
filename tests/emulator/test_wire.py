"""HTTP as Meta speaks it: connections, compression, methods, sizes, and never a traceback."""

import gzip
import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from emulator.calls.protocol import LARGEST_BODY
from tests.emulator import launches
from tests.emulator.launches import SG
from tests.emulator.refusals import assert_broken
from tests.emulator.server import TOKEN, EmulatorProcess, Graph

_BEARER = {"Authorization": f"Bearer {TOKEN}"}
_EDGE = f"/v26.0/{SG}/campaigns?fields=name,objective,daily_budget"


@pytest.fixture
def connection(emulator: EmulatorProcess) -> Iterator[http.client.HTTPConnection]:
    """A connection of its own, on which a test sees every byte."""
    opened = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=10)
    yield opened
    opened.close()


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={**_BEARER, **named})
    answer = connection.getresponse()
    return answer, answer.read()


def test_one_connection_serves_many_calls(connection: http.client.HTTPConnection) -> None:
    _ask(connection, "GET", _EDGE)
    socket = connection.sock
    for path in (_EDGE, "/v26.0/nobody", "/_emulator/health"):
        _ask(connection, "GET", path)
    assert connection.sock is socket, "errors too must leave the connection open"


def test_an_answer_is_compressed_for_those_who_take_it(
    connection: http.client.HTTPConnection, graph: Graph
) -> None:
    for _ in range(20):
        graph.post(f"{SG}/campaigns", **launches.campaign())
    plain, content = _ask(connection, "GET", _EDGE, Accept_Encoding="identity")
    packed, compressed = _ask(connection, "GET", _EDGE, Accept_Encoding="gzip, deflate, br")
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed) == content
    assert len(compressed) < len(content) / 3


def test_answers_are_json_that_nobody_may_cache(connection: http.client.HTTPConnection) -> None:
    for path in (_EDGE, "/v26.0/nobody"):
        answer, _ = _ask(connection, "GET", path)
        assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_refused_token_is_told_in_the_header_too(
    connection: http.client.HTTPConnection,
) -> None:
    answer, _ = _ask(connection, "GET", "/v26.0/me", Authorization="Bearer nobody")
    assert answer.headers["WWW-Authenticate"].startswith('OAuth "Facebook Platform"')


def test_head_has_the_headers_of_get_and_no_body(connection: http.client.HTTPConnection) -> None:
    got, _ = _ask(connection, "GET", _EDGE)
    head, content = _ask(connection, "HEAD", _EDGE)
    assert (head.status, content) == (200, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert head.headers["X-App-Usage"]
    _ask(connection, "GET", _EDGE)


def test_options_lets_a_browser_call(connection: http.client.HTTPConnection) -> None:
    answer, content = _ask(connection, "OPTIONS", _EDGE, Origin="https://example.com")
    assert (answer.status, content) == (200, b"")
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_other_methods_are_refused_as_graph_refuses(graph: Graph, method: str) -> None:
    assert_broken("unsupported_method", graph.error(method, SG))


def test_links_lead_back_to_the_host_that_was_called(
    connection: http.client.HTTPConnection, graph: Graph
) -> None:
    for _ in range(2):
        graph.post(f"{SG}/campaigns", **launches.campaign())
    _, content = _ask(connection, "GET", f"{_EDGE}&limit=1", Host="graph.example:8100")
    following = json.loads(content)["paging"]["next"]
    assert following.startswith(f"http://graph.example:8100/v26.0/{SG}/campaigns?")


def test_a_body_larger_than_meta_takes_is_refused_before_it_is_sent(
    connection: http.client.HTTPConnection,
) -> None:
    size = str(LARGEST_BODY + 1)
    answer, content = _ask(connection, "POST", _EDGE, Content_Length=size)
    assert answer.status == 413
    assert_broken("body_too_large", json.loads(content)["error"])


def test_an_address_without_end_is_refused(connection: http.client.HTTPConnection) -> None:
    answer, content = _ask(connection, "GET", f"{_EDGE}&filtering={'x' * 40_000}")
    assert answer.status == 414
    assert_broken("url_too_long", json.loads(content)["error"])


HOSTILE = {
    "deep JSON": ("GET", f"{_EDGE}&filtering={'[' * 20_000}"),
    "deep fields": ("GET", f"/v26.0/{SG}?fields={'a%7B' * 5_000}"),
    "a NUL": ("GET", "/v26.0/%00"),
    "broken UTF-8": ("GET", "/v26.0/act_%FF?fields=%FF%FE"),
    "dots": ("GET", "/v26.0/../_emulator/health"),
    "a number too long": ("GET", f"{_EDGE}&limit={'9' * 5_000}"),
    "no number": ("GET", f"{_EDGE}&limit=NaN"),
    "half a bracket": ("POST", f"/v26.0/{SG}/campaigns?name[=1&name]=2&[]=3&a[b][c]=1&a[b]=2"),
    "a batch of junk": ("POST", "/v26.0/?batch=%5B1%2C%7B%7D%5D"),
    "a method of junk": ("POST", f"/v26.0/{SG}?method=%00"),
    "a cursor of junk": ("GET", f"{_EDGE}&after=cm93OiJ4"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_a_client_sends_brings_out_a_traceback(
    connection: http.client.HTTPConnection, case: str
) -> None:
    answer, content = _ask(connection, *HOSTILE[case])
    error = json.loads(content)["error"]
    assert 400 <= answer.status < 500, "it was the client's fault, and must be told so"
    assert error["fbtrace_id"]
    assert b"Traceback" not in content
    assert b".py" not in content
