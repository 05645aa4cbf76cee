"""From a channel of `configs/notifications.yaml` to an Airflow notifier that sends."""

from __future__ import annotations

import html
import logging
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from airflow.sdk import BaseNotifier

from meta_ads.airflow.hooks.ledger import LedgerHook, database_url
from meta_ads.airflow.links import PAGE
from meta_ads.campaigns.notification_settings import Channel, Event, load_notification_settings
from meta_ads.launching.notifications import Happening, Message, NotSent, tell
from meta_ads.store.launch_ledger import UnknownLaunch
from meta_ads.store.notifications import PostgresOutbox

log = logging.getLogger(__name__)


def tell_what_happened(home: Path, also: Sequence[Happening] = ()) -> int:
    """Tell every channel what it was not told yet; return how many messages went out.

    `also` is what happened and stands in no ledger.
    """
    settings, problems = load_notification_settings(home)
    for problem in problems:
        log.warning("%s", problem)
    if not settings.channels:
        return 0
    ledger = LedgerHook()
    outbox = PostgresOutbox(database_url(ledger.get_connection(ledger.db_conn_id)))
    try:
        return tell(settings, outbox, send, PAGE, log.warning, also)
    finally:
        outbox.close()


def tell_late_launch(home: Path, campaign_id: str, moment: datetime, waiting: str | None) -> int:
    """Tell of a launch that was to be live at `moment` (aware UTC), unless the ledger says it is.

    `waiting` is its run that has not ended: before it has planned, the ledger knows of no time.
    """
    also = []
    if waiting is not None and not _is_planned_for(campaign_id, moment):
        why = (
            f"Its run {waiting} has planned nothing yet. Is launch__{campaign_id} paused in "
            "Airflow, or is no worker running?"
        )
        key = f"{Event.LATE}/{campaign_id}/{int(moment.timestamp())}"
        also = [Happening(key, Event.LATE, campaign_id, why, moment, campaign_id)]
    return tell_what_happened(home, also)


def tell_overdue_run(home: Path, subject: str, dag_id: str, run_id: str, due: datetime) -> int:
    """Tell of a run that has not ended by `due` (aware UTC)."""
    why = f"It is the run {run_id} of the DAG {dag_id}."
    key = f"{Event.OVERDUE}/{dag_id}/{run_id}"
    return tell_what_happened(home, [Happening(key, Event.OVERDUE, subject, why, due)])


def _is_planned_for(campaign_id: str, moment: datetime) -> bool:
    ledger = LedgerHook()
    with closing(ledger.database):
        try:
            planned = ledger.launches.launch(campaign_id).activate_at
        except UnknownLaunch:
            return False
    return planned is not None and abs(planned - moment) < timedelta(seconds=1)


def send(channel: Channel, message: Message) -> None:
    """Send a message. NotSent when it was not taken, whatever the notifier raised.

    `notify` is called directly: calling the notifier would take the message for a Jinja template.
    """
    try:
        notifier_of(channel, message).notify({})
    except Exception as error:  # noqa: BLE001  any notifier may be configured, and raise anything
        problem = f"{type(error).__name__}: {error}"
    else:
        return
    raise NotSent(problem)


def notifier_of(channel: Channel, message: Message) -> BaseNotifier:
    """Return the notifier of a channel, made for one message."""
    text = "\n".join(filter(None, [message.text, message.link]))
    if channel.email:
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier

        return SmtpNotifier(
            to=list(channel.email),
            smtp_conn_id=channel.connection,
            subject=message.title,
            html_content=_as_html(message),
            custom_headers={"Message-ID": f"<{message.key.replace('/', '.')}@adlaunch>"},
        )
    if channel.notifier is None:
        from meta_ads.airflow.notifiers.webhook import WebhookNotifier

        assert channel.connection is not None, "a webhook has a connection"
        whole = f"{message.title}\n{text}"
        return WebhookNotifier(conn_id=channel.connection, text=whole, key=message.key)
    values = {
        "title": message.title,
        "text": message.text,
        "link": message.link or "",
        "key": message.key,
    }
    module, _, name = channel.notifier.rpartition(".")
    made: Any = getattr(import_module(module), name)
    if not (isinstance(made, type) and issubclass(made, BaseNotifier)):
        raise TypeError(f"{channel.notifier} is not an Airflow notifier")
    arguments: dict[str, Any] = {
        key: _filled(value, values) for key, value in channel.arguments.items()
    }
    return made(**arguments)


def _filled(value: object, values: dict[str, str]) -> object:
    """Replace {title} and its like in texts, however deep they stand; nothing else is read."""
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, values) for key, item in value.items()}
    return value


def _as_html(message: Message) -> str:
    body = f'<p style="white-space: pre-line">{html.escape(message.text)}</p>'
    if message.link:
        link = html.escape(message.link, quote=True)
        body += f'<p><a href="{link}">{link}</a></p>'
    return body
