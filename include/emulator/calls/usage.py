"""Counts calls against Meta's allowances, refuses those above them, and tells it in headers."""

import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from emulator.calls.errors import GraphError
from emulator.calls.protocol import Call
from emulator.calls.quotas import (
    READ_POINTS,
    TIER_NAMES,
    WRITE_POINTS,
    Limits,
    Score,
    Window,
    percent,
    read_limits,
)
from emulator.emulator import Emulator
from emulator.objects.statuses import effective_status
from emulator.policy.rules import broken

QUOTAS_SETTING = "quotas"
_MANAGEMENT, _INSIGHTS = USE_CASES = ("ads_management", "ads_insights")
_MUTATED = ("campaign", "adset", "ad")
_MUTATED_EDGES = ("campaigns", "adsets", "ads")
_BUDGETS = frozenset(("daily_budget", "lifetime_budget"))


@dataclass
class _Account:
    """What one app did to one account. The counts live as long as the server runs."""

    score: Score = field(default_factory=Score)
    calls: dict[str, Window] = field(default_factory=lambda: {name: Window() for name in USE_CASES})
    points: dict[str, Window] = field(
        default_factory=lambda: {name: Window() for name in USE_CASES}
    )
    insights_errors: Window = field(default_factory=Window)
    second: int = 0
    mutations: int = 0
    active_ads: int = 0
    active_ads_minute: int = -1


