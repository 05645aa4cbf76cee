"""Messages leave through Airflow's notifiers, to servers that take them or do not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airflow.sdk import BaseNotifier

from meta_ads.airflow.links import PAGE
from meta_ads.airflow.notifying import send
from meta_ads.campaigns.notification_settings import Channel, Event
from meta_ads.launching.notifications import Message, NotSent
from meta_ads.web.lazy import PREFIX
from tests.unit.airflow.sinks import hook_sink, mail_sink

TEXT = "Meta says: {{ conn.meta_ads_default.password }} <b>no</b>"
MESSAGE = Message("late/spring/1", "spring is late", TEXT, "https://airflow.example/campaigns/c/x")
EVENTS = frozenset({Event.LATE})
SECRET_PATH = "/services/T0/B0/secret-path"


def webhook(monkeypatch: pytest.MonkeyPatch, address: str) -> Channel:
    connection = json.dumps({"conn_type": "http", "password": address})
    monkeypatch.setenv("AIRFLOW_CONN_CHAT", connection)
    return Channel("chat", EVENTS, connection="chat")


def test_an_email_is_sent_with_its_own_id_and_no_template_is_rendered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mail_sink() as sink:
        extra = {"from_email": "airflow@example.com", "disable_ssl": True, "disable_tls": True}
        port = sink.server_address[1]
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps(connection))
        send(Channel("buyers", EVENTS, ("a@example.com", "b@example.com"), "mail"), MESSAGE)
        [mail] = sink.mails
    assert mail["Subject"] == "spring is late"
    assert mail["To"] == "a@example.com, b@example.com"
    assert mail["Message-ID"] == "<late.spring.1@adlaunch>"
    body = mail.get_body(("html",))
    assert body is not None
    shown = body.get_content()
    assert "{{ conn.meta_ads_default.password }}" in shown
    assert "&lt;b&gt;no&lt;/b&gt;" in shown
    assert MESSAGE.link in shown


def test_a_webhook_gets_the_text_and_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with hook_sink() as sink:
        address = f"http://127.0.0.1:{sink.server_port}{SECRET_PATH}"
        send(webhook(monkeypatch, address), MESSAGE)
        [(path, headers, body)] = sink.posts
    assert path == SECRET_PATH
    assert headers["Idempotency-Key"] == "late/spring/1"
    assert body == {"text": f"spring is late\n{TEXT}\n{MESSAGE.link}"}


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_is_told_without_its_address(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    with hook_sink() as sink:
        sink.status = status
        address = f"http://127.0.0.1:{sink.server_port}{SECRET_PATH}"
        with pytest.raises(NotSent, match=str(status)) as caught:
            send(webhook(monkeypatch, address), MESSAGE)
        assert len(sink.posts) == 1, "no redirect is followed"
    assert "secret-path" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["", "secret-path", "file:///etc/passwd", "ftp://x/secret-path", "http://[secret-path"],
)
def test_an_address_that_is_none_is_refused_unshown(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with pytest.raises(NotSent) as caught:
        send(webhook(monkeypatch, address), MESSAGE)
    assert "secret-path" not in str(caught.value)


def test_nobody_there_is_a_message_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotSent, match="ConnectionRefusedError"):
        send(webhook(monkeypatch, f"http://127.0.0.1:9{SECRET_PATH}"), MESSAGE)


class Remembers(BaseNotifier):
    """A notifier of somebody else's."""

    sent: list[dict[str, Any]] = []  # noqa: RUF012  of the class: each message makes an instance

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.arguments = arguments

    def notify(self, context: Any) -> None:
        self.sent.append(self.arguments)


def test_any_notifier_of_airflow_can_be_named_with_its_arguments() -> None:
    Remembers.sent.clear()
    arguments = {"body": "{title}: {text}", "tags": ["{key}"], "more": {"url": "{link}"}}
    send(Channel("own", EVENTS, notifier=f"{__name__}.Remembers", arguments=arguments), MESSAGE)
    assert Remembers.sent == [
        {
            "body": f"spring is late: {TEXT}",
            "tags": ["late/spring/1"],
            "more": {"url": MESSAGE.link},
        }
    ]


@pytest.mark.parametrize("path", ["nothing.Here", "os.system", "json.JSONDecoder", "Remembers"])
def test_what_is_no_notifier_is_neither_called_nor_fatal(path: str) -> None:
    with pytest.raises(NotSent):
        send(Channel("own", EVENTS, notifier=path), MESSAGE)


def test_links_lead_to_the_campaigns_page() -> None:
    assert PAGE == PREFIX
