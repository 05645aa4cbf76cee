"""Each event reaches each channel once, whatever the channel does; a real Postgres holds it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from meta_ads.campaigns.notification_settings import Channel, Event, NotificationSettings
from meta_ads.launching.approval import Person, decide
from meta_ads.launching.notifications import Message, NotSent, tell
from meta_ads.launching.ports import LaunchState
from meta_ads.store.database import Database
from meta_ads.store.notifications import PostgresOutbox
from tests.integration.launches import Launch, plan

EVERYTHING = frozenset(Event)


class Post:
    """Channels that remember what they took; `broken` ones take nothing."""

    def __init__(self) -> None:
        self.took: list[tuple[str, str]] = []
        self.messages: list[Message] = []
        self.broken: set[str] = set()

    def __call__(self, channel: Channel, message: Message) -> None:
        if channel.name in self.broken:
            raise NotSent("the line is dead")
        self.took.append((channel.name, message.key.split("/")[0]))
        self.messages.append(message)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def outbox(database: Database, empty_database_url: str) -> Iterator[PostgresOutbox]:
    box = PostgresOutbox(empty_database_url)
    yield box
    box.close()


def run(outbox: PostgresOutbox, post: Post, *names: str) -> int:
    channels = tuple(Channel(name, EVERYTHING) for name in names or ("buyers",))
    settings = NotificationSettings(channels, "https://airflow.example")
    return tell(settings, outbox, post, "/campaigns", lambda *_: None)


def execute(database: Database, statement: str) -> None:
    database.rows(statement)


def test_a_launch_that_waits_for_approval_is_told_once_and_again_for_another_plan(
    database: Database, outbox: PostgresOutbox, post: Post
) -> None:
    launch = Launch(database)
    launch.create(plan(activates_in=timedelta(days=1), approval_required=True))
    for _ in range(2):
        run(outbox, post)
    assert post.took == [("buyers", "approval_needed")]
    assert post.messages[0].title == "spring waits for approval"
    assert post.messages[0].link == "https://airflow.example/campaigns/c/spring"


def test_an_approved_launch_is_told_of_no_more(
    database: Database, outbox: PostgresOutbox, post: Post
) -> None:
    launch = Launch(database)
    launch.create(plan(activates_in=timedelta(days=1), approval_required=True))
    decide(launch.launches, "spring", True, Person("bo"), None)
    assert run(outbox, post) == 0


def test_a_live_launch_is_told_once_to_each_channel(
    database: Database, outbox: PostgresOutbox, post: Post
) -> None:
    launch = Launch(database)
    launch.create(plan())
    launch.activate()
    assert launch.verify() is LaunchState.VERIFIED
    for _ in range(2):
        run(outbox, post, "buyers", "chat")
    assert post.took == [("buyers", "launched"), ("chat", "launched")]


def test_a_launch_past_its_time_is_late(
    database: Database, outbox: PostgresOutbox, post: Post
) -> None:
    Launch(database).create(plan(activates_in=timedelta(minutes=-5)))
    for _ in range(2):
        run(outbox, post)
    assert post.took == [("buyers", "late")]
    assert "it is not live" in post.messages[0].text


def test_a_failed_request_a_held_step_drift_and_a_token_are_told_with_their_words(
    database: Database, outbox: PostgresOutbox, post: Post
) -> None:
    Launch(database).create(plan(activates_in=None))
    soon = datetime.now(UTC) + timedelta(days=6)
    for statement in (
        "INSERT INTO meta_ads.request (campaign_id, run_id, requested_by)"
        " VALUES ('spring', 'r', 'ada')",
        "UPDATE meta_ads.request SET state = 'QA_TESTING'",
        "UPDATE meta_ads.request SET state = 'QA_FAILED', reason = 'no video'",
        "INSERT INTO meta_ads.notice (key, text) VALUES ('a-notice-of-sixteen', 'look for it')",
        "INSERT INTO meta_ads.drift (account_id, campaign_id, step_key, kind, object_id, parameter,"
        " message) VALUES ('act_1', 'spring', 'k', 'campaign', '7', 'name', 'renamed')",
        "INSERT INTO meta_ads.access_token (fingerprint, connection, expires_at)"
        f" VALUES ('0123456789abcdef', 'meta_ads_default', '{soon.isoformat()}')",
    ):
        execute(database, statement)
    for _ in range(2):
        run(outbox, post)
    told = {key: post.messages[at] for at, (_, key) in enumerate(post.took)}
    assert len(post.took) == len(told) == 4
    assert "no video" in told["failed"].text
    assert told["person_needed"].text == "look for it"
    assert told["drift"].text == "renamed"
    assert f"{soon:%Y-%m-%d}" in told["token_expiring"].text
    execute(database, "UPDATE meta_ads.notice SET told_at = told_at + interval '1 day'")
    execute(database, "UPDATE meta_ads.access_token SET expires_at = now() + interval '2 days'")
    run(outbox, post)
    assert [key for _, key in post.took[4:]] == ["token_expiring", "person_needed"]


def test_a_channel_that_takes_nothing_holds_up_no_other_and_gets_it_later(
    database: Database, outbox: PostgresOutbox, post: Post
) -> None:
    Launch(database).create(plan(activates_in=timedelta(minutes=-5)))
    post.broken = {"buyers"}
    assert run(outbox, post, "buyers", "chat") == 1
    post.broken = set()
    run(outbox, post, "buyers", "chat")
    assert post.took == [("chat", "late"), ("buyers", "late")]


def test_events_a_channel_did_not_ask_for_are_not_sent(
    database: Database, outbox: PostgresOutbox, post: Post
) -> None:
    Launch(database).create(plan(activates_in=timedelta(minutes=-5)))
    settings = NotificationSettings((Channel("chat", frozenset({Event.LAUNCHED})),))
    assert tell(settings, outbox, post, "/campaigns", lambda *_: None) == 0


def test_nobody_sends_while_another_does(
    database: Database, outbox: PostgresOutbox, post: Post, empty_database_url: str
) -> None:
    Launch(database).create(plan(activates_in=timedelta(minutes=-5)))
    other = PostgresOutbox(empty_database_url)
    with other.alone() as alone:
        assert alone
        assert run(outbox, post) == 0
    assert run(outbox, post) == 1
    other.close()
