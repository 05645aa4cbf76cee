"""Regular expressions that people write into a configuration file, and that cannot run wild.

Python's `re` tries every way in which a text can match. What is allowed here has a bound on the
number of ways: no repeated groups, no back references, and a product of choices that stays small.
"""

from __future__ import annotations

import re

LONGEST_PATTERN = 200
# Longer texts do not match: it bounds the ways, and no name or parameter is longer.
LONGEST_TEXT = 500
# Three parts of any length, as in `[A-Z]+_[A-Z]+_.+`, each ending anywhere in the text.
MOST_WAYS = LONGEST_TEXT**3
_PARTS = re.compile(
    r"""(?P<escape>\\.)
      | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | (?P<extension>\(\?(?!:))
      | (?P<open>\((?:\?:)?)
      | (?P<close>\))
      | (?P<repeat>[*+?]|\{\d+(?:,\d*)?\})
      | (?P<either>\|)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_COUNTS = re.compile(r"\{(\d+)(,?)(\d*)\}")


def checked_pattern(text: str) -> str:
    """Return the pattern when it is safe; else raise ValueError with message and remedy."""
    remedy = "Write a simple pattern, such as [A-Z]{2,5}_.+, or use another kind of rule."
    if len(text) > LONGEST_PATTERN:
        raise ValueError(f"is longer than {LONGEST_PATTERN} characters", remedy)
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is not a regular expression ({error})", remedy) from None
    ways, before = 1, ""
    for found in _PARTS.finditer(text):
        kind, part = str(found.lastgroup), found[0]
        if kind == "extension" or (kind == "escape" and (part[1].isdigit() or part[1] in "AZbB")):
            raise ValueError(f"uses {part}, which patterns here do not know", remedy)
        if kind == "repeat":
            if before == "repeat" or (before == "close" and part != "?"):
                raise ValueError("repeats a group, or repeats twice", remedy)
            ways *= _choices(part)
        if kind == "either":
            ways *= 2
        before = kind
    if ways > MOST_WAYS:
        raise ValueError("can match in too many ways to be quick", remedy)
    return text


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; never when it is longer than LONGEST_TEXT."""
    return len(text) <= LONGEST_TEXT and re.fullmatch(pattern, text) is not None


def _choices(repeat: str) -> int:
    """Return in how many ways one repeated character can end."""
    if repeat == "?":
        return 2
    counts = _COUNTS.fullmatch(repeat)
    if counts is None:
        return LONGEST_TEXT
    least, comma, most = counts.groups()
    if not comma:
        return 1
    return max(1, min(int(most) - int(least) + 1, LONGEST_TEXT)) if most else LONGEST_TEXT
