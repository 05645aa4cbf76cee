"""What Meta says of our own token. Source: Graph API reference, `debug_token`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from meta_ads.graph.classification import Effect
from meta_ads.graph.client import GraphClient
from meta_ads.launching.diagnosis import TokenFacts


def token_facts(client: GraphClient) -> TokenFacts:
    """Return validity, permissions and expiry of the token; AccessLost when Meta refuses it.

    `debug_token` wants the token as a parameter. It travels in a body, by Graph's own `method`
    override, since addresses end up in logs.
    """
    doing = "ask Meta about the access token"
    form = {"method": "GET", "input_token": client.settings.token}
    answer = client.send("POST", doing, Effect.READ, ["debug_token"], form=form)
    data: dict[str, Any] = dict(client.judge.value(answer, doing, Effect.READ).get("data") or {})
    error = data.get("error") or {}
    return TokenFacts(
        valid=bool(data.get("is_valid")),
        scopes=frozenset(str(scope) for scope in data.get("scopes") or ()),
        expires_at=_moment(data.get("expires_at")),
        application=data.get("application"),
        reason=error.get("message"),
    )


def _moment(value: Any) -> datetime | None:
    """Return a Unix time; Meta says 0 for never."""
    return datetime.fromtimestamp(int(value), UTC) if value else None
