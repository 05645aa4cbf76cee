"""What `configs/accounts.yaml` says of approvals, of limits, and of moving a launch's time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from meta_ads.campaigns.account import ApprovalTerms, SpendLimits
from meta_ads.campaigns.bidding import Budget
from meta_ads.campaigns.field_types import Line, Text, distinct, listed, one_of
from meta_ads.campaigns.money import Money, amount_text, parse_money
from meta_ads.campaigns.source import Source
from meta_ads.errors import Problem

Parsed = TypeVar("Parsed")
_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_DURATION = re.compile(r"(\d{1,4}) ?([mhdw])", re.ASCII)
_THRESHOLD = re.compile(r"(.+?) (per day|a day|in all)")
MOST_APPROVERS = 50


def duration_text(seconds: int) -> str:
    """Return a duration as the accounts file may say it: `3d`, `90m`."""
    unit = next(unit for unit in reversed(_UNITS) if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def _duration(text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise ValueError(
            "is not a duration", "Write a number and m, h, d or w for the unit, as in 3d."
        )
    return text


def _some_time(text: str) -> str:
    if seconds(_duration(text)) == 0:
        raise ValueError("is no time at all", "Write a longer one, as in 3d.")
    return text


def seconds(text: str) -> int:
    """Return a checked duration in seconds."""
    match = _DURATION.fullmatch(text)
    assert match is not None, "checked as the file was read"
    return int(match[1]) * _UNITS[match[2]]


Duration = Annotated[str, AfterValidator(_duration)]


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ApprovalKeys(_Keys):
    """`approval` in its long form."""

    required: Annotated[str, AfterValidator(one_of("true"))] | None = None
    above: (
        Annotated[
            list[Text], BeforeValidator(listed), Field(min_length=1), AfterValidator(distinct)
        ]
        | None
    ) = None
    approvers: (
        Annotated[
            list[Line],
            BeforeValidator(listed),
            Field(min_length=1, max_length=MOST_APPROVERS),
            AfterValidator(distinct),
        ]
        | None
    ) = None
    other_than_author: Annotated[str, AfterValidator(one_of("true", "false"))] = "false"
    expires_after: Annotated[str, AfterValidator(_some_time)] | None = None


class LimitKeys(_Keys):
    """`limits`: what no campaign file may go beyond."""

    daily_budget_per_campaign: Text | None = None
    lifetime_budget_per_campaign: Text | None = None
    daily_total: Text | None = None


def approval_terms(
    keys: ApprovalKeys, currency: str, source: Source, path: str
) -> tuple[ApprovalTerms, list[Problem]]:
    """Return the terms of checked keys, and what is wrong with their amounts."""
    problems: list[Problem] = []
    if keys.required and keys.above:
        problems.append(
            source.problem(
                f"{path}.above",
                "stands beside required, which asks for every launch",
                "Remove one of them.",
            )
        )
    above = []
    for number, text in enumerate(keys.above or ()):
        place = f"{path}.above[{number}]"
        if source.at(place) is None:
            place = f"{path}.above"
        above += _parsed(lambda text: _threshold(text, currency), text, source, place, problems)
    terms = ApprovalTerms(
        above=tuple(above),
        approvers=tuple(keys.approvers or ()),
        other_than_author=keys.other_than_author == "true",
        expires_after=seconds(keys.expires_after) if keys.expires_after else 0,
    )
    return terms, problems


def spend_limits(
    keys: LimitKeys, currency: str, source: Source, path: str
) -> tuple[SpendLimits, list[Problem]]:
    """Return the limits of checked keys, and what is wrong with their amounts."""
    problems: list[Problem] = []
    amounts: dict[str, Money] = {}
    for name in LimitKeys.model_fields:
        text = getattr(keys, name)
        if text is not None:
            place = f"{path}.{name}"
            for money in _parsed(
                lambda text: _money(text, currency), text, source, place, problems
            ):
                amounts[name] = money
    limits = SpendLimits(
        daily_per_campaign=amounts.get("daily_budget_per_campaign"),
        lifetime_per_campaign=amounts.get("lifetime_budget_per_campaign"),
        daily_total=amounts.get("daily_total"),
    )
    return limits, problems


def _parsed(
    parse: Callable[[str], Parsed], text: str, source: Source, place: str, problems: list[Problem]
) -> list[Parsed]:
    """Return the parsed text in a list, or an empty list with a problem more."""
    try:
        return [parse(text)]
    except ValueError as error:
        message, remedy = error.args
        problems.append(source.problem(place, message, remedy, text))
        return []


def _threshold(text: str, currency: str) -> Budget:
    match = _THRESHOLD.fullmatch(text)
    if match is None:
        example = amount_text(50_000, currency)
        raise ValueError(
            "is no threshold", f"Write “{example} per day”, or “{example} in all” for lifetimes."
        )
    return Budget(_money(match[1], currency), lifetime=match[2] == "in all")


def _money(text: str, currency: str) -> Money:
    try:
        return parse_money(text, currency)
    except ValueError as error:
        example = Money(50_000, currency)
        remedy = f"For {example} write 50000, or “{amount_text(50_000, currency)}”."
        raise ValueError(str(error), remedy) from None
