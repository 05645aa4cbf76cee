"""Lines on the terminal, and one that changes in place where the terminal can do that."""

import sys
import time


class Terminal:
    """Writes lines with the seconds since it was made; plain ones when nobody watches."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._interactive = sys.stdout.isatty()
        self._passing = ""

    @property
    def seconds(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._began

    def step(self, line: str) -> None:
        """Write a line with the time before it."""
        self.line(f"{self.seconds:6.1f} s  {line}")

    def line(self, line: str = "") -> None:
        """Write a line."""
        self._clear()
        print(line, flush=True)

    def passing(self, line: str) -> None:
        """Show a line until the next one replaces it. Not shown where nobody watches."""
        if self._interactive and line != self._passing:
            self._clear()
            print(line, end="", flush=True)
            self._passing = line

    def _clear(self) -> None:
        if self._passing:
            print("\r" + " " * len(self._passing) + "\r", end="", flush=True)
            self._passing = ""
