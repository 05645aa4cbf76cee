"""Faults: what goes wrong, for which calls, and how often; scripted, or drawn from a seed."""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from emulator.calls.protocol import Call
from emulator.clock import meta_text
from emulator.emulator import Emulator

FAULTS_SETTING = "faults"
_NEXT_ID_SETTING = "next_fault_id"
RANDOM = "random"
ACTIONS = (
    "reset_before",
    "reset_after_commit",
    "error_500_before",
    "error_500_after_commit",
    "slow",
    "truncate",
    "throttle",
    "token_expired",
    "late_commit",
    "error",
    "batch_timeout",
)
_TEXTS = ("method", "path", "contains", "message")
_WHOLE = ("skip", "count", "minutes", "seed", "code")
_LONGEST = 86_400
_KEPT_BY_SERVER = frozenset(("id", "seen", "fired"))


@dataclass
class Fault:
    """One script: after ``skip`` matching calls, the next ``count`` of them go wrong.

    ``path`` is a regular expression searched in the path without its version, such as
    ``/act_1/campaigns``; ``contains`` must appear in the call's parameters as JSON.
    ``count`` 0 means for ever. Calls that only try a write (``validate_only``) are left alone
    unless ``tries`` is true, so that scripts about writes strike writes. ``seconds`` is for slow
    and late_commit; ``code``, ``subcode``, ``minutes`` and ``message`` to throttle and error.

    The action ``random`` lets every matching call go wrong with the probability ``rate``, in one
    of the ``actions``. Which calls and how depends on ``seed`` and the call's number alone.
    """

    action: str
    method: str = ""
    path: str = ""
    contains: str = ""
    tries: bool = False
    skip: int = 0
    count: int = 1
    seconds: float = 1.0
    code: int = 80004
    subcode: int | None = None
    minutes: int = 1
    http_status: int = 400
    message: str = ""
    seed: int = 0
    rate: float = 0.0
    actions: list[str] = field(default_factory=list)
    id: int = 0
    seen: int = 0
    fired: int = 0

    def matches(self, call: Call) -> bool:
        """Whether the script is about such calls at all."""
        if call.validate_only and not self.tries:
            return False
        if self.method and self.method.upper() != call.method:
            return False
        if self.path and not re.search(self.path, call.path):
            return False
        return not self.contains or self.contains in json.dumps(call.loggable_params())

    def strike(self) -> str | None:
        """Count a matching call; return the action that befalls it, None if it goes well."""
        self.seen += 1
        if self.seen <= self.skip or (self.count and self.fired >= self.count):
            return None
        action = self.draw(self.seen) if self.action == RANDOM else self.action
        self.fired += action is not None
        return action

    def draw(self, number: int) -> str | None:
        """Return the random action of the call of that number; the same one every time."""
        # A generator per call: what befalls a call cannot depend on a restart before it.
        dice = random.Random(f"{self.seed}:{number}")
        return dice.choice(self.actions) if dice.random() < self.rate else None


def read_fault(raw: object) -> Fault:
    """Return a fault from its JSON form; raise ValueError that names what is wrong."""
    if not isinstance(raw, dict):
        raise ValueError("a fault is a JSON object")
    known = {row.name for row in fields(Fault)} - _KEPT_BY_SERVER
    if unknown := set(raw) - known:
        raise ValueError(f"unknown keys {sorted(unknown)}; known are {sorted(known)}")
    raw = _as_random(raw) if "seed" in raw or "rate" in raw or "actions" in raw else raw
    allowed = (*ACTIONS, RANDOM)
    if raw.get("action") not in allowed:
        raise ValueError(f"action must be one of {', '.join(allowed)}")
    for name, value in raw.items():
        _check_value(name, value)
    try:
        re.compile(raw.get("path", ""))
    except re.error as wrong:
        raise ValueError(f"path is no regular expression: {wrong}") from wrong
    return Fault(**raw)


def _check_value(name: str, value: object) -> None:
    if name in _TEXTS and not isinstance(value, str):
        raise ValueError(f"{name} must be text")
    if name == "tries" and not isinstance(value, bool):
        raise ValueError("tries must be true or false")
    if name in _WHOLE and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise ValueError(f"{name} must be a whole number, 0 or more")
    if name == "seconds" and (
        isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST
    ):
        raise ValueError(f"seconds must be a number from 0 to {_LONGEST}")
    if name == "http_status" and not (isinstance(value, int) and 400 <= value <= 599):
        raise ValueError("http_status must be from 400 to 599")


def _as_random(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON form of a seeded fault with its defaults: for ever, and all actions."""
    whole = {"action": RANDOM, "count": 0, "actions": list(ACTIONS), **raw}
    actions = whole["actions"]
    if not isinstance(actions, list) or not actions or set(actions) - set(ACTIONS):
        raise ValueError(f"actions must be a list of {', '.join(ACTIONS)}")
    rate = whole.get("rate")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= 1:
        raise ValueError("rate must be above 0 and at most 1")
    if whole["action"] != RANDOM:
        raise ValueError(f"seed, rate and actions belong to the action {RANDOM}")
    return whole


def load_faults(emulator: Emulator) -> list[Fault]:
    """Return the scripts in force; they outlive a restart."""
    return [Fault(**row) for row in emulator.state.settings.get(FAULTS_SETTING, [])]


def _save(emulator: Emulator, faults: list[Fault]) -> None:
    emulator.state.set_setting(FAULTS_SETTING, [asdict(fault) for fault in faults])


def add_faults(emulator: Emulator, added: list[Fault]) -> None:
    """Put more scripts into force, each with a number of its own."""
    state = emulator.state
    number = int(state.settings.get(_NEXT_ID_SETTING, 1))
    for place, fault in enumerate(added):
        fault.id = number + place
    with state.transaction():
        state.set_setting(_NEXT_ID_SETTING, number + len(added))
        _save(emulator, [*load_faults(emulator), *added])


def remove_fault(emulator: Emulator, identity: int) -> bool:
    """Take one script out of force; say whether there was one of that number."""
    faults = load_faults(emulator)
    kept = [fault for fault in faults if fault.id != identity]
    _save(emulator, kept)
    return len(kept) < len(faults)


def remove_all_faults(emulator: Emulator) -> None:
    """Take all scripts out of force; what they did stays in the log."""
    _save(emulator, [])


def next_fault(emulator: Emulator, call: Call) -> tuple[Fault, str] | None:
    """Return the script that befalls a call and its action, None if the call goes well.

    Counts and log are on disk before the fault happens.
    """
    if not emulator.state.settings.get(FAULTS_SETTING):
        return None
    faults = load_faults(emulator)
    matching = [fault for fault in faults if fault.matches(call)]
    if not matching:
        return None
    struck = None
    for fault in matching:
        action = fault.strike()
        if action is not None:
            struck = fault, action
            break
    with emulator.state.transaction():
        _save(emulator, faults)
        if struck is not None:
            emulator.state.note_fault(_entry(emulator, call, *struck))
    return struck


def _entry(emulator: Emulator, call: Call, fault: Fault, action: str) -> dict[str, Any]:
    return {
        "time": meta_text(emulator.clock.now(), "UTC"),
        "fault": fault.id,
        "action": action,
        "call_number": fault.seen,
        "method": call.method,
        "path": call.path,
        "params": call.loggable_params(),
    }
