"""Cursor paging: opaque cursors, and ``next`` links on the server's own host."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from emulator.calls.kinds import Json, Row
from emulator.calls.protocol import Call
from emulator.policy.rules import broken
from emulator.reads.children import Children
from emulator.state import Object

DEFAULT_LIMIT = 25
LARGEST_LIMIT = 5000
_ROW, _PLACE = "row:", "at:"


@dataclass(frozen=True)
class Page:
    """One page: its rows with their places on the edge, and whether others lie around it."""

    rows: list[Row]
    places: list[int]
    before: bool
    after: bool


def cut_page(rows: Sequence[Row], call: Call, shows: Callable[[Row], bool] | None = None) -> Page:
    """Return the page that ``limit``, ``after`` and ``before`` ask for.

    Only rows that ``shows`` accepts are on a page. No more rows are looked at than the page
    needs, so a page of a large edge costs as much as one of a small edge.
    """
    limit = read_limit(call)
    after, before = (str(call.params.get(name) or "") for name in ("after", "before"))
    if before and not after:
        end = _place(rows, before)
        found = _shown(rows, range(min(end, len(rows)) - 1, -1, -1), shows, limit + 1)
        kept = found[:limit][::-1]
        return _page(kept, len(found) > limit, end < len(rows))
    start = _place(rows, after) + 1 if after else 0
    found = _shown(rows, range(max(0, start), len(rows)), shows, limit + 1)
    return _page(found[:limit], start > 0, len(found) > limit)


def _shown(
    rows: Sequence[Row],
    places: Iterable[int],
    shows: Callable[[Row], bool] | None,
    count: int,
) -> list[tuple[int, Row]]:
    """Return the first ``count`` rows at these places that are shown, with their places."""
    candidates = ((place, rows[place]) for place in places)
    return list(islice((one for one in candidates if shows is None or shows(one[1])), count))


def _page(found: list[tuple[int, Row]], before: bool, after: bool) -> Page:
    return Page([row for _, row in found], [place for place, _ in found], before, after)


def page_links(page: Page, call: Call, path: str) -> Json:
    """Return the ``paging`` object of a non-empty page.

    ``path`` is the edge's own path, such as ``/v26.0/act_1/campaigns``.
    """
    first = cursor_of(page.rows[0], page.places[0])
    last = cursor_of(page.rows[-1], page.places[-1])
    links: Json = {"cursors": {"before": first, "after": last}}
    if page.before:
        links["previous"] = link(call, path, "before", first)
    if page.after:
        links["next"] = link(call, path, "after", last)
    return links


def cursor_of(row: Row, place: int) -> str:
    """Return the opaque cursor pointing at a row: by its id, else by its place."""
    identity = row.id if isinstance(row, Object) else row.get("id")
    key = f"{_PLACE}{place}" if identity is None else f"{_ROW}{identity}"
    return base64.urlsafe_b64encode(key.encode()).decode()


def _place(rows: Sequence[Row], cursor: str) -> int:
    """Return the place a cursor points at; of a row that has gone, where it would be, less one."""
    try:
        key = base64.urlsafe_b64decode(cursor.encode()).decode()
        if key.startswith(_PLACE):
            return int(key.removeprefix(_PLACE))
        identity = key.removeprefix(_ROW)
        if isinstance(rows, Children):
            place = rows.place(identity)
        else:
            identities = (row.id if isinstance(row, Object) else row.get("id") for row in rows)
            place = next((n for n, one in enumerate(identities) if one == identity), None)
        if place is not None and key.startswith(_ROW):
            return place
        wanted = int(identity)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise broken("bad_cursor", cursor=cursor) from None
    # The row has gone since the cursor was made; ids grow, and rows come newest first.
    newer = (str(row.id if isinstance(row, Object) else row.get("id")) for row in rows)
    return sum(1 for one in newer if one.isdigit() and int(one) > wanted) - 1


def read_limit(call: Call) -> int:
    """Return how many rows a page may have, or raise."""
    raw = call.params.get("limit", DEFAULT_LIMIT)
    try:
        limit = int(raw)
    except (TypeError, ValueError):
        raise broken("wrong_type", param="limit", expected="an integer") from None
    if limit < 1:
        raise broken("wrong_type", param="limit", expected="a positive integer")
    return min(limit, LARGEST_LIMIT)


def link(call: Call, path: str, direction: str, cursor: str) -> str:
    """Return the address of the page before or after a cursor, with the call's parameters."""
    left_out = {"after", "before", "appsecret_proof", "method"}
    if not call.token_in_params:
        left_out.add("access_token")
    kept = {name: _text(value) for name, value in call.params.items() if name not in left_out}
    return f"{call.base_url}{path}?{urlencode({**kept, direction: cursor})}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
