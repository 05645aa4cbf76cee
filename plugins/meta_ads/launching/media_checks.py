"""The media a campaign file names: what each file really is, told at the line that names it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from meta_ads.campaigns.declaration import Declaration, Video
from meta_ads.campaigns.placements import ALL, GROUPS, POSITIONS, places_of
from meta_ads.campaigns.scopes import Scope, ad_set_scopes
from meta_ads.campaigns.source import Source
from meta_ads.errors import Problem, Severity

# The parts of a medium that name files, and what each is.
ROLES = {
    "video": {"file_path": "video", "thumbnail": "thumbnail"},
    "image": {"file_path": "picture"},
}


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
        "video": media.video_problems,
        "thumbnail": media.thumbnail_problems,
        "picture": media.picture_problems,
    }
    found: list[Problem] = []
    for (place, role), uses in sorted(_uses(source).items()):
        path = source.text(place)
        if not path:
            continue
        seen = [use for use in uses if use is not None]
        if not seen:
            found.append(_never_shown(source, place, path))
        # It is shown wherever any ad set is, and where Meta likes as soon as one lets Meta choose.
        chosen = set().union(*seen) if all(seen) else set()
        found.extend(
            replace(
                source.problem(place, problem.message, problem.remedy, path),
                severity=problem.severity,
            )
            for problem in checks[role](path, chosen)
        )
    return found


def _uses(source: Source) -> Mapping[tuple[str, str], list[set[str] | None]]:
    """Return where each ad shows a file, by the file's YAML path and role; None for nowhere."""
    uses: dict[tuple[str, str], list[set[str] | None]] = defaultdict(list)
    for ad_set in ad_set_scopes(source):
        chosen = _placements(ad_set.scope)
        for ad in ad_set.ads:
            for role, place, group in _files(ad):
                uses[place, role].append(_seen_in(ad, group, chosen))
    return uses


def _files(ad: Scope) -> Iterator[tuple[str, str, str | None]]:
    """Yield what an ad may name: a file's role, its YAML path, its group of placements if any."""
    for medium in ad.media():
        given = ad.value(medium)
        groups = [group for group in GROUPS if isinstance(given, dict) and group in given]
        for group in (None, *groups):
            for name, role in ROLES.get(medium, {}).items():
                key = ".".join(part for part in (medium, group, name) if part)
                yield role, ad.place(key), group
    for card in ad.cards():
        yield "picture", f"{card.path}.image.file_path", None


def _seen_in(ad: Scope, group: str | None, chosen: set[str]) -> set[str] | None:
    """Return the placements in which an ad shows a file; empty where Meta likes, None for nowhere.

    A file without a group is shown where no group of the ad has one of its own: when Meta chooses,
    that is mostly in feeds.
    """
    if group is not None:
        mine = places_of(GROUPS[group])
        return (mine & chosen or None) if chosen else mine
    given = [ad.value(medium) for medium in ad.media()]
    others: set[str] = set().union(
        *(
            places_of(GROUPS[name])
            for value in given
            if isinstance(value, dict)
            for name in GROUPS
            if value.get(name) is not None
        )
    )
    if not others:
        return chosen
    if chosen:
        return chosen - others or None
    return places_of(GROUPS["feeds"]) - others or places_of(POSITIONS) - others


def _never_shown(source: Source, place: str, path: str) -> Problem:
    return replace(
        source.problem(
            place,
            "is never shown: the ad set's placements leave nothing for it",
            "Remove it, or add its placements.",
            path,
        ),
        severity=Severity.WARNING,
    )


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
