"""What an account's ads delivered, added up the plain way: day by day and ad by ad.

It is there to hold reports against, so it uses none of what makes rows: no scope, no periods, no
columns, no paging.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from emulator.emulator import Emulator
from emulator.insights.days import day_of
from emulator.insights.delivery import delivery_of
from emulator.insights.measures import PLACE, conversion_place
from emulator.policy.currencies import currencies
from emulator.state import Object

_MEASURES = ("spend", "impressions", "clicks", "link_clicks", "landing_page_views")
_PURCHASES = conversion_place("purchase", "value")
_LEVELS = {"campaign": 1, "adset": 2}


def totals(emulator: Emulator, account: Object, since: date, until: date) -> dict[str, Any]:
    """Return the sums of an account between two days, both included, by day and by object.

    ``spend`` is in minor units; ``rows`` counts the pairs of ad and day with delivery.
    """
    delivery, zone_name = delivery_of(emulator), emulator.zone_of(account)
    today = delivery.today(zone_name).toordinal()
    whole, by_day = _empty(), {}
    by_object: dict[str, dict[str, dict[str, int]]] = {"campaign": {}, "adset": {}, "ad": {}}
    for day in _days(since, until):
        total = by_day[day.isoformat()] = _empty()
        for ad in emulator.state.children(account.id, "ad"):
            measures = delivery.day(ad, day_of(day, zone_name), today)
            if not measures[PLACE["spend"]] and not measures[PLACE["impressions"]]:
                continue
            numbers = {name: measures[PLACE[name]] for name in _MEASURES}
            numbers |= {"purchases": measures[_PURCHASES], "rows": 1}
            for sums in (whole, total):
                _add(sums, numbers)
            chain = {kind: ad.parents[depth] for kind, depth in _LEVELS.items()} | {"ad": ad.id}
            for kind, identity in chain.items():
                _add(by_object[kind].setdefault(identity, _empty()), numbers)
    return {
        "account": account.id,
        "currency": account.fields["currency"],
        "minor_units": currencies()[account.fields["currency"]].offset,
        "total": whole,
        "days": by_day,
        **by_object,
    }


def _empty() -> dict[str, int]:
    return dict.fromkeys((*_MEASURES, "purchases", "rows"), 0)


def _add(sums: dict[str, int], numbers: dict[str, int]) -> None:
    for name, number in numbers.items():
        sums[name] += number


def _days(since: date, until: date) -> Iterator[date]:
    for number in range((until - since).days + 1):
        yield since + timedelta(days=number)
