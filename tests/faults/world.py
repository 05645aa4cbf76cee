"""One world for many cells: a real Postgres, the real emulator as a process, one virtual time.

Nothing sleeps. The database's clock is shadowed by a function of the same name earlier in the
search path, the emulator's is moved by its control, and both move together.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from local_stack.postgres import LocalPostgres
from meta_ads.errors import TryAgain
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.transport import Transport
from meta_ads.store.database import Database
from meta_ads.store.migrate import migrate
from tests.contract.worlds import emulator
from tests.faults.tokens import Tokens

TOKEN = "emulator-token"
SECRET = "emulator-app-secret"
DATABASE = "faults"
# Listed before pg_catalog, so that every clock_timestamp() of the product is this one.
SEARCH_PATH = "-csearch_path=faults,pg_catalog,public"
SHADOW = """
CREATE SCHEMA faults;
CREATE TABLE faults.shift (seconds double precision NOT NULL);
INSERT INTO faults.shift VALUES (0);
CREATE FUNCTION faults.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT pg_catalog.clock_timestamp() + make_interval(secs => seconds) FROM faults.shift $$;
"""
FORGET = """
TRUNCATE meta_ads.launch_event, meta_ads.approval, meta_ads.attempt, meta_ads.step,
         meta_ads.launch, meta_ads.plan, meta_ads.object_status, meta_ads.object_status_history
CASCADE;
UPDATE faults.shift SET seconds = 0
"""


class Controls:
    """The emulator's controls and plain Graph reads, on one kept connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send one call; return its JSON, whatever the status."""
        content = None if body is None else json.dumps(body)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        self._connection.request(method, path, content, headers)
        return json.loads(self._connection.getresponse().read())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use one of the emulator's controls."""
        return self.call(method, f"/_emulator/{path}", body)

    def object(self, object_id: str, fields: str) -> dict[str, Any]:
        """Read an object by id, as a person with the token would."""
        shown: dict[str, Any] = self.call("GET", f"/v26.0/{object_id}?fields={fields}")
        return shown


@dataclass(order=True)
class Late:
    """A call that Meta carries out later than its sender believes."""

    at: float
    send: Callable[[], None] = field(compare=False)


