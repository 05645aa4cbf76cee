"""Servers that take what is sent to them: one for e-mail, one for webhooks."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class MailSink(socketserver.TCPServer):
    """Takes every e-mail; `mails` holds them."""

    mails: list[EmailMessage]


class _Mail(socketserver.StreamRequestHandler):
    server: MailSink

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self._say("354 go on")
                lines: list[str] = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                mail = message_from_string("\n".join(lines), policy=policy.default)
                assert isinstance(mail, EmailMessage)
                self.server.mails.append(mail)
                self._say("250 taken")
            elif word == "QUIT":
                return self._say("221 bye")
            else:
                self._say("250 sink")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class HookSink(HTTPServer):
    """Takes every post, or answers `status`; `posts` holds path, headers and JSON."""

    posts: list[tuple[str, dict[str, str], Any]]
    status = 200


class _Hook(BaseHTTPRequestHandler):
    server: HookSink

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posts.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    with MailSink(("127.0.0.1", 0), _Mail) as server:
        server.mails = []
        yield from _serving(server)


@contextmanager
def hook_sink() -> Iterator[HookSink]:
    with HookSink(("127.0.0.1", 0), _Hook) as server:
        server.posts = []
        yield from _serving(server)


def _serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
