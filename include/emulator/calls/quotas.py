"""Meta's allowances: what an app and an ad account may call, and how long they must wait.

Nothing here reads a clock or knows a server: times are Unix seconds that the caller gives. The
numbers are those of Meta's page "Marketing API Rate Limiting" unless a comment says otherwise.
"""

import math
from collections import deque
from dataclasses import dataclass, field, fields
from typing import Any

_HOUR_MINUTES = 60
READ_POINTS, WRITE_POINTS = 1, 3
CALLS_PER_USER = 200
# A user error takes this much off the hourly allowance for insights.
_PER_USER_ERROR = 0.001
_NEVER_MET = 10**12


@dataclass(frozen=True)
class Limits:
    """The allowances of one access tier.

    ``score`` counts points of one app on one account; it drains to zero in
    ``score_decay_seconds``, and reaching it blocks for ``score_block_seconds``.
    ``ads_management`` and ``ads_insights`` are calls per account and hour, to which each active
    ad adds. ``app_users`` times 200 are the app's calls per hour.
    """

    score: int
    score_block_seconds: int
    ads_management: int
    ads_insights: int
    # How many users an app has, and what all its insights calls may cost Meta's servers, are
    # not documented: these numbers are inferred, and large enough not to be met by chance.
    app_users: int = 10_000
    app_insights: int = 1_000_000
    score_decay_seconds: int = 300
    ads_management_per_active_ad: int = 40
    ads_insights_per_active_ad: int = 400
    mutations_per_second: int = 100
    ad_set_budget_changes: int = 4

    @property
    def app_calls(self) -> int:
        """The app's calls per hour."""
        return CALLS_PER_USER * self.app_users

    def hourly(self, use_case: str, active_ads: int, user_errors: int) -> float:
        """Return an account's calls per hour for ``ads_management`` or ``ads_insights``."""
        if use_case == "ads_management":
            return self.ads_management + self.ads_management_per_active_ad * active_ads
        more = self.ads_insights_per_active_ad * active_ads - _PER_USER_ERROR * user_errors
        return self.ads_insights + more


TIERS = {
    "full": Limits(
        score=9000, score_block_seconds=60, ads_management=100_000, ads_insights=190_000
    ),
    "development": Limits(
        score=60, score_block_seconds=300, ads_management=300, ads_insights=600, app_users=10
    ),
    # No tier of Meta's: for load tests of a client.
    "unlimited": Limits(
        score=_NEVER_MET,
        score_block_seconds=0,
        ads_management=_NEVER_MET,
        ads_insights=_NEVER_MET,
        app_users=_NEVER_MET,
        app_insights=_NEVER_MET,
        mutations_per_second=_NEVER_MET,
        ad_set_budget_changes=_NEVER_MET,
    ),
}
#: What Meta's headers call the tiers.
TIER_NAMES = {
    "full": "standard_access",
    "development": "development_access",
    "unlimited": "standard_access",
}


def read_limits(tier: str, changes: dict[str, Any]) -> Limits:
    """Return a tier's limits, some of them changed; raise ValueError that says what is wrong."""
    if tier not in TIERS:
        raise ValueError(f"tier must be one of {', '.join(TIERS)}")
    known = [row.name for row in fields(Limits)]
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"unknown limit {name}; known are {', '.join(known)}")
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError(f"limit {name} must be a whole number, 0 or more")
    return Limits(**{**vars(TIERS[tier]), **changes})


@dataclass
class Window:
    """What was counted in the last hour, by the minute: sixty numbers at most."""

    minutes: deque[list[int]] = field(default_factory=deque)

    def add(self, now: float, amount: int = 1) -> None:
        """Count something now."""
        minute = int(now // 60)
        if not self.minutes or self.minutes[-1][0] != minute:
            self.minutes.append([minute, 0])
        self.minutes[-1][1] += amount

    def total(self, now: float) -> int:
        """Return the sum of the last hour; what lies ahead of a clock set back is forgotten."""
        minute = int(now // 60)
        while self.minutes and self.minutes[0][0] <= minute - _HOUR_MINUTES:
            self.minutes.popleft()
        while self.minutes and self.minutes[-1][0] > minute:
            self.minutes.pop()
        return sum(amount for _, amount in self.minutes)

    def seconds_until_below(self, now: float, limit: float) -> float:
        """Return how long it takes until less than ``limit`` is left of what was counted."""
        left = self.total(now)
        if left < limit:
            return 0.0
        for minute, amount in self.minutes:
            left -= amount
            if left < limit:
                return (minute + _HOUR_MINUTES) * 60 - now
        return 60.0 * _HOUR_MINUTES


@dataclass
class Score:
    """The points of one app on one account, and until when it is blocked."""

    points: float = 0.0
    since: float = 0.0
    blocked_until: float = 0.0

    def now(self, now: float, limits: Limits) -> float:
        """Return the points left: they drain evenly, a full score in the decay time."""
        drained = max(0.0, now - self.since) * limits.score / limits.score_decay_seconds
        return max(0.0, self.points - drained)

    def blocked_seconds(self, now: float, limits: Limits) -> float:
        """Return how long calls are still refused; a clock set back cannot make it longer."""
        left = self.blocked_until - now
        return left if 0 < left <= limits.score_block_seconds else 0.0

    def add(self, points: int, now: float, limits: Limits) -> bool:
        """Take a call's points; return False, and block, where they go over the score."""
        if self.blocked_seconds(now, limits):
            return False
        after = self.now(now, limits) + points
        if after > limits.score:
            self.blocked_until = now + limits.score_block_seconds
            return False
        self.points, self.since = after, now
        return True

    def percent(self, now: float, limits: Limits) -> float:
        """Return the share of the score in use, to two digits; 100 while blocked."""
        if self.blocked_seconds(now, limits):
            return 100.0
        return percent(self.now(now, limits), limits.score)

    def reset_seconds(self, now: float, limits: Limits) -> int:
        """Return how long it takes until the block is over, or else the score is zero."""
        blocked = self.blocked_seconds(now, limits)
        if blocked or not limits.score:
            return math.ceil(blocked)
        return math.ceil(self.now(now, limits) * limits.score_decay_seconds / limits.score)


def percent(used: float, limit: float) -> float:
    """Return a share in percent, to two digits, at most 100."""
    return 100.0 if used >= limit else round(100 * used / limit, 2)
