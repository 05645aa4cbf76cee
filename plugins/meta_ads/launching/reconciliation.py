"""Drive launches on from the ledger alone, whatever became of the run that started them.

One pass looks at a launch as it is now and does what is missing; it needs neither the campaign file
nor the run, may be repeated at any time, and shares every step with running tasks through leases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from meta_ads.errors import (
    AccessLost,
    FixInput,
    Held,
    MetaAdsError,
    NotAllowedToActivate,
    OutcomeUnknown,
    StopAndAsk,
    TryAgain,
    WaitUntil,
)
from meta_ads.launching.activation import Activator
from meta_ads.launching.creation import SWEPT, Creator
from meta_ads.launching.ports import (
    AdPlatform,
    LaunchLedger,
    LaunchRecord,
    LaunchState,
    MediaFiles,
    Progress,
    StepLedger,
    StepState,
)
from meta_ads.launching.revising import Reviser
from meta_ads.launching.timing import Rhythm, Timing
from meta_ads.launching.tokens import is_dead_token
from meta_ads.launching.uploading import Uploader
from meta_ads.launching.verification import verify
from meta_ads.launching.withdrawal import keep_paused
from meta_ads.planning.changes import Action
from meta_ads.planning.step import Step, StepKind

MEDIA = frozenset({StepKind.VIDEO, StepKind.IMAGE})


@dataclass(slots=True)
class Outcome:
    """What one pass found for a launch.

    `waits_until` (aware UTC) when it is too soon for something; `problems` are for a person.
    `token_dead`: Meta takes no token of the account, which keeps up its other launches, too.
    """

    campaign_id: str
    state: LaunchState | None = None
    waits_until: datetime | None = None
    problems: list[str] = field(default_factory=list)
    token_dead: bool = False


class Reconciler:
    """Takes launches one step further. `owner` names this worker, unique to its process."""

    def __init__(
        self,
        platform: AdPlatform,
        launches: LaunchLedger,
        steps: StepLedger,
        files: MediaFiles,
        owner: str,
        log: Progress,
        timing: Timing | None = None,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._rhythm = rhythm or Rhythm()
        self._platform = platform
        self._launches = launches
        self._steps = steps
        self._log = log
        self._owner = owner
        self._creator = Creator(platform, steps, owner, log, timing)
        self._uploader = Uploader(platform, steps, files, owner, log)
        self._reviser = Reviser(platform, launches, steps, owner, log, timing)
        self._activator = Activator(platform, launches, steps, log)

    def drive(self, campaign_id: str) -> Outcome:
        """Do for one launch all that can be done now.

        What a person must repair ends up in the outcome and in the ledger. KeyError when there is
        no such launch; TryAgain when Postgres is away.
        """
        launch = self._launches.launch(campaign_id)
        outcome = Outcome(campaign_id)
        for part in (self._recover, self._sweep, self._go_on):
            try:
                outcome.problems.extend(part(launch))
            except WaitUntil as wait:
                outcome.waits_until = min(outcome.waits_until or wait.not_before, wait.not_before)
                self._log("%s: %s", campaign_id, wait)
            except (FixInput, StopAndAsk) as error:
                outcome.problems.append(f"{campaign_id}: {error}")
                outcome.token_dead |= is_dead_token(error)
                self._keep(campaign_id, error)
            except (OutcomeUnknown, TryAgain) as passing:
                # Only creates ask what happened, and they never let this out: the call may be
                # repeated, and the next pass does. Launches behind this one must not wait for it.
                self._log("%s: %s", campaign_id, passing)
        outcome.state = self._launches.launch(campaign_id).state
        return outcome

    def _recover(self, launch: LaunchRecord) -> Iterator[str]:
        """Find out what became of the last attempts of a launch that nobody goes on with."""
        if not (launch.stopped or launch.state is LaunchState.WITHDRAWN):
            return
        records = self._steps.records([step.key for step in launch.steps])
        for step in launch.steps:
            record = records.get(step.key)
            if step.kind in MEDIA or record is None or record.state is not StepState.INFLIGHT:
                continue
            try:
                self._creator.recover(step, launch.account_id)
            except Held as held:
                yield str(held)

    def _sweep(self, launch: LaunchRecord) -> Iterator[str]:
        """Delete second objects that a worker made after another had taken its step over."""
        wanted = [step for step in launch.steps if step.kind in SWEPT]
        records = self._steps.records([step.key for step in wanted])
        for step in wanted:
            record = records.get(step.key)
            if record is None or not record.sweep_due:
                continue
            for twin in self._creator.sweep(step, launch.account_id, record):
                yield (
                    f"{launch.campaign_id}: {step.kind} {twin.object_id} “{twin.name}” is live and "
                    f"carries the marker of {record.object_id}, but was not switched on by this "
                    "system. Look at it in Ads Manager and pause or rename it."
                )

    def _go_on(self, launch: LaunchRecord) -> Iterator[str]:
        """Take the launch to its next states, as far as it may go now."""
        if launch.state is LaunchState.WITHDRAWN:
            if self._paused_again(launch):
                yield f"{launch.campaign_id} was withdrawn, was on at Meta, and is paused again."
            return
        if launch.state is LaunchState.ACTIVATING and not launch.due:
            # Its worker died after the call, and then approval or time were taken away.
            if self._paused_again(launch):
                yield f"{launch.campaign_id} may not be on, was on at Meta, and is paused again."
            if launch.revision is None:
                return
        if launch.live and not launch.may_be_on and not launch.resuming:
            yield from self._keep_off(launch)
        if launch.stopped:
            return
        if launch.revision is not None:
            if launch.on_air and not launch.target_approved:
                return
            launch = self._revise(launch)
        if launch.state is LaunchState.PLANNED:
            launch = self._complete(launch)
        if launch.state in (LaunchState.PAUSED, LaunchState.ACTIVATING) and launch.due:
            self._refuse_overdue(launch)
            launch = self._activator.activate(launch.campaign_id)
        if launch.state is LaunchState.ACTIVE:
            verify(launch.campaign_id, self._platform, self._launches, self._steps, self._log)

    def _keep_off(self, launch: LaunchRecord) -> Iterator[str]:
        """Pause the campaign of a live launch that a person, or its file, wants off."""
        if not self._paused_again(launch):
            return
        if launch.paused:
            yield (
                f"{launch.campaign_id} was paused by a person, was on at Meta, and is paused again."
                " To switch it on, resume it."
            )
            return
        for campaign in launch.plan.of_kind(StepKind.CAMPAIGN):
            # What a change did to it is done again, once that is approved.
            self._steps.record_paused(campaign.key)
        yield (
            f"{launch.campaign_id} is paused by its file, was on at Meta, and is paused again. To "
            "switch it on, change the file, trigger the launch, and have it approved."
        )

    def _paused_again(self, launch: LaunchRecord) -> bool:
        return keep_paused(launch, self._platform, self._launches, self._steps, self._log)

    def _revise(self, launch: LaunchRecord) -> LaunchRecord:
        """Create what is new, paused, and change what is there."""
        self._log("the changes of %s are taken on where their run left them", launch.campaign_id)
        for change in self._launches.changes(launch).steps:
            if change.action in (Action.CREATE, Action.REPLACE) and not change.refusal:
                self._ensure(change.step, launch)
        return self._reviser.apply(launch.campaign_id)

    def _complete(self, launch: LaunchRecord) -> LaunchRecord:
        """Create what is missing, paused, in the order of the plan."""
        self._log("%s is taken on where its run left it", launch.campaign_id)
        for step in launch.plan.steps:
            self._ensure(step, launch)
        return self._launches.advance(launch, LaunchState.PAUSED, "complete and paused")

    def _ensure(self, step: Step, launch: LaunchRecord) -> None:
        if step.kind is StepKind.VIDEO:
            self._uploader.ensure_video(step, launch.account_id)
            self._uploader.confirm_video(step, launch.account_id)
        elif step.kind is StepKind.IMAGE:
            self._uploader.ensure_image(step, launch.account_id)
        else:
            object_id = self._creator.ensure(step, launch.account_id)
            self._creator.keep_current(step, object_id, launch.now)

    def _refuse_overdue(self, launch: LaunchRecord) -> None:
        """Raise FixInput for a launch whose time is long past: its offer may be over."""
        assert launch.activate_at is not None, "callers ask for due launches only"
        if (launch.now - launch.activate_at).total_seconds() > self._rhythm.late:
            raise FixInput(
                f"It should have gone live at {launch.activate_at:%Y-%m-%d %H:%M} UTC and is still "
                "paused. It is too late to switch it on unasked: trigger the launch again, with a "
                "new schedule.activate_at."
            )

    def _keep(self, campaign_id: str, error: MetaAdsError) -> None:
        """Write the error where people look."""
        self._launches.record_error(
            campaign_id, f"reconciler: {error}", stopped=stops_a_launch(error)
        )


def stops_a_launch(error: MetaAdsError) -> bool:
    """Whether a launch that met the error must wait for a person to trigger it again.

    A token may be repaired and an approval given without anybody touching the launch.
    """
    passing = isinstance(error, AccessLost | NotAllowedToActivate)
    return isinstance(error, FixInput | StopAndAsk) and not passing
