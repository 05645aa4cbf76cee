"""The media a campaign file names: what each file really is, told at the line that names it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from meta_ads.campaigns.declaration import Declaration, Video
from meta_ads.campaigns.placements import ALL, POSITIONS
from meta_ads.campaigns.scopes import Scope, ad_set_scopes
from meta_ads.campaigns.yaml_source import Source
from meta_ads.errors import Problem


class MediaChecks(Protocol):
    """What the files below `creatives/` really are.

    `chosen` holds the placements of the ads that show the file, as `platform position`; it is
    empty when Meta chooses.
    """

    def video_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        """Return what Meta would refuse or not recommend of an ad's video."""

    def picture_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        """Return what Meta would refuse or not recommend of an ad's picture."""

    def thumbnail_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        """Return what keeps a file from being a video's thumbnail."""

    def sha256(self, relative_path: str) -> str:
        """Return the digest of a file that has no problems."""


def media_paths(declaration: Declaration) -> Sequence[str]:
    """Return the paths of every media file, relative to `creatives/`."""
    paths = [item.file_path for item in declaration.media]
    thumbnails = [
        item.thumbnail for item in declaration.media if isinstance(item, Video) and item.thumbnail
    ]
    return list(dict.fromkeys([*paths, *thumbnails]))


def media_problems(source: Source, media: MediaChecks) -> Sequence[Problem]:
    """Return errors and warnings of a campaign file's media, each at the line that names the file.

    The file need not be in order otherwise.
    """
    checks = {
        "video.file_path": media.video_problems,
        "video.thumbnail": media.thumbnail_problems,
        "image.file_path": media.picture_problems,
    }
    found: list[Problem] = []
    for (key, place), chosen in sorted(_named(source, checks).items()):
        path = source.text(place)
        if path:
            found.extend(
                replace(
                    source.problem(place, problem.message, problem.remedy, path),
                    severity=problem.severity,
                )
                for problem in checks[key](path, chosen)
            )
    return found


def _named(source: Source, keys: Collection[str]) -> Mapping[tuple[str, str], set[str]]:
    """Return what names a file, by key and YAML path, with the placements it is shown in.

    A file that stands above several ad sets is shown where any of them is, and wherever Meta likes
    as soon as one of them lets Meta choose.
    """
    uses: dict[tuple[str, str], list[set[str]]] = defaultdict(list)
    for ad_set in ad_set_scopes(source):
        chosen = _placements(ad_set.scope)
        for ad in ad_set.ads:
            for key in keys:
                if key.partition(".")[0] in ad.media():
                    uses[key, ad.place(key)].append(chosen)
            for card in ad.cards():
                uses["image.file_path", f"{card.path}.image.file_path"].append(chosen)
    return {named: set().union(*chosen) if all(chosen) else set() for named, chosen in uses.items()}


def _placements(ad_set: Scope) -> set[str]:
    """Return the placements an ad set chooses; empty when it chooses none that exists."""
    given = ad_set.value("placements")
    chosen: set[str] = set()
    for platform, positions in (given if isinstance(given, dict) else {}).items():
        known = POSITIONS.get(platform, ())
        wanted = positions if isinstance(positions, list) else [positions]
        chosen |= {
            f"{platform} {position}" for position in known if position in wanted or ALL in wanted
        }
    return chosen
