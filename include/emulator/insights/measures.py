"""The numbers of one delivery that add up, and how each follows from the money spent.

Each is a whole number that grows with the one it follows from and never faster, so a part of a
day never has more clicks than impressions, and the parts of a day add up to the day. All rates
are this server's own (inferred): they are plausible, not Meta's.
"""

from dataclasses import dataclass

from emulator.insights.mixing import fraction, mixed, seed_of

#: The additive measures, in the order of a ``Measures`` tuple. Money is in minor units.
NAMES = (
    "spend impressions clicks link_clicks outbound_clicks landing_page_views reactions comments"
    " plays video_views p25 p50 p75 p95 p100 thruplays"
).split()
#: What people do after a click, by what the campaign is for, most frequent first.
FUNNELS = {
    "OUTCOME_LEADS": ("view_content", "lead"),
    "OUTCOME_APP_PROMOTION": ("mobile_app_install", "purchase"),
}
SALES_FUNNEL = ("view_content", "add_to_cart", "initiate_checkout", "purchase")
CONVERSIONS = (
    "view_content", "add_to_cart", "initiate_checkout", "purchase", "lead", "mobile_app_install",
)  # fmt: skip
#: The windows a conversion is counted in; ``value`` is the ad set's own attribution setting.
WINDOWS = ("value", "1d_click", "7d_click", "28d_click", "1d_view")
FIRST_CONVERSION = len(NAMES)
FIRST_VALUE = FIRST_CONVERSION + len(CONVERSIONS) * len(WINDOWS)
COUNT = FIRST_VALUE + len(WINDOWS)
PLACE = {name: place for place, name in enumerate(NAMES)}
Measures = tuple[int, ...]
NOTHING: Measures = (0,) * COUNT
_NO_CONVERSIONS = (0,) * (COUNT - FIRST_CONVERSION)
_NO_VIDEO = (0,) * 8
_PURCHASE = CONVERSIONS.index("purchase") * len(WINDOWS)

#: The days after which a number is final.
FINAL_AFTER = 28
#: Which share of a day's conversions is known so many days later: more come in for 28 days.
KNOWN = tuple(1 - 0.45 * (1 - age / FINAL_AFTER) ** 2 for age in range(FINAL_AFTER + 1))


def conversion_place(name: str, window: str) -> int:
    """Return where a conversion's count in a window stands in a ``Measures`` tuple."""
    return FIRST_CONVERSION + CONVERSIONS.index(name) * len(WINDOWS) + WINDOWS.index(window)


@dataclass(frozen=True, slots=True)
class Nature:
    """What one ad is like, for good: made from its id, what it is for and what it shows."""

    seed: int
    weight: int
    per_minor: float
    click_rate: float
    link_share: float
    landing_share: float
    order_value: int
    is_video: bool
    funnel: tuple[int, ...]
    step_rate: float
    clicks_days: int
    views_days: int


def nature_of(
    ad: str, objective: str, minor_per_dollar: float, is_video: bool, windows: tuple[int, int]
) -> Nature:
    """Return the nature of an ad; ``windows`` are its ad set's click and view days."""
    seed = seed_of(ad)
    cpm, click, link, landing, convert, value, weight = (
        fraction(mixed(seed + number)) for number in range(7)
    )
    funnel = FUNNELS.get(objective, SALES_FUNNEL)
    rate = 0.03 + 0.06 * convert
    return Nature(
        seed=seed,
        weight=60 + int(weight * 90),
        per_minor=1000 / ((4 + 9 * cpm) * minor_per_dollar),
        click_rate=0.008 + 0.02 * click,
        link_share=0.55 + 0.3 * link,
        landing_share=0.6 + 0.3 * landing,
        order_value=max(1, int((25 + 60 * value) * minor_per_dollar)),
        is_video=is_video,
        funnel=tuple(CONVERSIONS.index(name) * len(WINDOWS) for name in funnel),
        # Each step of the funnel is the geometric way from a page view to the last step.
        step_rate=rate ** (1 / (len(funnel) - 1)),
        clicks_days=windows[0],
        views_days=windows[1],
    )


def measure(
    nature: Nature, money: float, carried: float, bits: int, known: float, converted: bool = True
) -> Measures:
    """Return what ``money`` (minor units, since the day began) bought by then.

    ``carried`` is the broken minor unit left over from the days before, ``bits`` are the day's
    own, and ``known`` is the share of its conversions that has been reported by now. Conversions
    are left out when nobody asks for them (``converted``).
    """
    if money <= 0:
        return NOTHING
    shown = int(money * nature.per_minor * (0.9 + (bits & 1023) * 0.0002))
    clicks = int(shown * nature.click_rate * (0.8 + (bits >> 10 & 1023) * 0.0004))
    links = int(clicks * nature.link_share)
    landed = int(links * nature.landing_share)
    delivered = (
        int(carried + money), shown, clicks, links, int(links * 0.93), landed,
        int(clicks * 0.11), int(clicks * 0.013),
    )  # fmt: skip
    watched = _watched(shown, bits) if nature.is_video else _NO_VIDEO
    if not converted:
        return delivered + watched + _NO_CONVERSIONS
    rate = nature.step_rate * (0.85 + (bits >> 30 & 1023) * 0.0003)
    return delivered + watched + _conversions(nature, landed, rate, known)


def _watched(shown: int, bits: int) -> Measures:
    plays = int(shown * (0.55 + (bits >> 20 & 1023) * 0.0003))
    quarter = int(plays * 0.42)
    half = int(quarter * 0.6)
    most = int(half * 0.7)
    nearly = int(most * 0.8)
    return plays, int(plays * 0.48), quarter, half, most, nearly, int(nearly * 0.9), int(half * 0.9)


def _conversions(nature: Nature, landed: int, rate: float, known: float) -> Measures:
    """Return the conversions of so many page views, by kind and window, and their worth."""
    if not landed:
        return _NO_CONVERSIONS
    counts = list(_NO_CONVERSIONS)
    people = int(landed * 0.95)
    for place in nature.funnel:
        # The windows from the widest, 28 days after a click, to the narrowest.
        month = int(people * known)
        week, day, viewed = int(month * 0.92), int(month * 0.7), int(month * 0.12)
        value = attributed(nature, day, week, month, viewed)
        counts[place : place + 5] = (value, day, week, month, viewed)
        people = int(people * rate)
    if nature.funnel[-1] == _PURCHASE:
        worth = nature.order_value
        counts[-5:] = [count * worth for count in counts[_PURCHASE : _PURCHASE + 5]]
    return tuple(counts)


def attributed(nature: Nature, day: int, week: int, month: int, viewed: int) -> int:
    """Return how many of a conversion's counts by window the ad set's own setting counts."""
    days = nature.clicks_days
    clicked = week if days == 7 else day if days == 1 else month if days else 0
    return clicked + viewed if nature.views_days else clicked


def summed(measures: list[Measures]) -> Measures:
    """Return the sum of any number of measures."""
    if len(measures) == 1:
        return measures[0]
    return tuple(map(sum, zip(*measures, strict=True))) if measures else NOTHING


def added(first: Measures, second: Measures) -> Measures:
    """Return the sum, measure by measure."""
    return tuple(map(int.__add__, first, second))


def subtracted(first: Measures, second: Measures) -> Measures:
    """Return the difference, measure by measure."""
    return tuple(map(int.__sub__, first, second))
