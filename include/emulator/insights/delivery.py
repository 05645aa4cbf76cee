"""What each ad delivered, by day and by part of a day; worked out, never stored."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date

from emulator.emulator import Emulator
from emulator.history import versions
from emulator.insights.activity import account_on, ad_on, ad_set_on, campaign_on
from emulator.insights.caps import CapSteps, within_caps
from emulator.insights.days import Day, date_at
from emulator.insights.intervals import Intervals, both
from emulator.insights.measures import (
    FINAL_AFTER,
    KNOWN,
    NOTHING,
    Measures,
    Nature,
    measure,
    nature_of,
    subtracted,
)
from emulator.insights.mixing import mixed, seed_of
from emulator.insights.pools import Budget, Pool, budgets_of, shared_budgets
from emulator.policy.currencies import currencies
from emulator.state import Object

#: Seconds: what happened shows up in reports at the next full quarter of an hour.
FRESH_EVERY = 900
_DEFAULT_WINDOWS = (7, 1)
_DAY = 86400


@dataclass(frozen=True, slots=True)
class AdDelivery:
    """One ad: when it was on, what it is like, and the budgets it spent from."""

    nature: Nature
    on: Intervals
    starts: list[float]
    pools: tuple[Pool, ...]
    steady: bool
    #: Whether it showed a video, and since when, where that ever changed.
    videos: tuple[tuple[float, bool], ...]

    def nature_on(self, day: Day) -> Nature:
        """Return what the ad was like when the day began."""
        if len(self.videos) < 2:
            return self.nature
        shown = [video for since, video in self.videos if since <= day.start]
        return replace(self.nature, is_video=shown[-1] if shown else self.videos[0][1])

    def spent(self, day: Day, start: float, end: float) -> float:
        """Return what the ad spent in that part of the day, in minor units and fractions."""
        total = 0.0
        place = max(0, bisect_right(self.starts, start) - 1)
        whole = start == day.start and end == day.end and bool(self.on)
        if whole and self.on[place][0] <= start and end <= self.on[place][1]:
            for pool in self.pools:
                total += pool.whole(day)
            return total * self.nature.weight
        for began, ended in self.on[place:]:
            if began >= end:
                break
            first, last = max(began, start), min(ended, end)
            if first < last:
                for pool in self.pools:
                    total += pool.spent(day, first, last)
        return total * self.nature.weight

    def carried(self, day: Day) -> float:
        """Return the broken minor unit that lifetime budgets left over before the day."""
        if not self.steady:
            return 0.0
        total = sum(
            pool.spent_steadily(began, min(ended, day.start))
            for pool in self.pools
            for began, ended in self.on
            if began < day.start
        )
        return (total * self.nature.weight) % 1


class Delivery:
    """What the ads of a server deliver, seen at one moment of its clock."""

    def __init__(self, emulator: Emulator, pools: "_Market") -> None:
        self.emulator, self._market = emulator, pools
        self.now = emulator.clock.now() // FRESH_EVERY * FRESH_EVERY

    def today(self, zone_name: str) -> date:
        """Return the current calendar day in a zone."""
        return date_at(self.emulator.clock.now(), zone_name)

    def of_ad(self, ad: Object) -> AdDelivery:
        """Return one ad's delivery."""
        return self._market.of_ad(ad)

    def day(self, ad: Object, day: Day, today: int, converted: bool = True) -> Measures:
        """Return what an ad delivered on a day so far; ``today`` is a ``date.toordinal()``."""
        until = min(day.end, self.now)
        return self._until(self._market.of_ad(ad), day, until, today, converted)

    def part(self, ad: Object, day: Day, start: float, end: float, today: int) -> Measures:
        """Return what an ad delivered in a part of a day so far."""
        delivery = self._market.of_ad(ad)
        until, since = min(end, self.now), min(start, self.now)
        return subtracted(
            self._until(delivery, day, until, today), self._until(delivery, day, since, today)
        )

    def _until(
        self, delivery: AdDelivery, day: Day, until: float, today: int, converted: bool = True
    ) -> Measures:
        money = delivery.spent(day, day.start, until)
        if money <= 0:
            return NOTHING
        known = KNOWN[min(max(today - day.number, 0), FINAL_AFTER)]
        nature = delivery.nature_on(day)
        bits = mixed(nature.seed + day.number)
        return measure(nature, money, delivery.carried(day), bits, known, converted)

    def days_on(self, ad: Object, zone_name: str) -> tuple[date, date] | None:
        """Return the first and last day on which the ad may have delivered, None if never."""
        on = [piece for piece in self._market.of_ad(ad).on if piece[0] < self.now]
        if not on:
            return None
        return date_at(on[0][0], zone_name), date_at(min(on[-1][1], self.now), zone_name)


