"""The hook to the ledger's Postgres database."""

from __future__ import annotations

from functools import cached_property

from airflow.sdk import BaseHook, Connection

from meta_ads.campaigns.insight_reports import Report
from meta_ads.store.database import Database, libpq_url
from meta_ads.store.drift import DriftStore
from meta_ads.store.insight_breakdowns import BreakdownStore
from meta_ads.store.insight_quality import QualityStore
from meta_ads.store.insights import InsightStore
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.measures import MeasureStore
from meta_ads.store.mirroring import MirrorStore
from meta_ads.store.names import NameStore
from meta_ads.store.notices import NoticeStore
from meta_ads.store.pages import PageStore
from meta_ads.store.report_runs import RunStore
from meta_ads.store.request_ledger import PostgresRequestLedger
from meta_ads.store.spending import PostgresSpending
from meta_ads.store.statuses import StatusStore
from meta_ads.store.step_ledger import PostgresStepLedger
from meta_ads.store.tokens import TokenStore


class LedgerHook(BaseHook):
    """The ledger behind an Airflow connection of type `postgres`.

    :param db_conn_id: the Airflow connection to use
    """

    conn_name_attr = "db_conn_id"
    default_conn_name = "meta_ads_db"

    def __init__(self, db_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.db_conn_id = db_conn_id

    @cached_property
    def database(self) -> Database:
        """The database itself."""
        return Database(database_url(self.get_connection(self.db_conn_id)))

    def get_conn(self) -> Database:
        """Return the database."""
        return self.database

    @cached_property
    def steps(self) -> PostgresStepLedger:
        """The ledger of steps."""
        return PostgresStepLedger(self.database)

    @cached_property
    def launches(self) -> PostgresLaunchLedger:
        """The ledger of launches."""
        return PostgresLaunchLedger(self.database)

    @cached_property
    def notices(self) -> NoticeStore:
        """What needs a person."""
        return NoticeStore(self.database)

    @cached_property
    def measures(self) -> MeasureStore:
        """What monitoring is told."""
        return MeasureStore(self.database)

    @cached_property
    def spending(self) -> PostgresSpending:
        """What accounts may spend, and what they are committed to."""
        return PostgresSpending(self.database)

    @cached_property
    def requests(self) -> PostgresRequestLedger:
        """Who asked for which launch, and what became of it."""
        return PostgresRequestLedger(self.database)

    @cached_property
    def names(self) -> NameStore:
        """Codes of the taxonomy, and what is wrong with names at Meta."""
        return NameStore(self.database)

    @cached_property
    def tokens(self) -> TokenStore:
        """What is known of access tokens, on a connection of its own."""
        return TokenStore(database_url(self.get_connection(self.db_conn_id)))

    @cached_property
    def drift(self) -> DriftStore:
        """Where Meta differs from what launches sent."""
        return DriftStore(self.database)

    @cached_property
    def pages(self) -> PageStore:
        """What the Campaigns page reads."""
        return PageStore(self.database)

    @cached_property
    def insights(self) -> InsightStore:
        """The tables of insights."""
        return InsightStore(self.database)

    @cached_property
    def quality(self) -> QualityStore:
        """What is wrong with insights, and dropping what is older than it is kept."""
        return QualityStore(self.database)

    @cached_property
    def mirrors(self) -> MirrorStore:
        """The views of insights, to be copied elsewhere."""
        return MirrorStore(self.database)

    def breakdown(self, report: Report) -> BreakdownStore:
        """Return the tables of an optional report of insights."""
        return BreakdownStore(self.database, report)

    def report_runs(self, report: Report) -> RunStore:
        """Return the runs of a report that are under way at Meta."""
        return RunStore(self.database, report)

    @cached_property
    def statuses(self) -> StatusStore:
        """What Meta last said of every object."""
        return StatusStore(self.database)


def database_url(connection: Connection) -> str:
    """Return the libpq URL of a Postgres connection."""
    return libpq_url(
        host=connection.host,
        port=connection.port,
        login=connection.login,
        password=connection.password,
        database=connection.schema,
        options=connection.extra_dejson,
    )
