"""Where a tap leads: the destination URL and the domain it counts for."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit


def url_problem(url: str, domain: str | None) -> str | None:
    """Return what is wrong with a destination URL, in words, or None.

    `domain` is the account's; the URL must lie on it or below it.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is not a web address ({error})"
    if any(character.isspace() or ord(character) < 32 for character in url):
        return "has a space in it; write %20"
    if parts.scheme not in ("http", "https"):
        return "does not start with https://"
    if not host or "." not in host:
        return "names no website"
    if parts.username or parts.password:
        return "has a user name or password in it"
    if domain and host != domain and not host.endswith("." + domain):
        return f"leads to {host}, but the account's domain is {domain}"
    return None


def url_parameters_problem(text: str) -> str | None:
    """Return what is wrong with `utm_source=fb&utm_medium=paid`, in words, or None."""
    if text.startswith(("?", "&")):
        return f"starts with {text[0]}; Meta adds it by itself"
    if any(character.isspace() for character in text):
        return "has a space in it; write %20"
    try:
        parse_qsl(text, strict_parsing=True)
    except ValueError:
        return "is not of the form name=value&name=value"
    return None


def conversion_domain(url: str, domain: str | None) -> str:
    """Return first and second level of the website, as Meta wants them.

    The account's own domain is right where there is one: only it knows that `example.co.uk` is
    one name. Else the last two labels of the URL's host.
    """
    return domain or ".".join((urlsplit(url).hostname or "").split(".")[-2:])
