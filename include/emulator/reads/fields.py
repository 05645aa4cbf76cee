"""Parses Graph's ``fields`` language: ``id,adsets.limit(5){id,ads{creative{id}}}``."""

from dataclasses import dataclass, field
from functools import lru_cache

from emulator.policy.rules import broken

#: How deep fields may nest here; where Meta stops is not documented.
DEEPEST = 20


@dataclass(frozen=True)
class Field:
    """One asked-for field: its modifiers (``limit(5)``) and its own fields."""

    name: str
    modifiers: tuple[tuple[str, str], ...] = ()
    fields: tuple["Field", ...] = ()

    @property
    def key(self) -> str:
        """The name the answer gives it: its own, or that of ``.as(name)``."""
        return next((text for name, text in self.modifiers if name == "as"), self.name)


@lru_cache(maxsize=1024)
def parse_fields(text: str) -> tuple[Field, ...]:
    """Return the parsed list; raise code 2500 where it is not well formed."""
    reader = _Reader(text)
    parsed = reader.field_list()
    if reader.position != len(text):
        raise broken("bad_fields", character=text[reader.position], position=reader.position)
    return parsed


@dataclass
class _Reader:
    text: str
    position: int = field(default=0)
    depth: int = field(default=0)

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _skip(self, characters: str) -> None:
        while self._peek() and self._peek() in characters:
            self.position += 1

    def _name(self) -> str:
        start = self.position
        while self._peek().isalnum() or self._peek() in ("_", "-", ":"):
            if not self._peek():
                break
            self.position += 1
        return self.text[start : self.position]

    def field_list(self) -> tuple[Field, ...]:
        found: list[Field] = []
        while True:
            # Meta shrugs at blanks and doubled commas.
            self._skip(" \t\r\n,")
            if not self._peek() or self._peek() == "}":
                return tuple(found)
            found.append(self._field())

    def _field(self) -> Field:
        name = self._name()
        if not name:
            raise broken("bad_fields", character=self._peek(), position=self.position)
        modifiers = []
        while self._peek() == ".":
            self.position += 1
            modifiers.append((self._name(), self._arguments()))
        inner: tuple[Field, ...] = ()
        self._skip(" \t\r\n")
        if self._peek() == "{":
            if self.depth == DEEPEST:
                raise broken("bad_fields", character="{", position=self.position)
            self.position += 1
            self.depth += 1
            inner = self.field_list()
            self.depth -= 1
            self._expect("}")
        return Field(name, tuple(modifiers), inner)

    def _arguments(self) -> str:
        self._expect("(")
        start, depth = self.position, 1
        while depth:
            character = self._peek()
            if not character:
                raise broken("bad_fields", character="end of text", position=self.position)
            if character == '"':
                self._skip_quoted()
                continue
            depth += {"(": 1, ")": -1}.get(character, 0)
            self.position += 1
        return self.text[start : self.position - 1]

    def _skip_quoted(self) -> None:
        """Pass over quoted text, whose parentheses do not count."""
        self.position += 1
        while self._peek() not in ('"', ""):
            self.position += 2 if self._peek() == "\\" else 1
        self.position += 1

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            found = self._peek() or "end of text"
            raise broken("bad_fields", character=found, position=self.position)
        self.position += 1