class Usage:
    """The calls of the world's one app, counted by the emulator's clock."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        # The limits of the last call, with the setting they were read from.
        self._limits: tuple[object, Limits] | None = None
        self.forget()

    def forget(self) -> None:
        """Start counting anew."""
        self._accounts: dict[str, _Account] = defaultdict(_Account)
        self._app, self._app_points, self._app_insights = Window(), Window(), Window()
        self._budget_changes: dict[str, Window] = {}

    @property
    def tier(self) -> str:
        """The app's access tier: as set by the control, the command line or the world."""
        stored = self._emulator.state.settings.get(QUOTAS_SETTING, {})
        default = self._emulator.settings.tier or self._emulator.world.app.get("tier", "full")
        return str(stored.get("tier") or default)

    def limits(self) -> Limits:
        """Return the allowances in force."""
        stored = self._emulator.state.settings.get(QUOTAS_SETTING)
        if self._limits is None or self._limits[0] is not stored:
            limits = read_limits(self.tier, (stored or {}).get("limits", {}))
            self._limits = stored, limits
        return self._limits[1]

    def admit(self, call: Call, account: str) -> None:
        """Count a call, or raise the throttling error of the first allowance it goes over."""
        now, limits = self._emulator.clock.now(), self.limits()
        use_case, points = self._use_case(call), _points(call)
        self._check_app(now, limits, use_case)
        if account:
            self._check_account(call, account, now, limits)
        self._app.add(now)
        self._app_points.add(now, points)
        if use_case == _INSIGHTS:
            self._app_insights.add(now)
        if account:
            self._accounts[account].calls[use_case].add(now)
            self._accounts[account].points[use_case].add(now, points)

    def note_error(self, call: Call, account: str, error: GraphError) -> None:
        """Count a user's error, which makes the allowance for insights smaller."""
        if account and self._use_case(call) == _INSIGHTS and error.http_status < 500:
            self._accounts[account].insights_errors.add(self._emulator.clock.now())

    def _check_app(self, now: float, limits: Limits, use_case: str) -> None:
        if wait := self._app.seconds_until_below(now, limits.app_calls):
            raise _throttled(broken("throttled_app"), wait)
        if use_case == _INSIGHTS:
            wait = self._app_insights.seconds_until_below(now, limits.app_insights)
            if wait:
                raise _throttled(broken("throttled_app_insights"), wait)

    def _check_account(self, call: Call, account: str, now: float, limits: Limits) -> None:
        counts, use_case = self._accounts[account], self._use_case(call)
        mutates = self._mutates(call)
        if mutates and not _within_second(counts, now, limits):
            number = account.removeprefix("act_")
            raise _throttled(broken("throttled_mutations", account=number), 1)
        allowed = self._hourly(account, use_case, now, limits)
        if wait := counts.calls[use_case].seconds_until_below(now, allowed):
            raise _throttled(_hourly_refusal(use_case), wait)
        if mutates:
            self._check_budget_changes(call, now, limits)
        if not counts.score.add(_points(call), now, limits):
            raise _throttled(_score_refusal(call), counts.score.blocked_seconds(now, limits))

    def _check_budget_changes(self, call: Call, now: float, limits: Limits) -> None:
        node = self._emulator.state.objects.get(call.segments[0])
        if node is None or node.kind != "adset" or not _BUDGETS & set(call.params):
            return
        if call.validate_only:
            return
        recent = {name: one for name, one in self._budget_changes.items() if one.total(now)}
        window = recent.setdefault(node.id, Window())
        self._budget_changes = recent
        if wait := window.seconds_until_below(now, limits.ad_set_budget_changes):
            raise _throttled(broken("throttled_ad_set_budget"), wait)
        window.add(now)

    def _use_case(self, call: Call) -> str:
        """Return what Meta counts a call as: reports and their runs are ads_insights."""
        node = self._emulator.state.objects.get(call.segments[0]) if call.segments else None
        is_run = node is not None and node.kind == "report_run"
        return _INSIGHTS if is_run or call.segments[-1:] == ("insights",) else _MANAGEMENT

    def _mutates(self, call: Call) -> bool:
        if call.method != "POST" or not call.segments:
            return False
        if len(call.segments) > 1:
            return call.segments[1] in _MUTATED_EDGES
        node = self._emulator.state.objects.get(call.segments[0])
        return node is not None and node.kind in _MUTATED

    def _hourly(self, account: str, use_case: str, now: float, limits: Limits) -> float:
        counts = self._accounts[account]
        minute = int(now // 60)
        if counts.active_ads_minute != minute:
            # Once a minute is enough: looking at every ad on every call would cost more than it.
            ads = self._emulator.state.children(account, "ad")
            active = sum(effective_status(self._emulator, ad) == "ACTIVE" for ad in ads)
            counts.active_ads, counts.active_ads_minute = active, minute
        return limits.hourly(use_case, counts.active_ads, counts.insights_errors.total(now))

    def headers(self, call: Call, account: str, error: GraphError | None) -> dict[str, str]:
        """Return the usage headers that go with an answer."""
        now, limits = self._emulator.clock.now(), self.limits()
        wait = error.regain_minutes or 0 if error else 0
        app = self._app_shares(now, limits)
        if wait and error and error.code == 4:
            app["call_count"] = 100
        headers = {"X-App-Usage": json.dumps(app)}
        if not account:
            return headers
        score, tier = self._accounts[account].score, TIER_NAMES[self.tier]
        scripted = bool(wait and error and error.rule is None)
        headers["X-Ad-Account-Usage"] = json.dumps(
            {
                "acc_id_util_pct": 100 if scripted else score.percent(now, limits),
                "reset_time_duration": wait * 60 if scripted else score.reset_seconds(now, limits),
                "ads_api_access_tier": tier,
            }
        )
        cases = self._use_cases(call, account, now, limits)
        if scripted:
            cases[0] |= {"call_count": 100, "estimated_time_to_regain_access": wait}
        business = {account.removeprefix("act_"): cases}
        headers["X-Business-Use-Case-Usage"] = json.dumps(business)
        if self._use_case(call) == _INSIGHTS:
            throttle = {
                "app_id_util_pct": percent(self._app_insights.total(now), limits.app_insights),
                "acc_id_util_pct": cases[0]["call_count"],
                "ads_api_access_tier": tier,
            }
            headers["X-FB-Ads-Insights-Throttle"] = json.dumps(throttle)
        return headers

    def _app_shares(self, now: float, limits: Limits) -> dict[str, int]:
        calls, points = self._app.total(now), self._app_points.total(now)
        return _shares(calls, points, limits.app_calls)

    def _use_cases(self, call: Call, account: str, now: float, limits: Limits) -> list[Any]:
        """Return the entries of the business use cases in use, that of this call first."""
        counts, current = self._accounts[account], self._use_case(call)
        entries = []
        for use_case in sorted(USE_CASES, key=lambda name: name != current):
            calls, allowed = counts.calls[use_case], self._hourly(account, use_case, now, limits)
            used = calls.total(now)
            if not used and use_case != current:
                continue
            wait = calls.seconds_until_below(now, allowed)
            entries.append(
                {
                    "type": use_case,
                    **_shares(used, counts.points[use_case].total(now), allowed),
                    "estimated_time_to_regain_access": math.ceil(wait / 60),
                    "ads_api_access_tier": TIER_NAMES[self.tier],
                }
            )
        return entries

    def summary(self) -> dict[str, Any]:
        """Return the tier, its limits and what has been used, for the control and the page."""
        now, limits = self._emulator.clock.now(), self.limits()
        accounts = {}
        for account, counts in self._accounts.items():
            row: dict[str, Any] = {
                "score": round(counts.score.now(now, limits), 2),
                "score_percent": counts.score.percent(now, limits),
                "blocked_seconds": math.ceil(counts.score.blocked_seconds(now, limits)),
                "active_ads": counts.active_ads,
            }
            for use_case, calls in counts.calls.items():
                allowed = self._hourly(account, use_case, now, limits)
                row[use_case] = {"calls": calls.total(now), "limit": math.floor(allowed)}
            accounts[account] = row
        return {
            "tier": self.tier,
            "limits": vars(limits),
            "app": {"calls": self._app.total(now), "limit": limits.app_calls},
            "accounts": accounts,
        }


def _points(call: Call) -> int:
    return READ_POINTS if call.method == "GET" else WRITE_POINTS


def _within_second(counts: _Account, now: float, limits: Limits) -> bool:
    if counts.second != int(now):
        counts.second, counts.mutations = int(now), 0
    counts.mutations += 1
    return counts.mutations <= limits.mutations_per_second


def _shares(calls: int, points: int, allowed: float) -> dict[str, int]:
    """Return the three percentages of a usage header.

    Meta measures processor and wall time; here both follow the points, so that writes weigh three
    times as much as reads (inferred).
    """
    call_share = int(percent(calls, allowed))
    time_share = int(percent(points, allowed * WRITE_POINTS))
    return {"call_count": call_share, "total_cputime": time_share, "total_time": time_share}


def _hourly_refusal(use_case: str) -> GraphError:
    if use_case == _INSIGHTS:
        return broken("throttled_ads_insights")
    return broken("throttled_ads_management")


def _score_refusal(call: Call) -> GraphError:
    if call.method == "GET":
        return broken("throttled_score")
    return broken("throttled_score_of_writes")


def _throttled(error: GraphError, seconds: float) -> GraphError:
    """Return the refusal as a passing one, with the minutes until calls are taken again."""
    error.transient = True
    error.regain_minutes = max(1, math.ceil(seconds / 60))
    return error
