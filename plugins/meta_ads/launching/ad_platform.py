"""Meta, as a launch needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from meta_ads.planning.step import StepKind


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object at Meta that carries a marker. `created_time` is aware UTC when Meta says it.

    `copied_from` is set when a person duplicated another object, marker and all: it is theirs.
    """

    object_id: str
    name: str
    effective_status: str | None = None
    created_time: datetime | None = None
    copied_from: str | None = None


class VideoState(StrEnum):
    """Where Meta is with a video. Source: Video node, `status.video_status`."""

    UPLOADING = "uploading"
    PROCESSING = "processing"
    READY = "ready"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class VideoStatus:
    """A video's state, Meta's reason when it failed, and 0..100 when Meta tells the progress."""

    state: VideoState
    reason: str | None = None
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class UploadSession:
    """An open chunked upload. The server chooses the next chunk: bytes [start, end)."""

    session_id: str
    video_id: str
    start_offset: int
    end_offset: int

    @property
    def complete(self) -> bool:
        """Whether the server wants no further byte."""
        return self.start_offset == self.end_offset


class AdPlatform(Protocol):
    """Meta, as a launch sees it.

    Every method raises only errors of `meta_ads.errors`: `RejectedByMeta`, `Throttled`,
    `AccessLost` (certain: nothing was done), `TryAgain` (reads only, and writes that certainly
    did not reach Meta), `OutcomeUnknown` (writes only).
    """

    def create(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> str:
        """Create one object by one POST, never repeated by itself; return its id."""

    def find(self, kind: StepKind, account_id: str, marker: str) -> Sequence[FoundObject]:
        """Return every object of `kind` with `marker` in its label or its name.

        Both are searched, archived objects and all pages included. Deleted objects are invisible
        to Meta's lists.
        """

    def read(self, object_id: str, fields: Sequence[str]) -> Mapping[str, Any]:
        """Return the fields of one object. RejectedByMeta when it does not exist."""

    def update(self, object_id: str, params: Mapping[str, Any]) -> None:
        """Change one object by one POST. Repeating the same update is harmless."""

    def upload_image(self, account_id: str, name: str, data: bytes) -> str:
        """Return the image's hash. Meta keeps equal bytes once, so repeating is harmless."""

    def start_video(self, account_id: str, file_size: int) -> UploadSession:
        """Open a chunked upload of `file_size` bytes."""

    def send_chunk(self, account_id: str, session: UploadSession, chunk: bytes) -> UploadSession:
        """Send the bytes the server asked for; return the session with its next wish.

        When the server wanted another offset (1363037), nothing is lost: the returned session
        carries the offset it names.
        """

    def finish_video(self, account_id: str, session: UploadSession, title: str) -> None:
        """Close the upload; Meta starts processing."""

    def video_status(self, video_id: str) -> VideoStatus:
        """Return where Meta is with the video."""

    def preferred_thumbnail(self, video_id: str) -> bytes:
        """Return the picture Meta prefers for a ready video. NotReadyYet while there is none."""
