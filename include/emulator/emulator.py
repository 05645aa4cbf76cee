"""The running server's parts in one place, handed to everything that reads or writes nodes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.calls.kinds import Kind
from emulator.calls.protocol import Call
from emulator.clock import Clock, meta_text
from emulator.policy.rules import broken
from emulator.settings import Settings
from emulator.state import Object, State
from emulator.world import World, seed

CLOCK_SETTING = "clock_offset_seconds"
LIST_LAG_SETTING = "list_lag_seconds"


@dataclass
class Emulator:
    """State, clock, world and node kinds of one server process."""

    settings: Settings
    world: World
    state: State
    kinds: Mapping[str, Kind]
    clock: Clock = field(default_factory=Clock)
    #: What was worked out from the state and is worth keeping while the state stays as it is.
    memory: dict[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.follow_state()
        if not self.state.objects:
            seed(self.state, self.world, self.clock.now())

    def follow_state(self) -> None:
        """Set the clock as the state says, after the state was loaded, cleared or restored."""
        self.clock.offset_seconds = float(self.state.settings.get(CLOCK_SETTING, 0.0))

    @property
    def list_lag_seconds(self) -> float:
        """How long a new object stays off edges and label look-ups."""
        return float(self.state.settings.get(LIST_LAG_SETTING, 0.0))

    def find(self, identity: object, kind: str, account: str | None = None) -> Object | None:
        """Return the object of that id and kind (and account, if given), or None."""
        obj = self.state.objects.get(str(identity))
        if obj is None or obj.kind != kind or (account is not None and obj.account != account):
            return None
        return obj

    def need(self, identity: object, kind: str, account: str) -> Object:
        """Return the account's object of that id and kind, or raise Meta's 100/33."""
        obj = self.find(identity, kind, account)
        if obj is None:
            raise broken("unknown_node", verb="get", id=identity)
        return obj

    def account_of(self, obj: Object) -> Object:
        """Return the ad account an object belongs to (an account belongs to itself)."""
        return self.state.objects[obj.account]

    def zone_of(self, obj: Object) -> str:
        """Return the IANA time zone of the object's account; UTC for nodes without one."""
        if not obj.account:
            return "UTC"
        return str(self.account_of(obj).fields["timezone_name"])

    def moment_text(self, obj: Object, timestamp: float) -> str:
        """Write a moment in the time zone of the object's account."""
        return meta_text(timestamp, self.zone_of(obj))

    def new_object(
        self, kind: str, account: Object, fields: Mapping[str, Any], parents: Iterable[str] = ()
    ) -> Object:
        """Return a new object, not yet written; ``parents`` are those below the account."""
        now = self.clock.now()
        kept = {name: value for name, value in fields.items() if value is not None}
        return Object(self.state.new_id(), kind, account.id, (account.id, *parents), now, now, kept)

    def commit(
        self, call: Call, change: str, subject: Object, *others: Object, **details: Any
    ) -> None:
        """Write objects and one journal entry about ``subject``, durably and together."""
        now = self.clock.now()
        name = subject.fields.get("name")
        entry = {
            "time": meta_text(now, "UTC"),
            "method": call.method,
            "path": call.path,
            "kind": change,
            "object_kind": subject.kind,
            "object_id": subject.id,
            "account": subject.account,
            "params": call.loggable_params(),
            "name": name,
            "labels": [label["name"] for label in subject.fields.get("adlabels", [])],
            **details,
        }
        self.state.write((subject, *others), entry)
