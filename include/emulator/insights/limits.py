"""How much one report may ask for, and Meta's refusals of more.

Meta names no sizes; these are this server's own (inferred) and can be set by the control. The
work of a report is known before it is done: objects, days, values and fields are counted, not
rows.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

from emulator.emulator import Emulator
from emulator.insights.request import Request
from emulator.insights.rows import Rows
from emulator.policy.rules import broken

LIMITS_SETTING = "insights_limits"
# About how many values a breakdown has, to foresee the size of a report.
_VALUES = {"age": 6, "gender": 3, "country": 3, "region": 4, "publisher_platform": 5,
           "platform_position": 4, "impression_device": 6, "device_platform": 3, "dma": 5,
           "frequency_value": 6}  # fmt: skip
_HOURS = 24
_LISTED = 5


@dataclass(frozen=True)
class Limits:
    """The sizes above which a report is refused.

    ``page_cells``: rows of a page times fields; above it code 1, "reduce the amount of data".
    ``query_cells``: the same of the whole report; above it 100/1487534.
    ``page_ad_days``: days of ads summed up for one page; above it the call times out.
    ``run_ad_days``: the same of a whole asynchronous report; above it the run fails, -3/1504045.
    ``sorted_rows``: rows of a report that can be sorted.
    """

    page_cells: int = 500_000
    query_cells: int = 200_000_000
    page_ad_days: int = 400_000
    run_ad_days: int = 5_000_000
    sorted_rows: int = 100_000


def limits_of(emulator: Emulator) -> Limits:
    """Return the sizes in force."""
    return read_limits(emulator.state.settings.get(LIMITS_SETTING, {}))


def read_limits(raw: Any) -> Limits:
    """Return the usual sizes with these changes; raise ValueError that says what is wrong."""
    known = [one.name for one in fields(Limits)]
    if not isinstance(raw, dict) or set(raw) - set(known):
        raise ValueError(f"limits is an object with any of {', '.join(known)}")
    for name, value in raw.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} is a whole number above 0")
    return replace(Limits(), **raw)


@dataclass(frozen=True)
class Size:
    """How large a report is: rows (at most), fields of a row, and days of ads behind a row."""

    rows: int
    cells_per_row: int
    ad_days_per_row: float


def size_of(rows: Rows, request: Request) -> Size:
    """Foresee the size of a report."""
    values = 1
    for name in request.breakdowns:
        values *= _HOURS if name.startswith("hourly") else _VALUES.get(name, 1)
    width = sum(
        _LISTED if "action" in name or "conversion" in name else 1
        for name in request.fields or ("impressions", "spend")
    )
    days = max((len(period) for period in rows.periods), default=1)
    count = len(rows.scope.objects) * len(rows.periods) * values
    return Size(count, width, days * rows.scope.ads_each() / values)


def check_page(emulator: Emulator, rows: Rows, request: Request, limit: int, in_run: bool) -> None:
    """Raise when one page of a report, or the report itself, is too large to be made at once.

    The rows of a run can always be read by asking for few enough of them.
    """
    limits, size = limits_of(emulator), size_of(rows, request)
    if size.rows * size.cells_per_row > limits.query_cells and not in_run:
        raise broken("insights_query_too_large")
    count = min(size.rows, limit)
    if in_run and count <= 1:
        return
    if count * size.cells_per_row > limits.page_cells:
        raise broken("insights_reduce")
    if count * size.ad_days_per_row > limits.page_ad_days:
        raise broken("insights_reduce" if in_run else "insights_timeout")


def check_sortable(emulator: Emulator, rows: Rows) -> None:
    """Raise when a report has more rows than can be held to sort them."""
    if len(rows.scope.objects) * len(rows.periods) > limits_of(emulator).sorted_rows:
        raise broken("insights_reduce")
