"""A run's request in the ledger; a dry run has none."""

from __future__ import annotations

from pathlib import Path

from airflow.sdk import Context

from meta_ads.campaigns.loader import digest_of
from meta_ads.errors import FixInput, StopAndAsk
from meta_ads.launching.requests import NewRequest, RequestKey, RequestLedger, begin, failed


def request_key(context: Context, campaign_id: str) -> RequestKey | None:
    """Return the key of the run's request; None for a dry run."""
    if context["params"].get("dry_run"):
        return None
    return RequestKey(campaign_id, context["dag_run"].run_id)


def open_request(context: Context, campaign_id: str, home: str, requests: RequestLedger) -> None:
    """Write down who asked, before anything is checked."""
    key = request_key(context, campaign_id)
    if key is None:
        return
    by = getattr(context["dag_run"], "triggering_user_name", None) or "Airflow"
    note = context["params"].get("note") or None
    begin(requests, NewRequest(key, str(by), note, digest_of(Path(home), campaign_id)))


def close_request(
    context: Context,
    campaign_id: str,
    requests: RequestLedger,
    error: FixInput | StopAndAsk,
    *,
    checks: bool,
) -> None:
    """Write down that the run cannot go on without a person."""
    key = request_key(context, campaign_id)
    if key is not None:
        failed(requests, key, error, checks=checks)
