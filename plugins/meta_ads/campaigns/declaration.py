"""The declaration: one campaign file, loaded, checked and completed with its account's defaults.

Values only; every field is final. The loader builds it, payloads read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from meta_ads.campaigns.account import Account, RegionalIdentity
from meta_ads.campaigns.bidding import DEFAULT_BID_STRATEGY, Bid, Budget
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
class Card:
    """One picture of a carousel; without `destination_url` it leads where the ad does."""

    image: Image
    headline: str
    description: str | None = None
    destination_url: str | None = None


@dataclass(frozen=True, slots=True)
class Carousel:
    """Pictures side by side, in this order."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class PerPlacement:
    """One medium for some groups of placements each, and one wherever else the ad appears.

    All of them are videos, or all are pictures. Groups are those of `placements.GROUPS`.
    """

    groups: tuple[tuple[str, Video | Image], ...]
    elsewhere: Video | Image


Media = Video | Image | Carousel | PerPlacement


def shown_files(media: Media) -> tuple[Video | Image, ...]:
    """Return every video and picture of an ad in the order in which its creative holds them."""
    match media:
        case Carousel(cards):
            return tuple(card.image for card in cards)
        case PerPlacement(groups, elsewhere):
            return (*(item for _, item in groups), elsewhere)
        case _:
            return (media,)


@dataclass(frozen=True, slots=True)
class Creative:
    """What people see: media, the words around them, and where a tap leads.

    `headline` is None only in a carousel, whose cards have their own. `enhancements` are the
    automatic changes of Meta's that are wanted; every other one is switched off.
    """

    page_id: str
    media: Media
    primary_text: str
    headline: str | None
    call_to_action: str
    destination_url: str
    description: str | None = None
    url_parameters: str | None = None
    instagram_user_id: str | None = None
    enhancements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ad:
    """One ad: a name and its creative. `part_id` tells it from the launch's other ads for ever.

    `paused`: it is not to run.
    """

    part_id: str
    name: str
    creative: Creative
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see the ads. Countries and exclusions are limits.

    With `advantage`, the rest are suggestions to Meta; without, limits. `countries` holds ISO 3166
    codes, `age_min` and `age_max` years, both inclusive; audiences and interests are ids at Meta,
    languages Meta's numbers of them.
    """

    countries: tuple[str, ...]
    age_min: int | None = None
    age_max: int | None = None
    genders: tuple[Gender, ...] = ()
    advantage: bool = True
    custom_audiences: tuple[str, ...] = ()
    excluded_custom_audiences: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    languages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """One platform; no `positions` means all that it has."""

    platform: str
    positions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promoted:
    """What an ad set's results are counted on; only what its goal needs is set."""

    pixel_id: str | None = None
    event: str | None = None
    page_id: str | None = None
    app_id: str | None = None
    app_store_url: str | None = None


@dataclass(frozen=True, slots=True)
class AdSet:
    """One ad set: its audience, what it optimises for, and its ads.

    `part_id` tells it from the campaign's other ad sets for ever. `goal` is one of the campaign's
    objective in `goals`. No `placements` means that Meta chooses. `budget` and `bid` are set where
    the campaign has no budget; under a campaign budget, `bid` still holds the amount of a cap.
    `regional` holds the identities that are others than the account's, by region.
    """

    part_id: str
    name: str
    audience: Audience
    goal: str
    promoted: Promoted
    ads: tuple[Ad, ...]
    budget: Budget | None = None
    bid: Bid = field(default_factory=Bid)
    placements: tuple[Placement, ...] = ()
    paused: bool = False
    regional: Mapping[str, RegionalIdentity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declaration:
    """Everything one launch needs, and nothing that can change while it runs.

    `budget` is the campaign's, or None when each ad set has its own. `activate_at` and `end_at` are
    aware UTC, or None when the launch stays paused, or runs until it is stopped. `source` is the
    campaign file's name; `catalog_id` is kept for reporting only. `naming` holds the parts of a
    generated name by their token, such as `brand`; it is empty when a person wrote the name.
    `paused`: the campaign is not to run, and its ad sets and ads are as they say.
    `inherited` says of each key that the file leaves to its brand or account whose value it is.
    """

    campaign_id: str
    source: str
    account: Account
    name: str
    objective: str
    budget: Budget | None
    ad_sets: tuple[AdSet, ...]
    bid_strategy: str = DEFAULT_BID_STRATEGY
    spend_cap: Money | None = None
    special_ad_categories: tuple[str, ...] = ()
    activate_at: datetime | None = None
    end_at: datetime | None = None
    launch_on_commit: bool = False
    catalog_id: str | None = None
    naming: Mapping[str, str] = field(default_factory=dict)
    paused: bool = False
    brand: str | None = None
    inherited: Mapping[str, str] = field(default_factory=dict)

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """The campaign's budget, or those of its ad sets."""
        if self.budget is not None:
            return (self.budget,)
        return tuple(ad_set.budget for ad_set in self.ad_sets if ad_set.budget is not None)

    @property
    def spending(self) -> str:
        """What may be spent, for people."""
        return ", ".join(str(budget) for budget in self.budgets)

    @property
    def countries(self) -> tuple[str, ...]:
        """Every country of any ad set, sorted."""
        found = {country for ad_set in self.ad_sets for country in ad_set.audience.countries}
        return tuple(sorted(found))

    @property
    def ads(self) -> tuple[Ad, ...]:
        """Every ad, in the order of the file."""
        return tuple(ad for ad_set in self.ad_sets for ad in ad_set.ads)

    @property
    def paused_parts(self) -> tuple[str, ...]:
        """What is not to run, in a person's words."""
        if self.paused:
            return ("the whole campaign",)
        ad_sets = [f"ad set {ad_set.name}" for ad_set in self.ad_sets if ad_set.paused]
        return (*ad_sets, *(f"ad {ad.name}" for ad in self.ads if ad.paused))

    @property
    def media(self) -> tuple[Video | Image, ...]:
        """Every distinct video and picture, in the order of first use."""
        found: dict[Video | Image, None] = {}
        for ad in self.ads:
            found |= dict.fromkeys(shown_files(ad.creative.media))
        return tuple(found)
