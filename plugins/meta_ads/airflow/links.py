"""Links from a task to what it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

ADS_MANAGER = "https://adsmanager.facebook.com/adsmanager/manage"


class AdsManagerLink(BaseOperatorLink):
    """Opens the object a task made in Meta's Ads Manager; the emulator's page in a rehearsal."""

    @property
    def name(self) -> str:
        """The button's text."""
        return "Ads Manager"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address the operator left, or none."""
        return getattr(operator, "object_url", "") or ""


def ads_manager_url(base_url: str, account_id: str, level: str, object_id: str) -> str:
    """Return where a person sees the object. `level` is `campaigns`, `adsets` or `ads`."""
    if not base_url.startswith("https://graph.facebook.com"):
        return base_url + "/"
    selected = {"campaigns": "campaign", "adsets": "adset", "ads": "ad"}[level]
    account = account_id.removeprefix("act_")
    return f"{ADS_MANAGER}/{level}?act={account}&selected_{selected}_ids={object_id}"
