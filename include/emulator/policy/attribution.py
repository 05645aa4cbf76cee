"""The attribution setting: which conversions count for what the ad set optimises."""

from typing import Any

from emulator.policy.goals import CONVERSION_GOALS
from emulator.policy.rules import broken

_Windows = frozenset[tuple[str, int]]
_EVENTS = frozenset(("CLICK_THROUGH", "VIEW_THROUGH", "ENGAGED_VIDEO_VIEW"))


def _windows(click: int, view: int = 0, engaged: int = 0) -> _Windows:
    both = {"CLICK_THROUGH": click, "VIEW_THROUGH": view, "ENGAGED_VIDEO_VIEW": engaged}
    return frozenset((event, days) for event, days in both.items() if days)


# Meta's table of windows by goal; everything it does not name gets one day after a click.
_CONVERSIONS = frozenset(
    _windows(click, view, engaged) for click in (1, 7) for view in (0, 1) for engaged in (0, 1)
)
_INSTALLS = frozenset(_windows(1, view, engaged) for view in (0, 1) for engaged in (0, 1))
_OTHERS = frozenset([_windows(1)])


def check_attribution(goal: str, spec: list[dict[str, Any]] | None) -> None:
    """Check an ad set's ``attribution_spec`` against its goal."""
    if spec is None:
        return
    for place, row in enumerate(spec):
        for key in ("event_type", "window_days"):
            if row.get(key) is None:
                name = f"attribution_spec[{place}][{key}]"
                raise broken("missing_param", blame="attribution_spec", param=name)
        if row["event_type"] not in _EVENTS:
            name = f"attribution_spec[{place}][event_type]"
            allowed = ", ".join(sorted(_EVENTS))
            raise broken("not_in_enum", blame="attribution_spec", param=name, allowed=allowed)
    asked = frozenset((str(row["event_type"]), int(row["window_days"])) for row in spec)
    if asked not in _allowed(goal):
        raise broken("attribution_not_for_goal", blame="attribution_spec", goal=goal)


def default_attribution(goal: str) -> list[dict[str, Any]]:
    """Return the setting of an ad set that names none."""
    click = {"event_type": "CLICK_THROUGH", "window_days": 7 if goal in CONVERSION_GOALS else 1}
    view = {"event_type": "VIEW_THROUGH", "window_days": 1}
    return [click, view] if goal in CONVERSION_GOALS else [click]


def _allowed(goal: str) -> frozenset[_Windows]:
    if goal in CONVERSION_GOALS or goal == "APP_INSTALLS_AND_OFFSITE_CONVERSIONS":
        return _CONVERSIONS
    return _INSTALLS if goal == "APP_INSTALLS" else _OTHERS
