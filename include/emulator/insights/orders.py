"""What the control orders to go wrong with reports: which ones, in which way, how often."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from emulator.emulator import Emulator

ORDERS_SETTING = "insights_orders"
#: What can be ordered: for asynchronous runs, and for pages read at once.
OUTCOMES = {
    "report_runs": ("failed", "skipped", "stuck", "unreadable", "too_large"),
    "reads": ("reduce", "timeout", "timeout_transient", "too_large", "intermittent"),
}


@dataclass
class Order:
    """The next ``count`` reports that match go wrong; ``count`` 0 is all of them from now on.

    ``match`` holds parameters and what their text must contain; ``node`` is the id of the node
    asked. ``seconds`` is how long an unreadable run stays so, by the emulator's clock.
    """

    outcome: str
    count: int = 1
    match: dict[str, Any] | None = None
    node: str = ""
    seconds: float = 60.0
    done: int = 0

    def takes(self, node: str, params: Mapping[str, Any]) -> bool:
        """Say whether the order is for a report on that node with those parameters."""
        if self.node and self.node != node:
            return False
        return all(
            str(value) in _text(params.get(name)) for name, value in (self.match or {}).items()
        )


def read_orders(kind: str, raw: object) -> list[Order]:
    """Return orders from their JSON form; raise ValueError that names what is wrong."""
    if not isinstance(raw, list):
        raise ValueError(f"{kind} is a list of orders")
    known = {one.name for one in fields(Order)} - {"done"}
    found = []
    for one in raw:
        if not isinstance(one, dict) or set(one) - known:
            raise ValueError(f"an order has the keys {', '.join(sorted(known))}")
        if one.get("outcome") not in OUTCOMES[kind]:
            raise ValueError(f"the outcome is one of {', '.join(OUTCOMES[kind])}")
        if not isinstance(one.get("match", {}), dict):
            raise ValueError("match is an object of parameters and texts")
        numbers = (one.get("count", 1), one.get("seconds", 1))
        if not all(isinstance(number, int | float) and number >= 0 for number in numbers):
            raise ValueError("count and seconds are numbers from 0 on")
        found.append(Order(**one))
    return found


def orders_of(emulator: Emulator, kind: str) -> list[Order]:
    """Return the orders in force; they outlive a restart."""
    stored = emulator.state.settings.get(ORDERS_SETTING, {})
    return [Order(**one) for one in stored.get(kind, [])]


def keep_orders(emulator: Emulator, kind: str, orders: list[Order]) -> None:
    """Keep the orders and how often each was carried out."""
    stored = emulator.state.settings.get(ORDERS_SETTING, {})
    rows = [asdict(one) for one in orders if not one.count or one.done < one.count]
    emulator.state.set_setting(ORDERS_SETTING, {**stored, kind: rows})


def next_order(emulator: Emulator, kind: str, node: str, params: Mapping[str, Any]) -> Order | None:
    """Return the first order for this report, counted as carried out; None without one."""
    orders = orders_of(emulator, kind)
    for order in orders:
        if order.takes(node, params):
            order.done += 1
            keep_orders(emulator, kind, orders)
            return order
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
