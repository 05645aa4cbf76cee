"""The forms on the pages: each does what a control does, then leads back to the first page."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from emulator.calls.usage import Usage
from emulator.controls.page import Pages
from emulator.controls.quota_control import set_quotas
from emulator.emulator import CLOCK_SETTING, LIST_LAG_SETTING, Emulator
from emulator.injection.faults import add_faults, read_fault, remove_fault
from emulator.snapshots import (
    UnknownSnapshotError,
    delete_snapshot,
    restore_snapshot,
    start_anew,
    take_snapshot,
)

Form = Mapping[str, str]
#: Does what a form asks; raises ValueError, in words for a person, for what cannot be done.
Act = Callable[[Form], None]

_WHOLE = ("skip", "count", "seed")
_NUMBERS = ("seconds", "rate")


def form_routes(
    emulator: Emulator, usage: Usage, pages: Pages, follow_state: Callable[[], None]
) -> list[Route]:
    """Return the routes the forms send to, relative to ``/_emulator``."""
    forms = _Forms(emulator, usage, follow_state)
    acts: dict[str, Act] = {
        "clock": forms.clock,
        "faults/add": forms.add_fault,
        "faults/remove": forms.remove_fault,
        "list_lag": forms.list_lag,
        "quotas": forms.quotas,
        "reset": forms.reset,
        "snapshots": forms.snapshots,
    }
    return [
        Route(f"/forms/{name}", _handler(act, pages), methods=["POST"])
        for name, act in acts.items()
    ]


def _handler(act: Act, pages: Pages) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        sent = await request.form(max_files=0)
        try:
            act({name: str(value).strip() for name, value in sent.items()})
        except ValueError as wrong:
            return pages.wrong(str(wrong))
        return RedirectResponse("/", 303)

    return handle


class _Forms:
    """What the forms do, with the parts of the server they do it to."""

    def __init__(self, emulator: Emulator, usage: Usage, follow_state: Callable[[], None]) -> None:
        self._emulator, self._usage, self._follow_state = emulator, usage, follow_state

    def clock(self, form: Form) -> None:
        clock = self._emulator.clock
        try:
            clock.move(form)
        except (KeyError, ValueError):
            raise ValueError("The clock needs a time such as 2030-01-01T08:00:00Z.") from None
        self._emulator.state.set_setting(CLOCK_SETTING, clock.offset_seconds)

    def list_lag(self, form: Form) -> None:
        self._emulator.state.set_setting(LIST_LAG_SETTING, _number(form.get("seconds", "")))

    def add_fault(self, form: Form) -> None:
        wanted: dict[str, Any] = {name: value for name, value in form.items() if value}
        for name in (*_WHOLE, *_NUMBERS):
            if name in wanted:
                number = _number(wanted[name])
                wanted[name] = int(number) if name in _WHOLE else number
        add_faults(self._emulator, [read_fault(wanted)])

    def remove_fault(self, form: Form) -> None:
        if not remove_fault(self._emulator, int(_number(form.get("id", "")))):
            raise ValueError("That fault has already gone.")

    def quotas(self, form: Form) -> None:
        asked: dict[str, object] = {"tier": form.get("tier", "")}
        set_quotas(self._emulator, self._usage, {**asked, "forget": bool(form.get("forget"))})

    def snapshots(self, form: Form) -> None:
        name, wanted = form.get("name", ""), form.get("do", "take")
        try:
            if wanted == "restore":
                restore_snapshot(self._emulator, name)
                self._follow_state()
            elif wanted == "delete":
                delete_snapshot(self._emulator, name)
            else:
                take_snapshot(self._emulator, name)
        except UnknownSnapshotError:
            raise ValueError(f"There is no snapshot {name!r}.") from None

    def reset(self, form: Form) -> None:
        start_anew(self._emulator)
        self._follow_state()


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number.") from None
    if not 0 <= number < 10**12:
        raise ValueError(f"{text!r} must be 0 or more.")
    return number
