"""The mirror on a real SQL Server: needs one, and the driver of the extra `mssql`."""

from __future__ import annotations

import os
from datetime import date
from urllib.parse import unquote, urlsplit

import pytest

from meta_ads.mirrors.sqlserver import SqlServer, connection_string, driver
from meta_ads.store.database import Database
from meta_ads.store.mirroring import MirrorStore
from meta_ads.syncing.mirroring import KEYS, MirrorCounts, mirror
from tests.integration.reporting.rows import insert

URL = os.environ.get("MSSQL_TEST_URL", "")
pytestmark = pytest.mark.skipif(
    not URL,
    reason="MSSQL_TEST_URL (mssql://user:password@host:1433/database) names no SQL Server; "
    "its database must be empty, tables of schema meta_ads are dropped there",
)


@pytest.fixture
def server() -> SqlServer:
    parts = urlsplit(URL)
    text = connection_string(
        host=parts.hostname,
        port=parts.port,
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path.lstrip("/"),
        options={"TrustServerCertificate": "yes"},
    )
    module = driver()
    connection = module.connect(text, autocommit=True)
    for view in KEYS:
        connection.cursor().execute(f"DROP TABLE IF EXISTS [meta_ads].[{view}];")
    connection.close()
    return SqlServer(module, text, f"mssql://{parts.hostname}")


def test_the_tables_hold_what_the_views_say_and_follow_them(
    server: SqlServer, database: Database
) -> None:
    insert(
        database,
        {
            "insight_ad": [{"ad_id": 1, "ad_name": "spring 春"}],
            "insight_day": [{"rows": 1}, {"date": date(2026, 4, 1), "rows": 1}],
            "ad_insight": [
                {"ad_id": 1, "spend": "1.25"},
                {"ad_id": 1, "date": date(2026, 4, 1), "spend": 7},
            ],
        },
    )
    source = MirrorStore(database)
    mirror(source, server, None, print)
    assert rows(server) == [("spring 春", 1.25), ("spring 春", 7.0)]
    assert mirror(source, server, None, print) == MirrorCounts(0, 0, 0)
    database.rows("UPDATE meta_ads.insight_ad SET ad_name = 'SPRING 春'")
    mirror(source, server, date(2026, 4, 1), print)
    assert rows(server) == [("SPRING 春", 7.0)]


def rows(server: SqlServer) -> list[tuple[str, float]]:
    with server._transaction() as cursor:
        cursor.execute("SELECT ad_name, spend FROM meta_ads.vw_graph_ads ORDER BY date")
        return [(row[0], float(row[1])) for row in cursor.fetchall()]
