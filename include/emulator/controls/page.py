"""What a person sees in a browser: the accounts and what stands in them, delivery, the journal."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from emulator.calls import graph
from emulator.calls.errors import GraphError
from emulator.calls.protocol import make_call
from emulator.calls.quotas import TIERS
from emulator.calls.usage import Usage
from emulator.clock import meta_text
from emulator.emulator import Emulator
from emulator.injection.faults import ACTIONS, load_faults
from emulator.media.processing import video_status
from emulator.objects.statuses import effective_status
from emulator.policy.currencies import currencies
from emulator.snapshots import list_snapshots
from emulator.state import Object

JOURNAL_ROWS = 50
# The newest of each are on the first page; an account has a page of its own with more of them.
_ROWS_AT_HOME, _ROWS_OF_ACCOUNT = 10, 200
_LOG_ROWS = 20
_BELOW = {"campaign": "adset", "adset": "ad"}
_MEDIA = ("creative", "video", "image", "label")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class Pages:
    """The pages of one server; nothing on them is loaded from elsewhere or needs scripts."""

    emulator: Emulator
    usage: Usage

    def routes(self) -> list[Route]:
        """Return the routes of all pages but the first, relative to ``/_emulator``."""
        return [
            Route("/pages/journal", self.journal),
            Route("/pages/accounts/{id}", self.account),
        ]

    def home(self) -> Response:
        """Return the page at ``/``."""
        state = self.emulator.state
        accounts = [obj for obj in state.objects.values() if obj.kind == "account"]
        last_fault = max(0, state.injected_fault_count() - _LOG_ROWS)
        return self._render(
            "home.html",
            accounts=[_account(self.emulator, one, _ROWS_AT_HOME) for one in accounts],
            faults=load_faults(self.emulator),
            actions=ACTIONS,
            log=state.injected_faults(last_fault)[::-1],
            quotas=self.usage.summary(),
            tiers=list(TIERS),
            snapshots=list_snapshots(self.emulator),
            **self._entries(state.journal_length() + 1),
        )

    def wrong(self, reason: str) -> Response:
        """Return the page that says why a form was refused."""
        return self._render("wrong.html", status=400, reason=reason)

    async def journal(self, request: Request) -> Response:
        """Return a page of the journal, newest first, below the entry ``before``."""
        before = request.query_params.get("before", "")
        last = self.emulator.state.journal_length() + 1
        return self._render(
            "journal.html", **self._entries(int(before) if before.isdigit() else last)
        )

    async def account(self, request: Request) -> Response:
        """Return the page of one account."""
        account = self.emulator.find(request.path_params["id"], "account")
        if account is None:
            return self._render("wrong.html", status=404, reason="There is no such account.")
        row = _account(self.emulator, account, _ROWS_OF_ACCOUNT)
        return self._render("account.html", account=row)

    def _entries(self, before: int) -> dict[str, Any]:
        since = max(0, before - 1 - JOURNAL_ROWS)
        entries = self.emulator.state.journal(since, max(0, before - 1 - since))
        return {"entries": entries[::-1], "older": since + 1 if since else None}

    def _render(self, template: str, status: int = 200, **words: Any) -> Response:
        clock = self.emulator.clock
        html = (
            _templates()
            .get_template(template)
            .render(
                now=meta_text(clock.now(), "UTC"),
                offset=_offset(clock.offset_seconds),
                lag=self.emulator.list_lag_seconds,
                **words,
            )
        )
        return HTMLResponse(html, status, _HEADERS)


def _offset(seconds: float) -> str:
    """Say how far a clock is from real time, such as ``5 days, 0:00:20 ahead of``."""
    if not round(seconds):
        return ""
    return f"{timedelta(seconds=abs(round(seconds)))} {'ahead of' if seconds > 0 else 'behind'}"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("emulator"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _account(emulator: Emulator, account: Object, rows: int) -> dict[str, Any]:
    children = emulator.state.children
    campaigns = children(account.id, "campaign")
    counts = {kind: len(children(account.id, kind)) for kind in ("campaign", "adset", "ad")}
    counts |= {kind: len(children(account.id, kind)) for kind in _MEDIA}
    delivery = _delivery(emulator, account) if campaigns else {}
    currency = str(account.fields["currency"])
    return {
        "id": account.id,
        "name": account.fields["name"],
        "currency": currency,
        "zone": account.fields["timezone_name"],
        "open": account.fields["account_status"] == 1,
        "counts": {kind: count for kind, count in counts.items() if count},
        "campaigns": [
            {**_row(emulator, one, currency, rows // 2), "delivery": delivery.get(one.id)}
            for one in campaigns[:rows]
        ],
        "more": max(0, len(campaigns) - rows),
        "videos": [
            {"id": one.id, "name": one.fields.get("title"), "status": video_status(emulator, one)}
            for one in children(account.id, "video")[:rows]
        ],
    }


def _row(emulator: Emulator, obj: Object, currency: str, rows: int) -> dict[str, Any]:
    """Return an object with at most so many below it, and half as many below each of those."""
    below = _BELOW.get(obj.kind)
    children = emulator.state.children(obj.id, below) if below else ()
    return {
        "id": obj.id,
        "kind": obj.kind,
        "name": obj.fields.get("name", ""),
        "status": effective_status(emulator, obj),
        "budget": _budget(obj, currency),
        "delivery": None,
        "below": [_row(emulator, one, currency, max(1, rows // 2)) for one in children[:rows]],
        "more": max(0, len(children) - rows),
    }


def _budget(obj: Object, currency: str) -> str:
    for name, words in (("daily_budget", "a day"), ("lifetime_budget", "in all")):
        minor = int(obj.fields.get(name) or 0)
        if minor:
            offset = currencies()[currency].offset
            amount = f"{minor:,}" if offset == 1 else f"{minor / offset:,.2f}"
            return f"{amount} {currency} {words}"
    return ""


def _delivery(emulator: Emulator, account: Object) -> dict[str, dict[str, Any]]:
    """Return spend and impressions of the last seven days by campaign, asked as a client asks."""
    params = {
        "access_token": next(iter(emulator.world.tokens)),
        "date_preset": "last_7d",
        "fields": "campaign_id,spend,impressions",
        "level": "campaign",
        "limit": str(_ROWS_OF_ACCOUNT),
    }
    call = make_call("GET", f"/{account.id}/insights", params, "")
    try:
        rows = graph.answer(emulator, call)["data"]
    except GraphError:
        # The page must stand when the world's first token cannot read, or no longer.
        return {}
    return {str(row["campaign_id"]): row for row in rows}
