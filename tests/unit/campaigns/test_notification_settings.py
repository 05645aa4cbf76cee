"""`configs/notifications.yaml`: nobody is told anything by default, and a bad file tells nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from meta_ads.campaigns.notification_settings import (
    Channel,
    Event,
    NotificationSettings,
    load_notification_settings,
)
from tests.conftest import PROJECT

FILE = "configs/notifications.yaml"


def load(home: Path, text: str) -> tuple[NotificationSettings, list[str]]:
    (home / "configs").mkdir()
    (home / FILE).write_text(text)
    settings, problems = load_notification_settings(home)
    return settings, [str(problem) for problem in problems]


def test_nothing_is_sent_by_default(tmp_path: Path) -> None:
    assert load_notification_settings(PROJECT) == (NotificationSettings(), ())
    assert load_notification_settings(tmp_path) == (NotificationSettings(), ())


def test_the_sample_in_the_committed_file_is_a_good_one(tmp_path: Path) -> None:
    text = (PROJECT / FILE).read_text()
    sample = text[text.index("# airflow_url: https") : text.index("channels: []")]
    settings, problems = load(tmp_path, sample.replace("# ", "").replace("#", ""))
    assert problems == []
    assert settings.airflow_url == "https://airflow.example.com"
    assert [channel.name for channel in settings.channels] == ["buyers", "on_call"]
    assert settings.channels[0].email == ("buyers@example.com",)
    assert settings.channels[1].connection == "on_call_webhook"


def test_the_file_names_every_event() -> None:
    text = (PROJECT / FILE).read_text()
    assert f"events        {', '.join(Event)}\n" in text
    assert yaml.safe_load(text) == {"channels": []}


def test_a_notifier_may_be_any(tmp_path: Path) -> None:
    text = """
channels:
  - name: own
    events: [late]
    notifier: {class: a.b.C, arguments: {body: "{text}"}}
"""
    settings, problems = load(tmp_path, text)
    assert problems == []
    own = Channel("own", frozenset({Event.LATE}), notifier="a.b.C", arguments={"body": "{text}"})
    assert settings.channels == (own,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("channel: []", "Did you mean “channels”?"),
        ("airflow_url: airflow", "is not an address"),
        ("channels: [{name: a, events: [late]}]", "none or several ways"),
        ("channels: [{name: a, events: [lat], webhook: {connection: c}}]", "events[0]"),
        ("channels: [{name: a, events: [], webhook: {connection: c}}]", "is empty"),
        ("channels: [{name: a b, events: [late], webhook: {connection: c}}]", "is not a name"),
        ("channels: [{name: a, events: [late], email: {to: []}}]", "is empty"),
        (
            "channels: [{name: a, events: [late], webhook: {connection: c}},"
            " {name: a, events: [late], webhook: {connection: d}}]",
            "several channels a",
        ),
        (
            "channels: [{name: a, events: [late], webhook: {connection: '{{ x }}'}}]",
            "contains {{",
        ),
    ],
)
def test_a_bad_file_tells_nobody_and_says_why(tmp_path: Path, text: str, words: str) -> None:
    settings, problems = load(tmp_path, text + "\n")
    assert settings == NotificationSettings()
    assert words in "\n".join(problems)
