"""A ``file_url`` is fetched from allowed hosts only."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from emulator.calls.errors import GraphError
from emulator.media.file_fetching import check_may_fetch, fetched
from emulator.policy.rules import all_rules
from emulator.settings import Settings
from tests.emulator.launches import SG
from tests.emulator.refusals import assert_broken
from tests.emulator.server import TOKEN, EmulatorProcess, Graph


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/clip.mp4")
            self.end_headers()
        else:
            super().do_GET()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "clip.mp4").write_bytes(b"clip" * 1000)
    handler = partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def _content(address: str) -> bytes | None:
    file = await fetched(address)
    if file is None:
        return None
    with file.file:
        return file.content


def test_a_redirect_is_not_followed(site: str) -> None:
    assert asyncio.run(_content(f"{site}/clip.mp4")) == b"clip" * 1000
    assert asyncio.run(_content(f"{site}/moved")) is None


def test_an_allowed_host_gives_the_exact_bytes_and_a_missing_file_is_refused(
    site: str, tmp_path: Path
) -> None:
    server = EmulatorProcess(tmp_path / "state", "--fetch-from", "127.0.0.1")
    try:
        graph = Graph(server)
        made = graph.post(f"{SG}/advideos", file_url=f"{site}/clip.mp4", name="Fetched")
        kept = server.control("GET", f"videos/{made['id']}")
        assert kept["sha256"] == hashlib.sha256(b"clip" * 1000).hexdigest()
        missing = f"{site}/missing.mp4"
        assert_broken(
            "file_url_unreachable", graph.error("POST", f"{SG}/advideos", file_url=missing)
        )
        start = graph.post(f"{SG}/video_ads", upload_phase="start")
        for address, status in ((missing, 422), (f"{site}/clip.mp4", 200)):
            headers = {"Authorization": f"OAuth {TOKEN}", "file_url": address}
            answer = server.http.post(start["upload_url"], headers=headers)
            assert answer.status_code == status
            if status == 422:
                rule = all_rules()["rupload_url_unreachable"]
                assert answer.json()["debug_info"]["type"] == rule.error_type
    finally:
        server.stop()


@pytest.mark.parametrize(
    "address",
    ["https://example.com/a", "http://other:81/a", "file:///etc/passwd", "http://a@example.com/"],
)
def test_other_hosts_and_schemes_are_refused(address: str) -> None:
    settings = Settings(Path(), fetch_from=frozenset({"other:80", "cdn.example.com"}))
    check_may_fetch(settings, "https://cdn.example.com/clip.mp4")
    with pytest.raises(GraphError):
        check_may_fetch(settings, address)
