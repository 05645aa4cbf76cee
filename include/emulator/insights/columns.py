"""The fields of a row: how each is read from the objects behind it and from its measures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.insights.actions import ACTIONS, VALUES, Action, ActionList, decimal
from emulator.insights.days import date_at
from emulator.insights.measures import PLACE, Measures
from emulator.policy.currencies import currencies
from emulator.state import Object

#: Returns a field's value, None when the row shows none.
Read = Callable[[Measures], Any]
# How unique numbers grow with the events they count (inferred): ever more slowly, so that the
# people of two rows together are fewer than those of each.
_PEOPLE = {"impressions": 0.96, "clicks": 0.98}
_SPEND, _SHOWN, _CLICKS, _LINKS = (
    PLACE[one] for one in ("spend", "impressions", "clicks", "link_clicks")
)
_OUT, _LANDED, _REACT, _COMMENT = (
    PLACE[one] for one in ("outbound_clicks", "landing_page_views", "reactions", "comments")
)
_VIDEO = {
    "video_play_actions": "plays", "video_p25_watched_actions": "p25",
    "video_p50_watched_actions": "p50", "video_p75_watched_actions": "p75",
    "video_p95_watched_actions": "p95", "video_p100_watched_actions": "p100",
    "video_thruplay_watched_actions": "thruplays", "video_15_sec_watched_actions": "thruplays",
    "video_30_sec_watched_actions": "p75",
}  # fmt: skip


def people(events: int, kind: str = "impressions") -> int:
    """Return how many different people so many events stand for."""
    return max(1, int(events ** _PEOPLE[kind])) if events > 0 else 0


@dataclass(frozen=True)
class Columns:
    """The columns of one report on one account."""

    account: Object
    actions: ActionList
    unique: bool

    @property
    def divisor(self) -> int:
        """How many minor units the API counts in one unit of the account's currency."""
        return currencies()[self.account.fields["currency"]].offset

    def reader(self, name: str) -> Read | None:
        """Return how to read a field of measures; None for one this server has no data for."""
        if not self.unique and (name in _UNIQUE or "unique" in name):
            return None
        if name in _PLAIN:
            return _PLAIN[name]
        if name in _MONEY:
            return _MONEY[name](float(self.divisor))
        if name in _LISTS:
            return _LISTS[name](self)
        if name in _VIDEO:
            return self._single("video_view", PLACE[_VIDEO[name]])
        return None

    def _single(self, action_type: str, place: int) -> Read:
        action = (Action(action_type, (place,)),)
        return lambda row: self.actions.entries(action, row) or None

    def list_of(self, actions: tuple[Action, ...], divisor: float = 1) -> Read:
        """Return how to read a list of these actions."""
        read = self.actions.reader(self.actions.shown(actions), divisor)
        return lambda row: read(row) or None


def _count(place: int) -> Read:
    return lambda row: str(row[place])


def _share(part: Callable[[Measures], float], place: int, times: float = 100) -> Read:
    return lambda row: decimal(part(row) / row[place] * times) if row[place] else None


def _cost(places: tuple[int, ...], times: float = 1) -> Callable[[float], Read]:
    def of(divisor: float) -> Read:
        def read(row: Measures) -> Any:
            count = sum(row[place] for place in places)
            return decimal(row[_SPEND] / divisor / count * times) if count else None

        return read

    return of


def _cost_of_people(place: int, kind: str, times: float = 1) -> Callable[[float], Read]:
    return lambda divisor: (
        lambda row: (
            decimal(row[_SPEND] / divisor / people(row[place], kind) * times)
            if row[place]
            else None
        )
    )


def _engaged(row: Measures) -> int:
    return row[_LINKS] + row[PLACE["video_views"]] + row[_REACT] + row[_COMMENT]


def _costs(columns: Columns) -> Read:
    shown, actions = columns.actions.shown(ACTIONS), columns.actions

    def read(row: Measures) -> Any:
        spend = row[_SPEND] / columns.divisor
        return [
            {key: value if key.startswith("action_") else decimal(spend / float(value))
             for key, value in entry.items() if key.startswith("action_") or float(value)}
            for entry in actions.entries(shown, row)
        ] or None  # fmt: skip

    return read


def _return_on_spend(*names: str) -> Callable[[Columns], Read]:
    def of(columns: Columns) -> Read:
        shown = columns.actions.shown(action for action in VALUES if action.name in names)

        def read(row: Measures) -> Any:
            return (
                (columns.actions.entries(shown, row, row[_SPEND]) or None) if row[_SPEND] else None
            )

        return read

    return of


def _people_by_type(columns: Columns) -> Read:
    shown, actions = columns.actions.shown(ACTIONS), columns.actions

    def read(row: Measures) -> Any:
        return [
            {key: value if key.startswith("action_") else str(people(int(value), "clicks"))
             for key, value in entry.items()}
            for entry in actions.entries(shown, row)
        ] or None  # fmt: skip

    return read


def _outbound(columns: Columns) -> Read:
    action = (Action("outbound_click", (_OUT,)),)
    return lambda row: columns.actions.entries(action, row) or None


def _outbound_rate(columns: Columns) -> Read:
    return lambda row: (
        [{"action_type": "outbound_click", "value": decimal(row[_OUT] / row[_SHOWN] * 100)}]
        if row[_SHOWN] and row[_OUT]
        else None
    )


def _outbound_cost(columns: Columns) -> Read:
    return lambda row: (
        [{"action_type": "outbound_click",
          "value": decimal(row[_SPEND] / columns.divisor / row[_OUT])}]
        if row[_OUT]
        else None
    )  # fmt: skip


