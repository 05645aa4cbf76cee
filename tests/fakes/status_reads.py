"""Meta's lists, as a status sync reads them, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from meta_ads.errors import TryAgain
from meta_ads.planning.step import StepKind
from meta_ads.syncing.ad_accounts import AccountRow


class FakeReads:
    """`listed` objects, `gone` ones that only their id still reaches, creatives and videos."""

    def __init__(self) -> None:
        self.account = AccountRow("", "Sunrise", "active", "SGD", "Asia/Singapore")
        self.listed: dict[str, dict[str, Any]] = {}
        self.gone: dict[str, dict[str, Any]] = {}
        self.creatives: dict[str, dict[str, Any]] = {}
        self.videos: dict[str, dict[str, Any]] = {}
        self.breaks_after: int | None = None
        self.breaks_at_videos = False
        self.asked: list[str] = []

    def add(self, object_id: str, kind: str = "campaign", **fields: Any) -> None:
        self.listed[object_id] = {
            "id": object_id,
            "kind": kind,
            "name": f"Object {object_id}",
            "status": "PAUSED",
            "effective_status": "PAUSED",
            "created_time": "2026-11-21T12:00:00+0800",
            "updated_time": "2026-11-21T12:00:00+0800",
            **fields,
        }

    def add_creative(self, creative_id: str, **fields: Any) -> None:
        self.creatives[creative_id] = {"id": creative_id, "status": "ACTIVE", **fields}

    def add_video(self, video_id: str, **fields: Any) -> None:
        ready = {"video_status": "ready"}
        self.videos[video_id] = {"id": video_id, "status": ready, "length": 12.345, **fields}

    def account_row(self, account_id: str) -> AccountRow:
        return replace(self.account, account_id=account_id)

    def account_objects(self, account_id: str) -> Iterator[Mapping[str, Any]]:
        for number, item in enumerate(self.listed.values()):
            if number == self.breaks_after:
                raise TryAgain("the second page did not come")
            yield item

    def account_creatives(self, account_id: str) -> Iterator[Mapping[str, Any]]:
        yield from self.creatives.values()

    def account_videos(self, account_id: str) -> Iterator[Mapping[str, Any]]:
        if self.breaks_at_videos:
            raise TryAgain("the page of videos did not come")
        yield from self.videos.values()

    def objects_by_id(self, kind: StepKind, ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        self.asked += ids
        found = {**self.listed, **self.gone}
        yield from (found[object_id] for object_id in ids if object_id in found)
