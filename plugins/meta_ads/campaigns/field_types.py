"""The kinds of text a campaign file holds. Each refuses with what is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from meta_ads.campaigns.call_to_action import (
    APP_CALLS_TO_ACTION,
    CALLS_TO_ACTION,
    call_to_action_name,
)
from meta_ads.campaigns.countries import COUNTRIES
from meta_ads.campaigns.goals import OBJECTIVES
from meta_ads.campaigns.schema_hints import shown_as
from meta_ads.campaigns.validation import did_you_mean

# What people write for a country, and its code.
_COUNTRY_HABITS = {"UK": "GB", "EL": "GR", "USA": "US"}


def _matching(pattern: str, message: str, remedy: str) -> Callable[[str], str]:
    # Meta's ids and ages are ASCII; elsewhere \d would take the digits of every script.
    compiled = re.compile(pattern, re.ASCII)

    @shown_as(pattern=f"^({pattern})$")
    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(message, remedy)
        return text

    return check


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return a check that the text is one of `allowed`."""

    @shown_as(enum=[*allowed, *(word == "true" for word in allowed if word in ("true", "false"))])
    def check(text: str) -> str:
        if text not in allowed:
            raise ValueError("is not allowed here", did_you_mean(text, allowed))
        return text

    return check


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank", "Give it a value.")
    return text


def _one_line(text: str) -> str:
    if "\t" in text or text.splitlines() != [text]:
        raise ValueError(
            "has a line break or a tab in it", "Write it on one line, without “|” or “>”."
        )
    return text


@shown_as(uniqueItems=True)
def distinct(values: list[str]) -> list[str]:
    """Refuse a list that says a thing twice."""
    for number, value in enumerate(values):
        if value in values[:number]:
            raise ValueError(f"names {value} twice", "Remove one of them.")
    return values


def _creative_path(text: str) -> str:
    parts = PurePosixPath(text).parts
    remedy = "Name a file below creatives/, such as samples/vertical.mp4."
    if text.startswith("/") or "\\" in text or "\0" in text or "://" in text:
        raise ValueError("is not a path relative to creatives/", remedy)
    if ".." in parts:
        raise ValueError("leads out of creatives/", remedy)
    if parts in ((), ("creatives",)) or text.endswith("/"):
        raise ValueError("is a folder", remedy)
    if parts[0] == "creatives":
        raise ValueError(
            "starts with creatives/, which is added by itself", f"Write {'/'.join(parts[1:])}."
        )
    return text


# Which buttons, goals and events there are depends on other values; see cross_checks.
@shown_as(examples=sorted({*CALLS_TO_ACTION, *APP_CALLS_TO_ACTION}))
def _call_to_action(text: str) -> str:
    return call_to_action_name(text)


@shown_as(examples=sorted({goal for one in OBJECTIVES.values() for goal in one.goals}))
def _goal(text: str) -> str:
    return text


@shown_as(examples=sorted({event for one in OBJECTIVES.values() for event in one.events}))
def _event(text: str) -> str:
    return text


@shown_as(enum=sorted(COUNTRIES))
def _country(text: str) -> str:
    if text not in COUNTRIES:
        meant = _COUNTRY_HABITS.get(text.upper(), text.upper())
        raise ValueError(
            "is not an ISO 3166 country code",
            f"Did you mean {meant}?"
            if meant in COUNTRIES
            else "Write the two capital letters of each country, as in [SG, MY].",
        )
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_not_blank)]
Line = Annotated[Text, AfterValidator(_one_line)]
Id = Annotated[
    str,
    AfterValidator(_matching(r"\d{5,20}", "is not a Meta id", "Copy the digits from Meta.")),
]
Ids = Annotated[list[Id], Field(min_length=1), AfterValidator(distinct)]
Locale = Annotated[
    str,
    AfterValidator(
        _matching(
            r"\d{1,4}",
            "is not the number of a language at Meta",
            "Look it up as Meta counts them: 6 is English (US), 24 English (UK).",
        )
    ),
]


@shown_as(type=["array", "string"])
def listed(value: object) -> object:
    """Let one text stand for a list of it."""
    return [value] if isinstance(value, str) else value


# A list of names, or one word such as `all`; which names there are is told by cross_checks.
Positions = Annotated[list[str], BeforeValidator(listed)]
CampaignId = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}",
            "is not a campaign id",
            "Use letters, digits, “_”, “-” and “.”, at most 100, such as spring_sale.",
        )
    ),
]
PartId = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}",
            "is not an id of an ad set or ad",
            "Use letters, digits, “_” and “-”, at most 50, such as prospecting.",
        )
    ),
]
CreativePath = Annotated[Text, AfterValidator(_creative_path)]
CallToAction = Annotated[Text, AfterValidator(_call_to_action)]
Goal = Annotated[Text, AfterValidator(_goal)]
Event = Annotated[Text, AfterValidator(_event)]
Country = Annotated[str, AfterValidator(_country)]
Age = Annotated[
    str,
    AfterValidator(
        _matching(r"1[89]|[2-5]\d|6[0-5]", "is not an age from 18 to 65", "65 stands for 65+.")
    ),
]
Roas = Annotated[
    str,
    AfterValidator(
        _matching(
            r"(?!0+(\.0*)?$)\d{1,4}(\.\d{1,4})?",
            "is not a return on ad spend",
            "Write 2.0 for a return of two for one.",
        )
    ),
]
