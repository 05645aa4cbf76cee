"""Reading insights: at once page by page, or as report runs that Meta makes in its own time.

Source: Marketing API, "Insights", "Asynchronous Reports", "Limits and Best Practices". Archived and
deleted ads count in their account's numbers, but have rows of their own only when a filter names
their status.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

from meta_ads.errors import AskForLess, MetaAdsError, NotReadyYet, StopAndAsk, TryAgain
from meta_ads.graph.classification import Effect
from meta_ads.graph.client import GraphClient, as_parameters, checked_id, next_cursor
from meta_ads.graph.faults import Envelope
from meta_ads.graph.transport import Answer
from meta_ads.syncing.insight_ports import (
    AccountDay,
    Node,
    Question,
    ReportRun,
    RunState,
)
from meta_ads.syncing.insight_rows import InsightRow, Page
from meta_ads.syncing.insight_slices import Slice

Row = TypeVar("Row")
#: Rows of a page, at first and at most; Meta names no limit.
PAGE_ROWS = 1000
# A page that Meta found too large is halved; after so many good ones it is doubled again.
_GOOD_PAGES = 5
_OF_AD = (
    "campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id", "ad_name", "objective",
)  # fmt: skip
_SUMS = ("spend", "impressions", "clicks", "inline_link_clicks")
_PEOPLE = ("reach", "frequency")
_ACTIONS = ("actions", "action_values")
_ALL_STATUSES = (
    "ACTIVE",
    "PAUSED",
    "DELETED",
    "ARCHIVED",
    "PENDING_REVIEW",
    "DISAPPROVED",
    "PREAPPROVED",
    "PENDING_BILLING_INFO",
    "CAMPAIGN_PAUSED",
    "ADSET_PAUSED",
    "IN_PROCESS",
    "WITH_ISSUES",
)
_EVERY_AD = {"field": "ad.effective_status", "operator": "IN", "value": list(_ALL_STATUSES)}
_BELOW = {"account": "campaign", "campaign": "adset", "adset": "ad"}
_REDUCE = "reduce the amount of data"
# Too much for one call, or too slow: a smaller question passes.
_TOO_LARGE = {(100, 1487534), (100, 1504018), (2, 1504038), (-3, 1504045)}
_RUN_TOO_LARGE = {1504045, 1487534}
_UNREADABLE = 1815107
_UNREADABLE_PAUSE = timedelta(seconds=15)
_COMPLETED, _ENDED_BADLY = "Job Completed", ("Job Failed", "Job Skipped")
_ALL_PERCENT = 100


def insight_pages(
    client: GraphClient, node: Node, part: Slice, question: Question
) -> Iterator[Page]:
    """Yield the rows of a node's report, one page while the next one is on its way."""
    doing = f"read insights of {node.id}, {part}"
    path = (checked_id(node.id), "insights")
    return ahead(_pages(client, doing, path, _report(part, question), _ROWS))


def start_report_run(client: GraphClient, node: Node, part: Slice, question: Question) -> str:
    """Have Meta make the report; return the run's id. A run that is lost costs nothing but quota.

    The run is asked for as a read, so that a lost answer is simply asked for again.
    """
    doing = f"start a report on {node.id}, {part}"
    form = as_parameters(_report(part, question))
    answer = client.send("POST", doing, Effect.READ, [checked_id(node.id), "insights"], form=form)
    _raise_too_large(client.judge.envelope(answer), doing)
    run_id = client.judge.value(answer, doing, Effect.READ).get("report_run_id")
    if not run_id:
        raise TryAgain(f"{doing}: Meta named no report run. Asking again is safe.")
    return str(run_id)


def report_run(client: GraphClient, run_id: str) -> ReportRun:
    """Return where Meta is with a run. It is over when it says so and has reached 100 percent."""
    body = client.get(
        f"look at report run {run_id}",
        checked_id(run_id),
        fields="async_status,async_percent_completion,error_code,error_subcode,error_message",
    )
    status = body.get("async_status")
    if status in _ENDED_BADLY:
        why = str(body.get("error_message") or status)
        return ReportRun(RunState.FAILED, body.get("error_subcode") in _RUN_TOO_LARGE, why)
    percent = body.get("async_percent_completion")
    over = status == _COMPLETED and percent == _ALL_PERCENT
    state = RunState.COMPLETED if over else RunState.WORKING
    return ReportRun(state, percent=percent if isinstance(percent, int) else 0)


def report_pages(client: GraphClient, run_id: str) -> Iterator[Page]:
    """Yield the rows of a completed run; NotReadyYet while Meta cannot show them."""
    doing = f"read report run {run_id}"
    return ahead(_pages(client, doing, (checked_id(run_id), "insights"), {}, _ROWS))


def nodes_below(client: GraphClient, node: Node, part: Slice) -> list[Node]:
    """Return the objects one level below that have rows in these days, by their own reports."""
    level = _BELOW[node.level]
    doing = f"list each {level} of {node.id} with insights, {part}"
    asked = {
        "level": level,
        "fields": f"{level}_id",
        "time_range": _range(part),
        "filtering": [_EVERY_AD],
    }
    path = (checked_id(node.id), "insights")
    pages = _pages(client, doing, path, asked, _OBJECTS, halve_when_slow=True)
    return [Node(str(row[f"{level}_id"]), level) for page in pages for row in page]


