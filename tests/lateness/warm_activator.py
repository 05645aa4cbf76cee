"""The warm activator as a process of its own, as the task `activate_due` runs it."""

from __future__ import annotations

import logging
import sys

from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.launching.activation import Activator
from meta_ads.launching.due import DueActivations, Tools
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.step_ledger import PostgresStepLedger

TOKEN, APP_SECRET = "emulator-token", "emulator-app-secret"
log = logging.getLogger("warm activator")


def connect_to(database_url: str, emulator_url: str) -> Tools:
    """Return one thread's tools."""
    database = Database(database_url)
    launches, steps = PostgresLaunchLedger(database), PostgresStepLedger(database)
    platform = MetaPlatform(GraphSettings(TOKEN, APP_SECRET, base_url=emulator_url))
    return Tools(Activator(platform, launches, steps, log.info), launches)


def main() -> None:
    """Take the ledger's URL, the emulator's, and the seconds to watch, and print problems."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    database_url, emulator_url, seconds = sys.argv[1:]
    activations = DueActivations(lambda: connect_to(database_url, emulator_url), log.info)
    for problem in activations.run(float(seconds)):
        log.error("%s", problem)


if __name__ == "__main__":
    main()
