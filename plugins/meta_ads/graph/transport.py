"""One HTTP call: sent once, bounded in time and size, never repeated, never redirected."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meta_ads.graph.secrecy import Scrubber, guard_connection_log
from meta_ads.graph.settings import GraphSettings

_LARGEST_ANSWER = 64 * 1024 * 1024
_PIECE = 64 * 1024
_USER_AGENT = "airflow-meta-ads-launch"


class CallFailed(Exception):
    """No complete answer came. `sent` is False only when certainly no byte reached Meta.

    The text names the kind of failure and nothing of the request.
    """

    def __init__(self, why: str, *, sent: bool) -> None:
        self.sent = sent
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. The names `text`, `headers`, `status_code` are what Meta's SDK reads."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text; Graph answers are UTF-8."""
        return self.content.decode("utf-8", errors="replace")

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status_code < 300

    def json(self) -> Any:
        """Return the body as JSON, or None when it is not."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


class _Bearer:
    """Puts the token in the header, and keeps a .netrc file from replacing it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _anonymous(request: Any) -> Any:
    return request


class Transport:
    """Sends calls to Meta with the token in the header and the proof of the app secret.

    The HTTP library is imported on first use: parsing a DAG file must not pay for it.
    """

    def __init__(self, settings: GraphSettings) -> None:
        self._settings = settings
        self._session: Any = None
        self._proof: str | None = None
        if settings.app_secret:
            self._proof = hmac.new(
                settings.app_secret.encode(), settings.token.encode(), hashlib.sha256
            ).hexdigest()
        self.scrub = Scrubber((settings.token, settings.app_secret, self._proof))

    def send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        total_timeout: float | None = None,
        fresh: bool = False,
    ) -> Answer:
        """Send one call to Meta and return its whole answer, whatever the status.

        `files` maps a field to a file name and its bytes. `fresh` opens a new connection: one that
        was kept may be closed by the server at the very moment we send, and then nobody knows
        whether the call arrived. Raises CallFailed.
        """
        if fresh:
            self.close()
        query, form = dict(query or {}), dict(form or {})
        if self._proof:
            (query if method == "GET" else form)["appsecret_proof"] = self._proof
        body: Any = form
        headers: dict[str, str] = {}
        if files:
            body, headers["Content-Type"] = _multipart(form, files)
        limit = total_timeout or self._settings.total_timeout
        auth = _Bearer(self._settings.token)
        return self._exchange(method, url, query, body, headers, auth, limit, _LARGEST_ANSWER)

    def fetch(self, url: str, largest: int) -> Answer:
        """Return what a foreign address holds, without telling it who we are.

        Raises CallFailed, also when there are more than `largest` bytes.
        """
        limit = self._settings.total_timeout
        return self._exchange("GET", url, {}, None, {}, _anonymous, limit, largest)

    def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _exchange(
        self,
        method: str,
        url: str,
        query: Mapping[str, Any],
        body: Any,
        headers: Mapping[str, str],
        auth: Any,
        limit: float,
        largest: int,
    ) -> Answer:
        import requests
        import urllib3

        if self._session is None:
            guard_connection_log()
            self._session = requests.Session()
            self._session.headers["User-Agent"] = _USER_AGENT
        deadline = time.monotonic() + limit
        failure: CallFailed
        try:
            with self._session.request(
                method,
                url,
                params=query,
                data=body,
                headers=headers,
                auth=auth,
                timeout=(self._settings.connect_timeout, min(self._settings.read_timeout, limit)),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = _read(response, deadline, largest)
                return Answer(response.status_code, response.headers, content)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = _failure(error)
        except CallFailed as error:
            failure = error
        # Raised out here so that the library's error, which quotes the address, is not attached.
        raise failure


def _read(response: Any, deadline: float, largest: int) -> bytes:
    """Read the body piece by piece, so that a trickling answer cannot outlast the deadline."""
    pieces = bytearray()
    while True:
        piece = response.raw.read1(_PIECE, decode_content=True)
        if not piece:
            return bytes(pieces)
        pieces += piece
        if len(pieces) > largest:
            raise CallFailed(f"the answer is larger than {largest} bytes", sent=True)
        if time.monotonic() > deadline:
            raise CallFailed("the answer did not end in time", sent=True)


def _multipart(
    form: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]
) -> tuple[io.BytesIO, str]:
    from urllib3.filepost import encode_multipart_formdata

    fields: dict[str, Any] = {name: str(value) for name, value in form.items()}
    for name, (filename, data) in files.items():
        fields[name] = (filename, data, "application/octet-stream")
    body, content_type = encode_multipart_formdata(fields)
    # A stream goes out in small pieces, each bounded by the connect timeout. One big piece
    # would have to be sent within a single one, which a slow line cannot do.
    return io.BytesIO(body), content_type


def _failure(error: BaseException) -> CallFailed:
    """Return what an error of the HTTP library means, without any of its text."""
    import requests
    from urllib3 import exceptions as low

    chain = list(_chain(error))
    if any(isinstance(item, low.NameResolutionError) for item in chain):
        return CallFailed("the host name was not found", sent=False)
    if any(isinstance(item, low.NewConnectionError) for item in chain):
        return CallFailed("no connection could be made", sent=False)
    if any(isinstance(item, low.ConnectTimeoutError) for item in chain):
        return CallFailed("connecting took too long", sent=False)
    if any(type(item).__name__ == "SSLCertVerificationError" for item in chain):
        return CallFailed("the server's certificate is not trusted", sent=False)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return CallFailed("the address is not a valid one", sent=False)
    if any(isinstance(item, low.ReadTimeoutError | TimeoutError) for item in chain):
        return CallFailed("no answer came in time", sent=True)
    if any(isinstance(item, low.IncompleteRead) for item in chain):
        return CallFailed("the answer broke off", sent=True)
    return CallFailed("the connection was lost", sent=True)


def _chain(error: BaseException) -> list[BaseException]:
    """Return the error and everything inside it: causes, contexts, reasons, wrapped errors."""
    seen: list[BaseException] = []
    todo: list[Any] = [error]
    while todo:
        item = todo.pop()
        if not isinstance(item, BaseException) or any(item is known for known in seen):
            continue
        seen.append(item)
        todo += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
    return seen
