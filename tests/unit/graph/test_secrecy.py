"""No secret leaves by any way: errors, their causes, texts of objects, logs, addresses."""

from __future__ import annotations

import logging
import pickle
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from meta_ads.errors import FixInput, MetaAdsError
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.secrecy import Scrubber
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.transport import Transport
from meta_ads.launching.ports import UploadSession
from meta_ads.planning.step import StepKind
from tests.unit.graph.scripted_graph import ACCOUNT, APP_SECRET, TOKEN, ScriptedGraph

CALLS: dict[str, Callable[[MetaPlatform], Any]] = {
    "create": lambda meta: meta.create(StepKind.CAMPAIGN, ACCOUNT, {"name": "n"}),
    "find": lambda meta: meta.find(StepKind.AD, ACCOUNT, "MARKER"),
    "read": lambda meta: meta.read("7", ["id"]),
    "update": lambda meta: meta.update("7", {"status": "PAUSED"}),
    "image": lambda meta: meta.upload_image(ACCOUNT, "a.jpg", b"x"),
    "start": lambda meta: meta.start_video(ACCOUNT, 9),
    "chunk": lambda meta: meta.send_chunk(ACCOUNT, UploadSession("s", "5", 0, 4), b"abcd"),
    "finish": lambda meta: meta.finish_video(ACCOUNT, UploadSession("s", "5", 4, 4), "t"),
    "status": lambda meta: meta.video_status("5"),
    "thumbnail": lambda meta: meta.preferred_thumbnail("5"),
    "account": lambda meta: meta.account_facts(ACCOUNT),
    "budget": lambda meta: meta.minimum_daily_budget(ACCOUNT, "SGD"),
    "objects": lambda meta: list(meta.account_objects(ACCOUNT)),
}


def forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    for encode in (b64encode, urlsafe_b64encode):
        for before in ("", "a", "ab"):
            # The middle only: the ends mix with what stands around.
            yield encode(f"{before}{secret}".encode()).decode()[4:-4]


def assert_clean(text: str) -> None:
    proof = Transport(GraphSettings(TOKEN, app_secret=APP_SECRET))._proof
    assert proof is not None
    for secret in (TOKEN, APP_SECRET, proof):
        for form in forms(secret):
            assert form not in text


def leaks(error: BaseException) -> str:
    """Return everything an error could show anywhere: itself, its causes, its trace, its parts."""
    shown = "".join(traceback.format_exception(error))
    chain: list[BaseException] = []
    item: BaseException | None = error
    while item is not None and item not in chain:
        chain.append(item)
        item = item.__cause__ or item.__context__
    return shown + "".join(f"{e} {e!r} {e.args} {vars(e)}" for e in chain)


def everything_secret() -> str:
    proof = Transport(GraphSettings(TOKEN, app_secret=APP_SECRET))._proof
    return " ".join(
        form for secret in (TOKEN, APP_SECRET, str(proof)) for form in forms_whole(secret)
    )


