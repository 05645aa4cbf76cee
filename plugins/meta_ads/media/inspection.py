"""Checking the media of a campaign: what each file below `creatives/` really is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from meta_ads.errors import InvalidCampaign, Problem, apart
from meta_ads.media.files import CreativeFiles
from meta_ads.media.limits import check_picture, check_video
from meta_ads.media.pictures import PictureFacts, read_picture
from meta_ads.media.probe import VideoFacts, probe

Facts = TypeVar("Facts", VideoFacts, PictureFacts)


class MediaInspector:
    """Implements `launching.media_checks.MediaChecks` for one `creatives/` folder.

    It looks into each file once, so it is for one check and not for a process's life.
    """

    def __init__(self, root: Path) -> None:
        self._files = CreativeFiles(root)
        self._video = cache(lambda path: self._looked(path, probe))
        self._picture = cache(lambda path: self._looked(path, read_picture))

    def video_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        """Return what Meta would refuse or not recommend of an ad's video."""
        facts, problems = self._video(relative_path)
        return check_video(facts, _name(relative_path), chosen) if facts else problems

    def picture_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        """Return what Meta would refuse or not recommend of an ad's picture."""
        facts, problems = self._picture(relative_path)
        return check_picture(facts, _name(relative_path), chosen) if facts else problems

    def thumbnail_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        """Return what keeps a file from being a video's thumbnail, which nobody sees for long."""
        return apart(self.picture_problems(relative_path, chosen))[0]

    def sha256(self, relative_path: str) -> str:
        """Return the digest of the file's bytes. InvalidCampaign when it is gone."""
        return self._files.sha256(relative_path)

    def _looked(
        self, relative_path: str, look: Callable[[Path, str], Facts]
    ) -> tuple[Facts | None, Sequence[Problem]]:
        try:
            return look(self._files.path(relative_path), _name(relative_path)), ()
        except InvalidCampaign as invalid:
            return None, invalid.problems


def _name(relative_path: str) -> str:
    return f"creatives/{relative_path}"
