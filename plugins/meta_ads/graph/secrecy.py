"""Keep secrets out of every text that leaves this package."""

from __future__ import annotations

import logging
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "***"

# Meta's own tokens start with EAA; a text may quote one that is not ours (a debug answer).
_TOKEN_LIKE = re.compile(r"\bEAA[A-Za-z0-9]{20,}")
_PARAMETER = re.compile(
    r"((?:access_token|appsecret_proof|input_token|fb_exchange_token|client_secret)"
    r"(?:\"|')?\s*[=:]\s*(?:\"|')?)[^\s&\"',}]+",
    re.IGNORECASE,
)
_SHORTEST_BASE64 = 12


class Scrubber:
    """Replaces known secrets, in every form they travel in, by `***`.

    Forms: as they are, URL-encoded, base64 (both alphabets, at each of the three alignments a
    secret can have inside a longer text), and anything written as `access_token=...`.
    """

    def __init__(self, secrets: Iterable[str | None]) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if secret:
                forms.update(_forms(secret))
        # The longest first, so that no form leaves a readable rest of another.
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return `text` without secrets."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return _TOKEN_LIKE.sub(HIDDEN, _PARAMETER.sub(rf"\1{HIDDEN}", text))

    def __repr__(self) -> str:
        return f"Scrubber({len(self._forms)} forms)"


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    forms = {secret, quote(secret, safe=""), quote_plus(secret)}
    for encode in (b64encode, urlsafe_b64encode):
        for padding in range(3):
            encoded = encode(b"\0" * padding + raw).decode().rstrip("=")
            # The first characters mix with what stands before, the last with what follows.
            core = encoded[0 if padding == 0 else padding + 1 : -1]
            if len(core) >= _SHORTEST_BASE64:
                forms.add(core)
    return forms


class _ProofFilter(logging.Filter):
    """Hides secret parameters in the connection log, which prints each request's query."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _PARAMETER.sub(rf"\1{HIDDEN}", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


def guard_connection_log() -> None:
    """Make the HTTP library's debug log safe to switch on. Calling it again changes nothing."""
    log = logging.getLogger("urllib3.connectionpool")
    if not any(isinstance(item, _ProofFilter) for item in log.filters):
        log.addFilter(_ProofFilter())
