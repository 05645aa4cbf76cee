"""Writes that are refused now and committed later, as a slow server at Meta commits them.

They are on disk until they are committed: a server that starts again commits what has come due.
"""

import asyncio
import base64
import time
from typing import Any

from emulator.calls.answers import Answerer
from emulator.calls.protocol import Call, Upload, make_call

LATE_SETTING = "late_commits"


class LateCommits:
    """The late commits of one server; they keep real time, whatever the emulator's clock says."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer, self._state = answerer, answerer.emulator.state
        self._tasks: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """Wait again for those that an earlier run of the server left."""
        for row in self._pending():
            self._wait_for(row)

    def add(self, call: Call, seconds: float) -> None:
        """Commit the call that many seconds from now."""
        row = {"due": time.time() + seconds, "call": _written(call)}
        self._state.set_setting(LATE_SETTING, [*self._pending(), row])
        self._wait_for(row)

    def _pending(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._state.settings.get(LATE_SETTING, [])
        return rows

    def _wait_for(self, row: dict[str, Any]) -> None:
        task = asyncio.create_task(self._commit(row))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _commit(self, row: dict[str, Any]) -> None:
        await asyncio.sleep(max(0.0, row["due"] - time.time()))
        kept = [other for other in self._pending() if other != row]
        if len(kept) == len(self._pending()):
            return  # A reset or a restore has taken it away.
        # One transaction: a kill in between must not lead to a second commit.
        with self._state.transaction():
            self._state.set_setting(LATE_SETTING, kept)
            self._answerer.answer(_read(row["call"]))


def _written(call: Call) -> dict[str, Any]:
    files = {
        name: {"filename": one.filename, "content": base64.b64encode(one.content).decode()}
        for name, one in call.files.items()
    }
    return {
        "method": call.method,
        "path": f"v{call.version[0]}.{call.version[1]}{call.path}",
        "params": dict(call.params),
        "base_url": call.base_url,
        "files": files,
    }


def _read(row: dict[str, Any]) -> Call:
    files = {
        name: Upload.of(one["filename"], base64.b64decode(one["content"]))
        for name, one in row["files"].items()
    }
    return make_call(row["method"], row["path"], row["params"], row["base_url"], files)
