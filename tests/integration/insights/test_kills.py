"""A load whose worker is killed again and again ends as one that nobody disturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys

from local_stack.postgres import LocalPostgres
from meta_ads.store.database import Database
from meta_ads.store.migrate import migrate
from tests.conftest import PROJECT
from tests.integration.insights.accounts import Account, contents, rows_of
from tests.integration.insights.doomed_worker import REPORTS

# Fifty take some minutes.
KILLS = int(os.environ.get("ADLAUNCH_INSIGHT_KILLS", "6"))
# The moments are drawn once and stay: a failure can be repeated.
SEED = 6


BREAKDOWNS = (
    "SELECT * FROM meta_ads.insight_breakdown"
    " ORDER BY account_id, report, date, object_id, value_1, value_2",
    *(
        f"SELECT broken.*, name FROM meta_ads.insight_breakdown_{table} AS broken"
        " JOIN meta_ads.action_type ON action_type.id = action_type_id"
        " ORDER BY account_id, report, date, object_id, value_1, value_2, name"
        for table in ("action", "action_value")
    ),
    "SELECT account_id, report, date, read_on, rows FROM meta_ads.insight_breakdown_day"
    " ORDER BY account_id, report, date",
)


def run(database_url: str, account: Account, present: str, fatal: int) -> tuple[int, str]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.integration.insights.doomed_worker",
            database_url,
            account.server.url,
            present,
            str(fatal),
        ],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": f"{PROJECT}/plugins:{PROJECT}/include:{PROJECT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout


def test_a_load_killed_at_random_moments_equals_an_undisturbed_one_row_for_row(
    account: Account, postgres: LocalPostgres, empty_database_url: str
) -> None:
    present = account.now.isoformat()
    migrate(empty_database_url)
    status, events = run(empty_database_url, account, present, 0)
    assert status == 0
    moments = sorted(random.Random(SEED).sample(range(5, int(events)), KILLS))

    postgres.create_database("killed")
    killed_url = postgres.url("killed")
    migrate(killed_url)
    deaths = sum(run(killed_url, account, present, fatal)[0] != 0 for fatal in moments)
    assert deaths >= KILLS // 2, "later workers find less to do, but most must die"
    assert run(killed_url, account, present, 0)[0] == 0

    clean, killed = Database(empty_database_url), Database(killed_url)
    try:
        assert contents(killed) == contents(clean)
        assert len(contents(clean)[0]) > 24 * 40
        assert {row["report"] for row in rows_of(clean, BREAKDOWNS)[0]} == set(REPORTS)
        assert rows_of(killed, BREAKDOWNS) == rows_of(clean, BREAKDOWNS)
    finally:
        clean.close()
        killed.close()
