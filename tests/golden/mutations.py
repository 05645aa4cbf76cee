"""Golden campaign files spoilt at random: keys deleted, doubled, moved and given strange values."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

GOLDEN = sorted((Path(__file__).parent / "launch").glob("*/campaign.yaml"))
STRANGE: tuple[Any, ...] = (
    None, "", " ", "no", "010", "12:30:00", "~", "٣٠", "²", "\u202e", "é" * 400, "9" * 400, "-1",
    "1e9", "0.1", "{a: b}", "../../etc/passwd", "/dev/null", "a\nb", "#tag", "https://", "http://[",
    "https://sunrise.example:99999/", "2027-02-30 09:00", "2027-03-28 02:30", "9999-12-31 23:59",
    "50 XXX", "50.001 SGD", "all", "true", [], {}, [[]], [None], {"": ""}, {"a.b": 1}, {"a[0]": 1},
    ["SG", "SG"], {"file_path": "x"}, [{}, {}], [{"id": "a"}, {"id": "a"}],
)  # fmt: skip


class Spoiler:
    """Makes one spoilt file after another out of the golden ones, always the same for a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.documents = [
            yaml.load(path.read_text("utf-8-sig"), yaml.BaseLoader) for path in GOLDEN
        ]

    def text(self) -> str:
        """Return one spoilt file."""
        one = self.random.choice(self.documents)
        document = yaml.safe_load(yaml.safe_dump(one))
        for _ in range(self.random.randint(1, 4)):
            self._spoil(document)
        text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
        return self._scratched(text) if self.random.random() < 0.3 else text

    def _spoil(self, document: Any) -> None:
        places = list(_places(document))
        if not places:
            return
        holder, key = self.random.choice(places)
        other, there = self.random.choice(places)
        match self.random.randrange(6):
            case 0:
                del holder[key]
            case 1:
                holder[key] = self.random.choice(STRANGE)
            case 2 if isinstance(holder, dict):
                holder[f"{key}{self.random.choice(['s', '', '.x', '[0]', ' '])}x"] = holder[key]
            case 3:
                holder[key] = [holder[key]]
            case 4:
                holder[key] = {"file_path": holder[key]}
            case _:
                # A copy, since YAML would write the same value twice as an alias.
                holder[key] = yaml.safe_load(yaml.safe_dump(other[there]))

    def _scratched(self, text: str) -> str:
        lines = text.splitlines(keepends=True)
        at = self.random.randrange(len(lines))
        match self.random.randrange(5):
            case 0:
                lines.insert(at, self.random.choice(lines))
            case 1:
                lines[at] = " " + lines[at]
            case 2:
                lines[at] = lines[at].replace(": ", self.random.choice([":", ": !!int ", ": &a "]))
            case 3:
                lines[at] = lines[at].rstrip("\n") + self.random.choice([" #tag", "\t", ":", "{{"])
            case _:
                place = self.random.randrange(len(text))
                return text[:place] + self.random.choice("\0\t\ufeff[]{}:'\"&*") + text[place:]
        return "".join(lines)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each key or number of a document with the mapping or list that holds it."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])
