"""Read a YAML file as plain text values with their positions, refusing what YAML hides.

Every scalar stays the text that stands in the file: `no`, `010` and `12:30:00` are not turned into
a boolean, an octal number or seconds. What a field means is the campaign file's business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from meta_ads.campaigns.source import Position, Source, Value
from meta_ads.errors import InvalidCampaign, Problem

# The C parser is about ten times faster; it gives the same nodes and positions.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
LONGEST_KEY = 100
# Control characters that an escape such as "\0" can smuggle in (tab and newline are text), and
# code points that are no characters. Postgres refuses NUL in JSON; terminals obey the others.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# What no YAML file may hold, even unescaped; the parser would not say where it stands.
_NOT_YAML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
# A comment that reads like a hashtag: “Spring is here #spring”, perhaps on an indented line below.
_HASHTAG = re.compile(r"(?:[ \t]*\r?\n)*[ \t]+(#\w\S*)")
# Words of the parser, what they mean to a person, and what to do. {found} is the character there.
_MEANINGS = (
    (
        "mapping values are not allowed",
        "has “: ” where no value can begin",
        "Put quotes around text with “: ” in it, and indent keys that belong together alike.",
    ),
    (
        "cannot start any token",
        "has text that starts with “{found}”",
        "Put quotes around the text.",
    ),
    (
        "alphabetic or numeric character",
        "has text that starts with & or *",
        "Put quotes around the text.",
    ),
    (
        "unexpected end of stream",
        "opens a quote that is not closed",
        "Close it; write a quote inside of quotes twice.",
    ),
    (
        "did not find expected key",
        "goes on where a new key was expected",
        "Put quotes around the whole text, and indent keys that belong together alike.",
    ),
    (
        "block sequence entries are not allowed",
        "has text that starts with “- ”",
        "Put quotes around the text.",
    ),
    (
        "expected comment or line break",
        "has text that starts with | or >",
        "Put quotes around the text.",
    ),
    (
        "could not find expected ':'",
        "has a line that is not “key: value”",
        "Put a colon and an ordinary space behind the key, and indent text that goes on.",
    ),
    (
        "expected ',' or",
        "opens a bracket or brace that is not closed before something else begins",
        "Close it with ] or }, and put commas between what is inside.",
    ),
    (
        "found another document",
        "holds more than one document",
        "Put each campaign in a file of its own, without a line “---” between them.",
    ),
)
# Of these, the parser tells best where they begin.
_BEGIN_EARLIER = ("unexpected end of stream", "could not find expected ':'", "expected ',' or")
NULL = "tag:yaml.org,2002:null"
PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in "str int float bool null timestamp map seq merge value".split()
)


def read_yaml(path: Path, name: str) -> Source:
    """Return the file as a Source; `name` is what problems call it.

    Duplicate keys, tags, templates and invisible characters are the Source's `problems`, so that
    its fields can still be checked. InvalidCampaign when there is nothing to check: a file that
    cannot be read, is too large or too deep, is no UTF-8 or no YAML, or uses aliases.
    """
    try:
        if path.exists() and not path.is_file():
            # A pipe would keep the reader waiting for ever.
            raise _invalid(name, "is not a file", "Remove it, or put a file in its place.")
        with path.open("rb") as stream:
            # Bytes, so that a file that is not UTF-8 is told from one that is not YAML.
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _invalid(name, f"cannot be read: {error.strerror}", "Check the file.") from None
    if len(raw) > MAX_BYTES:
        raise _invalid(name, f"is larger than {MAX_BYTES // 1024} KB", "Split it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _invalid(name, "is not UTF-8 text", "Save it as UTF-8.", line) from None
    return _Reader(name, text).read(hashlib.sha256(raw).hexdigest())


def parse_yaml(text: str, name: str) -> Source:
    """Return the text of a file as a Source; see `read_yaml`."""
    return _Reader(name, text).read(hashlib.sha256(text.encode()).hexdigest())


def _invalid(
    name: str, message: str, remedy: str, line: int = 0, column: int = 1
) -> InvalidCampaign:
    return InvalidCampaign([Problem(name, message, remedy, line=line, column=column)])


@dataclass
class _Reader:
    name: str
    text: str
    problems: list[Problem] = field(default_factory=list)
    positions: dict[str, Position] = field(default_factory=dict)
    keys: dict[str, Position] = field(default_factory=dict)
    hashtags: dict[str, str] = field(default_factory=dict)

    def read(self, digest: str) -> Source:
        self._refuse_invisible()
        try:
            self._refuse_before_composing()
            loader = _LOADER(self.text)
            try:
                node = loader.get_single_node()
            finally:
                loader.dispose()
        except yaml.MarkedYAMLError as error:
            raise self._not_yaml(error) from None
        value = self._value(node, "") if node is not None else None
        return Source(
            self.name,
            value,
            self.positions,
            self.keys,
            self.hashtags,
            tuple(self.problems),
            digest,
        )

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> InvalidCampaign:
        """Return what the parser stumbled over, in words that need no knowledge of YAML."""
        said = " ".join(part for part in (error.context, error.problem) if part)
        mark = error.problem_mark
        if mark is None or any(words in said for words in _BEGIN_EARLIER):
            mark = error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        found = self.text[mark.index : mark.index + 1] if mark else ""
        message, remedy = said, "Check indentation, colons and quotes around that place."
        if found == "\t":
            message, remedy = "has a tab where YAML wants spaces", "Indent with spaces."
        else:
            for words, meaning, cure in _MEANINGS:
                if words in said:
                    message, remedy = meaning.format(found=found), cure
        return _invalid(self.name, f"is not valid YAML: {message}", remedy, line, column)

    def _refuse_invisible(self) -> None:
        hidden = _NOT_YAML.search(self.text)
        if hidden:
            before = self.text[: hidden.start()]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            message = f"contains the invisible character U+{ord(hidden[0]):04X}"
            raise _invalid(self.name, message, "Remove it.", line, column)

    def _refuse_before_composing(self) -> None:
        """Look for aliases and depth in the stream of events, before anything is built of them.

        The composer calls itself for each level, and the C stack ends without an exception: a few
        thousand brackets would end the process that reads the file, not just the reading.
        """
        depth = 0
        for event in yaml.parse(self.text, Loader=_LOADER):
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
            anchor = getattr(event, "anchor", None)
            if anchor is not None:
                raise _invalid(
                    self.name,
                    f"uses the YAML anchor or alias “{anchor}”",
                    "Write the value out, or put quotes around text that starts with & or *.",
                    line,
                    column,
                )
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    message = f"is nested deeper than {MAX_DEPTH} levels"
                    raise _invalid(self.name, message, "Flatten it.", line, column)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1

    def _value(self, node: yaml.Node, path: str) -> Value:
        self.positions[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if node.tag not in PLAIN_TAGS:
            remedy = "Remove the tag, or put quotes around text that starts with !."
            self._problem(node, path, f"has the YAML tag {node.tag}", remedy)
        if isinstance(node, yaml.MappingNode):
            return dict(self._items(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [
                self._value(item, f"{path}[{number}]") for number, item in enumerate(node.value)
            ]
        return self._scalar(node, path)

    def _items(self, node: yaml.MappingNode, path: str) -> Iterator[tuple[str, Value]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(key_node, path, "has a key that is not text", "Use a plain key.")
                continue
            key = key_node.value
            if len(key) > LONGEST_KEY or not key.isprintable():
                self._problem(key_node, path, "has a key that is no name", "Use a plain key.")
                continue
            inner = f"{path}.{key}" if path else key
            if key in seen:
                self._problem(
                    key_node,
                    inner,
                    f"stands twice; the first is on line {seen[key]}",
                    "Remove one of them.",
                )
                continue
            seen[key] = key_node.start_mark.line + 1
            self.keys[inner] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            yield key, self._value(value_node, inner)

    def _scalar(self, node: yaml.Node, path: str) -> str | None:
        text = str(node.value)
        plain = getattr(node, "style", None) in (None, "")
        hashtag = _HASHTAG.match(self.text, node.end_mark.index) if plain else None
        if hashtag:
            self.hashtags[path] = hashtag[1]
        if node.tag == NULL and plain:
            return None
        for mark in ("{{", "{%", "{#"):
            if mark in text:
                self._problem(
                    node,
                    path,
                    f"contains {mark}",
                    "Campaign files hold no templates; write the text itself.",
                )
        hidden = _UNPRINTABLE.search(text)
        if hidden:
            self._problem(
                node,
                path,
                f"contains the invisible character U+{ord(hidden[0]):04X}",
                "Remove it.",
            )
            # What reads the value next must not meet it.
            return _UNPRINTABLE.sub("", text)
        return text

    def _problem(self, node: yaml.Node, path: str, message: str, remedy: str) -> None:
        mark = node.start_mark
        self.problems.append(
            Problem(self.name, message, remedy, path, "", mark.line + 1, mark.column + 1)
        )
