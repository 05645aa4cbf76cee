"""`adlaunch metrics`: what monitoring wants to know, for Prometheus."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any

from meta_ads.cli.connections import database_url


def add_metrics(commands: Any) -> None:
    """Add the command to the parser's."""
    metrics = commands.add_parser(
        "metrics", help="print the state of all launches as Prometheus reads it"
    )
    metrics.set_defaults(command=_metrics)


def _metrics(options: argparse.Namespace) -> int:
    from meta_ads.store.database import Database
    from meta_ads.store.measures import MeasureStore
    from meta_ads.syncing.measures import as_prometheus

    with closing(Database(database_url())) as database:
        print(as_prometheus(MeasureStore(database).read()), end="")
    return 0
