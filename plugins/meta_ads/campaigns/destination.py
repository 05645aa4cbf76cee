"""Where a tap leads: the destination URL and the domain it counts for."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from meta_ads.campaigns.schema_hints import shown_as

# Labels and a top level that is a word: neither an address of numbers nor anything that a browser
# could read as the end of the host, such as a backslash.
_HOST = re.compile(r"(?:\w(?:[\w-]*\w)?\.)+(?:[^\W\d_]{2,}|xn--[a-z0-9-]+)")
# Below a country, these are no one's own name: the website's name is the label before.
_SHARED = frozenset("ac co com edu go gob gouv gov id ltd mil ne net nom or org plc sch".split())


def url_problem(url: str, domain: str | None) -> str | None:
    """Return what is wrong with a destination URL, in words, or None.

    `domain` is the account's; the URL must lie on it or below it.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return f"is not a web address ({error})"
    if any(character.isspace() or ord(character) < 32 for character in url):
        return "has a space in it; write %20"
    if not url.isprintable():
        return "has an invisible character in it"
    if "\\" in url:
        return "has a backslash in it, which browsers read as /"
    if parts.scheme not in ("http", "https"):
        return "does not start with https://"
    if "@" in parts.netloc:
        return "has a user name or password in it"
    if not is_host(host):
        return "names no website"
    if domain and host != domain and not host.endswith("." + domain):
        return f"leads to {host}{_strange_letter(host)}, but the account's domain is {domain}"
    return None


def _strange_letter(host: str) -> str:
    """Name a letter that can look like another one, such as the i of Cyrillic."""
    letter = next((character for character in host if not character.isascii()), None)
    return f" with a {unicodedata.name(letter, 'strange letter')}" if letter else ""


def url_parameters_problem(text: str) -> str | None:
    """Return what is wrong with `utm_source=fb&utm_medium=paid`, in words, or None."""
    if text.startswith(("?", "&")):
        return f"starts with {text[0]}; Meta adds it by itself"
    if any(character.isspace() for character in text):
        return "has a space in it; write %20"
    if not text.isprintable():
        return "has an invisible character in it"
    if "#" in text:
        return "has a # in it, which ends the parameters; write %23"
    try:
        parse_qsl(text, strict_parsing=True)
    except ValueError:
        return "is not of the form name=value&name=value"
    return None


@shown_as(type=["object", "string"])
def joined_parameters(value: object) -> object:
    """Return a mapping of parameters as one text, percent-encoded; leave anything else alone."""
    if not isinstance(value, dict):
        return value
    remedy = "Write each name with one text, as in {utm_source: facebook}."
    if not value:
        raise ValueError("is empty", remedy)
    for name, text in value.items():
        if not isinstance(text, str):
            raise ValueError(f"has no text for {name}", remedy)
    return urlencode(value, quote_via=quote)


def is_host(name: str) -> bool:
    """Whether `name` can be the name of a website, in lower case: `shop.example`."""
    return _HOST.fullmatch(name) is not None


def has_shared_ending(url: str) -> bool:
    """Whether the last two labels of the URL's host belong to no one, as in `shop.com.sg`."""
    labels = (urlsplit(url).hostname or "").split(".")
    return len(labels) > 1 and len(labels[-1]) == 2 and labels[-2] in _SHARED


def conversion_domain(url: str, domain: str | None) -> str:
    """Return first and second level of the website, as Meta wants them.

    The account's own domain is right where there is one: only it knows that `example.co.uk` is
    one name. Else the last two labels of the URL's host; cross_checks refuses a shared ending.
    """
    return domain or ".".join((urlsplit(url).hostname or "").split(".")[-2:])
