"""How long things may take; every bound of the exactly-once protocol in one place. Seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """Bounds of one call, and of what Meta may still do after it.

    `send_window`: between the committed intent and the send; a worker that was frozen longer does
    not send. `call`: the whole HTTP call, at most (graph/settings.py: the total and one read
    timeout). `late_commit`: how long after its end a call may still take effect at Meta.
    `list_lag`: how long a new object may be missing from lists. The last two are assumptions until
    they are measured on a real account.
    """

    send_window: float = 10
    call: float = 90
    late_commit: float = 60
    list_lag: float = 50
    look_again: float = 20
    attempts: int = 5

    @property
    def quiescence(self) -> timedelta:
        """After this, an attempt that cannot be found did not create anything."""
        return timedelta(seconds=self.send_window + self.call + self.late_commit + self.list_lag)

    @property
    def between_searches(self) -> timedelta:
        """The pause between two look-ups for the same attempt."""
        return timedelta(seconds=self.look_again)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How the reconciler paces itself. Seconds.

    `idle`: a launch being created that nobody touched for so long is taken on. `watch`: so long a
    withdrawal is enforced at every pass; later, when a status sync sees the campaign on. `lead`:
    so early a launch is prepared for its activation time. `late`: a launch this much overdue is no
    longer switched on without a person. `poll`: between two looks for launches that became due.
    `remind`: after so long, a person is told again of what is still open.
    """

    idle: float = 600
    watch: float = 86_400
    lead: float = 45
    late: float = 86_400
    poll: float = 5
    remind: float = 86_400
