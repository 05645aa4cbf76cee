"""What a report was asked for, read from the call's parameters and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from emulator.calls import schema
from emulator.calls.param_types import decode_json
from emulator.insights import combinations
from emulator.insights.filters import Condition, read_conditions
from emulator.insights.periods import DEFAULT_PRESET, KEPT_MONTHS, Period, months_before, preset
from emulator.policy.rules import broken

LEVELS = ("account", "campaign", "adset", "ad")
_ACTION_BREAKDOWN_DEFAULT = ("action_type",)
_LONGEST_INCREMENT = 90
_KNOWN = frozenset(
    "access_token action_attribution_windows action_breakdowns action_report_time after before"
    " appsecret_proof async breakdowns date_preset debug default_summary export_columns"
    " export_format export_name fields filtering format graph_cache level limit locale method"
    " method_override pretty product_id_limit sort summary summary_action_breakdowns"
    " suppress_http_code time_increment time_range time_ranges transport"
    " use_account_attribution_setting use_unified_attribution_setting include_headers"
    " is_async offset __paging_token".split()
)


@dataclass(frozen=True)
class Request:
    """A checked request for rows; ``fields`` is empty when Meta's default ones are meant."""

    level: str
    fields: tuple[str, ...]
    ranges: tuple[Period, ...]
    increment: int | str
    breakdowns: tuple[str, ...]
    action_breakdowns: tuple[str, ...]
    windows: tuple[str, ...]
    conditions: tuple[Condition, ...]
    sort: tuple[tuple[str, bool], ...]
    summary: tuple[str, ...] | None
    summary_action_breakdowns: tuple[str, ...]

    @property
    def hourly(self) -> bool:
        """Whether rows are hours."""
        return bool(combinations.HOURLY & set(self.breakdowns))


def read_request(
    params: Mapping[str, Any], kind: str, today: date, born: date, nested: tuple[str, ...] = ()
) -> Request:
    """Return the request that the parameters of a call on a node of that kind make.

    ``today`` is the account's calendar day, ``born`` the one it was made on. Raises GraphError.
    """
    for name in params:
        if name not in _KNOWN and not name.startswith("_"):
            raise broken("unknown_param", blame=name, param=name)
    breakdowns = _chosen(params, "breakdowns", "Breakdowns")
    action_breakdowns = _chosen(params, "action_breakdowns", "ActionBreakdowns")
    if "action_breakdowns" not in params:
        action_breakdowns = _ACTION_BREAKDOWN_DEFAULT
    fields = tuple(dict.fromkeys(nested or _names(params.get("fields"))))
    _check_fields(fields, breakdowns, action_breakdowns)
    if not combinations.may_combine(frozenset(breakdowns), frozenset(action_breakdowns)):
        columns = ", ".join(sorted((*breakdowns, *action_breakdowns)))
        raise broken("insights_combination", columns=columns)
    ranges = _ranges(params, today, born)
    _check_reach(ranges, breakdowns, fields, today)
    summary = _names(params.get("summary"))
    if _flag(params, "default_summary") or summary == ("true",):
        summary = fields or ("impressions", "spend")
    else:
        _check_fields(summary, breakdowns, action_breakdowns)
    in_summary = _chosen(params, "summary_action_breakdowns", "SummaryActionBreakdowns")
    _one_of(params, "action_report_time", "ActionReportTime")
    return Request(
        level=_level(params, kind),
        fields=fields,
        ranges=ranges,
        increment=_increment(params.get("time_increment")),
        breakdowns=breakdowns,
        action_breakdowns=action_breakdowns,
        windows=_chosen(params, "action_attribution_windows", "ActionAttributionWindows"),
        conditions=read_conditions(params.get("filtering")),
        sort=_sort(params.get("sort"), breakdowns),
        summary=summary or None,
        summary_action_breakdowns=in_summary or action_breakdowns,
    )


def _level(params: Mapping[str, Any], kind: str) -> str:
    level = params.get("level")
    if level in (None, ""):
        return kind
    if level not in LEVELS:
        raise broken("insights_level", blame="level")
    return str(level)


def _names(raw: Any) -> tuple[str, ...]:
    """Return a list given as JSON or as text with commas, with or without quotes."""
    value = decode_json(raw)
    if isinstance(value, str):
        value = [one.strip().strip("'\"") for one in value.strip("[]").split(",")]
    if isinstance(value, dict):
        value = list(value.values())
    if value is True:
        return ("true",)
    return tuple(str(one) for one in value if one not in ("", None)) if value else ()


