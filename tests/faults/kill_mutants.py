"""Runs every named mutant of the protocol and prints what killed it."""

from __future__ import annotations

import sys
import time

from tests.faults.launches import make_base
from tests.faults.mutants import killer_of, mutants
from tests.faults.runner import folder
from tests.faults.world import world


def main(names: list[str]) -> int:
    """Run the mutants whose names hold one of the texts; return 1 unless each ended as stated."""
    chosen = [m for m in mutants() if not names or any(name in m.name for name in names)]
    killed = expected = 0
    started = time.monotonic()
    with folder() as path, world(path) as here:
        for mutant in chosen:
            here.forget()
            base = make_base(here)
            killer = killer_of(mutant, here, base)
            killed += killer is not None
            expected += (killer is None) == (mutant.survives is not None)
            fate = "killed  " if killer else "survived"
            why = killer or mutant.survives or "nothing noticed it"
            print(f"{fate}  {mutant.name}\n              {why}", flush=True)
    seconds = time.monotonic() - started
    stated = sum(mutant.survives is not None for mutant in chosen)
    print(f"\n{killed} of {len(chosen)} mutants killed, {stated} stated as equal, {seconds:.0f} s")
    return 0 if expected == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
