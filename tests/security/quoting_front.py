"""A server in front of the emulator that hands calls on, or answers them with malice."""

from __future__ import annotations

import http.client
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_plus, urlsplit


@dataclass(frozen=True)
class Malice:
    """How calls are answered. `how` is one of `error`, `text`, `html`, `cut`, `reset`, `redirect`.

    `on` is matched against `METHOD path`; `error` is Graph's error without its message, which
    quotes the whole call: its headers, its address and its body, as sent and decoded.
    """

    on: str = ""
    how: str = "error"
    status: int = 400
    error: dict[str, Any] = field(default_factory=dict)


class QuotingFront:
    """The emulator at `behind`, as a hostile or broken Meta would be. Start it with `with`."""

    def __init__(self, behind: str) -> None:
        self.malice: Malice | None = None
        self.answered = 0
        self._behind = urlsplit(behind).netloc
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> QuotingFront:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def arm(self, malice: Malice) -> None:
        """From now on answer so, and count the answers anew."""
        self.malice, self.answered = malice, 0

    def _handler(front) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                malice = front.malice
                place = f"{self.command} {urlsplit(self.path).path}"
                if malice is not None and re.search(malice.on, place):
                    front.answered += 1
                    self._be_malicious(malice, body)
                else:
                    self._hand_on(body)

            do_POST = do_DELETE = do_GET  # noqa: N815  # the names are the base class's

            def _hand_on(self, body: bytes) -> None:
                behind = http.client.HTTPConnection(front._behind, timeout=30)
                try:
                    headers = dict(self.headers) | {"Accept-Encoding": "identity"}
                    behind.request(self.command, self.path, body, headers)
                    answer = behind.getresponse()
                    content = answer.read()
                finally:
                    behind.close()
                kind = answer.getheader("Content-Type") or ""
                self._send(answer.status, content, kind, dict(answer.getheaders()))

            def _be_malicious(self, malice: Malice, body: bytes) -> None:
                sent = f"{self.path}\n{self.headers}\n{body.decode('utf-8', 'replace')}"
                quote = f"{sent}\n{unquote_plus(sent)}"
                if malice.how == "reset":
                    self.close_connection = True
                elif malice.how == "redirect":
                    self.send_response(302)
                    self.send_header("Location", f"http://127.0.0.1:9{self.path}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif malice.how == "error":
                    words = ("message", "error_user_title", "error_user_msg")
                    said = dict.fromkeys(words, f"You sent: {quote}") | malice.error
                    content = json.dumps({"error": {"type": "OAuthException", **said}}).encode()
                    self._send(malice.status, content, "application/json")
                else:
                    kind = "text/html" if malice.how == "html" else "text/plain"
                    shown = f"<pre>{quote}</pre>" if malice.how == "html" else quote
                    self._send(malice.status, shown.encode(), kind, cut=malice.how == "cut")

            def _send(
                self,
                status: int,
                content: bytes,
                kind: str,
                headers: dict[str, str] | None = None,
                cut: bool = False,
            ) -> None:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    if name.lower().startswith("x-"):
                        self.send_header(name, value)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.close_connection = cut
                self.wfile.write(content[: len(content) // 2] if cut else content)

        return Handler
