"""The web app as Airflow mounts it: built when somebody first asks for a page.

Airflow loads its plugins in every process, once for each task too. This file therefore imports
nothing that takes time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from threading import Lock
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Where the page finds the app it is mounted in: Airflow's own, REST API and all.
PARENT = "meta_ads.airflow_app"
PREFIX = "/campaigns"


class LazyApp:
    """An ASGI app that builds the real one for the first request.

    :param home: the folder with `configs` and `creatives`
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._app: App | None = None
        self._lock = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, with the app that mounted this one."""
        scope[PARENT] = scope.get("app")
        await self._built()(scope, receive, send)

    def _built(self) -> App:
        with self._lock:
            if self._app is None:
                from meta_ads.web.airflow_wiring import app_in_airflow

                self._app = app_in_airflow(self._home)
            return self._app
