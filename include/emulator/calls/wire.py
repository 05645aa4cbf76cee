"""Graph answers as they go over the wire: JSON, Meta's standing headers, compression."""

import gzip
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/json; charset=UTF-8"
# What Meta sends with every answer, whatever it says.
_STANDING = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "private, no-cache, no-store, must-revalidate",
    "Expires": "Sat, 01 Jan 2000 00:00:00 GMT",
    "Pragma": "no-cache",
    "Vary": "Origin, Accept-Encoding",
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
}
# Below this size compression costs more than it saves.
_SMALLEST_COMPRESSED = 1000
_COMPRESSION = 1


def json_bytes(body: Any) -> bytes:
    """Return an answer's JSON as Meta writes it: no blanks, other than ASCII escaped."""
    return json.dumps(body, separators=(",", ":")).encode()


def json_response(request: Request, status: int, headers: dict[str, str], body: Any) -> Response:
    """Return a Graph answer, compressed if the client takes that."""
    content = json_bytes(body)
    headers = {**_STANDING, **headers}
    accepted = request.headers.get("accept-encoding", "")
    if len(content) >= _SMALLEST_COMPRESSED and "gzip" in accepted:
        content = gzip.compress(content, _COMPRESSION, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(content, status, headers, media_type=MEDIA_TYPE)


def preflight_response() -> Response:
    """Return the answer to OPTIONS, which a browser asks before it calls."""
    return Response(status_code=200, headers={**_STANDING, **_PREFLIGHT})
