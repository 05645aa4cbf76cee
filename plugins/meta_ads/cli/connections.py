"""The connections of the command line: Airflow's own environment variables, without Airflow."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from meta_ads.campaigns.account import Account
from meta_ads.errors import FixInput
from meta_ads.graph.settings import GraphSettings
from meta_ads.store.database import libpq_url

META = "AIRFLOW_CONN_META_ADS_DEFAULT"
DATABASE = "AIRFLOW_CONN_META_ADS_DB"


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection as Airflow stores it."""

    host: str = ""
    login: str = ""
    password: str = field(default="", repr=False)
    port: int | None = None
    schema: str = ""
    extra: dict[str, Any] = field(default_factory=dict, repr=False)


def connection(variable: str) -> Connection:
    """Return the connection in an `AIRFLOW_CONN_…` variable, given as JSON or as a URI.

    FixInput when it is missing or cannot be read; its text holds nothing of the value.
    """
    text = os.environ.get(variable, "").strip()
    if not text:
        raise FixInput(
            f"{variable} is not set. Give the connection as Airflow takes it, as JSON or as a URI; "
            "README.md shows one."
        )
    try:
        return _from_json(text) if text.startswith("{") else _from_uri(text)
    except (ValueError, KeyError, AttributeError, TypeError):
        raise FixInput(
            f"{variable} is neither a JSON object nor a URI as Airflow takes them."
        ) from None


def graph_settings(account: Account | None = None) -> GraphSettings:
    """Return how to reach Meta: by the first connection of the account that is set here.

    Without an account by the default one. FixInput without a usable token or address.
    """
    variables = [variable_of(name) for name in (account.connections if account else ())]
    return settings_of(next((name for name in variables if os.environ.get(name)), META))


def variable_of(connection_id: str) -> str:
    """Return the environment variable that holds a connection, by Airflow's own rule."""
    return f"AIRFLOW_CONN_{connection_id.upper()}"


def settings_of(variable: str) -> GraphSettings:
    """Return how the connection of a variable reaches Meta. FixInput when it cannot."""
    found = connection(variable)
    return GraphSettings.of_connection(found.password, found.host, found.extra)


def database_url() -> str:
    """Return the libpq URL of the ledger's database."""
    found = connection(DATABASE)
    return libpq_url(
        host=found.host,
        port=found.port,
        login=found.login,
        password=found.password,
        database=found.schema,
        options=found.extra,
    )


def _from_json(text: str) -> Connection:
    value = json.loads(text)
    extra = value.get("extra") or {}
    port = value.get("port")
    return Connection(
        host=value.get("host") or "",
        login=value.get("login") or "",
        password=value.get("password") or "",
        port=int(port) if port else None,
        schema=value.get("schema") or "",
        extra=json.loads(extra) if isinstance(extra, str) else dict(extra),
    )


def _from_uri(text: str) -> Connection:
    parts = urlsplit(text)
    if not parts.scheme:
        raise ValueError("no scheme")
    return Connection(
        host=unquote(parts.hostname or ""),
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        port=parts.port,
        schema=unquote(parts.path.lstrip("/")),
        extra=dict(parse_qsl(parts.query)),
    )
