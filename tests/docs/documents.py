"""The documents under test, and how to take them apart."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "plugins/meta_ads"
README = PROJECT / "README.md"
PACKAGE_README = PACKAGE / "README.md"
DOCUMENTS = (README, PROJECT / "CHANGELOG.md", PACKAGE_README)

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def blocks(document: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language, without the indentation they stand in."""
    return [
        re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)
        for indent, its, body in _FENCE.findall(document.read_text())
        if its == language
    ]


def prose(document: Path) -> str:
    """Return the text without its fenced blocks."""
    return _FENCE.sub("", document.read_text())


def anchors(document: Path) -> set[str]:
    """Return the anchors of the headings, as Markdown viewers make them."""
    return {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in _HEADING.findall(prose(document))
    }


def edges(diagram: str) -> set[tuple[str, str]]:
    """Return the arrows of a Mermaid diagram, chains included, labels and boxes left out."""
    found: set[tuple[str, str]] = set()
    for line in diagram.splitlines()[1:]:
        names = [re.split(r"[\[:]", part.strip())[0].strip() for part in line.split("-->")]
        if "-->" in line:
            # `[*]`, the start or the end, is left as an empty name.
            found.update(itertools.pairwise(names))
    return {(start, end) for start, end in found if start and end}
