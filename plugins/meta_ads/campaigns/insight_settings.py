"""How insights are read, as `configs/insights.yaml` says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from meta_ads.campaigns.accounts import Accounts, load_accounts
from meta_ads.campaigns.field_types import distinct, one_of
from meta_ads.campaigns.insight_reports import BREAKDOWNS, Report
from meta_ads.campaigns.source import Source
from meta_ads.campaigns.validation import validated
from meta_ads.campaigns.yaml_source import read_yaml
from meta_ads.errors import InvalidCampaign, Problem

FILE = "configs/insights.yaml"
DEFAULT_CRON = "0 8,14,20 * * 1-6"
# Meta ended 7d_view and 28d_view in January 2026.
WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view")
# What the data is checked for; see syncing/insight_quality.py.
FINDINGS = ("sums", "late", "rows")
_SHORTEST_MONTH = 28
# Source: Insights reach back 37 months; a first load beyond that is refused.
_MOST_DAYS = 1100


@dataclass(frozen=True, slots=True)
class InsightSettings:
    """What an operator may choose; the defaults hold without a file.

    `cron` is in each account's own time zone. A day is read again until it is `reread_days` old.
    The first load reaches `first_load_days` back and goes in slices of at most `slice_days` days
    and about `slice_rows` rows; a slice of more than `run_rows` expected rows is asked for as a
    report run at once. `windows` are the attribution windows beside the ad set's own.
    `fail_on` are the findings that turn a run red. Insights are kept for `keep_months` whole
    months before the present one, replaced versions of objects for `keep_history_months`; None
    keeps them for ever. The views are copied to Parquet files below the folder `parquet`, and to
    SQL Server if `mssql`: the last `mirror_months` and the present one; None copies all.
    `reports` are the optional ones that are kept beside the daily one,
    `account_reports` those of accounts, by account id, for which that differs.
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
    fail_on: tuple[str, ...] = ("sums",)
    keep_months: int | None = None
    keep_history_months: int | None = None
    parquet: str | None = None
    mssql: bool = False
    mirror_months: int | None = None
    reports: tuple[str, ...] = ()
    account_reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def reports_of(self, account_id: str) -> list[Report]:
        """Return the optional reports that are kept of an account."""
        return [BREAKDOWNS[name] for name in self.account_reports.get(account_id, self.reports)]


def _cron(text: str) -> str:
    from croniter import croniter

    if len(text.split()) != 5 or not croniter.is_valid(text):
        raise ValueError(
            "is not a cron expression", "Write minute hour day month weekday, as 0 8 * * 1-6."
        )
    return text


def _folder(text: str) -> str:
    if "://" not in text:
        raise ValueError(
            "is not the address of a folder",
            "Write one that Airflow's object storage knows, as s3://connection@bucket/folder.",
        )
    return text.rstrip("/")


Days = Annotated[int, Field(ge=1, le=_MOST_DAYS)]
Few = Annotated[int, Field(ge=1, le=100)]
Many = Annotated[int, Field(ge=1)]
Reports = Annotated[
    list[Annotated[str, AfterValidator(one_of(*BREAKDOWNS))]], AfterValidator(distinct)
]
Months = Annotated[int, Field(ge=1, le=1200)]


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cron: Annotated[str, AfterValidator(_cron)] = DEFAULT_CRON
    reread_days: Days = 28
    first_load_days: Days = 90
    slice_days: Days = 7
    slice_rows: Many = 20_000
    run_rows: Many = 50_000
    runs_at_once: Few = 10
    accounts_at_once: Few = 4
    windows: Annotated[
        list[Annotated[str, AfterValidator(one_of(*WINDOWS))]], AfterValidator(distinct)
    ] = Field(default=["1d_click", "7d_click", "1d_view"])
    fail_on: Annotated[
        list[Annotated[str, AfterValidator(one_of(*FINDINGS))]], AfterValidator(distinct)
    ] = Field(default=["sums"])
    keep_months: Months | None = None
    keep_history_months: Months | None = None
    parquet: Annotated[str, AfterValidator(_folder)] | None = None
    mssql: bool = False
    mirror_months: Months | None = None
    reports: Reports = Field(default=[])
    account_reports: dict[str, Reports] = Field(default={})


def load_insight_settings(home: Path) -> tuple[InsightSettings, tuple[Problem, ...]]:
    """Return the settings of `<home>/configs/insights.yaml` and what is wrong with the file.

    With problems, or without a file, the settings are the defaults. Never raises.
    """
    path = home / FILE
    if not path.exists():
        return InsightSettings(), ()
    try:
        source = read_yaml(path, FILE)
    except InvalidCampaign as invalid:
        return InsightSettings(), invalid.problems
    keys, problems = validated(_Keys, source, source.value)
    problems = [*source.problems, *problems]
    if keys is not None and keys.keep_months is not None:
        wanted = max(keys.first_load_days, keys.reread_days)
        if keys.keep_months * _SHORTEST_MONTH < wanted:
            problems.append(
                source.problem(
                    "keep_months",
                    f"keeps fewer days than are read ({wanted})",
                    f"Keep at least {-(-wanted // _SHORTEST_MONTH)} months, or read fewer days.",
                    str(keys.keep_months),
                )
            )
    accounts = load_accounts(home)
    for name in keys.account_reports if keys is not None else ():
        if accounts.find(name) is None:
            problems.append(_unknown(source, name, accounts))
    if keys is None or problems:
        return InsightSettings(), tuple(problems)
    values = keys.model_dump() | {
        "windows": tuple(keys.windows),
        "fail_on": tuple(keys.fail_on),
        "reports": tuple(keys.reports),
        "account_reports": {
            account.account_id: tuple(reports)
            for name, reports in keys.account_reports.items()
            if (account := accounts.find(name)) is not None
        },
    }
    return InsightSettings(**values), ()


def _unknown(source: Source, name: str, accounts: Accounts) -> Problem:
    known = ", ".join(accounts.by_key) or "none"
    return source.problem(
        f"account_reports.{name}",
        "is no account of configs/accounts.yaml",
        f"Write one of its names: {known}.",
        name,
    )
