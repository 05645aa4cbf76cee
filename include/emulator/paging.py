"""Cursor paging: opaque cursors, and ``next`` links on the server's own host."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from emulator.kinds import Json, Row
from emulator.protocol import Call
from emulator.rules import broken
from emulator.state import Object

DEFAULT_LIMIT = 25
LARGEST_LIMIT = 5000


@dataclass(frozen=True)
class Page:
    """One page: its rows, the place of the first of them, and how many rows there are in all."""

    rows: list[Row]
    start: int
    total: int


def cut_page(rows: Sequence[Row], call: Call) -> Page:
    """Return the page of rows that ``limit``, ``after`` and ``before`` ask for."""
    limit = _limit(call)
    start, end = 0, limit
    if after := call.params.get("after"):
        start = _position(rows, str(after)) + 1
        end = start + limit
    elif before := call.params.get("before"):
        end = _position(rows, str(before))
        start = max(0, end - limit)
    return Page(list(rows[start:end]), start, len(rows))


def page_links(page: Page, call: Call, path: str) -> Json:
    """Return the ``paging`` object of a non-empty page.

    ``path`` is the edge's own path, such as ``/v26.0/act_1/campaigns``.
    """
    last_place = page.start + len(page.rows) - 1
    first = cursor_of(row_key(page.rows[0], page.start))
    last = cursor_of(row_key(page.rows[-1], last_place))
    links: Json = {"cursors": {"before": first, "after": last}}
    if page.start > 0:
        links["previous"] = _link(call, path, "before", first)
    if last_place + 1 < page.total:
        links["next"] = _link(call, path, "after", last)
    return links


def row_key(row: Row, index: int) -> str:
    """Return what identifies a row in a cursor: its id, else its place."""
    if isinstance(row, Object):
        return row.id
    return str(row.get("id", index))


def cursor_of(key: str) -> str:
    """Return the opaque cursor pointing at a row."""
    return base64.urlsafe_b64encode(f"row:{key}".encode()).decode()


def _position(rows: Sequence[Row], cursor: str) -> int:
    keys = [row_key(row, index) for index, row in enumerate(rows)]
    try:
        key = base64.urlsafe_b64decode(cursor.encode()).decode().removeprefix("row:")
        wanted = int(key.rpartition(":")[2] or key) if key not in keys else None
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise broken("bad_cursor", cursor=cursor) from None
    if wanted is None:
        return keys.index(key)
    # The row has gone since the cursor was made; ids grow, and rows come newest first.
    newer = [candidate for candidate in keys if candidate.isdigit() and int(candidate) > wanted]
    return len(newer) - 1


def _limit(call: Call) -> int:
    raw = call.params.get("limit", DEFAULT_LIMIT)
    try:
        limit = int(raw)
    except (TypeError, ValueError):
        raise broken("wrong_type", param="limit", expected="an integer") from None
    if limit < 1:
        raise broken("wrong_type", param="limit", expected="a positive integer")
    return min(limit, LARGEST_LIMIT)


def _link(call: Call, path: str, direction: str, cursor: str) -> str:
    left_out = {"after", "before", "appsecret_proof", "method"}
    if not call.token_in_params:
        left_out.add("access_token")
    kept = {name: _text(value) for name, value in call.params.items() if name not in left_out}
    return f"{call.base_url}{path}?{urlencode({**kept, direction: cursor})}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
