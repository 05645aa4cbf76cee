"""Tell people what happened: each event once to each channel, and never at a launch's expense."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from meta_ads.campaigns.notification_settings import Channel, Event, NotificationSettings
from meta_ads.launching.ports import Progress


@dataclass(frozen=True, slots=True)
class Happening:
    """Something people may want to be told of, as the ledger has it.

    `key` is the same whenever the ledger is asked again for the same event. `subject` is the
    campaign's id, or what else it is about; `detail` is text of ours or of Meta's; `moment` (aware
    UTC) is the activation time, or when a token expires.
    """

    key: str
    event: Event
    subject: str
    detail: str | None = None
    moment: datetime | None = None
    campaign_id: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads. `key` lets a receiver know a message that came twice."""

    key: str
    title: str
    text: str
    link: str | None = None


class NotSent(Exception):
    """A channel did not take a message; the text says why, without secrets."""


class Outbox(Protocol):
    """What happened, and which channel was told."""

    def alone(self) -> AbstractContextManager[bool]:
        """Hold the right to send; False when somebody else is sending now."""

    def untold(self, channel: str, events: Sequence[Event]) -> Sequence[Happening]:
        """Return what the channel was not told yet and nobody settled, oldest first."""

    def was_told(self, channel: str, happening: Happening) -> bool:
        """Say whether the channel took a message of this already."""

    def told(self, channel: str, happening: Happening) -> None:
        """Write down that the channel took the message."""


Send = Callable[[Channel, Message], None]
_TITLES: Mapping[Event, str] = {
    Event.APPROVAL_NEEDED: "{subject} waits for approval",
    Event.LAUNCHED: "{subject} is live",
    Event.FAILED: "{subject} was not launched",
    Event.PERSON_NEEDED: "A person is needed",
    Event.LATE: "{subject} is late",
    Event.OVERDUE: "{subject} takes too long",
    Event.DRIFT: "{subject} was changed at Meta",
    Event.TOKEN_EXPIRING: "The access token of {subject} ends soon",
}
_TEXTS: Mapping[Event, str] = {
    Event.APPROVAL_NEEDED: "It goes live only when somebody approves its plan in Airflow: Browse, "
    "Required Actions.",
    Event.LAUNCHED: "It is switched on, and Meta shows what was planned.",
    Event.LATE: "Its time was {moment:%Y-%m-%d %H:%M} UTC and it is not live. The log of its run, "
    "and adlaunch status {subject}, say why.",
    Event.OVERDUE: "A run of it should have ended by {moment:%Y-%m-%d %H:%M} UTC. The logs of its "
    "tasks say what it waits for.",
    Event.TOKEN_EXPIRING: "Meta takes it until {moment:%Y-%m-%d %H:%M} UTC. Generate a new one for "
    "the system user and put it into the connection.",
}


def message_of(happening: Happening, airflow_url: str | None, page: str) -> Message:
    """Return the message; `page` is the path of the Campaigns page below Airflow's address."""
    values = {"subject": happening.subject, "moment": happening.moment}
    title = _TITLES[happening.event].format(**values)
    words = _TEXTS.get(happening.event, "").format(**values)
    if happening.event is Event.APPROVAL_NEEDED and happening.moment is not None:
        words = f"It is to go live at {happening.moment:%Y-%m-%d %H:%M} UTC. {words}"
    text = "\n".join(filter(None, [words, happening.detail]))
    link = None
    if airflow_url is not None and happening.campaign_id is not None:
        link = f"{airflow_url}{page}/c/{happening.campaign_id}"
    return Message(happening.key, title, text, link)


def tell(
    settings: NotificationSettings,
    outbox: Outbox,
    send: Send,
    page: str,
    progress: Progress,
    also: Sequence[Happening] = (),
) -> int:
    """Tell every channel what it was not told yet; return how many messages went out.

    `also` is what the ledger cannot know, such as a run that no worker has begun.

    Each is written down after it was taken: whoever dies in between sends it again, with the same
    key. A channel that refuses a message is left alone until the next time; what is older than a
    day is not sent any more.
    """
    sent = 0
    with outbox.alone() as alone:
        if not alone:
            return sent
        for channel in settings.channels:
            for happening in _news(outbox, channel, also):
                try:
                    send(channel, message_of(happening, settings.airflow_url, page))
                except NotSent as problem:
                    progress("The channel %s took no message: %s", channel.name, problem)
                    break
                outbox.told(channel.name, happening)
                sent += 1
    return sent


def _news(outbox: Outbox, channel: Channel, also: Sequence[Happening]) -> Iterator[Happening]:
    """Yield what the channel was not told, each once."""
    yield from outbox.untold(channel.name, sorted(channel.events))
    for happening in also:
        if happening.event in channel.events and not outbox.was_told(channel.name, happening):
            yield happening
