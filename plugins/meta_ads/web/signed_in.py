"""What every route depends on: the desk, and a signed-in person."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from meta_ads.web.access import Visitor
from meta_ads.web.desk import Desk


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


DeskOf = Annotated[Desk, Depends(_desk)]


async def _visitor(request: Request, desk: DeskOf) -> Visitor:
    """Return who asks; 401 when nobody is signed in."""
    return await desk.access.visitor(request)


SignedIn = Annotated[Visitor, Depends(_visitor)]
