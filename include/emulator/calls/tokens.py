"""Who is calling, and what may they do."""

import hashlib
import hmac
from dataclasses import replace
from typing import Any

from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.objects.pages import PAGE_SCOPES
from emulator.policy.rules import broken
from emulator.world import Token

WRITE_SCOPE = "ads_management"
#: Whether the app demands ``appsecret_proof``, as an app's advanced settings at Meta can.
REQUIRE_PROOF_SETTING = "require_appsecret_proof"
_PAGE_TOKEN = "emulator-page-token-"


def authenticate(emulator: Emulator, call: Call) -> Call:
    """Return the call with its token, or raise Meta's refusal of it."""
    text = call.params.get("access_token")
    if not text:
        raise broken("no_token")
    token = _find(emulator, str(text))
    if token is None:
        raise broken("bad_token")
    if _expired(emulator, token):
        raise broken("expired_token")
    proof = call.params.get("appsecret_proof")
    secret = emulator.world.app.get("secret")
    if proof is None and emulator.state.settings.get(REQUIRE_PROOF_SETTING):
        raise broken("proof_missing")
    if proof is not None and secret:
        expected = hmac.new(secret.encode(), str(text).encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, str(proof)):
            raise broken("bad_proof")
    return replace(call, token=token)


def check_may_write(call: Call) -> None:
    """Raise code 200 when the token lacks the scope for writes."""
    if call.token is None or WRITE_SCOPE not in call.token.scopes:
        raise broken("no_permission", scope=WRITE_SCOPE)


def debug_token(emulator: Emulator, call: Call) -> dict[str, Any]:
    """Answer ``GET /debug_token?input_token=``."""
    text = str(call.params.get("input_token", ""))
    if not text:
        raise broken("missing_param", blame="input_token", param="input_token")
    token = _find(emulator, text)
    if token is None:
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    app, page = emulator.world.app, text.removeprefix(_PAGE_TOKEN)
    shown = {
        "app_id": app["id"],
        "type": "SYSTEM_USER",
        "application": app["name"],
        "data_access_expires_at": 0,
        "expires_at": token.expires_at,
        "is_valid": not _expired(emulator, token),
        "scopes": list(token.scopes),
        "granular_scopes": [{"scope": scope} for scope in token.scopes],
        "user_id": emulator.world.user["id"],
    }
    if page != text:
        shown |= {"type": "PAGE", "profile_id": page}
    if shown["is_valid"] is False:
        shown["error"] = {
            "code": 190,
            "subcode": 463,
            "message": "Error validating access token: Session has expired.",
        }
    return {"data": shown}


def _find(emulator: Emulator, text: str) -> Token | None:
    """Return the token of that text: one of the world's, the app's own, or a page's."""
    known = emulator.world.tokens.get(text)
    if known is not None:
        return known
    app = emulator.world.app
    if app.get("secret") and text == f"{app['id']}|{app['secret']}":
        return Token(text, ())
    page = emulator.find(text.removeprefix(_PAGE_TOKEN), "page")
    if page is None or page.fields.get("access_token") != text:
        return None
    return Token(text, tuple(sorted(PAGE_SCOPES)))


def _expired(emulator: Emulator, token: Token) -> bool:
    return bool(token.expires_at) and token.expires_at <= emulator.clock.now()
