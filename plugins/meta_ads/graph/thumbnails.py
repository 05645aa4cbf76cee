"""The picture Meta prefers for a video, fetched from where Meta keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from meta_ads.errors import MetaAdsError, NotReadyYet, TryAgain
from meta_ads.graph.classification import Effect
from meta_ads.graph.client import GraphClient, checked_id
from meta_ads.graph.outcomes import lost_call
from meta_ads.graph.transport import CallFailed

# Meta takes pictures of up to 30 MB as ad images; its own thumbnails are far smaller.
_LARGEST_PICTURE = 30 * 1024 * 1024
_POLL_SECONDS = 5
_NUMBERS = re.compile(r"[\d.]+|0x[\da-f.x]+|.*:.*")
_OWN_NETWORK = (".local", ".internal", ".localhost", ".localdomain", ".svc", ".lan", ".")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


def preferred_thumbnail(client: GraphClient, video_id: str) -> bytes:
    """Return the preferred picture of a ready video, else its first one.

    NotReadyYet while there is none; TryAgain when it cannot be fetched now.
    """
    doing = f"list the thumbnails of video {video_id}"
    pictures = [
        item
        for item in client.pages(
            doing, checked_id(video_id), "thumbnails", fields="id,uri,is_preferred"
        )
        if item.get("uri")
    ]
    if not pictures:
        raise NotReadyYet(
            f"Meta has no thumbnail for video {video_id} yet.",
            client.clock() + timedelta(seconds=_POLL_SECONDS),
        )
    return _fetch(client, _preferred(pictures), video_id)


def _preferred(pictures: list[Mapping[str, Any]]) -> str:
    marked = [item for item in pictures if item.get("is_preferred") is True]
    return str((marked or pictures)[0]["uri"])


def _fetch(client: GraphClient, uri: str, video_id: str) -> bytes:
    """Fetch without our token and without following redirects: the address is not ours."""
    doing = f"fetch the thumbnail of video {video_id}"
    if not _allowed(urlsplit(uri), urlsplit(client.settings.base_url)):
        raise TryAgain(f"{doing}: its address is not an https one of a public host.")
    problem: MetaAdsError
    try:
        answer = client.transport.fetch(uri, _LARGEST_PICTURE)
    except CallFailed as failure:
        problem = lost_call(doing, Effect.READ, failure)
    else:
        if answer.ok and answer.content.startswith(_PICTURES):
            return answer.content
        problem = TryAgain(f"{doing}: HTTP {answer.status_code}, not a picture.")
    raise problem


def _allowed(uri: SplitResult, base: SplitResult) -> bool:
    """Whether an address may be fetched: the very server Meta is for us, or a public https host.

    Meta keeps pictures on hosts with names of its choice; machines of our own network have short
    names, or numbers.
    """
    if "@" in uri.netloc or not uri.hostname:
        return False
    if (uri.scheme, uri.netloc) == (base.scheme, base.netloc):
        return True
    named = "." in uri.hostname and not _NUMBERS.fullmatch(uri.hostname)
    return uri.scheme == "https" and named and not uri.hostname.endswith(_OWN_NETWORK)
