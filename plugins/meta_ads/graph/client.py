"""Direct Graph calls: reads, updates, uploads. Creates go through Meta's SDK (`creates`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from meta_ads.errors import (
    AccessLost,
    FixInput,
    MetaAdsError,
    OtherToken,
    RejectedByMeta,
    Throttled,
    TryAgain,
)
from meta_ads.graph.classification import Effect
from meta_ads.graph.faults import Envelope
from meta_ads.graph.outcomes import GraphRefusal, Judge, lost_call
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.token_pool import Tokens
from meta_ads.graph.transport import Answer, CallFailed, Transport
from meta_ads.graph.usage import Usage, parse_usage

# `me` is whoever the token belongs to.
_ID = re.compile(r"(?:act_)?\d{1,40}|me")
_TOO_MUCH_DATA = "reduce the amount of data"
# Meta's code and subcode for what does not exist, or may not be seen.
_MISSING = (100, 33)
# The first status of an answer that is none.
_REFUSED = 400
_OTHER_TOKEN_PAUSE = timedelta(seconds=1)


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

    def __init__(
        self,
        settings: GraphSettings,
        clock: Callable[[], datetime] = utc_now,
        tokens: Tokens | None = None,
    ) -> None:
        self.clock = clock
        self._tokens = tokens
        self._use(tokens.settings if tokens else settings)
        #: What the last answer's headers said about quotas.
        self.usage = Usage()

    @property
    def connection(self) -> str | None:
        """The Airflow connection whose token is in use; None where there is but one."""
        return self._tokens.connection if self._tokens else None

    def get(self, doing: str, *path: str, **parameters: Any) -> Mapping[str, Any]:
        """Read one node or one page of an edge."""
        query = as_parameters(parameters)
        while True:
            answer = self.send("GET", doing, Effect.READ, path, query=query)
            try:
                return self._read(answer, doing, path)
            except OtherToken:
                continue

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
            good = answer.status_code < _REFUSED
            if self._tokens is not None and effect is Effect.READ and good:
                self._tokens.answered(self.usage)
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
            try:
                page = self._read(answer, doing, path)
            except OtherToken:
                continue
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

    def _use(self, settings: GraphSettings) -> None:
        """Go on with these settings, and with connections of their own."""
        self.settings = settings
        self.transport = Transport(settings)
        self.judge = Judge(self.transport.scrub, self.clock, self._turned_away)

    def _read(self, answer: Answer, doing: str, path: Sequence[str]) -> Mapping[str, Any]:
        try:
            return self.judge.value(answer, doing, Effect.READ)
        except RejectedByMeta as refusal:
            # So Meta answers a token that may not see the account.
            unseen = (refusal.fault.code, refusal.fault.subcode) == _MISSING
            if self._tokens is None or not unseen or path[0] != self._tokens.account_id:
                raise
            problem = self._turned_away(doing, refusal, Effect.READ)
        raise problem

    def _turned_away(self, doing: str, error: GraphRefusal, effect: Effect) -> MetaAdsError:
        """Return what to raise after Meta refused the token: another one may do.

        A refusal is certain to have done nothing. Reads are repeated with the other token; writes
        are left to whoever keeps account of them.
        """
        tokens = self._tokens
        if tokens is None:
            return error
        refused = tokens.connection
        if isinstance(error, Throttled):
            went_on = tokens.throttled(error.not_before)
        else:
            went_on = tokens.refused(error.fault)
        if not went_on:
            named = f"{doing}, with the connection {refused}"
            return AccessLost(named, error.fault) if isinstance(error, AccessLost) else error
        self.transport.close()
        self._use(tokens.settings)
        if effect is Effect.READ:
            return OtherToken(f"{error} Reading again with another token is safe.")
        if isinstance(error, Throttled):
            return Throttled(doing, error.fault, self.clock() + _OTHER_TOKEN_PAUSE)
        return TryAgain(
            f"{error} Nothing was done with the connection {refused}; the next try uses "
            f"{tokens.connection}."
        )


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
