"""One page of a report: its rows written down, its cursors, its summary."""

import base64
import binascii
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from emulator.calls.kinds import Json
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.insights import results
from emulator.insights.actions import GONE_WINDOWS, ActionList
from emulator.insights.columns import Columns, Read, about
from emulator.insights.combinations import WITHOUT_OFFSITE
from emulator.insights.filters import action_tests, row_fields, row_passes
from emulator.insights.limits import check_page, check_sortable
from emulator.insights.measures import Measures
from emulator.insights.request import Request
from emulator.insights.rows import Found, Place, Rows
from emulator.policy.rules import broken
from emulator.reads.paging import link, read_limit
from emulator.state import Object

_DEFAULT_FIELDS = ("account_id", "campaign_id", "adset_id", "ad_id", "impressions", "spend")
_SORTED, _PLACED = "s", "p"
# How actions fall on the values of an action breakdown (inferred); others have none here.
_ACTION_VALUES = {
    "action_device": (("iphone", 41), ("android_smartphone", 47), ("desktop", 12)),
    "action_reaction": (("like", 82), ("love", 14), ("wow", 4)),
    "action_video_type": (("total", 1),),
    "action_video_sound": (("on", 36), ("off", 64)),
}


class Writer:
    """Writes rows down as Meta does."""

    def __init__(self, emulator: Emulator, node: Object, request: Request, rows: Rows) -> None:
        self._account = emulator.account_of(node)
        self._request, self._rows = request, rows
        wanted = request.fields or _DEFAULT_FIELDS
        hidden = set(request.breakdowns)
        self._shown = [name for name in wanted if name not in hidden]
        tested = [name for name in row_fields(request.conditions) if name not in hidden]
        sorted_by = [name.partition(":")[0] for name, _ in request.sort]
        needed = dict.fromkeys([*self._shown, *tested, *sorted_by])
        actions = self._actions(request.action_breakdowns)
        columns = Columns(self._account, actions, unique=not request.hourly)
        self._reads: list[tuple[str, Read]] = []
        for name in needed:
            read = columns.reader(name)
            if read is not None:
                self._reads.append((name, read))
        self._plain = [name for name in needed if columns.reader(name) is None]
        self._results = [name for name in needed if name in results.FIELDS]
        self._divisor = columns.divisor
        self._about: tuple[Object, Json, str | None] | None = None

    def _actions(self, breakdowns: tuple[str, ...]) -> ActionList:
        request = self._request
        extra = tuple((name, _ACTION_VALUES[name]) for name in breakdowns if name in _ACTION_VALUES)
        return ActionList(
            windows=tuple(one for one in request.windows if one not in GONE_WINDOWS),
            tests=action_tests(request.conditions),
            offsite=not WITHOUT_OFFSITE & set(request.breakdowns),
            by_type="action_type" in breakdowns,
            extra=extra,
        )

    def row(self, found: Found) -> Json:
        """Return the whole row, with the fields that filters and sorting need."""
        if self._about is None or self._about[0] is not found.obj:
            chain = self._rows.scope.chain(found.obj)
            columns = about(self._account, chain, self._rows.zone, self._plain)
            self._about = (found.obj, columns, self._indicator(found.obj))
        row, indicator = dict(self._about[1]), self._about[2]
        self._fill(row, found.measures)
        for name in self._results if indicator else ():
            value = results.results(name, str(indicator), found.measures, self._divisor)
            if value is not None:
                row[name] = value
        row["date_start"] = found.period.since.isoformat()
        row["date_stop"] = found.period.until.isoformat()
        row.update(found.columns)
        return row

    def _indicator(self, obj: Object) -> str | None:
        if not self._results:
            return None
        return results.indicator_of(self._rows.scope.ad_sets(obj))

    def _fill(self, row: Json, measures: Measures) -> None:
        for name, read in self._reads:
            value = read(measures)
            if value is not None:
                row[name] = value

    def cut(self, row: Json) -> Json:
        """Return a row without the fields that were only needed to choose it."""
        kept = {*self._shown, "date_start", "date_stop", *self._request.breakdowns}
        return row if row.keys() <= kept else {key: row[key] for key in row if key in kept}

    def summary(self, names: Iterable[str]) -> Json:
        """Return the summary row of these fields."""
        actions = self._actions(self._request.summary_action_breakdowns)
        columns = Columns(self._account, actions, unique=not self._request.hourly)
        total = self._rows.total()
        row = about(self._account, {}, self._rows.zone, names)
        for name in names:
            read = columns.reader(name)
            value = read(total) if read else None
            if value is not None:
                row[name] = value
        ranges = self._request.ranges
        row["date_start"] = min(one.since for one in ranges).isoformat()
        row["date_stop"] = max(one.until for one in ranges).isoformat()
        return row


