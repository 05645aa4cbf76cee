"""Cursor paging: opaque cursors, and ``next`` links on the server's own host."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from emulator.kinds import Json, Row
from emulator.protocol import Call
from emulator.rules import broken
from emulator.state import Object

DEFAULT_LIMIT = 25
LARGEST_LIMIT = 5000


def cut_page(rows: Sequence[Row], call: Call) -> tuple[list[Row], bool, bool]:
    """Return one page of rows, and whether rows lie before and after it."""
    limit = _limit(call)
    keys = [row_key(row, index) for index, row in enumerate(rows)]
    start, end = 0, len(rows)
    if after := call.params.get("after"):
        start = _position(keys, str(after)) + 1
        end = start + limit
    elif before := call.params.get("before"):
        end = _position(keys, str(before))
        start = max(0, end - limit)
    else:
        end = limit
    return list(rows[start:end]), start > 0, end < len(rows)


def page_links(
    page: Sequence[Row], call: Call, path: str, has_before: bool, has_after: bool
) -> Json:
    """Return the ``paging`` object of a non-empty page.

    ``path`` is the edge's own path, such as ``/v26.0/act_1/campaigns``.
    """
    first, last = cursor_of(row_key(page[0], 0)), cursor_of(row_key(page[-1], len(page) - 1))
    links: Json = {"cursors": {"before": first, "after": last}}
    for wanted, name, cursor in ((has_before, "previous", "before"), (has_after, "next", "after")):
        if wanted:
            links[name] = _link(call, path, cursor, first if cursor == "before" else last)
    return links


def row_key(row: Row, index: int) -> str:
    """Return what identifies a row in a cursor: its id, else its place."""
    if isinstance(row, Object):
        return row.id
    return str(row.get("id", index))


def cursor_of(key: str) -> str:
    """Return the opaque cursor pointing at a row."""
    return base64.urlsafe_b64encode(f"row:{key}".encode()).decode()


def _position(keys: Sequence[str], cursor: str) -> int:
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
