"""What a launch needs from the outside, as promises. Adapters in `graph` and `store` keep them."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from meta_ads.launching.ad_platform import (
    AdPlatform,
    FoundObject,
    UploadSession,
    VideoState,
    VideoStatus,
)
from meta_ads.launching.launch_ledger import (
    RESUMING,
    Decision,
    LaunchLedger,
    LaunchRecord,
    LaunchState,
    Trigger,
)
from meta_ads.launching.step_ledger import Lease, StepLedger, StepRecord, StepState

__all__ = [
    "RESUMING",
    "AdPlatform",
    "Decision",
    "FoundObject",
    "LaunchLedger",
    "LaunchRecord",
    "LaunchState",
    "Lease",
    "MediaFiles",
    "Progress",
    "StepLedger",
    "StepRecord",
    "StepState",
    "Trigger",
    "UploadSession",
    "VideoState",
    "VideoStatus",
]


class MediaFiles(Protocol):
    """The files below `creatives/`."""

    def open(self, relative_path: str) -> BinaryIO:
        """Open a file for reading; FixInput when it is gone or outside `creatives/`."""


class Progress(Protocol):
    """Where long work says how far it is."""

    def __call__(self, message: str, /, *values: object) -> None:
        """Write one line, `%`-style."""
