"""Direct Graph calls: reads, updates, uploads. Creates go through Meta's SDK (`creates`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from meta_ads.errors import FixInput, MetaAdsError, TryAgain
from meta_ads.graph.classification import Effect
from meta_ads.graph.faults import Envelope
from meta_ads.graph.outcomes import Judge, lost_call
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.transport import Answer, CallFailed, Transport
from meta_ads.graph.usage import Usage, parse_usage

# `me` is whoever the token belongs to.
_ID = re.compile(r"(?:act_)?\d{1,40}|me")
_TOO_MUCH_DATA = "reduce the amount of data"


def utc_now() -> datetime:
    """Return the present, aware UTC."""
    return datetime.now(UTC)


def checked_id(object_id: str) -> str:
    """Return `object_id` when it can only be an id; FixInput for anything with a path in it."""
    if not _ID.fullmatch(object_id):
        raise FixInput(f"{object_id!r} is not an id of a Meta object.")
    return object_id


def as_parameters(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as Graph takes them: text as it is, everything nested or boolean as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        for name, value in values.items()
        if value is not None
    }


class GraphClient:
    """Calls nodes and edges. Every method raises only errors of `meta_ads.errors`."""

    def __init__(self, settings: GraphSettings, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        self.transport = Transport(settings)
        self.judge = Judge(self.transport.scrub, clock)
        #: What the last answer's headers said about quotas.
        self.usage = Usage()

    def get(self, doing: str, *path: str, **parameters: Any) -> Mapping[str, Any]:
        """Read one node or one page of an edge."""
        answer = self.send("GET", doing, Effect.READ, path, query=as_parameters(parameters))
        return self.judge.value(answer, doing, Effect.READ)

    def post(
        self,
        doing: str,
        effect: Effect,
        path: Sequence[str],
        form: Mapping[str, Any],
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Mapping[str, Any]:
        """Change something by one POST, on a connection of its own."""
        parameters = as_parameters(form)
        answer = self.send("POST", doing, effect, path, form=parameters, files=files, fresh=True)
        return self.judge.value(answer, doing, effect)

    def send(
        self, method: str, doing: str, effect: Effect, path: Sequence[str], **content: Any
    ) -> Answer:
        """Send one call to a node or edge; return the answer unjudged. Lost calls raise."""
        return self.send_to(self.settings.url(*path), method, doing, effect, **content)

    def send_to(self, url: str, method: str, doing: str, effect: Effect, **content: Any) -> Answer:
        """Send one call to a complete Graph address; return the answer unjudged."""
        problem: MetaAdsError
        try:
            answer = self.transport.send(method, url, **content)
        except CallFailed as failure:
            problem = lost_call(doing, effect, failure)
        else:
            self.usage = parse_usage(answer.headers)
            return answer
        raise problem

    def pages(
        self, doing: str, *path: str, page_size: int | None = None, **parameters: Any
    ) -> Iterator[Mapping[str, Any]]:
        """Yield every item of an edge, page by page, `page_size` at once or the settings' own.

        The next page is asked for by its cursor; the ready-made `paging.next` address is never
        followed, because it carries the token. When Meta finds a page too large, it is halved.
        """
        limit = page_size or self.settings.page_size
        after: str | None = None
        while True:
            asked = as_parameters({**parameters, "limit": limit, "after": after})
            answer = self.send("GET", doing, Effect.READ, path, query=asked)
            if limit > 1 and _too_much(self.judge.envelope(answer)):
                limit //= 2
                continue
            page = self.judge.value(answer, doing, Effect.READ)
            items = page.get("data")
            if not isinstance(items, list):
                raise TryAgain(f"{doing}: the page holds no list. Reading again is safe.")
            yield from (item for item in items if isinstance(item, dict))
            following = next_cursor(page)
            if following is None:
                return
            if following == after:
                raise TryAgain(f"{doing}: Meta named the same page again as the next one.")
            after = following


def _too_much(envelope: Envelope | None) -> bool:
    """Whether Meta asks for smaller pages. Code 1 says it in words only."""
    return envelope is not None and _TOO_MUCH_DATA in envelope.fault.message.lower()


def next_cursor(page: Mapping[str, Any]) -> str | None:
    """Return the cursor of the next page; None on the last, which has cursors but no `next`."""
    paging = page.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    if isinstance(cursors, dict) and cursors.get("after"):
        return str(cursors["after"])
    named = parse_qs(urlsplit(str(paging["next"])).query).get("after")
    if not named:
        raise TryAgain("Meta announced another page without a cursor. Reading again is safe.")
    return named[0]
