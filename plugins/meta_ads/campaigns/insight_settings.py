"""How insights are read, as `configs/insights.yaml` says it."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_CRON = "0 8,14,20 * * 1-6"


@dataclass(frozen=True, slots=True)
class InsightSettings:
    """What an operator may choose; the defaults hold without a file.

    `cron` is in each account's own time zone. A day is read again until it is `reread_days` old.
    The first load reaches `first_load_days` back and goes in slices of at most `slice_days` days
    and about `slice_rows` rows; a slice of more than `run_rows` expected rows is asked for as a
    report run at once. `windows` are the attribution windows beside the ad set's own.
    """

    cron: str = DEFAULT_CRON
    reread_days: int = 28
    first_load_days: int = 90
    slice_days: int = 7
    slice_rows: int = 20_000
    run_rows: int = 50_000
    runs_at_once: int = 10
    accounts_at_once: int = 4
    windows: tuple[str, ...] = ("1d_click", "7d_click", "1d_view")
