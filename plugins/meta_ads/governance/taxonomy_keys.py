"""The keys of `configs/taxonomy.yaml`, and what each may hold. Every scalar arrives as text."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from meta_ads.campaigns.field_types import Line, Text, distinct, one_of
from meta_ads.errors import Severity
from meta_ads.governance.findings import Level
from meta_ads.governance.safe_pattern import LONGEST_TEXT, checked_pattern

Flag = Annotated[str, AfterValidator(one_of("true", "false"))]
Grade = Annotated[str, AfterValidator(one_of(*Severity))]
HoldsFor = Annotated[str, AfterValidator(one_of("all", "named"))]
Names = Annotated[list[Line], Field(min_length=1), AfterValidator(distinct)]


def _length(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII):
        raise ValueError("is no number of characters", "Write a number such as 100.")
    return text


def labelled(value: object) -> object:
    """Return an entry given as a text alone as the mapping it stands for."""
    return {"label": value} if isinstance(value, str) else value


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntryKeys(_Keys):
    """One brand, market or channel; a text alone is its label."""

    label: Line
    aliases: Annotated[list[Line], AfterValidator(distinct)] = Field(default_factory=list)
    active: Flag = "true"


class RuleKeys(_Keys):
    """One of `rules`."""

    id: Line
    level: Annotated[str, AfterValidator(one_of(*Level))]
    field: Line
    message: Line
    severity: Grade = Severity.ERROR
    source: Line | None = None
    holds_for: HoldsFor = "all"
    accounts: Names | None = None
    pattern: Annotated[Text, AfterValidator(checked_pattern)] | None = None
    starts_with: Text | None = None
    ends_with: Text | None = None
    contains: Text | None = None
    allowed_values: Annotated[list[Text], Field(min_length=1)] | None = None
    max_length: Annotated[Text, AfterValidator(_length)] | None = None
    required: Annotated[str, AfterValidator(one_of("true"))] | None = None


class ParameterKeys(_Keys):
    """One of `url_parameters.parameters`."""

    required: Flag = "false"
    allowed_values: Annotated[list[Text], Field(min_length=1)] | None = None
    pattern: Annotated[Text, AfterValidator(checked_pattern)] | None = None
    default: Annotated[Line, Field(max_length=LONGEST_TEXT)] | None = None


class UrlKeys(_Keys):
    """`url_parameters`."""

    lower_case: Flag = "false"
    severity: Grade = Severity.ERROR
    holds_for: HoldsFor = "all"
    accounts: Names | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)


class NameKeys(_Keys):
    """`names`: a pattern for each level."""

    campaign: Line
    ad_set: Line | None = None
    ad: Line | None = None


class TaxonomyKeys(_Keys):
    """The whole file."""

    brands: dict[str, Any] = Field(default_factory=dict)
    markets: dict[str, Any] = Field(default_factory=dict)
    channels: dict[str, Any] = Field(default_factory=dict)
    default_channel: Line | None = None
    names: NameKeys | None = None
    url_parameters: UrlKeys | None = None
    rules: list[Any] = Field(default_factory=list)
