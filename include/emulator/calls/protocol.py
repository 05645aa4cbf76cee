"""A Graph call as the rest of the server sees it, whichever way its parameters travelled."""

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import IO, Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from emulator.calls.param_types import decode_json
from emulator.policy.rules import broken
from emulator.world import Token

NEWEST_VERSION = (26, 0)
OLDEST_VERSION = (21, 0)
#: Older ones have expired for the Marketing API; Meta upgrades such calls and says so.
OLDEST_LIVE_VERSION = (25, 0)
_VERSION = re.compile(r"^v(\d+)\.(\d+)$")
_BRACKETS = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])+)$")
_LARGEST_TEXT_PART = 64 * 1024 * 1024
#: The most bytes a request may have; Meta takes files of that size in one piece (inferred).
LARGEST_BODY = 1024**3
#: The longest path and query; longer reads are to be sent as POST with ``method=GET`` (inferred).
LONGEST_URL = 32 * 1024


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart body; a large one lies on disk."""

    filename: str
    file: IO[bytes]

    @classmethod
    def of(cls, filename: str, content: bytes) -> "Upload":
        """Return a file part holding these bytes."""
        return cls(filename, io.BytesIO(content))

    @property
    def content(self) -> bytes:
        """All its bytes, for files that are small anyway."""
        self.file.seek(0)
        return self.file.read()

    @property
    def size(self) -> int:
        """How many bytes it holds."""
        return self.file.seek(0, io.SEEK_END)


@dataclass(frozen=True)
class Call:
    """One Graph call: ``segments`` is the path after the version, ``base_url`` our own host."""

    method: str
    segments: tuple[str, ...]
    version: tuple[int, int]
    params: Mapping[str, Any]
    base_url: str
    files: Mapping[str, Upload] = field(default_factory=dict)
    token: Token | None = None
    #: The token travelled as a parameter, so Meta repeats it in ``paging.next``.
    token_in_params: bool = False

    @property
    def path(self) -> str:
        """The path without its version, such as ``/act_1/campaigns``."""
        return "/" + "/".join(self.segments)

    @property
    def validate_only(self) -> bool:
        """Whether the caller only wants to know if the write would be accepted."""
        options = decode_json(self.params.get("execution_options", []))
        return "validate_only" in (options if isinstance(options, list) else [options])

    def with_params(self, params: Mapping[str, Any]) -> "Call":
        """Return the same call with other parameters, as an edge inside ``fields`` has."""
        return replace(self, params=params)

    def loggable_params(self) -> dict[str, Any]:
        """Return the parameters without secrets and file contents, nested JSON decoded."""
        return {
            name: decode_json(value) if str(value)[:1] in ("{", "[") else value
            for name, value in self.params.items()
            if name not in ("access_token", "appsecret_proof", "bytes")
        }


async def read_call(request: Request) -> Call:
    """Gather a request's parameters from query, form, multipart and JSON bodies.

    Raises GraphError for a body that is too large or not what its type says.
    """
    if len(request.url.path) + len(request.url.query) > LONGEST_URL:
        raise broken("url_too_long", limit=LONGEST_URL)
    params = _fold(request.query_params.multi_items())
    body, files = await _read_body(_limited(request))
    params.update(body)
    token_in_params = "access_token" in params
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "oauth") and token:
        params.setdefault("access_token", token.strip())
    call = make_call(
        # HEAD asks for GET's headers; the web server leaves the body out.
        "GET" if request.method == "HEAD" else request.method,
        request.url.path,
        params,
        f"{request.url.scheme}://{request.url.netloc}",
        files,
    )
    return replace(call, token_in_params=token_in_params)


async def _read_body(request: Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        body = await request.body()
        try:
            decoded = json.loads(body) if body else {}
        except (ValueError, RecursionError):
            raise broken("bad_json") from None
        if not isinstance(decoded, dict):
            raise broken("bad_json")
        return decoded, {}
    if not kind.startswith(("multipart/", "application/x-www-form-urlencoded")):
        return {}, {}
    try:
        form = await request.form(max_fields=100_000, max_part_size=_LARGEST_TEXT_PART)
    except HTTPException as wrong:
        raise broken("bad_form", reason=wrong.detail) from None
    texts, files = [], {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = Upload(value.filename or name, value.file)
        else:
            texts.append((name, value))
    return _fold(texts), files


def _limited(request: Request) -> Request:
    """Return the request with a body that breaks off when it becomes too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        raise broken("body_too_large", limit=LARGEST_BODY)
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > LARGEST_BODY:
            raise broken("body_too_large", limit=LARGEST_BODY)
        return message

    return Request(request.scope, receive)


def make_call(
    method: str,
    path: str,
    params: dict[str, Any],
    base_url: str,
    files: Mapping[str, Upload] | None = None,
) -> Call:
    """Build a call from an already decoded request, applying Graph's ``method`` override."""
    segments = [part for part in path.split("/") if part]
    version = NEWEST_VERSION
    if segments and (match := _VERSION.match(segments[0])):
        version = (int(match[1]), int(match[2]))
        segments = segments[1:]
    for override in ("method", "method_override"):
        if isinstance(params.get(override), str):
            method = params[override]
    return Call(method.upper(), tuple(segments), version, params, base_url, files or {})


def query_params(query: str) -> dict[str, Any]:
    """Decode a query string or form body, as a batch item carries it."""
    return _fold(parse_qsl(query, keep_blank_values=True))


def check_version(call: Call) -> None:
    """Raise for an API version that Meta has retired or not published."""
    if call.version < OLDEST_VERSION:
        raise broken("deprecated_version", newest=f"v{NEWEST_VERSION[0]}.{NEWEST_VERSION[1]}")
    if call.version > NEWEST_VERSION:
        raise broken("unknown_path", path=f"/v{call.version[0]}.{call.version[1]}{call.path}")


def _fold(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Fold ``name[0]=a&name[key]=b`` into nested values, as PHP clients send them."""
    folded: dict[str, Any] = {}
    for name, sent in pairs:
        value = _without_quotes(sent)
        match = _BRACKETS.match(name)
        if match is None:
            folded[name] = value
            continue
        keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        spot = folded
        for key in keys[:-1]:
            inner = spot.setdefault(key, {})
            if not isinstance(inner, dict):
                inner = spot[key] = {}
            spot = inner
        spot[keys[-1] or str(len(spot))] = value
    return folded


def _without_quotes(value: Any) -> Any:
    """Return text that came as JSON text plain, as in Meta's samples: ``-F 'status="PAUSED"'``."""
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        try:
            decoded = json.loads(value)
        except ValueError:
            return value
        return decoded if isinstance(decoded, str) else value
    return value