class _Market:
    """Every ad's delivery, worked out once per campaign and kept until something changes."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._known_at: tuple[int, float] = (-1, 0.0)
        self._forget()

    def _forget(self) -> None:
        self._ads: dict[str, AdDelivery] = {}
        self._accounts: dict[str, Intervals] = {}

    def of_ad(self, ad: Object) -> AdDelivery:
        state = self._emulator.state
        # Whether a cap is reached is looked for up to tomorrow only, so days count too.
        known_at = (state.revision, self._emulator.clock.now() // _DAY)
        if known_at != self._known_at:
            self._known_at = known_at
            self._forget()
        found = self._ads.get(ad.id)
        if found is None:
            campaign = state.objects[ad.parents[1]]
            self._ads |= self._campaign(campaign, self._account(state.objects[ad.account]))
            found = self._ads[ad.id]
        return found

    def _account(self, account: Object) -> Intervals:
        """Return when an account delivers: in good standing, and below its spend cap."""
        found = self._accounts.get(account.id)
        if found is None:
            on, steps = account_on(account), _account_caps(account)
            ads: list[AdDelivery] = []
            if any(most is not None for _, most in steps):
                for campaign in self._emulator.state.children(account.id, "campaign"):
                    ads.extend(self._campaign(campaign, on).values())
            found = self._accounts[account.id] = self._capped(account, steps, on, ads)
        return found

    def _campaign(self, campaign: Object, account: Intervals) -> dict[str, AdDelivery]:
        """Return the delivery of a campaign's ads, while the account delivers."""
        zone_name = self._emulator.zone_of(campaign)
        on = both(account, campaign_on(campaign, zone_name, self._emulator.settings))
        steps = _campaign_caps(campaign)
        found = self._members(campaign, on)
        below = self._capped(campaign, steps, on, list(found.values()))
        return found if below is on else self._members(campaign, below)

    def _capped(
        self, owner: Object, steps: CapSteps, on: Intervals, ads: list[AdDelivery]
    ) -> Intervals:
        def spent(day: Day, start: float, end: float) -> float:
            return sum(ad.spent(day, start, end) for ad in ads)

        horizon = (self._known_at[1] + 2) * _DAY
        return within_caps(steps, on, spent, self._emulator.zone_of(owner), horizon)

    def _members(self, campaign: Object, allowed: Intervals) -> dict[str, AdDelivery]:
        emulator = self._emulator
        zone_name, settings = emulator.zone_of(campaign), emulator.settings
        account = emulator.account_of(campaign)
        ad_sets = list(emulator.state.children(campaign.id, "adset"))
        per_dollar = currencies()[account.fields["currency"]].minor_units(1000) / 1000
        objective = str(campaign.fields.get("objective"))
        ads: dict[str, list[tuple[Object, Nature, Intervals]]] = {one.id: [] for one in ad_sets}
        for ad_set in ad_sets:
            windows = _windows(ad_set)
            on = both(allowed, ad_set_on(ad_set, zone_name, settings))
            for ad in emulator.state.children(ad_set.id, "ad"):
                video = _videos(emulator, ad)[-1][1]
                nature = nature_of(ad.id, objective, per_dollar, video, windows)
                ads[ad_set.id].append((ad, nature, both(on, ad_on(ad, settings))))
        everyone = [one for members in ads.values() for one in members]
        shared = _pool(campaign, shared_budgets(campaign, ad_sets, zone_name), everyone)
        found = {}
        for ad_set in ad_sets:
            own = _pool(ad_set, budgets_of(ad_set, "end_time", zone_name), ads[ad_set.id])
            pools = tuple(pool for pool in (shared, own) if pool.funded)
            steady = any(pool.steady for pool in pools)
            for ad, nature, intervals in ads[ad_set.id]:
                starts = [start for start, _ in intervals]
                found[ad.id] = AdDelivery(
                    nature, intervals, starts, pools, steady, _videos(emulator, ad)
                )
        return found


def _pool(
    owner: Object, budgets: list[Budget], members: list[tuple[Object, Nature, Intervals]]
) -> Pool:
    return Pool(seed_of(owner.id), budgets, [(nature.weight, on) for _, nature, on in members])


def _account_caps(account: Object) -> CapSteps:
    """Return an account's caps; its counter may have been set back in between."""
    found: CapSteps = []
    for since, fields in versions("account", account.fields, account.created):
        cap, spent, before = (
            int(fields[name] or 0) for name in ("spend_cap", "amount_spent", "_delivered_before")
        )
        found.append((since if found else 0.0, cap - spent + before if cap else None))
    return found


def _campaign_caps(campaign: Object) -> CapSteps:
    return [
        (since if place else 0.0, int(fields["spend_cap"]) if fields["spend_cap"] else None)
        for place, (since, fields) in enumerate(
            versions("campaign", campaign.fields, campaign.created)
        )
    ]


def _windows(ad_set: Object) -> tuple[int, int]:
    """Return the days after a click and after a view for which conversions count."""
    spec = ad_set.fields.get("attribution_spec")
    if not spec:
        return _DEFAULT_WINDOWS
    days = {row.get("event_type"): int(row.get("window_days") or 0) for row in spec}
    return days.get("CLICK_THROUGH", 0), days.get("VIEW_THROUGH", 0)


def _videos(emulator: Emulator, ad: Object) -> tuple[tuple[float, bool], ...]:
    """Return since when the ad has shown a video, or none."""
    return tuple(
        (since, _is_video(emulator, str(fields["_creative"])))
        for since, fields in versions("ad", ad.fields, ad.created)
    )


def _is_video(emulator: Emulator, creative_id: str) -> bool:
    creative = emulator.state.objects.get(creative_id)
    if creative is None:
        return False
    story = creative.fields.get("object_story_spec") or {}
    return "video_data" in story or bool(creative.fields.get("video_id"))


def delivery_of(emulator: Emulator) -> Delivery:
    """Return the delivery of a server as it shows up in reports now."""
    market = emulator.memory.setdefault("delivery", None) or _Market(emulator)
    emulator.memory["delivery"] = market
    return Delivery(emulator, market)
