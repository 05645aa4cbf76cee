"""Where tasks that must not wait are sent."""

from __future__ import annotations

from typing import TypedDict

from airflow.sdk import conf


class Routing(TypedDict, total=False):
    """The operator's argument that names a queue; empty for Airflow's default queue."""

    queue: str


def urgent() -> Routing:
    """Return where going live, withdrawing, pausing and resuming run.

    The Airflow option `[meta_ads] activation_queue` names a queue of workers of their own, so that
    uploads and reports never hold these tasks up. It is empty unless somebody set it: a queue that
    no worker listens to would hold them up for ever.
    """
    queue = conf.get("meta_ads", "activation_queue", fallback="")
    return {"queue": queue} if queue else {}
