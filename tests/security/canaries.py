"""The canaries, every form in which one could get out, and every place where it could end up."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import yaml

from meta_ads.errors import MetaAdsError
from meta_ads.store.database import Database
from tests.conftest import PROJECT

# In the shape of neither Meta's tokens nor anything a scrubber knows by its look.
TOKEN = "canary/token+of=this%test-5a1f9c72e0"
APP_SECRET = "canary-app-secret-83bd0e64"
PROOF = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
DATABASE_PASSWORD = "canary-database/password@77aa"


def assert_clean(where: str, text: str, *more: str) -> None:
    """Fail when any canary is in the text, in any form."""
    for secret in (TOKEN, APP_SECRET, PROOF, *more):
        for form in forms(secret):
            assert form not in text, f"{where} shows a secret: …{_around(text, form)}…"


def leaks(error: BaseException) -> str:
    """Return everything an error could show: itself, its causes, its trace, and its own parts."""
    shown, item = "".join(traceback.format_exception(error)), error
    seen: list[BaseException] = []
    while item is not None and item not in seen:
        seen.append(item)
        item = item.__cause__ or item.__context__  # type: ignore[assignment]
    ours = "".join(str(vars(e)) for e in seen if isinstance(e, MetaAdsError))
    return shown + ours + "".join(f"{e} {e!r} {e.args}" for e in seen)


def everything_stored(database: Database) -> str:
    """Return every row of every table of the ledger, as text."""
    tables = database.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'meta_ads'"
        " AND table_type = 'BASE TABLE'"
    )
    rows = [
        row
        for table in tables
        for row in database.rows(
            f'SELECT row_to_json(row)::text AS text FROM meta_ads."{table["table_name"]}" AS row'
        )
    ]
    return "\n".join(str(row["text"]) for row in rows)


def everything_logged(records: list[logging.LogRecord]) -> str:
    """Return the log as every handler could format it, exceptions and arguments included."""
    formatter = logging.Formatter()
    return "\n".join(f"{formatter.format(record)} {record.args!r}" for record in records)


def world_of_canaries(folder: Path) -> Path:
    """Write the emulator's world, in which the canaries are the app's secret and token."""
    world: dict[str, Any] = yaml.safe_load((PROJECT / "include/emulator/world.yaml").read_text())
    world["app"]["secret"] = APP_SECRET
    world["tokens"][0]["token"] = TOKEN
    path = folder / "world.yaml"
    path.write_text(yaml.safe_dump(world))
    return path


def connection(url: str) -> str:
    """Return the Airflow connection that holds the canaries."""
    fields = {"conn_type": "meta_ads", "password": TOKEN, "host": url}
    return json.dumps({**fields, "extra": {"app_secret": APP_SECRET}})


def forms(secret: str) -> Iterator[str]:
    """Yield every form in which a secret could get out."""
    yield from {secret, repr(secret)[1:-1], quote(secret), quote(secret, safe="")}
    yield quote_plus(secret)
    for encode in (b64encode, urlsafe_b64encode):
        for before in ("", "a", "ab"):
            # The middle only: the ends mix with what stands around.
            yield encode(f"{before}{secret}".encode()).decode()[4:-4]


def _around(text: str, form: str) -> str:
    at = text.index(form)
    return text[max(0, at - 200) : at]
