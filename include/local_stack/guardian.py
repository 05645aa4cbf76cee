"""A small process that ends the stack when its parent can no longer do it.

It reads `+ PID SIGNAL` and `- PID` lines, one for each process started and stopped, and acts when
the pipe closes: however its parent ended, even by SIGKILL, the pipe closes with it.
"""

import signal
import sys
import time

from local_stack.process_table import families, send

GRACE_SECONDS = 20.0
_ORPHAN_SECONDS = 3.0
_POLL_SECONDS = 0.1


def end_families(leaders: dict[int, signal.Signals], grace: float = GRACE_SECONDS) -> None:
    """Stop every leader by its own signal, and what is left of its family after `grace` by SIGKILL.

    Members that outlive their leader are nobody's any more: they get 3 seconds.
    Returns when no process of any of the families is left.
    """
    for leader, family in families(leaders).items():
        send(leaders[leader], {leader} & family)
    deadline = time.monotonic() + grace
    leader_gone_at: dict[int, float] = {}
    while True:
        left = {leader: family for leader, family in families(leaders).items() if family}
        if not left:
            return
        now = time.monotonic()
        for leader, family in left.items():
            if leader not in family and leader not in leader_gone_at:
                leader_gone_at[leader] = now
                send(signal.SIGTERM, family)
            elif now > min(deadline, leader_gone_at.get(leader, deadline) + _ORPHAN_SECONDS):
                send(signal.SIGKILL, family)
        time.sleep(_POLL_SECONDS)


def main() -> None:
    """Keep the list of what runs until the parent is gone, then end what is left of it."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    running: dict[int, signal.Signals] = {}
    for line in sys.stdin:
        verb, pid, *rest = line.split()
        if verb == "+":
            running[int(pid)] = signal.Signals(int(rest[0]))
        else:
            running.pop(int(pid), None)
    end_families(running)


if __name__ == "__main__":
    main()
