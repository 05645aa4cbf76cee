"""Check a thousand flat and a thousand full campaign files as `adlaunch validate` does.

Exits with 1 when a thousand take more than three seconds of one processor. A medium that many files
show is looked into once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from meta_ads.errors import Problem
from meta_ads.launching.preflight import offline_problems
from meta_ads.media.inspection import Facts, MediaInspector
from tests.speed.files import FLAT, FULL, make_project

SECONDS_A_THOUSAND = 3.0


class Counting(MediaInspector):
    """Counts the files it looks into."""

    looks = 0

    def _looked(
        self, relative_path: str, look: Callable[[Path, str], Facts]
    ) -> tuple[Facts | None, Sequence[Problem]]:
        self.looks += 1
        return super()._looked(relative_path, look)


def measure(home: Path) -> tuple[int, float, int]:
    """Return how many files were checked, the processor's seconds, and how many media looked at."""
    media = Counting(home / "creatives")
    before = time.process_time()
    checked, problems = offline_problems(home, media, datetime.now(UTC))
    took = time.process_time() - before
    errors = [problem for problem in problems if problem.is_error]
    assert errors == [], errors[:3]
    return checked, took, media.looks


def main() -> int:
    """Print a line for each shape; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    count = parser.parse_args().files
    slow = False
    for shape in (FLAT, FULL):
        with tempfile.TemporaryDirectory() as folder:
            make_project(Path(folder), shape, count)
            checked, seconds, looks = measure(Path(folder))
        allowed = SECONDS_A_THOUSAND * count / 1000
        print(
            f"{shape}: {checked} files, {seconds:.2f} s of {allowed:.2f} s, "
            f"{seconds / count * 1000:.2f} ms each, {looks} media looked into"
        )
        slow |= seconds > allowed
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