def account_days(client: GraphClient, account_id: str, part: Slice) -> Iterator[AccountDay]:
    """Yield the account's own sums by day."""
    doing = f"read the account's insights of {account_id}, {part}"
    asked = {
        "level": "account",
        "fields": "spend,impressions",
        "time_increment": 1,
        "time_range": _range(part),
    }
    path = (checked_id(account_id), "insights")
    for page in _pages(client, doing, path, asked, _OBJECTS, halve_when_slow=True):
        for row in page:
            yield AccountDay(
                date.fromisoformat(row["date_start"]),
                Decimal(row.get("spend") or 0),
                int(row.get("impressions") or 0),
            )


def _report(part: Slice, question: Question) -> dict[str, Any]:
    """Return the parameters of a daily report; at once and as a run they are the same.

    An account's own numbers have its archived and deleted ads without a filter.
    """
    report = question.report
    fields = [*_SUMS, *(_PEOPLE if report.unique else ()), *(_ACTIONS if report.actions else ())]
    if report.level == "ad":
        fields = ["ad_id", *fields] if report.breakdowns else [*_OF_AD, *fields]
    return {
        "level": report.level,
        "fields": ",".join(fields),
        "time_increment": 1,
        "time_range": _range(part),
        "filtering": [_EVERY_AD] if report.level == "ad" else None,
        "breakdowns": list(report.breakdowns) or None,
        "action_breakdowns": ["action_type"] if report.actions else None,
        "action_attribution_windows": list(question.windows) or None if report.actions else None,
    }


def _range(part: Slice) -> dict[str, str]:
    return {"since": part.since.isoformat(), "until": part.until.isoformat()}


class _Body(msgspec.Struct, Generic[Row]):
    """An answer's body when all is well."""

    data: list[Row]
    paging: dict[str, Any] | None = None
    error: Any = None


_ROWS = msgspec.json.Decoder(_Body[InsightRow])
_OBJECTS = msgspec.json.Decoder(_Body[dict[str, Any]])


def _pages(
    client: GraphClient,
    doing: str,
    path: Sequence[str],
    asked: Mapping[str, Any],
    decoder: msgspec.json.Decoder[_Body[Row]],
    halve_when_slow: bool = False,
) -> Iterator[list[Row]]:
    """Yield page by page, by cursor. "Reduce the amount of data" halves the page and goes on.

    Raises AskForLess when Meta finds even one row, or the whole question, too much.
    """
    limit, good = PAGE_ROWS, 0
    after: str | None = None
    while True:
        query = as_parameters({**asked, "limit": limit, "after": after})
        answer = client.send("GET", doing, Effect.READ, path, query=query)
        body, why = _decoded(answer, decoder)
        if body is None:
            envelope = client.judge.envelope(answer)
            if limit > 1 and _halvable(envelope, halve_when_slow):
                limit, good = limit // 2, 0
                continue
            _raise_too_large(envelope, doing)
            _raise_unreadable(client, envelope, doing)
            raise _no_rows(client, answer, doing, why)
        following = next_cursor({"paging": body.paging})
        yield body.data
        if following is None:
            return
        if following == after:
            raise TryAgain(f"{doing}: Meta named the same page again as the next one.")
        after, good = following, good + 1
        if good >= _GOOD_PAGES and limit < PAGE_ROWS:
            limit, good = min(limit * 2, PAGE_ROWS), 0


def _decoded(
    answer: Answer, decoder: msgspec.json.Decoder[_Body[Row]]
) -> tuple[_Body[Row] | None, str]:
    """Return the rows of a good answer; None and what is odd about it for any other."""
    if not answer.ok:
        return None, f"HTTP {answer.status_code}"
    try:
        body = decoder.decode(answer.content)
    except msgspec.MsgspecError as error:
        return None, str(error)
    return (body, "") if body.error is None else (None, "it holds an error, too")


def _no_rows(client: GraphClient, answer: Answer, doing: str, why: str) -> MetaAdsError:
    """Return the error for an answer that is not the rows it should be; raise what Meta says."""
    page = client.judge.value(answer, doing, Effect.READ)
    if not isinstance(page.get("data"), list):
        return TryAgain(f"{doing}: the page holds no list. Reading again is safe.")
    return StopAndAsk(
        f"{doing}: Meta's rows are not as they were ({why}). Nothing of the slice was changed; "
        "report this with the message, the package must learn the new form."
    )


def _halvable(envelope: Envelope | None, slow_too: bool) -> bool:
    if envelope is None:
        return False
    fault = envelope.fault
    too_slow = (fault.code, fault.subcode) in _TOO_LARGE
    return _REDUCE in fault.message.lower() or (slow_too and too_slow)


def _raise_too_large(envelope: Envelope | None, doing: str) -> None:
    if envelope is None:
        return
    fault = envelope.fault
    if (fault.code, fault.subcode) in _TOO_LARGE or _REDUCE in fault.message.lower():
        raise AskForLess(f"{doing}: {fault}")


def _raise_unreadable(client: GraphClient, envelope: Envelope | None, doing: str) -> None:
    if envelope is not None and envelope.fault.subcode == _UNREADABLE:
        not_before = client.clock() + _UNREADABLE_PAUSE
        raise NotReadyYet(f"{doing}: {envelope.fault}.", not_before)


def ahead(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield pages while a thread asks for the next one: Meta and Postgres work at the same time.

    At most two pages are held. The thread uses the client alone until this ends.
    """
    with ThreadPoolExecutor(1, "insights") as pool:
        coming = pool.submit(next, pages, None)
        while (page := coming.result()) is not None:
            coming = pool.submit(next, pages, None)
            yield page
