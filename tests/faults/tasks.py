"""The steps under test, each as the Airflow task that takes it: one object each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any

from meta_ads.errors import NotAllowedToActivate
from meta_ads.launching.creation import Creator
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.uploading import Uploader
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from tests.faults.instants import Instant
from tests.faults.launches import (
    ACCOUNT,
    VIDEO_BYTES,
    Base,
    ad_set_step,
    ad_step,
    campaign_step,
    creative_step,
    make_plan,
    reference,
    video,
    video_step,
)
from tests.faults.worker import Aim, Files, Worker
from tests.faults.world import World

ALL = frozenset(Instant) - {Instant.CHECKED}


def log(message: str, *values: object) -> None:
    """Keep quiet."""


@dataclass
class Task(ABC):
    """One launch with one step under test. `number` makes its keys its own."""

    world: World
    base: Base
    number: int

    name = ""
    #: The instants this step has.
    instants = ALL
    #: Whether the aimed call changes Meta.
    writes = True
    #: Whether it depends on how soon lists show new objects.
    searches = True
    #: Whether Airflow's next try does what the first one was refused.
    tried_again = True

    def __post_init__(self) -> None:
        self.owner = f"c{self.number}"
        self.files = Files()
        self.people = PostgresLaunchLedger(self.world.person)
        self.plan = self.first_plan = self.prepare()

    @property
    @abstractmethod
    def aim(self) -> Aim:
        """Which call is under test."""

    @abstractmethod
    def prepare(self) -> Plan:
        """Pin the plan and bring the launch to where the step is next."""

    @abstractmethod
    def run(self, worker: Worker) -> None:
        """Do what the task does."""

    def pin(self, *steps: Step, **more: Any) -> Plan:
        """Pin and approve a plan of these steps; every plan has a campaign."""
        if not any(step.kind is StepKind.CAMPAIGN for step in steps):
            steps = (self.base.steps[StepKind.CAMPAIGN], *steps)
        plan = make_plan(self.owner, steps, **more)
        self.people.approve(self.people.pin(plan), True, "ann")
        return plan

    def edited(self) -> Plan:
        """Return the plan after a person changed the file."""
        shared = self.base.steps[StepKind.CAMPAIGN].key
        steps = tuple(
            replace(step, params={**step.params, "name": f"edited {step.params['name']}"})
            if "name" in step.params and step.key != shared
            else step
            for step in self.plan.steps
        )
        return replace(self.plan, steps=steps, declared=f"{self.owner} edited")


class CreateTask(Task):
    """Creates one object."""

    instants = frozenset(Instant)
    kind = StepKind.CAMPAIGN

    @property
    def aim(self) -> Aim:
        return Aim("create")

    def prepare(self) -> Plan:
        return self.pin(self.step())

    def step(self) -> Step:
        """Return the step under test."""
        return campaign_step(self.owner)

    def run(self, worker: Worker) -> None:
        launch = worker.launches.launch(self.owner)
        if launch.state is LaunchState.WITHDRAWN:
            raise NotAllowedToActivate("withdrawn")
        creator = Creator(worker.platform, worker.steps, worker.name, log)
        for step in launch.plan.of_kind(self.kind):
            creator.ensure(step, ACCOUNT)


class CreateCampaign(CreateTask):
    name = "campaign"


class CreateAdSet(CreateTask):
    name = "ad set"
    kind = StepKind.AD_SET

    def step(self) -> Step:
        return ad_set_step(self.owner, reference(self.base.steps[StepKind.CAMPAIGN]))


class CreateCreative(CreateTask):
    name = "creative"
    kind = StepKind.CREATIVE

    def step(self) -> Step:
        ids = self.base.ids
        return creative_step(self.owner, ids[StepKind.VIDEO], ids[StepKind.IMAGE])


class CreateAd(CreateTask):
    name = "ad"
    kind = StepKind.AD

    def step(self) -> Step:
        steps = self.base.steps
        return ad_step(
            self.owner, reference(steps[StepKind.AD_SET]), reference(steps[StepKind.CREATIVE])
        )


class UploadTask(Task):
    """Uploads one video."""

    def prepare(self) -> Plan:
        self.content = video(self.number, VIDEO_BYTES)
        self.files.content["a.mp4"] = self.content
        return self.pin(video_step(self.content, "a.mp4"))

    def run(self, worker: Worker) -> None:
        launch = worker.launches.launch(self.owner)
        uploader = Uploader(worker.platform, worker.steps, self.files, worker.name, log)
        for step in launch.plan.of_kind(StepKind.VIDEO):
            uploader.ensure_video(step, ACCOUNT)
            uploader.confirm_video(step, ACCOUNT)


class StartVideo(UploadTask):
    name = "video start"

    @property
    def aim(self) -> Aim:
        return Aim("start_video", record="save_progress")


class SendChunk(UploadTask):
    name = "video chunk"

    @property
    def aim(self) -> Aim:
        return Aim("send_chunk", intent="save_progress", record="save_progress", skip=1)


class FinishVideo(UploadTask):
    name = "video finish"

    @property
    def aim(self) -> Aim:
        return Aim("finish_video", intent="save_progress")


class WaitForVideo(UploadTask):
    """Waits until the video is ready. Its intent is the upload's, committed long before."""

    name = "video ready"
    writes = searches = False
    instants = ALL - {Instant.INTENT}

    @property
    def aim(self) -> Aim:
        return Aim("video_status")

    def prepare(self) -> Plan:
        plan = super().prepare()
        worker = Worker(self.world, self.world.sessions[0], Aim(""))
        uploader = Uploader(worker.platform, worker.steps, self.files, worker.name, log)
        uploader.ensure_video(plan.of_kind(StepKind.VIDEO)[0], ACCOUNT)
        self.world.advance(60)
        return plan

    def run(self, worker: Worker) -> None:
        launch = worker.launches.launch(self.owner)
        uploader = Uploader(worker.platform, worker.steps, self.files, worker.name, log)
        uploader.confirm_video(launch.plan.of_kind(StepKind.VIDEO)[0], ACCOUNT)