def forms_whole(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    for before in ("", "a", "ab"):
        yield b64encode(f"{before}{secret}".encode()).decode()
        yield urlsafe_b64encode(f"{before}{secret}".encode()).decode()


WAYS: list[tuple[str, Callable[[ScriptedGraph], None]]] = [
    (
        "Meta's error quotes it",
        lambda graph: graph.error(
            190,
            message=f"Malformed access token {everything_secret()}",
            error_user_title=everything_secret(),
            error_user_msg=everything_secret(),
            error_data={"blame_field_specs": [[everything_secret()]]},
        ),
    ),
    ("validation quotes it", lambda graph: graph.error(100, message=everything_secret())),
    ("a throttle quotes it", lambda graph: graph.error(613, message=everything_secret())),
    ("an open outcome quotes it", lambda graph: graph.error(2, message=everything_secret())),
    ("the body is not JSON", lambda graph: graph.reply(everything_secret().encode())),
    ("the server fails", lambda graph: graph.reply(everything_secret().encode(), 500)),
    ("the connection breaks", lambda graph: graph.reply(how="reset")),
    ("the answer breaks off", lambda graph: graph.reply({"x": "y" * 99}, how="truncated")),
    ("it is redirected", lambda graph: graph.reply(b"", 302, headers={"Location": "/x"})),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("way", "script"), WAYS, ids=[name for name, _ in WAYS])
def test_no_secret_is_in_an_error(
    graph: ScriptedGraph,
    meta: MetaPlatform,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    call: str,
    way: str,
    script: Callable[[ScriptedGraph], None],
) -> None:
    caplog.set_level(logging.DEBUG)
    script(graph)
    if way == "validation quotes it" and call == "find":
        script(graph)  # it asks again without the filter
    with pytest.raises(MetaAdsError) as caught:
        CALLS[call](meta)
    assert_clean(leaks(caught.value))
    assert_clean(caplog.text)
    printed = capfd.readouterr()
    assert_clean(printed.out + printed.err)
    # Airflow sends errors between processes.
    assert_clean(repr(pickle.dumps(str(caught.value))))


@pytest.mark.parametrize("call", CALLS)
def test_no_secret_is_in_the_error_of_a_connection_that_was_never_made(call: str) -> None:
    settings = GraphSettings(TOKEN, app_secret=APP_SECRET, base_url="http://graph.invalid")
    with MetaPlatform(settings) as meta, pytest.raises(MetaAdsError) as caught:
        CALLS[call](meta)
    assert_clean(leaks(caught.value))
    assert caught.value.__cause__ is None


def test_the_debug_log_of_the_http_library_hides_the_proof(
    graph: ScriptedGraph, meta: MetaPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="urllib3")
    graph.reply({"id": "7"})
    meta.read("7", ["id"])
    assert "appsecret_proof" in graph.asked[0].query
    assert "appsecret_proof=***" in caplog.text
    assert_clean(caplog.text)


@pytest.mark.parametrize("call", CALLS)
def test_no_call_puts_the_token_in_an_address_or_a_body(
    graph: ScriptedGraph, meta: MetaPlatform, call: str
) -> None:
    graph.error(2)
    with pytest.raises(MetaAdsError):
        CALLS[call](meta)
    (asked,) = graph.asked
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    rest = f"{asked.path} {asked.query} {asked.content!r}"
    for secret in (TOKEN, APP_SECRET):
        assert not any(form in rest for form in forms(secret))


@pytest.mark.parametrize("call", CALLS)
def test_every_call_carries_the_proof_of_the_app_secret(
    graph: ScriptedGraph, meta: MetaPlatform, call: str
) -> None:
    graph.error(2)
    with pytest.raises(MetaAdsError):
        CALLS[call](meta)
    (asked,) = graph.asked
    sent = f"{asked.query} {asked.content!r}"
    assert "appsecret_proof" in sent
    # Bodies are not logged; addresses are.
    assert ("appsecret_proof" in asked.query) is (asked.method == "GET")


def test_a_netrc_file_does_not_replace_the_token(
    graph: ScriptedGraph,
    meta: MetaPlatform,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    graph.reply({"id": "7"})
    meta.read("7", ["id"])
    assert graph.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_nothing_shows_the_secrets_it_holds(settings: GraphSettings, meta: MetaPlatform) -> None:
    for thing in (settings, meta, meta._client, meta._client.transport, meta._client.judge):
        assert_clean(f"{thing!r} {thing}")
    assert_clean(repr(replace(settings, page_size=7)))


@pytest.mark.parametrize("token", ["", " spaced ", "line\nbreak\n", "pässwörd"])
def test_a_token_that_cannot_work_is_refused_unshown(token: str) -> None:
    with pytest.raises(FixInput) as caught:
        GraphSettings(token)
    assert not token.strip() or token.strip() not in str(caught.value)


def test_an_address_with_a_password_is_refused_unshown() -> None:
    with pytest.raises(FixInput) as caught:
        GraphSettings(TOKEN, base_url=f"https://user:{APP_SECRET}@graph.facebook.com")
    assert_clean(leaks(caught.value))


@pytest.mark.parametrize(
    "text",
    [
        "https://x/y?access_token=abcdef&limit=1",
        '{"access_token": "abcdef"}',
        "appsecret_proof=abcdef",
        "Malformed access token EAAabcdefabcdefabcdefabcdef",
    ],
)
def test_tokens_that_are_not_ours_are_hidden_too(text: str) -> None:
    assert "abcdef" not in Scrubber([])(text)


def test_scrubbing_keeps_the_rest_of_a_text() -> None:
    text = "limit=1 access_token=abc, name=Sale"
    assert Scrubber(["zzz"])(text) == "limit=1 access_token=***, name=Sale"
