"""Links from a task to what it made, and to its campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from airflow.sdk import BaseOperatorLink
from airflow.sdk.configuration import conf

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

# Where the API server serves the Campaigns page.
PAGE = "/campaigns"


class AdsManagerLink(BaseOperatorLink):
    """Opens the object a task made in Meta's Ads Manager; the emulator's page in a rehearsal."""

    @property
    def name(self) -> str:
        """The button's text."""
        return "Ads Manager"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address the operator left, or none."""
        return getattr(operator, "object_url", "") or ""


class CampaignPageLink(BaseOperatorLink):
    """Opens the campaign on the Campaigns page of the same Airflow."""

    @property
    def name(self) -> str:
        """The button's text."""
        return "Campaigns page"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return an address without a host: a worker need not know under which one people come."""
        below = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
        campaign_id: str = getattr(operator, "campaign_id", "")
        return f"{below}{PAGE}/c/{quote(campaign_id, safe='')}" if campaign_id else ""
