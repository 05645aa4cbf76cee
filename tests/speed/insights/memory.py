"""What a process holds in memory and what it worked, as Linux counts it."""

from __future__ import annotations

import os
from pathlib import Path

_STATUS = Path("/proc/self/status")


def megabytes(what: str = "VmRSS") -> float:
    """Return the process's memory now, or its most so far as `VmHWM`, in units of 1,000,000."""
    for line in _STATUS.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == what:
            return int(value.split()[0]) * 1024 / 1_000_000
    raise LookupError(f"{_STATUS} names no {what}")


def processor_seconds(process: int) -> float:
    """Return what a process of this machine has used of a processor so far."""
    numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")
