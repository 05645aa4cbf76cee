"""The hook to Meta's Marketing API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from meta_ads.airflow.hooks.account_platforms import AccountPlatforms
from meta_ads.airflow.hooks.ledger import LedgerHook, database_url
from meta_ads.campaigns.accounts import load_accounts
from meta_ads.errors import FixInput, MetaAdsError
from meta_ads.graph.settings import GraphSettings

if TYPE_CHECKING:
    from meta_ads.graph.platform import MetaPlatform


class MetaAdsHook(BaseHook):
    """Meta's Marketing API through an Airflow connection of type `meta_ads`.

    The connection holds the access token (password), the base URL (host; empty means Meta), and
    in its extra `app_secret` and `api_version`. Objects are created through the facebook-business
    SDK; uploads, updates and reads go over HTTP directly. The token travels in the Authorization
    header only and is in no log, XCom or error.

    An account may name several connections in configs/accounts.yaml. `for_account` then takes the
    one with the most left of Meta's quotas, and goes on to another when Meta refuses its token.

    :param meta_conn_id: the connection to use; another one than the default is used whatever
        accounts say
    :param home: the folder with configs
    :param db_conn_id: Postgres connection of the ledger, where the use of tokens is remembered
    """

    conn_name_attr = "meta_conn_id"
    default_conn_name = "meta_ads_default"
    conn_type = "meta_ads"
    hook_name = "Meta Ads"

    def __init__(
        self,
        meta_conn_id: str = default_conn_name,
        home: str | Path | None = None,
        db_conn_id: str = LedgerHook.default_conn_name,
    ) -> None:
        super().__init__()
        self.meta_conn_id = meta_conn_id
        self.home = home
        self.db_conn_id = db_conn_id
        self._platform: MetaPlatform | None = None
        self._of_accounts: dict[str, AccountPlatforms] = {}

    def get_conn(self) -> MetaPlatform:
        """Return the client of this connection; the SDK is imported when it is first needed."""
        if self._platform is None:
            self._platform = platform_of(self.get_connection(self.meta_conn_id))
        return self._platform

    def for_account(self, account_id: str) -> MetaPlatform:
        """Return the client that serves an ad account; FixInput without a usable connection."""
        names = self.connections().get(account_id)
        if names is None:
            return self.get_conn()
        if account_id not in self._of_accounts:
            self._of_accounts[account_id] = self.platforms_of({account_id: names})()
        return self._of_accounts[account_id].for_account(account_id)

    def connection_for(self, account_id: str) -> str:
        """Return the id of the connection that serves an account now, for triggers."""
        names = self.connections().get(account_id, (self.meta_conn_id,))
        return self.for_account(account_id).connection or names[0]

    def connections(self) -> Mapping[str, tuple[str, ...]]:
        """Return the ids of the connections that serve each account, the preferred one first."""
        if self.home is None or self.meta_conn_id != self.default_conn_name:
            return {}
        accounts = load_accounts(Path(self.home)).by_key.values()
        return {account.account_id: account.connections for account in accounts}

    def platforms_of(
        self, connections: Mapping[str, Sequence[str]]
    ) -> Callable[[], AccountPlatforms]:
        """Read the connections of accounts now; return what makes the clients of one thread."""
        names = {self.meta_conn_id, *chain.from_iterable(connections.values())}
        settings, problems = self.usable(sorted(names))
        url = database_url(self.get_connection(self.db_conn_id))
        return lambda: AccountPlatforms(connections, self.meta_conn_id, settings, problems, url)

    def usable(self, names: Sequence[str]) -> tuple[dict[str, GraphSettings], dict[str, str]]:
        """Return the settings of each connection that has any, and what is wrong with others."""
        settings: dict[str, GraphSettings] = {}
        problems: dict[str, str] = {}
        for name in names:
            try:
                settings[name] = settings_of(self.get_connection(name))
            except (FixInput, AirflowNotFoundException) as error:
                problems[name] = str(error)
        return settings, problems

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

    return MetaPlatform(settings_of(connection))


def settings_of(connection: Connection) -> GraphSettings:
    """Return how a connection reaches Meta. FixInput without a usable token or address."""
    return GraphSettings.of_connection(
        connection.password, connection.host, connection.extra_dejson
    )
