"""What a kind of node can do: its readable fields, its edges, and its writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.state import Object

if TYPE_CHECKING:
    from emulator.emulator import Emulator
    from emulator.protocol import Call

Json = dict[str, Any]
Row = Object | Json
ReadField = Callable[["Emulator", Object], Any]
ListRows = Callable[["Emulator", "Call", Object], Sequence[Row]]
Write = Callable[["Emulator", "Call", Object], Json]


@dataclass(frozen=True)
class Edge:
    """One edge of a node: what it lists, and what POST and DELETE on it do.

    ``kind`` names the listed objects' kind, or is None for rows that are no objects.
    ``statuses`` says that rows have an effective status: archived and deleted ones hide.
    """

    kind: str | None = None
    rows: ListRows | None = None
    create: Write | None = None
    delete: Write | None = None
    statuses: bool = False


@dataclass(frozen=True)
class Kind:
    """A node type.

    ``title`` is Meta's name for it in errors, ``sdk_class`` the SDK class listing its fields.
    ``computed`` fields are worked out on reading; ``references`` maps a field such as
    ``campaign`` to the stored field holding that node's id.
    """

    name: str
    title: str
    sdk_class: str
    computed: Mapping[str, ReadField] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    edges: Mapping[str, Edge] = field(default_factory=dict)
    update: Write | None = None
    delete: Write | None = None
    #: Fields only shown to a token with one of these permissions; to others they are not there.
    scoped_fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: What Meta shows besides ``id`` when no fields are asked for.
    default_fields: tuple[str, ...] = ()
