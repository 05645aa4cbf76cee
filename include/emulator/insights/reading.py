"""Reading insights at once: what the ``insights`` edge of an ad object does on GET."""

from collections.abc import Sequence

from emulator.calls.kinds import Json
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.insights.days import date_at
from emulator.insights.orders import next_order
from emulator.insights.page import read_page
from emulator.insights.request import Request, read_request
from emulator.policy.rules import broken
from emulator.state import Object

#: Which rule an ordered outcome breaks, and whether Meta calls it passing.
_OUTCOMES = {
    "reduce": ("insights_reduce", True),
    "timeout": ("insights_timeout", False),
    "timeout_transient": ("insights_timeout_transient", True),
    "too_large": ("insights_query_too_large", False),
    "intermittent": ("insights_intermittent", True),
}


def request_of(
    emulator: Emulator,
    call: Call,
    node: Object,
    fields: Sequence[str],
    as_of: float | None = None,
) -> Request:
    """Return the checked request of a call on a node, seen from a moment (now, if not given)."""
    zone_name = emulator.zone_of(node)
    today = date_at(as_of or emulator.clock.now(), zone_name)
    born = date_at(emulator.account_of(node).created, zone_name)
    return read_request(call.params, node.kind, today, born, tuple(fields))


def read(emulator: Emulator, call: Call, node: Object, fields: Sequence[str]) -> Json:
    """Return one page of a node's insights."""
    request = request_of(emulator, call, node, fields)
    order = next_order(emulator, "reads", node.id, call.params)
    if order is not None:
        rule, passing = _OUTCOMES[order.outcome]
        error = broken(rule)
        error.transient = passing
        raise error
    path = f"/v{call.version[0]}.{call.version[1]}/{node.id}/insights"
    return read_page(emulator, call, node, request, path)