def _chosen(params: Mapping[str, Any], name: str, enum: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_names(params.get(name))))
    allowed = schema.enum_of("AdsInsights", enum)
    for place, one in enumerate(names):
        if one not in allowed:
            words = ", ".join(sorted(allowed))
            raise broken("insights_enum", blame=name, param=f"{name}[{place}]", allowed=words)
    return names


def _one_of(params: Mapping[str, Any], name: str, enum: str) -> None:
    allowed = schema.enum_of("AdsInsights", enum)
    if params.get(name) not in (None, "") and params[name] not in allowed:
        words = ", ".join(sorted(allowed))
        raise broken("insights_enum", blame=name, param=name, allowed=words)


def _check_fields(fields: tuple[str, ...], *columns: tuple[str, ...]) -> None:
    known = schema.readable_fields("AdsInsights")
    for name in fields:
        if name not in known and not any(name in one for one in columns):
            raise broken("insights_field", field=name)


def _flag(params: Mapping[str, Any], name: str) -> bool:
    return str(params.get(name, "")).lower() in ("true", "1")


def _increment(raw: Any) -> int | str:
    if raw in (None, "", "all_days"):
        return "all_days"
    if raw == "monthly":
        return "monthly"
    try:
        days = int(raw)
    except (TypeError, ValueError):
        days = 0
    if not 1 <= days <= _LONGEST_INCREMENT:
        raise broken("insights_increment", blame="time_increment", most=_LONGEST_INCREMENT)
    return days


def _ranges(params: Mapping[str, Any], today: date, born: date) -> tuple[Period, ...]:
    if params.get("time_ranges") not in (None, "", "[]"):
        raw = decode_loosely(params["time_ranges"])
        if not isinstance(raw, list) or not raw:
            raise broken(
                "wrong_type", blame="time_ranges", param="time_ranges", expected="an array"
            )
        return tuple(_range(one, f"time_ranges[{place}]", today) for place, one in enumerate(raw))
    if params.get("time_range") not in (None, ""):
        return (_range(decode_loosely(params["time_range"]), "time_range", today),)
    _one_of(params, "date_preset", "DatePreset")
    return (preset(str(params.get("date_preset") or DEFAULT_PRESET), today, born),)


def decode_loosely(raw: Any) -> Any:
    """Decode JSON, also with the single quotes that ``fields`` expansions are written with."""
    value = decode_json(raw)
    return decode_json(value.replace("'", '"')) if isinstance(value, str) else value


def _range(raw: Any, name: str, today: date) -> Period:
    if not isinstance(raw, dict) or not {"since", "until"} <= set(raw):
        raise broken("insights_range_keys", blame=name, param=name)
    try:
        since, until = (date.fromisoformat(str(raw[key])) for key in ("since", "until"))
    except ValueError:
        raise broken("insights_range_dates", blame=name, param=name) from None
    if since > until:
        raise broken("insights_range_order", blame=name)
    if since < months_before(today, KEPT_MONTHS):
        raise broken("insights_too_old", months=KEPT_MONTHS)
    return Period(since, until)


def _check_reach(
    ranges: tuple[Period, ...], breakdowns: tuple[str, ...], fields: tuple[str, ...], today: date
) -> None:
    unique = any(is_unique(name) for name in fields)
    limits = [
        ("frequency_value" in breakdowns, combinations.FREQUENCY_MONTHS),
        (bool(combinations.HOURLY & set(breakdowns)), combinations.UNIQUE_MONTHS),
        (bool(breakdowns) and unique, combinations.UNIQUE_MONTHS),
    ]
    for applies, months in limits:
        if applies and any(one.since < months_before(today, months) for one in ranges):
            raise broken("insights_breakdown_too_old", months=months)


def is_unique(name: str) -> bool:
    """Say whether a field counts people rather than events."""
    return name in ("reach", "frequency", "cpp") or "unique" in name


def _sort(raw: Any, breakdowns: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    found = []
    known = schema.readable_fields("AdsInsights") | set(breakdowns)
    for text in _names(raw):
        name, _, way = text.rpartition("_")
        if way not in ("ascending", "descending"):
            # A field alone is sorted upwards: Meta only says a direction can be appended.
            name, way = text, "ascending"
        if name.split(":")[0] not in known:
            raise broken("insights_sort", blame="sort", sort=text)
        found.append((name, way == "descending"))
    return tuple(found)


def wants_conversions(request: Request) -> bool:
    """Say whether any number asked for depends on what people did after the click."""
    names = (*request.fields, *(request.summary or ()), *(name for name, _ in request.sort))
    tested = (one.name for one in request.conditions)
    return any(
        part in name
        for name in (*names, *tested)
        for part in ("action", "conver", "roas", "result", "purchase")
    )
