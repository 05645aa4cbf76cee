"""What Meta says of one video."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from meta_ads.syncing.graph_values import moment, number, text


@dataclass(frozen=True, slots=True)
class VideoRow:
    """One video as Meta has it; `status` is ready, processing, error or expired."""

    video_id: str
    title: str | None = None
    status: str | None = None
    length_seconds: Decimal | None = None
    created_time: datetime | None = None


def video_row(item: Mapping[str, Any]) -> VideoRow:
    """Return Meta's mapping as a value. KeyError without an id."""
    status = item.get("status")
    return VideoRow(
        video_id=item["id"],
        title=text(item.get("title")),
        status=text(status.get("video_status")) if isinstance(status, Mapping) else None,
        length_seconds=number(item.get("length")),
        created_time=moment(item.get("created_time")),
    )
