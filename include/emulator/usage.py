"""The usage headers: how much of its hourly allowance each caller has spent."""

import json
from collections import defaultdict, deque
from typing import Any

from emulator.errors import GraphError
from emulator.protocol import Call

# The documented hourly allowance of ads_management calls in the Full tier, before active ads.
HOURLY_CALLS = 100_000
_HOUR = 3600


class Usage:
    """Counts calls per ad account (and altogether) over the last hour of the emulator's clock."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def count(self, account: str, now: float) -> None:
        """Note one call; ``account`` is empty for calls about no account."""
        for key in {"", account}:
            self._calls[key].append(now)

    def percent(self, account: str, now: float) -> int:
        """Return the share of the allowance spent, in whole percent."""
        calls = self._calls[account]
        while calls and calls[0] < now - _HOUR:
            calls.popleft()
        return min(100, len(calls) * 100 // HOURLY_CALLS)

    def headers(
        self, call: Call, account: str, now: float, error: GraphError | None
    ) -> dict[str, str]:
        """Return the usage headers that go with an answer."""
        regain = error.regain_minutes if error and error.regain_minutes else 0
        whole = 100 if regain else self.percent("", now)
        app = {"call_count": whole, "total_cputime": 0, "total_time": 0}
        headers = {"X-App-Usage": json.dumps(app)}
        if account:
            share = 100 if regain else self.percent(account, now)
            headers["X-Ad-Account-Usage"] = json.dumps(
                {
                    "acc_id_util_pct": share,
                    "reset_time_duration": regain * 60,
                    "ads_api_access_tier": "standard_access",
                }
            )
            headers["X-Business-Use-Case-Usage"] = json.dumps(
                {account.removeprefix("act_"): [_use_case(call, share, regain)]}
            )
            if call.segments[-1:] == ("insights",):
                throttle = {
                    "app_id_util_pct": whole,
                    "acc_id_util_pct": share,
                    "ads_api_access_tier": "standard_access",
                }
                headers["X-FB-Ads-Insights-Throttle"] = json.dumps(throttle)
        return headers


def _use_case(call: Call, share: int, regain: int) -> dict[str, Any]:
    insights = call.segments[-1:] == ("insights",)
    return {
        "type": "ads_insights" if insights else "ads_management",
        "call_count": share,
        "total_cputime": 0,
        "total_time": 0,
        "estimated_time_to_regain_access": regain,
        "ads_api_access_tier": "standard_access",
    }
