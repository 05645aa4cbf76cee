"""The hook to Meta's Marketing API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseHook, Connection

from meta_ads.errors import MetaAdsError
from meta_ads.graph.settings import GraphSettings

if TYPE_CHECKING:
    from meta_ads.graph.platform import MetaPlatform


class MetaAdsHook(BaseHook):
    """Meta's Marketing API through an Airflow connection of type `meta_ads`.

    The connection holds the access token (password), the base URL (host; empty means Meta), and
    in its extra `app_secret` and `api_version`. Objects are created through the facebook-business
    SDK; uploads, updates and reads go over HTTP directly. The token travels in the Authorization
    header only and is in no log, XCom or error.

    :param meta_conn_id: the Airflow connection to use
    """

    conn_name_attr = "meta_conn_id"
    default_conn_name = "meta_ads_default"
    conn_type = "meta_ads"
    hook_name = "Meta Ads"

    def __init__(self, meta_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.meta_conn_id = meta_conn_id
        self._platform: MetaPlatform | None = None

    def get_conn(self) -> MetaPlatform:
        """Return the client of this connection; the SDK is imported when it is first needed."""
        if self._platform is None:
            self._platform = platform_of(self.get_connection(self.meta_conn_id))
        return self._platform

    async def aget_conn(self) -> MetaPlatform:
        """Return the client, reading the connection without blocking (for triggers)."""
        return platform_of(await self.aget_connection(self.meta_conn_id))

    def test_connection(self) -> tuple[bool, str]:
        """Return whether Meta accepts the token, and whose it is."""
        try:
            me = self.get_conn().read("me", ["id", "name"])
        except MetaAdsError as error:
            return False, str(error)
        return True, f"Connected as {me.get('name', me['id'])}"


def platform_of(connection: Connection) -> MetaPlatform:
    """Return the client for a connection. FixInput when it holds no usable token or address."""
    from meta_ads.graph.platform import MetaPlatform

    return MetaPlatform(
        GraphSettings.of_connection(connection.password, connection.host, connection.extra_dejson)
    )
