"""Every step under test, by its name."""

from __future__ import annotations

from tests.faults.change_tasks import SpendLess, SpendMore, SwitchOn
from tests.faults.live_tasks import Activate, Pause, Resume, SyncStatuses, Withdraw
from tests.faults.tasks import (
    CreateAd,
    CreateAdSet,
    CreateCampaign,
    CreateCreative,
    FinishVideo,
    SendChunk,
    StartVideo,
    Task,
    WaitForVideo,
)

TASKS: tuple[type[Task], ...] = (
    StartVideo,
    SendChunk,
    FinishVideo,
    WaitForVideo,
    CreateCreative,
    CreateCampaign,
    CreateAdSet,
    CreateAd,
    Activate,
    Withdraw,
    Pause,
    Resume,
    SpendLess,
    SpendMore,
    SwitchOn,
    SyncStatuses,
)
BY_NAME = {task.name: task for task in TASKS}
