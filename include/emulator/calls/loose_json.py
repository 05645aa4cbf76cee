"""Reads JSON as loosely as Meta does: single quotes, bare keys, a comma too many.

Meta's own samples write ``time_range={'since':'2026-01-01','until':'2026-01-31'}`` and
``filtering=[{field:"spend",operator:"GREATER_THAN",value:50}]``, and clients copy them.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
_KEY = re.compile(r"[A-Za-z_$][\w$]*|\d+")
_SINGLE_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_CONSTANTS = {"true": True, "false": False, "null": None}
_DEEPEST = 100


def read_loose_json(text: str) -> Any:
    """Return the list or object the text spells; raise ValueError where it spells none.

    Values must be quoted, numbers, constants, lists or objects: a bare word is none of these.
    """
    if text[:1] not in ("[", "{"):
        raise ValueError("neither a list nor an object")
    reader = _Reader(text)
    value = reader.value(0)
    reader.skip_blanks()
    if reader.position != len(text):
        raise ValueError(f"unexpected text at {reader.position}")
    return value


@dataclass
class _Reader:
    text: str
    position: int = 0

    def skip_blanks(self) -> None:
        match = _BLANK.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match

    def _took(self, character: str) -> bool:
        self.skip_blanks()
        if self.text.startswith(character, self.position):
            self.position += 1
            return True
        return False

    def value(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise ValueError("nested too deep")
        if self._took("["):
            return self._list(depth)
        if self._took("{"):
            return self._object(depth)
        if self.text.startswith(("'", '"'), self.position):
            return self._string()
        if number := self._take(_NUMBER):
            return json.loads(number[0])
        word = self._take(_KEY)
        if word is None or word[0] not in _CONSTANTS:
            raise ValueError(f"no value at {self.position}")
        return _CONSTANTS[word[0]]

    def _list(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while not self._took("]"):
            items.append(self.value(depth + 1))
            if not self._took(","):
                self._expect("]")
                break
        return items

    def _object(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while not self._took("}"):
            key = self._key()
            self._expect(":")
            members[key] = self.value(depth + 1)
            if not self._took(","):
                self._expect("}")
                break
        return members

    def _key(self) -> str:
        if self.text.startswith(("'", '"'), self.position):
            return self._string()
        bare = self._take(_KEY)
        if bare is None:
            raise ValueError(f"no key at {self.position}")
        return bare[0]

    def _string(self) -> str:
        if match := self._take(_SINGLE_QUOTED):
            # A double quote is plain inside single quotes, where JSON wants it escaped.
            inside = match[1].replace("\\'", "'")
            return str(json.loads('"' + re.sub(r'(?<!\\)"', r"\"", inside) + '"', strict=False))
        value, self.position = json.JSONDecoder(strict=False).raw_decode(self.text, self.position)
        if not isinstance(value, str):
            raise ValueError(f"no text at {self.position}")
        return value

    def _expect(self, character: str) -> None:
        if not self._took(character):
            raise ValueError(f"{character} expected at {self.position}")
