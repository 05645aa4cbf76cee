"""The app that calls: its node, and the tokens it can be given."""

from typing import Any

from emulator.calls.kinds import Kind
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.policy.rules import broken
from emulator.state import Object

_SIXTY_DAYS = 60 * 86400
KIND = Kind(
    name="app", title="Application", sdk_class="Application", default_fields=("name", "link")
)


def app_node(emulator: Emulator) -> Object:
    """Return the app as a node; it stands in no state, since nobody can change it here."""
    app = emulator.world.app
    fields = {
        "name": app["name"],
        "link": f"https://www.facebook.com/games/?app_id={app['id']}",
        "namespace": app.get("namespace"),
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    return Object(app["id"], "app", "", (), 0, 0, kept)


def access_token(emulator: Emulator, call: Call) -> dict[str, Any]:
    """Answer ``/oauth/access_token``: exchange a token for a lasting one, or give the app's own.

    A lasting token is the same text here. Raises for a wrong client, secret, grant or token.
    """
    app, params = emulator.world.app, call.params
    for name in ("client_id", "client_secret"):
        if not params.get(name):
            raise broken("oauth_param_missing", param=name)
    if str(params["client_id"]) != app["id"]:
        raise broken("unknown_app")
    if str(params["client_secret"]) != app.get("secret"):
        raise broken("bad_client_secret")
    grant = params.get("grant_type")
    if grant == "client_credentials":
        return {"access_token": f"{app['id']}|{app['secret']}", "token_type": "bearer"}
    if grant != "fb_exchange_token":
        raise broken("unknown_grant", grant=grant)
    token = emulator.world.tokens.get(str(params.get("fb_exchange_token") or ""))
    if token is None:
        raise broken("bad_token")
    if token.expires_at and token.expires_at <= emulator.clock.now():
        raise broken("expired_token")
    return {"access_token": token.text, "token_type": "bearer", "expires_in": _SIXTY_DAYS}
