"""Checks say how JSON Schema shows what they let through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Check = TypeVar("Check", bound=Callable[..., object])
_MARK = "__json_schema__"


def shown_as(**schema: object) -> Callable[[Check], Check]:
    """Mark a check with the JSON Schema keywords for the values it accepts."""

    def mark(check: Check) -> Check:
        setattr(check, _MARK, schema)
        return check

    return mark


def hints_of(check: object) -> dict[str, Any]:
    """Return the keywords a check was marked with; empty when it was not."""
    hints: dict[str, Any] = getattr(check, _MARK, {})
    return hints
