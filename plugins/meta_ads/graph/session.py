"""Meta's SDK on our transport: same host, same header, same judgement, no globals.

The SDK's own session puts the token in every address, lets a 5xx with a JSON body pass as success,
and its error text prints parameters. So it gets a session whose HTTP is ours: what fails is raised
by us before the SDK sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meta_ads.graph.classification import Effect
from meta_ads.graph.client import GraphClient
from meta_ads.graph.transport import Answer


class _JudgedRequests:
    """Stands where the SDK expects a `requests` session: one create, judged before it returns."""

    def __init__(self, client: GraphClient, doing: str) -> None:
        self._client = client
        self._doing = doing

    def request(
        self,
        method: str,
        url: str,
        data: Mapping[str, Any] | None = None,
        headers: object = None,
        files: object = None,
        timeout: object = None,
    ) -> Answer:
        del headers, files, timeout  # the transport has its own; creates send no files
        answer = self._client.send_to(
            url, method, self._doing, Effect.CREATE, form=data, fresh=True
        )
        self._client.judge.value(answer, self._doing, Effect.CREATE)
        return answer


def create_api(client: GraphClient, doing: str) -> Any:
    """Return a `FacebookAdsApi` for one create. It is passed explicitly, never made the default.

    The crash reporter, which would send tracebacks to Meta, is not switched on.
    """
    from facebook_business.api import FacebookAdsApi
    from facebook_business.session import FacebookSession

    class Session(FacebookSession):  # type: ignore[misc]  # the SDK is untyped
        """The SDK's session without its own HTTP: the parent's constructor is not wanted."""

        GRAPH = client.settings.base_url

        def __init__(self) -> None:
            self.requests = _JudgedRequests(client, doing)
            self.timeout = None

    return FacebookAdsApi(Session(), api_version=client.settings.api_version)
