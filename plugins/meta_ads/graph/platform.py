"""Meta, behind the promises of `launching.ports.AdPlatform`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from meta_ads.graph import (
    account,
    creates,
    insights,
    reads,
    searching,
    thumbnails,
    token,
    uploads,
    validation,
)
from meta_ads.graph.account import AccountFacts
from meta_ads.graph.campaign_tree import campaign_tree
from meta_ads.graph.classification import Effect
from meta_ads.graph.client import GraphClient, checked_id, utc_now
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.token_pool import Tokens
from meta_ads.graph.usage import Usage
from meta_ads.launching.campaign_tree import CampaignTree
from meta_ads.launching.diagnosis import TokenFacts
from meta_ads.launching.ports import FoundObject, UploadSession, VideoStatus
from meta_ads.planning.step import StepKind
from meta_ads.syncing.ad_accounts import AccountRow
from meta_ads.syncing.insight_ports import AccountDay, Node, Question, ReportRun
from meta_ads.syncing.insight_rows import Page
from meta_ads.syncing.insight_slices import Slice


class MetaPlatform:
    """The real `AdPlatform`, and the reads that preflight, verification and sync need.

    Importing this costs nothing much: Meta's SDK is imported by the first create, the HTTP
    library by the first call. Not for use by several threads at once.
    """

    def __init__(
        self,
        settings: GraphSettings,
        clock: Callable[[], datetime] = utc_now,
        tokens: Tokens | None = None,
    ) -> None:
        self._client = GraphClient(settings, clock, tokens)

    def __enter__(self) -> MetaPlatform:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        settings = self._client.settings
        return f"MetaPlatform({settings.base_url}, {settings.api_version})"

    @property
    def base_url(self) -> str:
        """Where Graph is: Meta's address, or an emulator's."""
        return self._client.settings.base_url

    @property
    def connection(self) -> str | None:
        """The Airflow connection whose token is in use, where several serve the account."""
        return self._client.connection

    def close(self) -> None:
        """Close the connections to Meta."""
        self._client.transport.close()

    @property
    def usage(self) -> Usage:
        """What the last answer said about quotas."""
        return self._client.usage

    def create(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> str:
        """Create one object by one POST; return its id."""
        return creates.create(self._client, kind, account_id, params)

    def validate(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> None:
        """Ask Meta whether it would take an object, and make nothing."""
        validation.validate(self._client, kind, account_id, params)

    def find(self, kind: StepKind, account_id: str, marker: str) -> Sequence[FoundObject]:
        """Return every object of `kind` with `marker` in its label or its name."""
        return searching.find(self._client, kind, account_id, marker)

    def read(self, object_id: str, fields: Sequence[str]) -> Mapping[str, Any]:
        """Return the fields of one object; RejectedByMeta when it does not exist."""
        return reads.read(self._client, object_id, fields)

    def update(self, object_id: str, params: Mapping[str, Any]) -> None:
        """Change one object by one POST."""
        doing = f"change {object_id}"
        self._client.post(doing, Effect.UPDATE, [checked_id(object_id)], params)

    def upload_image(self, account_id: str, name: str, data: bytes) -> str:
        """Return the image's hash."""
        return uploads.upload_image(self._client, account_id, name, data)

    def start_video(self, account_id: str, file_size: int) -> UploadSession:
        """Open a chunked upload of `file_size` bytes."""
        return uploads.start_video(self._client, account_id, file_size)

    def send_chunk(self, account_id: str, session: UploadSession, chunk: bytes) -> UploadSession:
        """Send the bytes the server asked for; return the session with its next wish."""
        return uploads.send_chunk(self._client, account_id, session, chunk)

    def finish_video(self, account_id: str, session: UploadSession, title: str) -> None:
        """Close the upload; Meta starts processing."""
        uploads.finish_video(self._client, account_id, session, title)

    def video_status(self, video_id: str) -> VideoStatus:
        """Return where Meta is with the video."""
        return uploads.video_status(self._client, video_id)

    def preferred_thumbnail(self, video_id: str) -> bytes:
        """Return the picture Meta prefers for a ready video. NotReadyYet while there is none."""
        return thumbnails.preferred_thumbnail(self._client, video_id)

    def token_facts(self) -> TokenFacts:
        """Return what Meta says of our token: validity, permissions, expiry."""
        return token.token_facts(self._client)

    def account_facts(self, account_id: str) -> AccountFacts:
        """Return the account's status, currency, time zone and funding."""
        return account.account_facts(self._client, account_id)

    def minimum_daily_budget(self, account_id: str, currency: str) -> int | None:
        """Return the least daily budget in minor units; None when Meta names none."""
        return account.minimum_daily_budget(self._client, account_id, currency)

    def exists(self, object_id: str) -> bool:
        """Whether a page, pixel or other object can be seen with our token."""
        return reads.exists(self._client, object_id)

    def campaign_tree(self, campaign_id: str) -> CampaignTree:
        """Return a campaign with its ad sets, its ads and what they show."""
        return campaign_tree(self._client, campaign_id)

    def account_objects(self, account_id: str) -> Iterator[Mapping[str, Any]]:
        """Yield the state of every campaign, ad set and ad of the account, with its `kind`."""
        return reads.account_objects(self._client, account_id)

    def account_row(self, account_id: str) -> AccountRow:
        """Return the account's settings and balances."""
        return account.account_row(self._client, account_id)

    def account_creatives(self, account_id: str) -> Iterator[Mapping[str, Any]]:
        """Yield every creative of the account."""
        return reads.listed(self._client, account_id, StepKind.CREATIVE)

    def account_videos(self, account_id: str) -> Iterator[Mapping[str, Any]]:
        """Yield every video of the account."""
        return reads.listed(self._client, account_id, StepKind.VIDEO)

    def objects_by_id(
        self, kind: StepKind, object_ids: Sequence[str]
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the state of each of these objects that can still be read."""
        return reads.objects_by_id(self._client, kind, object_ids)

    @property
    def used_percent(self) -> float:
        """The fullest quota, as the last answer told, of 100."""
        return self._client.usage.highest_percent

    def insight_pages(self, node: Node, part: Slice, question: Question) -> Iterator[Page]:
        """Yield the insights of a node's ads page by page."""
        return insights.insight_pages(self._client, node, part, question)

    def start_report_run(self, node: Node, part: Slice, question: Question) -> str:
        """Have Meta make the same report in its own time; return the run's id."""
        return insights.start_report_run(self._client, node, part, question)

    def report_run(self, run_id: str) -> ReportRun:
        """Return where Meta is with a report run."""
        return insights.report_run(self._client, run_id)

    def report_pages(self, run_id: str) -> Iterator[Page]:
        """Yield the rows of a completed report run."""
        return insights.report_pages(self._client, run_id)

    def nodes_below(self, node: Node, part: Slice) -> Sequence[Node]:
        """Return the objects one level below that have insights in these days."""
        return insights.nodes_below(self._client, node, part)

    def account_days(self, account_id: str, part: Slice) -> Iterator[AccountDay]:
        """Yield the account's own sums by day."""
        return insights.account_days(self._client, account_id, part)