def _thruplay_cost(columns: Columns) -> Read:
    place = PLACE["thruplays"]
    return lambda row: (
        [{"action_type": "video_view",
          "value": decimal(row[_SPEND] / columns.divisor / row[place])}]
        if row[place]
        else None
    )  # fmt: skip


def _seconds_watched(columns: Columns) -> Read:
    plays, half = PLACE["plays"], PLACE["p50"]
    return lambda row: (
        [{"action_type": "video_view", "value": str(2 + 10 * row[half] // row[plays])}]
        if row[plays]
        else None
    )


_ONLY_OFFSITE = tuple(action for action in ACTIONS if action.offsite and "pixel" in action.name)
_PLAIN: dict[str, Read] = {
    "impressions": _count(_SHOWN),
    "clicks": _count(_CLICKS),
    "inline_link_clicks": _count(_LINKS),
    "inline_post_engagement": lambda row: str(_engaged(row)),
    "reach": lambda row: str(people(row[_SHOWN])),
    "frequency": lambda row: decimal(row[_SHOWN] / people(row[_SHOWN])) if row[_SHOWN] else None,
    "unique_clicks": lambda row: str(people(row[_CLICKS], "clicks")),
    "unique_inline_link_clicks": lambda row: str(people(row[_LINKS], "clicks")),
    "unique_ctr": lambda row: (
        decimal(people(row[_CLICKS], "clicks") / people(row[_SHOWN]) * 100) if row[_SHOWN] else None
    ),
    "ctr": _share(lambda row: row[_CLICKS], _SHOWN),
    "inline_link_click_ctr": _share(lambda row: row[_LINKS], _SHOWN),
    "landing_page_view_per_link_click": _share(lambda row: row[_LANDED], _LINKS, 1),
}
_MONEY: dict[str, Callable[[float], Read]] = {
    "spend": lambda divisor: lambda row: decimal(row[_SPEND] / divisor),
    "social_spend": lambda divisor: lambda row: "0",
    "cpc": _cost((_CLICKS,)),
    "cpm": _cost((_SHOWN,), 1000),
    "cpp": _cost_of_people(_SHOWN, "impressions", 1000),
    "cost_per_inline_link_click": _cost((_LINKS,)),
    "cost_per_inline_post_engagement": _cost((_LINKS, PLACE["video_views"], _REACT, _COMMENT)),
    "cost_per_unique_click": _cost_of_people(_CLICKS, "clicks"),
    "cost_per_unique_inline_link_click": _cost_of_people(_LINKS, "clicks"),
}
_LISTS: dict[str, Callable[[Columns], Read]] = {
    "actions": lambda columns: columns.list_of(ACTIONS),
    "action_values": lambda columns: columns.list_of(VALUES, columns.divisor),
    "conversions": lambda columns: columns.list_of(_ONLY_OFFSITE),
    "conversion_values": lambda columns: columns.list_of(
        tuple(one for one in VALUES if "pixel" in one.name), columns.divisor
    ),
    "cost_per_action_type": _costs,
    "unique_actions": _people_by_type,
    "purchase_roas": _return_on_spend("omni_purchase"),
    "website_purchase_roas": _return_on_spend("offsite_conversion.fb_pixel_purchase"),
    "outbound_clicks": _outbound,
    "outbound_clicks_ctr": _outbound_rate,
    "cost_per_outbound_click": _outbound_cost,
    "cost_per_thruplay": _thruplay_cost,
    "video_avg_time_watched_actions": _seconds_watched,
}
_UNIQUE = frozenset(("reach", "frequency", "cpp"))
#: What the columns of the objects behind a row are read from: their level and their field.
_ABOUT = {
    "campaign_name": ("campaign", "name"), "adset_name": ("adset", "name"),
    "ad_name": ("ad", "name"), "objective": ("campaign", "objective"),
    "buying_type": ("campaign", "buying_type"),
    "optimization_goal": ("adset", "optimization_goal"),
}  # fmt: skip


def about(account: Object, chain: dict[str, Object], zone_name: str, names: Any) -> dict[str, Any]:
    """Return the columns that say what a row is about; ``chain`` is its object and parents."""
    found: dict[str, Any] = {}
    for name in names:
        if name == "account_id":
            found[name] = account.fields["account_id"]
        elif name == "account_name":
            found[name] = account.fields["name"]
        elif name == "account_currency":
            found[name] = account.fields["currency"]
        elif name in ("campaign_id", "adset_id", "ad_id") and name[:-3] in chain:
            found[name] = chain[name[:-3]].id
        elif name in _ABOUT and _ABOUT[name][0] in chain:
            found[name] = chain[_ABOUT[name][0]].fields.get(_ABOUT[name][1])
        elif name == "attribution_setting" and "adset" in chain:
            found[name] = _setting(chain["adset"])
        elif name in ("created_time", "updated_time"):
            moment = getattr(next(reversed(chain.values()), account), name.split("_")[0])
            found[name] = _date(moment, zone_name)
        elif name in ("adset_start", "adset_end") and "adset" in chain:
            found[name] = chain["adset"].fields.get(f"{name.split('_')[1]}_time")
    return {name: value for name, value in found.items() if value is not None}


def _setting(ad_set: Object) -> str:
    spec = ad_set.fields.get("attribution_spec")
    if not spec:
        return "7d_click_1d_view"
    kinds = {"CLICK_THROUGH": "click", "VIEW_THROUGH": "view"}
    return "_".join(f"{row['window_days']}d_{kinds.get(row['event_type'], 'ev')}" for row in spec)


def _date(moment: float, zone_name: str) -> str:
    return date_at(moment, zone_name).isoformat()
