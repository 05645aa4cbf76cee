"""Budget schedules: hours of high demand in which a campaign or ad set may spend more."""

from emulator.calls import schema
from emulator.calls.kinds import Edge, Json, Kind
from emulator.calls.param_types import check, require
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.objects.accounts import children_of
from emulator.policy import budgets
from emulator.policy.rules import broken
from emulator.state import Object

_SHORTEST = 3 * 3600
_WANTED = ("budget_value", "budget_value_type", "time_start", "time_end")


def _create(emulator: Emulator, call: Call, parent: Object) -> Json:
    params = check(schema.operation("Campaign", "create_budget_schedule"), call.params)
    require(params, _WANTED)
    if not budgets.has_budget(parent.fields):
        raise broken("schedule_without_budget", blame="budget_value", id=parent.id)
    if params["time_end"] - params["time_start"] < _SHORTEST:
        raise broken("schedule_too_short", blame="time_end")
    account = emulator.account_of(parent)
    fields = {**params, "ad_object_id": parent.id}
    schedule = emulator.new_object("budget_schedule", account, fields, [parent.id])
    emulator.commit(call, "create", schedule)
    return {"id": schedule.id}


KIND = Kind(name="budget_schedule", title="HighDemandPeriod", sdk_class="HighDemandPeriod")
EDGE = Edge("budget_schedule", children_of("budget_schedule"), _create)
