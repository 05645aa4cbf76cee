"""Post a message to an incoming webhook, such as those of Slack and Google Chat."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from airflow.sdk import BaseHook, BaseNotifier, Context

from meta_ads.airflow.http_calls import opener

TIMEOUT_SECONDS = 10


class WebhookNotifier(BaseNotifier):
    """Posts `{"text": …}` as JSON, with the key as `Idempotency-Key`.

    The connection's password is the whole address, since whoever knows it may post there. Errors
    name the host and never the address.

    :param conn_id: the Airflow connection
    :param text: what is posted
    :param key: the message's key
    """

    def __init__(self, *, conn_id: str, text: str, key: str) -> None:
        super().__init__()
        self.conn_id = conn_id
        self.text = text
        self.key = key

    def notify(self, context: Context) -> None:
        """Post the text. ValueError without a usable address, OSError when it is not taken."""
        address = BaseHook.get_connection(self.conn_id).password or ""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(
                f"The password of the connection {self.conn_id} is not the address of a webhook."
            )
        request = urllib.request.Request(
            address,
            data=json.dumps({"text": self.text}).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": self.key},
            method="POST",
        )
        problem = None
        try:
            # Checked above: http or https.
            with opener().open(request, timeout=TIMEOUT_SECONDS):  # nosec B310
                return
        except urllib.error.HTTPError as refusal:
            problem = f"it answered {refusal.code}"
            refusal.close()
        except OSError as error:
            problem = type(getattr(error, "reason", error)).__name__
        raise OSError(f"{parts.hostname} did not take it: {problem}.")
