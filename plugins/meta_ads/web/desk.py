"""What one request works with: who may see what, the ledger, and the accounts' words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.accounts import FILE, Accounts, load_accounts
from meta_ads.store.database import Database
from meta_ads.store.idle_databases import IdleDatabases
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.pages import PageStore, Readable
from meta_ads.store.request_ledger import PostgresRequestLedger
from meta_ads.store.spending import PostgresSpending
from meta_ads.store.step_ledger import PostgresStepLedger
from meta_ads.web.access import Access, Visitor, only, readable, with_files
from meta_ads.web.pictures import Pictures


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger, for as long as one request lasts."""

    pages: PageStore
    launches: PostgresLaunchLedger
    steps: PostgresStepLedger
    requests: PostgresRequestLedger
    spending: PostgresSpending


class Desk:
    """Wires requests to Airflow's permissions and to the ledger.

    :param access: Airflow's authentication and permissions
    :param database: gives the ledger's database anew
    :param home: the folder with `configs` and `creatives`
    :param graph_url: gives the address of Meta, or of the emulator
    """

    def __init__(
        self,
        access: Access,
        database: Callable[[], Database],
        home: Path,
        graph_url: Callable[[], str],
    ) -> None:
        self.access = access
        self.home = home
        self.graph_url = graph_url
        self.pictures = Pictures(home / "creatives")
        self._databases = IdleDatabases(database)
        self._accounts: tuple[float, Accounts] | None = None
        self._lock = Lock()

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Yield the ledger on a connection that nobody else uses meanwhile."""
        with self._databases.one() as database:
            yield Ledger(
                PageStore(database),
                PostgresLaunchLedger(database),
                PostgresStepLedger(database),
                PostgresRequestLedger(database),
                PostgresSpending(database),
            )

    def close(self) -> None:
        """Close the connections that are kept for the next request."""
        self._databases.close()

    def accounts(self) -> Accounts:
        """Return the accounts of `configs/accounts.yaml`, read again once the file changed."""
        file = self.home / FILE
        changed = file.stat().st_mtime if file.exists() else 0.0
        with self._lock:
            if self._accounts is None or self._accounts[0] != changed:
                self._accounts = changed, load_accounts(self.home)
            return self._accounts[1]

    def account(self, account_id: str | None) -> Account | None:
        """Return an account by its id; None when the file has no such account."""
        return self.accounts().find(account_id) if account_id else None

    def readable(self, visitor: Visitor) -> Readable:
        """Return what a person may see, without the files that nobody launched yet."""
        return readable(self.access, visitor)

    def readable_files(self, visitor: Visitor) -> Readable:
        """Return what a person may see, files included."""
        return with_files(self.access, self.readable(visitor), self._account_of())

    def only(self, campaign_id: str) -> Readable:
        """Return one campaign, for a person who may read it."""
        return only(self.access, campaign_id, self._account_of())

    def _account_of(self) -> Mapping[str, str]:
        return {key: account.account_id for key, account in self.accounts().by_key.items()}
