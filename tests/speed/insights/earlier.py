"""The earlier design: requests, pandas, DELETE by range, then `to_sql(chunksize=1000)`.

Run in an environment of its own, with pandas and without this project:
`python earlier.py <database URL> <Graph URL> <since> <until> <currency>`; prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent)]

from account import ACCOUNT, TOKEN, VERSION, question  # type: ignore[import-not-found]  # noqa: E402
from memory import megabytes, processor_seconds  # type: ignore[import-not-found]  # noqa: E402

SCHEMA = "earlier"
_TEXTS = (
    "campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id", "ad_name", "objective",
)  # fmt: skip
_NUMBERS = ("spend", "impressions", "clicks", "inline_link_clicks", "reach", "frequency")
_WINDOWS = {"click_1d": "1d_click", "click_7d": "7d_click", "view_1d": "1d_view"}


def records(rows: Sequence[Mapping[str, Any]], currency: str) -> dict[str, list[dict[str, Any]]]:
    """Return Meta's rows as the records of each table."""
    return {
        "graph_ads": [
            {
                "account_id": ACCOUNT,
                "date": row["date_start"],
                **{name: row.get(name) for name in _TEXTS},
                **{name: row.get(name, 0) for name in _NUMBERS},
                "currency": currency,
            }
            for row in rows
        ],
        "graph_ads_actions": _exploded(rows, "actions", {}),
        "graph_ads_action_values": _exploded(rows, "action_values", {"currency": currency}),
    }


def _exploded(
    rows: Sequence[Mapping[str, Any]], field: str, further: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "account_id": ACCOUNT,
            "date": row["date_start"],
            "ad_id": row["ad_id"],
            "action_type": entry["action_type"],
            "value": entry.get("value", 0),
            **{name: entry.get(window) for name, window in _WINDOWS.items()},
            **further,
        }
        for row in rows
        for entry in row.get(field, ())
    ]


def fetch(url: str, since: str, until: str) -> list[dict[str, Any]]:
    """Return all rows of these days."""
    import requests

    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {TOKEN}"
    address, asked = f"{url}/{VERSION}/{ACCOUNT}/insights", question(since, until)
    rows: list[dict[str, Any]] = []
    while True:
        answer = session.get(address, params=asked, timeout=120)
        answer.raise_for_status()
        page = answer.json()
        rows += page["data"]
        if "next" not in page.get("paging", {}):
            return rows
        asked["after"] = page["paging"]["cursors"]["after"]


def load(engine: Any, rows: Sequence[Mapping[str, Any]], days: Mapping[str, str]) -> None:
    """Put rows in the place of those of the same days, in one transaction."""
    import pandas
    import sqlalchemy

    numbers = {*_NUMBERS, "value", *_WINDOWS}
    with engine.begin() as connection:
        for table, found in records(rows, days["currency"]).items():
            frame = pandas.DataFrame.from_records(found)
            for name in numbers.intersection(frame.columns):
                frame[name] = pandas.to_numeric(frame[name])
            connection.execute(
                sqlalchemy.text(
                    f"DELETE FROM {SCHEMA}.{table}"
                    " WHERE account_id = :account AND date BETWEEN :since AND :until"
                ),
                {"account": ACCOUNT, "since": days["since"], "until": days["until"]},
            )
            frame.to_sql(
                table,
                connection,
                schema=SCHEMA,
                if_exists="append",
                index=False,
                chunksize=1000,
            )


def main() -> None:
    import pandas  # noqa: F401  # what is imported belongs to the idle process
    import requests  # noqa: F401
    import sqlalchemy

    database, url, since, until, currency = sys.argv[1:]
    engine = sqlalchemy.create_engine(database.replace("postgresql://", "postgresql+psycopg2://"))
    with engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        idle = megabytes()
    server = processor_seconds(backend)
    began, worked = time.perf_counter(), time.process_time()
    rows = fetch(url, since, until)
    fetched = time.perf_counter()
    load(engine, rows, {"since": since, "until": until, "currency": currency})
    ended = time.perf_counter()
    print(
        json.dumps(
            {
                "rows": len(rows),
                "seconds": ended - began,
                "busy": time.process_time() - worked,
                "server_busy": processor_seconds(backend) - server,
                "parts": {"fetch": fetched - began, "load": ended - fetched},
                "idle": idle,
                "peak": megabytes("VmHWM"),
            }
        )
    )


if __name__ == "__main__":
    main()
