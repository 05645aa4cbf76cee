"""The campaign file: the keys a person may write, and what each may hold.

Every value arrives as the text that stands in the file; see `yaml_source`. A key that stands at
several levels holds below, unless it is given there too; see `scopes`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from meta_ads.campaigns.bidding import BID_STRATEGIES
from meta_ads.campaigns.destination import joined_parameters
from meta_ads.campaigns.enhancements import ENHANCEMENTS
from meta_ads.campaigns.field_types import (
    Age,
    CallToAction,
    CampaignId,
    Country,
    CreativePath,
    Event,
    Goal,
    Id,
    Ids,
    Line,
    Locale,
    PartId,
    Positions,
    Roas,
    Text,
    distinct,
    one_of,
)
from meta_ads.campaigns.goals import DEFAULT_OBJECTIVE, OBJECTIVES
from meta_ads.campaigns.regional_keys import RegionalKeys
from meta_ads.campaigns.regulation import SPECIAL_AD_CATEGORIES

# Meta takes 400 characters; the marker and its brackets need 14 of them.
LONGEST_NAME = 350
# Meta's own recommendations are shorter, but these are the limits of the fields.
LONGEST_TEXT = 5000
LONGEST_HEADLINE = 255
# Source: Marketing API, "Limits": ad sets of a campaign with a budget of its own, ads of an ad set.
MOST_AD_SETS = 70
MOST_ADS = 50
# Source: Marketing API, "Carousel Ads".
FEWEST_CARDS, MOST_CARDS = 2, 10

Name = Annotated[Line, Field(max_length=LONGEST_NAME)]
PAUSED = "paused"
Status = Annotated[str, AfterValidator(one_of("active", PAUSED))]


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClipKeys(_Keys):
    """A video, and the picture before it plays."""

    file_path: CreativePath
    thumbnail: CreativePath | None = None


class PictureKeys(_Keys):
    """A picture."""

    file_path: CreativePath


class VideoKeys(_Keys):
    """`video`: one for all placements, and perhaps others for groups of them."""

    file_path: CreativePath
    thumbnail: CreativePath | None = None
    feeds: ClipKeys | None = None
    stories_and_reels: ClipKeys | None = None


class ImageKeys(_Keys):
    """`image`: one for all placements, and perhaps others for groups of them."""

    file_path: CreativePath
    feeds: PictureKeys | None = None
    stories_and_reels: PictureKeys | None = None
    right_column_and_search: PictureKeys | None = None


class CardKeys(_Keys):
    """One of `cards`: a picture of a carousel, and where it leads."""

    image: PictureKeys
    headline: Annotated[Line, Field(max_length=LONGEST_HEADLINE)]
    description: Annotated[str, Field(max_length=LONGEST_HEADLINE)] | None = None
    destination_url: Text | None = None


class PlacementKeys(_Keys):
    """`placements`: each platform with a list of its positions, or with `all`."""

    facebook: Positions | None = None
    instagram: Positions | None = None
    audience_network: Positions | None = None
    threads: Positions | None = None


class ScheduleKeys(_Keys):
    """`schedule`."""

    activate_at: Text
    end_at: Text | None = None


class TargetingKeys(_Keys):
    """`targeting`."""

    countries: Annotated[list[Country], Field(min_length=1), AfterValidator(distinct)] | None = None
    age_min: Age | None = None
    age_max: Age | None = None
    genders: (
        Annotated[
            list[Annotated[str, AfterValidator(one_of("men", "women"))]], AfterValidator(distinct)
        ]
        | None
    ) = None
    advantage_audience: Annotated[str, AfterValidator(one_of("true", "false"))] | None = None
    custom_audiences: Ids | None = None
    excluded_custom_audiences: Ids | None = None
    interests: Ids | None = None
    languages: Annotated[list[Locale], Field(min_length=1), AfterValidator(distinct)] | None = None


class NamingKeys(_Keys):
    """`naming`: the parts of a generated name; see `governance`."""

    campaign: Line
    brand: Line | None = None
    market: Line | None = None
    channel: Line | None = None
    year: Line | None = None


class AdValues(_Keys):
    """What an ad shows. May stand at the campaign, the ad set or the ad."""

    video: VideoKeys | None = None
    image: ImageKeys | None = None
    cards: (
        Annotated[list[CardKeys], Field(min_length=FEWEST_CARDS, max_length=MOST_CARDS)] | None
    ) = None
    enhancements: (
        Annotated[
            list[Annotated[str, AfterValidator(one_of(*ENHANCEMENTS))]], AfterValidator(distinct)
        ]
        | None
    ) = None
    primary_text: Annotated[Text, Field(max_length=LONGEST_TEXT)] | None = None
    headline: Annotated[Line, Field(max_length=LONGEST_HEADLINE)] | None = None
    description: Annotated[str, Field(max_length=LONGEST_HEADLINE)] | None = None
    call_to_action: CallToAction | None = None
    destination_url: Text | None = None
    url_parameters: Annotated[str | None, BeforeValidator(joined_parameters)] = None
    page_id: Id | None = None
    instagram_user_id: Id | None = None


class AdSetValues(AdValues):
    """What an ad set decides. May stand at the campaign or the ad set."""

    targeting: TargetingKeys | None = None
    placements: PlacementKeys | None = None
    regional: RegionalKeys | None = None
    goal: Goal | None = None
    event: Event | None = None
    pixel_id: Id | None = None
    app_id: Id | None = None
    app_store_url: Text | None = None
    bid_strategy: Annotated[str, AfterValidator(one_of(*BID_STRATEGIES))] | None = None
    bid_amount: Text | None = None
    roas_floor: Roas | None = None


class AdKeys(AdValues):
    """One of `ads`."""

    id: PartId | None = None
    name: Name | None = None
    status: Status = "active"


class AdSetKeys(AdSetValues):
    """One of `ad_sets`."""

    id: PartId | None = None
    name: Name | None = None
    status: Status = "active"
    daily_budget: Text | None = None
    lifetime_budget: Text | None = None
    ads: Annotated[list[AdKeys], Field(min_length=1, max_length=MOST_ADS)] | None = None


class CampaignKeys(AdSetValues):
    """The whole file."""

    campaign_id: CampaignId
    client_account_id: Text
    brand: Line | None = None
    name: Name | None = None
    naming: NamingKeys | None = None
    status: Status = "active"
    objective: Annotated[str, AfterValidator(one_of(*OBJECTIVES))] = DEFAULT_OBJECTIVE
    daily_budget: Text | None = None
    lifetime_budget: Text | None = None
    spend_cap: Text | None = None
    special_ad_categories: (
        Annotated[
            list[Annotated[str, AfterValidator(one_of(*SPECIAL_AD_CATEGORIES))]],
            AfterValidator(distinct),
        ]
        | None
    ) = None
    schedule: ScheduleKeys | None = None
    ad_sets: Annotated[list[AdSetKeys], Field(min_length=1, max_length=MOST_AD_SETS)] | None = None
    catalog_id: Id | None = None
    launch: Annotated[str, AfterValidator(one_of("on_trigger", "on_commit"))] = "on_trigger"
