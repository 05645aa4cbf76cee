"""Whether a request that changes something comes from our own page, or from a program.

A browser sends Airflow's cookie along with requests that other sites cause. Such a request can
carry neither the header below nor a token of its own (both need a preflight, which nobody here
answers), and browsers say where it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

HEADER = "x-adlaunch"


def refusal(headers: Mapping[str, str]) -> str | None:
    """Return why a request may not change anything; None when it may. Names are lower case."""
    if headers.get("authorization", "").lower().startswith("bearer "):
        return None
    if headers.get(HEADER) != "1":
        return f"Requests with a cookie need the header {HEADER}: 1."
    site = headers.get("sec-fetch-site")
    if site is not None:
        return None if site == "same-origin" else "The request comes from another site."
    origin = headers.get("origin")
    if origin is None or urlsplit(origin).netloc == headers.get("host"):
        return None
    return "The request comes from another site."
