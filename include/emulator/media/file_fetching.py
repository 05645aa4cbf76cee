"""Fetches the file behind a ``file_url``: from allowed hosts only, and off the event loop."""

import asyncio
import tempfile
import time
import urllib.request
from dataclasses import replace
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

from emulator.calls.protocol import LARGEST_BODY, Call, Upload
from emulator.policy.rules import broken
from emulator.settings import Settings

#: The name under which a call carries the file that was fetched for it.
FETCHED = "file_url"
#: Seconds one fetch may take in all, and one wait for the other side.
LONGEST_FETCH, _LONGEST_WAIT = 60.0, 10.0
_PIECE = 1024 * 1024


def check_may_fetch(settings: Settings, address: str) -> None:
    """Raise unless the address is on a host this server was told to fetch from."""
    if not _may_fetch(settings, address):
        raise broken("file_url_not_allowed", blame="file_url", host=urlsplit(address).netloc)


async def with_fetched_file(settings: Settings, call: Call) -> Call:
    """Return the call with the file its ``file_url`` names, as it is where that cannot be had.

    Saying what was wrong is left to whoever answers the call.
    """
    address = call.params.get("file_url")
    wanted = call.method == "POST" and call.segments[-1:] == ("advideos",)
    if not (wanted and isinstance(address, str) and _may_fetch(settings, address)):
        return call
    file = await fetched(address)
    return call if file is None else replace(call, files={**call.files, FETCHED: file})


async def fetched(address: str) -> Upload | None:
    """Return the file at an address, held on disk; None when it cannot be had."""
    try:
        return Upload("file", await asyncio.to_thread(_fetch, address))
    except (OSError, HTTPException, ValueError):
        return None


def _may_fetch(settings: Settings, address: str) -> bool:
    parts = urlsplit(address)
    hosts = (parts.netloc, parts.hostname)
    return parts.scheme in ("http", "https") and any(one in settings.fetch_from for one in hosts)


def _fetch(address: str) -> IO[bytes]:
    end = time.monotonic() + LONGEST_FETCH
    # No proxies and no redirects: both would lead past the hosts that were allowed.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)
    with opener.open(address, timeout=_LONGEST_WAIT) as answer:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever answers the call reads it
        try:
            while piece := answer.read(_PIECE):
                file.write(piece)
                if file.tell() > LARGEST_BODY or time.monotonic() > end:
                    raise ValueError("the file is too large or too slow")
        except BaseException:
            file.close()
            raise
    return file


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None
