"""Become another program that dies with its parent.

Run as a script, `python -I -S launch.py PARENT SIGNAL UID GID PROGRAM ARGUMENT...`: a step between
fork and exec that is a program of its own, because code run in a forked child of a process with
threads may deadlock. Uses the standard library only. UID and GID of -1 keep the user.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def _drop_to(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _die_with_parent(parent: int, signal_number: int) -> None:
    # After the change of user, which the kernel answers by forgetting the wish.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def main() -> None:
    """Set the process up as told by the arguments and replace it by the program."""
    parent, signal_number, uid, gid = (int(argument) for argument in sys.argv[1:5])
    program = sys.argv[5:]
    if uid >= 0:
        _drop_to(uid, gid)
    if signal_number:
        _die_with_parent(parent, signal_number)
    os.execvp(program[0], program)


if __name__ == "__main__":
    main()
