"""One DAG for each campaign file.

Every launch DAG has the same tasks whatever its file says; the tasks read the pinned plan and skip
themselves when there is nothing to do. A file that is edited, broken or deleted while its launch
runs therefore cannot take a task away from the run, and a task's process need not read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, get_parsing_context

from meta_ads.airflow.operators.approval import LaunchApprovalOperator
from meta_ads.airflow.operators.launching import (
    ActivateOperator,
    ApplyChangesOperator,
    CreateOperator,
    PlanOperator,
    PreflightOperator,
    UploadVideoOperator,
    VerifyOperator,
)
from meta_ads.airflow.queues import urgent
from meta_ads.airflow.sensors.activation_time import ActivationTimeSensor
from meta_ads.airflow.sensors.video import VideoReadySensor
from meta_ads.airflow.trigger_form import FORM
from meta_ads.planning.step import StepKind

PREFIX = "launch__"
# One campaign's tasks are short; what takes longer than this is stuck.
TASK_TIMEOUT = timedelta(hours=1)


def build_launch_dags(home: Path) -> Mapping[str, DAG]:
    """Return the launch DAGs by DAG id, for a file in `dags/` to put into its globals.

    Reads the YAML files and nothing else; never raises for a bad one (`campaign_errors` reports
    those). In a task's process only that task's DAG is built, without reading any file.
    """
    wanted = get_parsing_context().dag_id
    if wanted is not None:
        if not wanted.startswith(PREFIX):
            return {}
        return {wanted: _dag(wanted.removeprefix(PREFIX), home)}
    from meta_ads.airflow.campaign_doc import dag_options, deadline
    from meta_ads.governance.loading import load_governed_campaigns

    campaigns = load_governed_campaigns(home).declarations
    return {
        PREFIX + campaign_id: _dag(
            campaign_id, home, **dag_options(loaded), deadline=deadline(loaded, home)
        )
        for campaign_id, loaded in campaigns.items()
    }


def _dag(campaign_id: str, home: Path, **options: Any) -> DAG:
    same = {"campaign_id": campaign_id, "home": str(home)}
    with DAG(
        dag_id=PREFIX + campaign_id,
        max_active_runs=1,
        catchup=False,
        is_paused_upon_creation=False,
        params=FORM,
        default_args={"owner": "meta_ads", "execution_timeout": TASK_TIMEOUT},
        render_template_as_native_obj=False,
        **options,
    ) as dag:
        preflight = PreflightOperator(
            task_id="preflight",
            task_display_name="Check file, video and account",
            doc_md="Checks the file, the video and the ad account.",
            **same,
        )
        plan = PlanOperator(
            task_id="plan",
            task_display_name="Plan",
            doc_md="Fixes what this launch will do. Its log shows it.",
            **same,
        )
        upload_video = UploadVideoOperator(
            task_id="upload_video",
            task_display_name="Upload video",
            doc_md="Sends the video to Meta; a file Meta already has is not sent again.",
            **same,
        )
        wait_for_video = VideoReadySensor(
            task_id="wait_for_video",
            task_display_name="Wait for video",
            doc_md="Waits until Meta has processed the video.",
            **same,
        )
        create_creative = _create(StepKind.CREATIVE, "The words, the video and the link.", same)
        create_campaign = _create(StepKind.CAMPAIGN, "The campaign and its daily budget.", same)
        create_ad_set = _create(StepKind.AD_SET, "The audience and the start time.", same)
        create_ad = _create(StepKind.AD, "The ad. Now everything is at Meta, paused.", same)
        approve = LaunchApprovalOperator(
            task_id="approve",
            task_display_name="Approval",
            doc_md="Waits for a person's approval where the account asks for one.",
            # A person may take days; the wait holds no worker.
            execution_timeout=None,
            **same,
        )
        apply_changes = ApplyChangesOperator(
            task_id="apply_changes",
            task_display_name="Apply changes",
            doc_md="Changes what is at Meta already to what the edited file says.",
            # `approve` is skipped where no approval is needed, and fails on a rejection.
            trigger_rule="none_failed_min_one_success",
            **same,
        )
        wait_until_activation = ActivationTimeSensor(
            task_id="wait_until_activation",
            task_display_name="Wait until activation",
            doc_md="Waits for the activation time without holding a worker.",
            # Those before it are skipped where there is nothing to approve or to change.
            trigger_rule="none_failed_min_one_success",
            **same,
        )
        activate = ActivateOperator(
            task_id="activate",
            task_display_name="Activate",
            doc_md="Switches ads and ad sets on, then the campaign: from here it spends.",
            **urgent(),
            **same,
        )
        verify = VerifyOperator(
            task_id="verify",
            task_display_name="Verify",
            doc_md="Reads everything back and compares it with the plan.",
            **same,
        )
        preflight >> plan >> [upload_video, create_campaign]
        upload_video >> wait_for_video >> create_creative >> create_ad
        create_campaign >> create_ad_set >> create_ad
        create_ad >> [approve, apply_changes, wait_until_activation]
        approve >> apply_changes >> wait_until_activation >> activate >> verify
    return dag


def _create(kind: StepKind, doc: str, same: Mapping[str, str]) -> CreateOperator:
    return CreateOperator(
        task_id=f"create_{kind}",
        task_display_name=f"Create {kind.replace('_', ' ')}",
        kind=kind,
        doc_md=doc,
        **same,
    )
