"""Who is told what, as `configs/notifications.yaml` says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from meta_ads.campaigns.field_types import Line, distinct, one_of
from meta_ads.campaigns.validation import validated
from meta_ads.campaigns.yaml_source import read_yaml
from meta_ads.errors import InvalidCampaign, Problem

FILE = "configs/notifications.yaml"


class Event(StrEnum):
    """What people may want to be told of."""

    APPROVAL_NEEDED = "approval_needed"
    LAUNCHED = "launched"
    FAILED = "failed"
    PERSON_NEEDED = "person_needed"
    LATE = "late"
    OVERDUE = "overdue"
    DRIFT = "drift"
    TOKEN_EXPIRING = "token_expiring"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach people, and what they are told; exactly one of the three ways is set.

    `email` are addresses, `connection` the Airflow connection of the e-mail or webhook;
    `notifier` is the import path of an Airflow notifier, made with `arguments`.
    """

    name: str
    events: frozenset[Event]
    email: tuple[str, ...] = ()
    connection: str | None = None
    notifier: str | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """The channels, and the address of Airflow for links, without a slash at its end."""

    channels: tuple[Channel, ...] = ()
    airflow_url: str | None = None


def _web_address(text: str) -> str:
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname:
        raise ValueError("is not an address", "Write it as in https://airflow.example.com.")
    return text.rstrip("/")


def _channel_name(text: str) -> str:
    if not text.replace("_", "").replace("-", "").isalnum() or len(text) > 50:
        raise ValueError("is not a name", "Use letters, digits, “_” and “-”, such as on_call.")
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Email(_Strict):
    to: Annotated[list[Line], Field(min_length=1), AfterValidator(distinct)]
    connection: Line = "smtp_default"


class _Webhook(_Strict):
    connection: Line


class _Notifier(_Strict):
    # Named as people write it; a Python word may not be a field.
    path: Annotated[Line, Field(alias="class")]
    arguments: dict[str, object] = Field(default_factory=dict)


class _Channel(_Strict):
    name: Annotated[Line, AfterValidator(_channel_name)]
    events: Annotated[
        list[Annotated[str, AfterValidator(one_of(*Event))]],
        Field(min_length=1),
        AfterValidator(distinct),
    ]
    email: _Email | None = None
    webhook: _Webhook | None = None
    notifier: _Notifier | None = None

    @model_validator(mode="after")
    def _one_way(self) -> _Channel:
        if sum(way is not None for way in (self.email, self.webhook, self.notifier)) != 1:
            raise ValueError(
                "has none or several ways to be reached",
                "Give it one of email, webhook and notifier.",
            )
        return self

    def channel(self) -> Channel:
        events = frozenset(Event(event) for event in self.events)
        if self.email is not None:
            return Channel(self.name, events, tuple(self.email.to), self.email.connection)
        if self.webhook is not None:
            return Channel(self.name, events, connection=self.webhook.connection)
        assert self.notifier is not None, "validated above"
        path, arguments = self.notifier.path, self.notifier.arguments
        return Channel(self.name, events, notifier=path, arguments=arguments)


def _named_apart(channels: list[_Channel]) -> list[_Channel]:
    names = [channel.name for channel in channels]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"has several channels {', '.join(twice)}", "Give each its own name.")
    return channels


class _Keys(_Strict):
    airflow_url: Annotated[str, AfterValidator(_web_address)] | None = None
    channels: Annotated[list[_Channel], AfterValidator(_named_apart)] = Field(default_factory=list)


def load_notification_settings(home: Path) -> tuple[NotificationSettings, tuple[Problem, ...]]:
    """Return who is told what, and what is wrong with `<home>/configs/notifications.yaml`.

    With problems, or without a file, nobody is told anything. Never raises.
    """
    path = home / FILE
    if not path.exists():
        return NotificationSettings(), ()
    try:
        source = read_yaml(path, FILE)
    except InvalidCampaign as invalid:
        return NotificationSettings(), invalid.problems
    keys, problems = validated(_Keys, source, source.value)
    problems = [*source.problems, *problems]
    if keys is None or problems:
        return NotificationSettings(), tuple(problems)
    channels = tuple(channel.channel() for channel in keys.channels)
    return NotificationSettings(channels, keys.airflow_url), ()
