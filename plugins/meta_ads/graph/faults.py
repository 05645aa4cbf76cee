"""Meta's error envelope, read from any answer.

Source: Graph API "Handle Errors". `error_data` comes as an object or as JSON text of one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from meta_ads.errors import GraphFault
from meta_ads.graph.usage import Usage


@dataclass(frozen=True, slots=True)
class Envelope:
    """One error as Meta sent it: the fault for people, and what only programs need."""

    fault: GraphFault
    transient: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


def read_envelope(
    body: Any, status: int, usage: Usage, scrub: Callable[[str], str]
) -> Envelope | None:
    """Return the envelope in `body`, its texts without secrets; None when there is none."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return None
    data = _data(error.get("error_data"))

    def text(name: str) -> str | None:
        value = error.get(name)
        return scrub(str(value)) if value not in (None, "") else None

    fault = GraphFault(
        message=text("message") or "Meta gave no message",
        code=_integer(error.get("code")),
        subcode=_integer(error.get("error_subcode")),
        user_title=text("error_user_title"),
        user_message=text("error_user_msg"),
        fbtrace_id=text("fbtrace_id"),
        http_status=status,
        blame=_blame(data, scrub),
        regain_seconds=usage.regain_seconds,
    )
    return Envelope(fault, transient=error.get("is_transient") is True, data=data)


def _data(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def _blame(data: Mapping[str, Any], scrub: Callable[[str], str]) -> str | None:
    """Return the blamed fields as paths: `[["targeting","geo"],["name"]]` is `targeting.geo, name`.

    Meta nests the lists one or two deep.
    """
    specs = data.get("blame_field_specs")
    if not isinstance(specs, list) or not specs:
        return None
    paths = [spec if isinstance(spec, list) else [spec] for spec in specs]
    return scrub(", ".join(".".join(str(part) for part in path) for path in paths))


def _integer(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
