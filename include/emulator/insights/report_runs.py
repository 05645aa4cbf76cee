"""Asynchronous reports: a run is made, works for a while, and is read when it is over.

A run's state follows from the clock and from what was decided when it was made, so it needs no
worker and goes on over a restart.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from emulator.calls.errors import GraphError
from emulator.calls.kinds import Edge, Json, Kind
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.insights.limits import limits_of, size_of
from emulator.insights.orders import next_order
from emulator.insights.page import read_page
from emulator.insights.reading import request_of
from emulator.insights.rows import Rows
from emulator.policy.rules import all_rules, broken
from emulator.state import Object

KEPT_SECONDS = 30 * 86400
# How long a run takes, in seconds: a little, and more the more it has to add up (inferred).
_QUEUED, _STARTED, _LEAST, _AD_DAYS_A_SECOND, _LONGEST = 0.3, 0.6, 0.6, 40_000, 600
_NOT_STARTED, _BEGUN, _RUNNING = "Job Not Started", "Job Started", "Job Running"
_COMPLETED, _FAILED, _SKIPPED = "Job Completed", "Job Failed", "Job Skipped"
#: Which rule a run that ends badly shows.
_FAILURES = {"failed": "insights_run_failed", "too_large": "insights_run_too_large"}
# A stuck run works for ever and never gets past this.
_STUCK_PERCENT = 87
#: Parameters of the call that are no part of the report.
_LEFT_OUT = ("access_token", "appsecret_proof", "after", "before", "limit", "method", "async")


def create(emulator: Emulator, call: Call, node: Object) -> Json:
    """Start a report on a node; a wrong request is refused now."""
    request = request_of(emulator, call, node, ())
    rows = Rows(emulator, node, request)
    size, limits = size_of(rows, request), limits_of(emulator)
    work = size.rows * size.ad_days_per_row
    order = next_order(emulator, "report_runs", node.id, call.params)
    outcome = order.outcome if order else ("too_large" if work > limits.run_ad_days else "")
    seconds = min(_LEAST + work / _AD_DAYS_A_SECOND, _LONGEST)
    fields = {
        "date_start": min(one.since for one in request.ranges).isoformat(),
        "date_stop": max(one.until for one in request.ranges).isoformat(),
        "time_ref": math.floor(emulator.clock.now()),
        "_node": node.id,
        "_params": {name: value for name, value in call.params.items() if name not in _LEFT_OUT},
        "_version": list(call.version),
        "_seconds": seconds,
        "_outcome": outcome,
        "_unreadable": order.seconds if order else 0,
    }
    run = emulator.new_object("report_run", emulator.account_of(node), fields)
    emulator.commit(call, "create", run)
    return {"report_run_id": run.id}


def _worked(emulator: Emulator, run: Object) -> float:
    return emulator.clock.now() - run.created


def status(emulator: Emulator, run: Object) -> str:
    """Return ``async_status``."""
    worked, outcome = _worked(emulator, run), run.fields["_outcome"]
    if worked < _QUEUED:
        return _NOT_STARTED
    if worked < _STARTED:
        return _BEGUN
    if outcome == "stuck" or worked < _STARTED + run.fields["_seconds"]:
        return _RUNNING
    return {"failed": _FAILED, "too_large": _FAILED, "skipped": _SKIPPED}.get(outcome, _COMPLETED)


def percent(emulator: Emulator, run: Object) -> int:
    """Return ``async_percent_completion``, 0 to 100."""
    state = status(emulator, run)
    if state in (_NOT_STARTED, _BEGUN, _SKIPPED):
        return 0
    if state == _COMPLETED:
        return 100
    share = (_worked(emulator, run) - _STARTED) / run.fields["_seconds"]
    most = _STUCK_PERCENT if run.fields["_outcome"] else 99
    return min(most, int(share * 100))


def _over(emulator: Emulator, run: Object) -> bool:
    return status(emulator, run) in (_COMPLETED, _FAILED, _SKIPPED)


def _completed_at(emulator: Emulator, run: Object) -> int | None:
    if not _over(emulator, run):
        return None
    return math.floor(run.created + _STARTED + float(run.fields["_seconds"]))


def _error(name: str) -> Any:
    """Return how to read one of the fields that say why a run failed."""

    def read(emulator: Emulator, run: Object) -> Any:
        if status(emulator, run) != _FAILED:
            return None
        rule = all_rules()[_FAILURES[run.fields["_outcome"]]]
        return {
            "error_code": rule.code,
            "error_subcode": rule.subcode,
            "error_message": rule.message,
            "error_user_title": rule.title,
            "error_user_msg": rule.user_message,
        }[name]

    return read


def _report(emulator: Emulator, call: Call, run: Object, names: Sequence[str]) -> Json:
    """Read a page of a run's rows."""
    expired = _worked(emulator, run) > KEPT_SECONDS
    if expired:
        raise broken("insights_run_expired", id=run.id)
    state = status(emulator, run)
    unreadable = run.fields["_outcome"] == "unreadable" and _since_over(emulator, run) < float(
        run.fields["_unreadable"]
    )
    if state != _COMPLETED or unreadable:
        error: GraphError = broken("insights_run_unreadable")
        error.transient = True
        raise error
    node = emulator.state.objects[run.fields["_node"]]
    asked: Mapping[str, Any] = {**run.fields["_params"], **_own(call)}
    inner = call.with_params(asked)
    request = request_of(emulator, inner, node, tuple(names), as_of=run.created)
    path = f"/v{call.version[0]}.{call.version[1]}/{run.id}/insights"
    return read_page(emulator, call, node, request, path, in_run=True)


def _own(call: Call) -> dict[str, Any]:
    """Return what a reader of a run may choose anew."""
    return {name: call.params[name] for name in ("sort", "filtering") if name in call.params}


def _since_over(emulator: Emulator, run: Object) -> float:
    return _worked(emulator, run) - _STARTED - float(run.fields["_seconds"])


KIND = Kind(
    name="report_run",
    title="AdReportRun",
    sdk_class="AdReportRun",
    default_fields=(
        "account_id", "time_ref", "time_completed", "async_status", "async_percent_completion",
        "date_start", "date_stop", "is_running", "error_code", "error_message", "error_subcode",
        "error_user_title", "error_user_msg",
    ),
    computed={
        "async_status": status,
        "async_percent_completion": percent,
        "time_completed": _completed_at,
        "is_running": lambda emulator, run: not _over(emulator, run),
        "is_bookmarked": lambda emulator, run: False,
        "is_async_export": lambda emulator, run: 0,
        **{
            name: _error(name)
            for name in (
                "error_code", "error_subcode", "error_message", "error_user_title",
                "error_user_msg",
            )
        },
    },
    edges={"insights": Edge(page=_report)},
)  # fmt: skip