class World:
    """Postgres, emulator and time. `elapsed` is virtual seconds since the last `forget`."""

    def __init__(self, postgres: LocalPostgres, emulator_url: str) -> None:
        self.postgres = postgres
        self.settings = GraphSettings(TOKEN, app_secret=SECRET, base_url=emulator_url)
        self.controls = Controls(emulator_url)
        self.url = f"{postgres.url(DATABASE)}?options={quote(SEARCH_PATH)}"
        self.person = Database(self.url)
        # Sessions outlive workers as a pooler's do; a worker never shares one with a living other.
        self.sessions = [Database(self.url) for _ in range(3)]
        self.numbers = itertools.count(1)
        self.elapsed = 0.0
        self.tokens = Tokens(self)
        self.late: list[Late] = []
        self.transports: list[Transport] = []
        self._limited = self._failing = False
        self._lag: float | None = None

    def build_schema(self) -> None:
        """Make the shadowed clock, then the product's schema by its own migrations."""
        for statement in SHADOW.split(";\n"):
            if statement.strip():
                self.person.rows(statement)
        migrate(self.url)

    def forget(self) -> None:
        """Empty the ledger and the emulator; put both clocks back."""
        self.controls.control("POST", "reset")
        self._lag = None
        for statement in FORGET.split(";\n"):
            self.person.rows(statement)
        self.elapsed = 0.0
        self.late.clear()

    def now(self) -> datetime:
        """Return the database's clock."""
        moment: datetime = self.person.rows("SELECT clock_timestamp() AS now")[0]["now"]
        return moment

    def advance(self, seconds: float) -> None:
        """Let time pass on every clock; late calls arrive at their own moment."""
        end = self.elapsed + max(seconds, 0.0)
        for late in sorted(self.late):
            if late.at <= end:
                self._move(late.at - self.elapsed)
                self.late.remove(late)
                late.send()
        self._move(end - self.elapsed)

    def advance_to(self, moment: datetime) -> None:
        """Let time pass until the database's clock shows the moment."""
        self.advance((moment - self.now()).total_seconds() + 0.01)

    def monotonic(self) -> float:
        """Stand for `time.monotonic` in workers."""
        return self.elapsed

    def jump_database_clock(self, seconds: float) -> None:
        """Set the database's clock wrong, as a stepping time daemon does."""
        self.person.rows("UPDATE faults.shift SET seconds = seconds + %(by)s", {"by": seconds})

    def journal(self, since: int) -> list[dict[str, Any]]:
        """Return the writes that Meta committed after the entry numbered `since`."""
        rows: list[dict[str, Any]] = self.controls.control("GET", f"journal?since={since}")["data"]
        return rows

    def journal_length(self) -> int:
        """Return the number of the last committed write."""
        return int(self.controls.control("GET", "journal?limit=0")["last"])

    def lag_lists(self, seconds: float) -> None:
        """Let new objects stay out of lists for so long."""
        if seconds != self._lag:
            self.controls.control("POST", "list_lag", {"seconds": seconds})
        self._lag = seconds

    def limit_spending(self, account_id: str, daily_total: int) -> None:
        """Let the account spend no more than that a day, in minor units."""
        self._limited = True
        self.person.rows(
            "INSERT INTO meta_ads.account_limit (account_id, currency, daily_total)"
            " VALUES (%(account)s, 'SGD', %(most)s)",
            {"account": account_id, "most": daily_total},
        )

    def lift_limits(self) -> None:
        """Let every account spend what it likes."""
        if self._limited:
            self.person.rows("DELETE FROM meta_ads.account_limit")
        self._limited = False

    def fail(self, **fault: Any) -> None:
        """Script a fault at the server."""
        self._failing = True
        self.controls.control("POST", "faults", fault)

    def clear_faults(self) -> None:
        """Let the server answer as usual."""
        if self._failing:
            self.controls.control("DELETE", "faults")
        self._failing = False

    def cut_sessions(self, *sessions: Database) -> None:
        """Kill the Postgres backends of these sessions."""
        pids = [pid for session in sessions if (pid := backend(session)) is not None]
        if pids:
            self.person.rows("SELECT pg_terminate_backend(pid) FROM unnest(%(p)s) pid", {"p": pids})

    def close_transports(self) -> None:
        """Close the connections of every worker that was."""
        for transport in self.transports:
            transport.close()
        self.transports.clear()

    def renew_sessions(self) -> None:
        """Let sessions that a fault killed notice it."""
        for session in self.sessions:
            with suppress(TryAgain):
                session.rows("SELECT 1")

    def restart_postgres(self) -> None:
        """Kill Postgres with all its processes and start it again."""
        self.postgres.crash()
        self.postgres.start()
        self.person.close()

    def close(self) -> None:
        """Close every connection."""
        self.close_transports()
        self.tokens.close()
        self.controls.close()
        for session in (self.person, *self.sessions):
            session.close()

    def _move(self, seconds: float) -> None:
        if seconds > 0:
            self.elapsed += seconds
            self.jump_database_clock(seconds)
            self.controls.control("POST", "clock", {"advance_seconds": seconds})


def backend(session: Database) -> int | None:
    """Return the process id of a session's Postgres backend; None when it has none."""
    connection = session._connection
    return connection.info.backend_pid if connection and not connection.closed else None


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Run a world with its files below `folder` (a memory file system makes commits cheap)."""
    # Otherwise requests looks for a proxy in the whole environment, twice for each call.
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    with ExitStack() as stack:
        server = LocalPostgres(folder / "postgres", databases=(DATABASE,))
        postgres = stack.enter_context(server)
        (folder / "emulator").mkdir(parents=True)
        url = stack.enter_context(emulator(folder / "emulator" / "state"))
        built = World(postgres, url)
        stack.callback(built.close)
        built.build_schema()
        yield built
