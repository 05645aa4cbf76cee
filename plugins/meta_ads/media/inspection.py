"""Checking the media of a campaign: what each file below `creatives/` really is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from meta_ads.errors import InvalidCampaign, Problem
from meta_ads.media.files import CreativeFiles
from meta_ads.media.limits import check_video
from meta_ads.media.pictures import check_picture
from meta_ads.media.probe import probe


class MediaInspector:
    """Implements `launching.preflight.MediaChecks` for one `creatives/` folder."""

    def __init__(self, root: Path) -> None:
        self._files = CreativeFiles(root)

    def video_problems(self, relative_path: str) -> Sequence[Problem]:
        """Return what keeps the file from being used as an ad video; empty when it is fine."""
        name = f"creatives/{relative_path}"
        try:
            facts = probe(self._files.path(relative_path), name)
        except InvalidCampaign as invalid:
            return invalid.problems
        return check_video(facts, name)

    def picture_problems(self, relative_path: str) -> Sequence[Problem]:
        """Return what keeps the file from being used as a picture; empty when it is fine."""
        try:
            path = self._files.path(relative_path)
        except InvalidCampaign as invalid:
            return invalid.problems
        return check_picture(path, f"creatives/{relative_path}")

    def sha256(self, relative_path: str) -> str:
        """Return the digest of the file's bytes. InvalidCampaign when it is gone."""
        return self._files.sha256(relative_path)
