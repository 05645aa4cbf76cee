"""What a kind of node can do: its readable fields, its edges, and its writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.calls import schema
from emulator.state import Object

if TYPE_CHECKING:
    from emulator.calls.protocol import Call
    from emulator.emulator import Emulator

Json = dict[str, Any]
Row = Object | Json
ReadField = Callable[["Emulator", Object], Any]
ReadLink = Callable[["Emulator", str, Object], Any]
ListRows = Callable[["Emulator", "Call", Object], Sequence[Row]]
ReadPage = Callable[["Emulator", "Call", Object, Sequence[str]], Json]
Write = Callable[["Emulator", "Call", Object], Json]
Answer = Callable[["Emulator", "Call", Object], Json]

# Edges whose rows Meta works out for every node: without a model of them, "none" would be a lie.
_NEVER_EMPTY = frozenset(
    (
        "account_controls",
        "ads_volume",
        "creative_insights",
        "insights",
        "ios_fourteen_campaign_limits",
        "max_bid",
        "message_delivery_estimate",
        "picture",
        "stats",
        "targetingsentencelines",
        "tracking",
        "video_insights",
    )
)


@dataclass(frozen=True)
class Edge:
    """One edge of a node: what it lists, and what POST and DELETE on it do.

    ``kind`` names the listed objects' kind, or is None for rows that are no objects.
    ``statuses`` says that rows have an effective status: archived and deleted ones hide.
    ``page`` makes a whole page by itself, from the names of the asked-for fields, where rows are
    not a list that could be cut.
    """

    kind: str | None = None
    rows: ListRows | None = None
    create: Write | None = None
    delete: Write | None = None
    statuses: bool = False
    page: ReadPage | None = None

    @property
    def readable(self) -> bool:
        """Whether GET on it means something."""
        return self.rows is not None or self.page is not None


@dataclass(frozen=True)
class Kind:
    """A node type.

    ``title`` is Meta's name for it in errors, ``sdk_class`` the SDK class listing its fields.
    ``computed`` fields are worked out on reading; ``references`` maps a field such as
    ``campaign`` to the stored field holding that node's id. ``links`` are computed fields that
    lead back to the host that was called.
    """

    name: str
    title: str
    sdk_class: str
    computed: Mapping[str, ReadField] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, ReadLink] = field(default_factory=dict)
    edges: Mapping[str, Edge] = field(default_factory=dict)
    update: Write | None = None
    delete: Write | None = None
    #: Edges that answer with one object, not with a list of rows.
    answers: Mapping[str, Answer] = field(default_factory=dict)
    #: Fields only shown to a token with one of these permissions; to others they are not there.
    scoped_fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: What Meta shows besides ``id`` when no fields are asked for.
    default_fields: tuple[str, ...] = ()

    def edge(self, name: str) -> Edge | None:
        """Return the edge of that name; one that only Meta knows of has no rows here."""
        edge = self.edges.get(name)
        if edge is None and name in schema.edges(self.sdk_class) - _NEVER_EMPTY:
            return EMPTY_EDGE
        return edge


def nothing(emulator: Emulator, call: Call, obj: Object) -> list[Row]:
    """List nothing: the edge exists at Meta, and this world holds nothing to show on it."""
    return []


EMPTY_EDGE = Edge(rows=nothing)
