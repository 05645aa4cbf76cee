"""What the controls read from a request and how they refuse one."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


async def json_body(request: Request) -> Any:
    """Return the decoded body; an empty one is an empty object, one that is no JSON is None."""
    try:
        return json.loads(await request.body() or b"{}")
    except ValueError:
        return None


async def json_object(request: Request) -> dict[str, Any]:
    """Return the body's JSON object; an empty one for anything else."""
    decoded = await json_body(request)
    return decoded if isinstance(decoded, dict) else {}


def refused(reason: str, status: int = 400) -> Response:
    """Return the controls' own error; it is no Graph error, since no Graph client comes here."""
    return JSONResponse({"error": reason}, status)


def entry_range(request: Request) -> tuple[int, int | None]:
    """Return ``since`` and ``limit`` of a call for log entries; raise ValueError for no number."""
    try:
        since = int(request.query_params.get("since", 0))
        limit = int(request.query_params.get("limit", -1))
    except ValueError:
        raise ValueError("since and limit are whole numbers") from None
    return since, None if limit < 0 else limit
