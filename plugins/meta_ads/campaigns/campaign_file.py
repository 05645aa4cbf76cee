"""The flat campaign file: the keys a person may write, and what each may hold.

Every value arrives as the text that stands in the file; see `yaml_source`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from meta_ads.campaigns.destination import joined_parameters
from meta_ads.campaigns.field_types import (
    Age,
    CallToAction,
    CampaignId,
    Country,
    CreativePath,
    Id,
    Line,
    Text,
    distinct,
    one_of,
)

# Meta takes 400 characters; the marker and its brackets need 14 of them.
LONGEST_NAME = 350
# Meta's own recommendations are shorter, but these are the limits of the fields.
LONGEST_TEXT = 5000
LONGEST_HEADLINE = 255


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VideoKeys(_Keys):
    """`video`."""

    file_path: CreativePath
    thumbnail: CreativePath | None = None


class ScheduleKeys(_Keys):
    """`schedule`."""

    activate_at: Text


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


class CampaignKeys(_Keys):
    """The whole flat file."""

    campaign_id: CampaignId
    client_account_id: Text
    name: Annotated[Line, Field(max_length=LONGEST_NAME)]
    daily_budget: Text
    video: VideoKeys
    primary_text: Annotated[Text, Field(max_length=LONGEST_TEXT)]
    headline: Annotated[Line, Field(max_length=LONGEST_HEADLINE)]
    description: Annotated[str, Field(max_length=LONGEST_HEADLINE)] | None = None
    call_to_action: CallToAction
    destination_url: Text
    url_parameters: Annotated[str | None, BeforeValidator(joined_parameters)] = None
    schedule: ScheduleKeys | None = None
    targeting: TargetingKeys | None = None
    pixel_id: Id | None = None
    page_id: Id | None = None
    catalog_id: Id | None = None
    launch: Annotated[str, AfterValidator(one_of("on_trigger", "on_commit"))] = "on_trigger"
