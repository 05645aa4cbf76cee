"""The declaration: one campaign file, loaded, checked and completed with its account's defaults.

Values only; every field is final. The loader builds it, payloads read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.money import Money


class Gender(StrEnum):
    """Whom the audience suggestion names."""

    MEN = "men"
    WOMEN = "women"


@dataclass(frozen=True, slots=True)
class Video:
    """A video below `creatives/`, and the thumbnail shown before it plays.

    Paths are relative to `creatives/`. Without `thumbnail`, Meta's preferred frame is used.
    """

    file_path: str
    thumbnail: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture below `creatives/`; its path is relative to that folder."""

    file_path: str


@dataclass(frozen=True, slots=True)
class Creative:
    """What people see: a video or picture, the words around it, and where a tap leads."""

    page_id: str
    media: Video | Image
    primary_text: str
    headline: str
    call_to_action: str
    destination_url: str
    description: str | None = None
    url_parameters: str | None = None
    instagram_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ad:
    """One ad: a name and its creative. `part_id` tells it from the launch's other ads for ever."""

    part_id: str
    name: str
    creative: Creative


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see the ads. Countries are a limit; ages and genders are suggestions to Meta.

    `countries` holds ISO 3166 codes. `age_min` and `age_max` are years, both inclusive.
    """

    countries: tuple[str, ...]
    age_min: int | None = None
    age_max: int | None = None
    genders: tuple[Gender, ...] = ()


@dataclass(frozen=True, slots=True)
class AdSet:
    """One ad set: its audience, the pixel whose purchases it optimises for, and its ads.

    `part_id` tells it from the campaign's other ad sets for ever.
    """

    part_id: str
    name: str
    audience: Audience
    pixel_id: str
    ads: tuple[Ad, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """Everything one launch needs, and nothing that can change while it runs.

    `daily_budget` is the campaign's. `activate_at` is aware UTC, or None when the launch stays
    paused. `source` is the campaign file's name; `catalog_id` is kept for reporting only.
    """

    campaign_id: str
    source: str
    account: Account
    name: str
    daily_budget: Money
    ad_sets: tuple[AdSet, ...]
    activate_at: datetime | None = None
    launch_on_commit: bool = False
    catalog_id: str | None = None

    @property
    def ads(self) -> tuple[Ad, ...]:
        """Every ad, in the order of the file."""
        return tuple(ad for ad_set in self.ad_sets for ad in ad_set.ads)

    @property
    def media(self) -> tuple[Video | Image, ...]:
        """Every distinct video and picture, in the order of first use."""
        return tuple({ad.creative.media: None for ad in self.ads})
