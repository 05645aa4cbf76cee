"""The account's audit trail, told from the journal as Meta's ``activities`` edge tells it."""

from collections.abc import Sequence

from emulator.clock import parse_moment
from emulator.emulator import Emulator
from emulator.kinds import Json, Row
from emulator.protocol import Call
from emulator.rules import broken
from emulator.state import Object

_NOUNS = {
    "campaign": ("campaign_group", "CAMPAIGN_GROUP"),
    "adset": ("campaign", "CAMPAIGN"),
    "ad": ("ad", "ADGROUP"),
}
_VERBS = {"create": "create", "delete": "update", "update": "update"}


def rows(emulator: Emulator, call: Call, account: Object) -> Sequence[Row]:
    """List what was done to campaigns, ad sets and ads, newest first."""
    since, until = (_moment(call, name) for name in ("since", "until"))
    wanted = call.params.get("oid")
    found = []
    for entry in reversed(emulator.state.journal()):
        if entry["account"] != account.id or entry["object_kind"] not in _NOUNS:
            continue
        when = parse_moment(entry["time"], "UTC")
        if (since and when < since) or (until and when > until):
            continue
        if wanted and str(wanted) != entry["object_id"]:
            continue
        found.append(_row(emulator, account, entry, when))
    return found


def _row(emulator: Emulator, account: Object, entry: Json, when: float) -> Json:
    noun, kind = _NOUNS[entry["object_kind"]]
    verb = _VERBS.get(entry["kind"], "update")
    suffix = "_run_status" if verb == "update" and "status" in entry["params"] else ""
    return {
        "actor_id": emulator.world.user["id"],
        "actor_name": emulator.world.user["name"],
        "application_id": emulator.world.app["id"],
        "application_name": emulator.world.app["name"],
        "event_time": emulator.moment_text(account, when),
        "event_type": f"{verb}_{noun}{suffix}",
        "translated_event_type": f"{noun.replace('_', ' ')} {verb}d",
        "object_id": entry["object_id"],
        "object_name": entry["name"],
        "object_type": kind,
    }


def _moment(call: Call, name: str) -> float | None:
    raw = call.params.get(name)
    try:
        return parse_moment(raw, "UTC") if raw not in (None, "") else None
    except ValueError:
        raise broken("wrong_type", param=name, expected="a valid time") from None
