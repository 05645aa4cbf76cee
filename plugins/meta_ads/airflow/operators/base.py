"""What every launch operator shares: its ports, and how its errors end."""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperator, BaseOperatorLink, Context
from airflow.sdk.exceptions import AirflowSkipException

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.links import AdsManagerLink, CampaignPageLink
from meta_ads.airflow.outcomes import (
    PATIENCE,
    come_back,
    fail_for_good,
)
from meta_ads.airflow.requests import close_request
from meta_ads.airflow.run_notes import write_note
from meta_ads.errors import FixInput, MetaAdsError, StopAndAsk, WaitUntil
from meta_ads.launching.ports import LaunchRecord, LaunchState
from meta_ads.launching.reconciliation import stops_a_launch
from meta_ads.store.launch_ledger import UnknownLaunch

if TYPE_CHECKING:
    from meta_ads.graph.platform import MetaPlatform


class LaunchOperator(BaseOperator):
    """One step of a launch. Subclasses say in `work` which use case they run.

    It renders no template: text from a campaign file never reaches Jinja.

    :param campaign_id: the campaign file's `campaign_id`
    :param home: the folder with include/campaigns, configs and creatives
    :param meta_conn_id: connection of type `meta_ads`
    :param db_conn_id: Postgres connection of the ledger
    """

    template_fields: Sequence[str] = ()
    operator_extra_links: Collection[BaseOperatorLink] = (AdsManagerLink(), CampaignPageLink())
    # Whether the task may change anything at Meta; such tasks are skipped in a dry run.
    writes: ClassVar[bool] = True
    # Whether its end is news for whoever reads the list of runs.
    noted: ClassVar[bool] = False

    def __init__(
        self,
        *,
        campaign_id: str,
        home: str,
        meta_conn_id: str = MetaAdsHook.default_conn_name,
        db_conn_id: str = LedgerHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{**PATIENCE, **kwargs})
        self.campaign_id = campaign_id
        self.home = home
        self.meta_conn_id = meta_conn_id
        self.db_conn_id = db_conn_id

    def work(self, context: Context) -> Any:
        """Run the use case; what it returns goes to XCom for people to see."""
        raise NotImplementedError

    def execute(self, context: Context) -> Any:
        """Run `work`, and turn its errors into failing, trying again or coming back."""
        if self.writes and context["params"].get("dry_run"):
            raise AirflowSkipException("Dry run: nothing is sent to Meta.")
        try:
            result = self.work(context)
        except WaitUntil as wait:
            come_back(self, wait)
        except (FixInput, StopAndAsk) as error:
            self._keep(error)
            self._close_request(context, error)
            write_note(context, self.campaign_id, self.ledger, error)
            fail_for_good(self.log.error, error)
        except MetaAdsError as error:
            self._keep(error)
            raise
        if self.noted:
            write_note(context, self.campaign_id, self.ledger)
        return result

    def resume(self, context: Context, event: Any = None) -> Any:
        """Go on after a wait: the ledger knows what is left to do."""
        return self.execute(context)

    @cached_property
    def meta(self) -> MetaAdsHook:
        """The hook to Meta."""
        return MetaAdsHook(self.meta_conn_id, self.home, self.db_conn_id)

    @cached_property
    def platform(self) -> MetaPlatform:
        """Meta, with the token that now serves the launch's account. UnknownLaunch before it is."""
        return self.meta.for_account(self.launch().account_id)

    @cached_property
    def ledger(self) -> LedgerHook:
        """The hook to the ledger."""
        return LedgerHook(self.db_conn_id)

    @property
    def creatives(self) -> Path:
        """The folder of the media files."""
        return Path(self.home) / "creatives"

    @cached_property
    def worker(self) -> str:
        """This worker's name in the ledger, unique to this process."""
        return f"{self.task_id}@{os.getpid()}-{uuid.uuid4().hex[:12]}"

    def launch(self) -> LaunchRecord:
        """Return the launch with its pinned plan."""
        return self.ledger.launches.launch(self.campaign_id)

    def _keep(self, error: MetaAdsError) -> None:
        """Write the error where people look for it; the database being away is the lesser news."""
        try:
            self.ledger.launches.record_error(
                self.campaign_id,
                f"{self.task_id}: {error}",
                stopped=stops_a_launch(error) and self._concerns_the_plan(),
            )
        except MetaAdsError:
            self.log.warning("The error could not be written to the ledger.")

    def _close_request(self, context: Context, error: FixInput | StopAndAsk) -> None:
        """Write why the run's request failed; as with `_keep`, the error itself matters more."""
        try:
            requests = self.ledger.requests
            close_request(context, self.campaign_id, requests, error, checks=not self.writes)
        except MetaAdsError:
            self.log.warning("The state of the request could not be written to the ledger.")

    def _concerns_the_plan(self) -> bool:
        """Whether an error says something about the pinned plan.

        A check of the file does not, once everything of an earlier file is at Meta.
        """
        try:
            return self.writes or self.launch().state is LaunchState.PLANNED
        except UnknownLaunch:
            return False
