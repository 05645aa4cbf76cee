"""Links from a task to what it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey


class AdsManagerLink(BaseOperatorLink):
    """Opens the object a task made in Meta's Ads Manager; the emulator's page in a rehearsal."""

    @property
    def name(self) -> str:
        """The button's text."""
        return "Ads Manager"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address the operator left, or none."""
        return getattr(operator, "object_url", "") or ""
