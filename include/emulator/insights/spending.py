"""What has been spent, in minor units: of a budget, and of an account."""

from datetime import date

from emulator.emulator import Emulator
from emulator.insights.days import day_of
from emulator.insights.delivery import Delivery, delivery_of
from emulator.insights.measures import PLACE
from emulator.state import Object

_SPEND = PLACE["spend"]
#: An account's own field: what its ads had delivered when ``amount_spent`` was set back.
DELIVERED_BEFORE = "_delivered_before"


def budget_remaining(emulator: Emulator, obj: Object) -> str:
    """Return ``budget_remaining`` of a campaign or ad set: of today's, or of the lifetime's."""
    lifetime, daily = (
        int(obj.fields.get(name) or 0) for name in ("lifetime_budget", "daily_budget")
    )
    if not lifetime and not daily:
        return "0"
    ads = emulator.state.children(obj.id, "ad")
    delivery = delivery_of(emulator)
    if lifetime:
        return str(max(0, lifetime - sum(_spent(delivery, ad) for ad in ads)))
    zone_name = emulator.zone_of(obj)
    today = delivery.today(zone_name)
    day = day_of(today, zone_name)
    spent = sum(delivery.day(ad, day, today.toordinal(), False)[_SPEND] for ad in ads)
    return str(max(0, daily - spent))


def delivered(emulator: Emulator, account: Object) -> int:
    """Return what all ads of an account have spent since they were made.

    Worked out once and kept until something changes or a new quarter of an hour has come.
    """
    delivery = delivery_of(emulator)
    kept = emulator.memory.setdefault("delivered", {})
    stamp = (emulator.state.revision, delivery.now)
    if kept.get(account.id, (None, 0))[0] != stamp:
        ads = emulator.state.children(account.id, "ad")
        kept[account.id] = (stamp, sum(_spent(delivery, ad) for ad in ads))
    return int(kept[account.id][1])


def amount_spent(emulator: Emulator, account: Object) -> str:
    """Return ``amount_spent`` of an account, since it was last set back."""
    before = int(account.fields.get(DELIVERED_BEFORE) or 0)
    return str(int(account.fields["amount_spent"]) + delivered(emulator, account) - before)


def _spent(delivery: Delivery, ad: Object) -> int:
    """Return what an ad has spent since it was made."""
    zone_name = delivery.emulator.zone_of(ad)
    days = delivery.days_on(ad, zone_name)
    if days is None:
        return 0
    own, total = delivery.of_ad(ad), 0
    for number in range(days[0].toordinal(), days[1].toordinal() + 1):
        day = day_of(date.fromordinal(number), zone_name)
        money = own.spent(day, day.start, min(day.end, delivery.now))
        total += int(own.carried(day) + money)
    return total
