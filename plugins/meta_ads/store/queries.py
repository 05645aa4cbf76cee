"""The SQL of the package: every statement is named and described in a `.sql` file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import LiteralString, cast

_HEADING = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def queries(file: str) -> dict[str, LiteralString]:
    """Return the statements of `sql/<file>.sql` by name.

    They are constants of this package, never built from input: hence LiteralString.
    """
    text = (Path(__file__).parent / "sql" / f"{file}.sql").read_text()
    parts = _HEADING.split(text)[1:]
    return {
        name: cast(LiteralString, body.strip())
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }
