"""A real HTTP server that answers from a script and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ACCOUNT = "act_1"
TOKEN = "EAACanaryToken+with/odd=characters1234567890"
APP_SECRET = "canary-app-secret-0123456789"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """One scripted answer; `how` is what goes wrong with sending it."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "whole"  # whole, reset, truncated, silent, trickle

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """One request as the server got it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: bytes
    port: int

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.content.decode(), keep_blank_values=True))


class ScriptedGraph:
    """`script` is answered in order; asking beyond it gets HTTP 418 and fails the test."""

    def __init__(self) -> None:
        self.script: list[Reply] = []
        self.asked: list[Asked] = []
        self.unscripted = 0
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def reply(self, body: Any = None, status: int = 200, **options: Any) -> None:
        self.script.append(Reply(body, status, **options))

    def error(self, code: int, subcode: int | None = None, status: int = 400, **more: Any) -> None:
        headers = more.pop("headers", {})
        error = {"message": "(#x) said Meta", "type": "OAuthException", "code": code, **more}
        if subcode is not None:
            error["error_subcode"] = subcode
        self.script.append(Reply({"error": error}, status, headers))

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(graph) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                graph.asked.append(
                    Asked(
                        self.command,
                        parts.path,
                        dict(parse_qsl(parts.query, keep_blank_values=True)),
                        dict(self.headers),
                        self.rfile.read(length),
                        self.client_address[1],
                    )
                )
                if graph.script:
                    self._answer(graph.script.pop(0))
                else:
                    graph.unscripted += 1
                    self._answer(Reply({}, 418))

            do_POST = do_GET  # noqa: N815  # the names are the base class's

            def _answer(self, reply: Reply) -> None:
                self.close_connection = reply.how != "whole"
                if reply.how == "reset":
                    return
                if reply.how == "silent":
                    graph.released.wait()
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                if reply.how == "truncated":
                    self.wfile.write(reply.content[: len(reply.content) // 2])
                    return
                if reply.how == "trickle":
                    for byte in reply.content:
                        if graph.released.wait(0.02):
                            return
                        try:
                            self.wfile.write(bytes([byte]))
                        except OSError:
                            return
                    return
                self.wfile.write(reply.content)

        return Handler