def read_page(
    emulator: Emulator, call: Call, node: Object, request: Request, path: str, in_run: bool = False
) -> Json:
    """Return one page of the report as ``data``, ``paging`` and, when asked for, ``summary``.

    ``path`` is the edge's own, for the links; ``in_run`` says that a report run is read. Rows are
    made for the page alone.
    """
    rows = Rows(emulator, node, request)
    limit = read_limit(call)
    check_page(emulator, rows, request, limit, in_run)
    writer = Writer(emulator, node, request, rows)
    if request.sort:
        answer = _sorted_page(emulator, call, rows, writer, request, limit, path)
    else:
        answer = _placed_page(call, rows, writer, request, limit, path)
    if request.summary:
        answer["summary"] = writer.summary(request.summary)
    return answer


def _written(
    found: Iterable[Found], writer: Writer, request: Request
) -> Iterator[tuple[Place, Json]]:
    for one in found:
        row = writer.row(one)
        if not request.conditions or row_passes(request.conditions, row):
            yield one.place, row


def _placed_page(
    call: Call, rows: Rows, writer: Writer, request: Request, limit: int, path: str
) -> Json:
    after, before = (str(call.params.get(name) or "") for name in ("after", "before"))
    backwards = bool(before and not after)
    start = Place(0, 0, 0)
    if after or before:
        place = _decoded(rows, after or before)
        start = Place(place.obj, place.period, place.value + (-1 if backwards else 1))
    found = list(islice(_written(rows.walk(start, backwards), writer, request), limit + 1))
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    answer: Json = {"data": [writer.cut(row) for _, row in found]}
    if found:
        cursors = _encoded(rows, found[0][0]), _encoded(rows, found[-1][0])
        answer["paging"] = _links(
            call, path, cursors, more if backwards else bool(after), backwards or more
        )
    return answer


def _sorted_page(
    emulator: Emulator, call: Call, rows: Rows, writer: Writer, request: Request, limit: int,
    path: str,
) -> Json:  # fmt: skip
    check_sortable(emulator, rows)
    found = [row for _, row in _written(rows.walk(Place(0, 0, 0)), writer, request)]
    for name, descending in reversed(request.sort):
        found.sort(key=partial(_sort_key, name), reverse=descending)
    after, before = (str(call.params.get(name) or "") for name in ("after", "before"))
    start = _number(after) + 1 if after else 0
    if before and not after:
        start = max(0, _number(before) - limit)
    end = min(start + limit, len(found))
    answer: Json = {"data": [writer.cut(row) for row in found[start:end]]}
    if start < end:
        cursors = _text(f"{_SORTED}:{start}"), _text(f"{_SORTED}:{end - 1}")
        answer["paging"] = _links(call, path, cursors, start > 0, end < len(found))
    return answer


def _sort_key(field: str, row: Json) -> tuple[float, str]:
    name, _, kind = field.partition(":")
    value: Any = row.get(name)
    if isinstance(value, list):
        value = sum(float(one["value"]) for one in value if not kind or one["action_type"] == kind)
    try:
        return float(value if value is not None else 0), ""
    except ValueError:
        return 0.0, str(value)


def _text(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _encoded(rows: Rows, place: Place) -> str:
    obj = rows.scope.objects[place.obj]
    return _text(f"{_PLACED}:{obj.id}:{place.period}:{place.value}")


def _decoded(rows: Rows, cursor: str) -> Place:
    """Return the place a cursor points at; objects made since do not move it."""
    kind, *parts = _parts(cursor)
    if kind != _PLACED or len(parts) != 3:
        raise broken("bad_cursor", cursor=cursor)
    objects, identity = rows.scope.objects, parts[0]
    number = (
        next((n for n, one in enumerate(objects) if one.id == identity), None)
        if isinstance(objects, list)
        else objects.place(identity)  # type: ignore[attr-defined]
    )
    if number is None or not (parts[1].isdigit() and parts[2].isdigit()):
        raise broken("bad_cursor", cursor=cursor)
    return Place(number, int(parts[1]), int(parts[2]))


def _number(cursor: str) -> int:
    kind, *parts = _parts(cursor)
    if kind != _SORTED or len(parts) != 1 or not parts[0].isdigit():
        raise broken("bad_cursor", cursor=cursor)
    return int(parts[0])


def _parts(cursor: str) -> list[str]:
    try:
        return base64.urlsafe_b64decode(cursor.encode()).decode().split(":")
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise broken("bad_cursor", cursor=cursor) from None


def _links(call: Call, path: str, cursors: tuple[str, str], before: bool, after: bool) -> Json:
    links: Json = {"cursors": {"before": cursors[0], "after": cursors[1]}}
    if before:
        links["previous"] = link(call, path, "before", cursors[0])
    if after:
        links["next"] = link(call, path, "after", cursors[1])
    return links
