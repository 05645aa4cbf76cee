"""What the cells launch: small plans that the emulator accepts, and the parents they need."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from meta_ads.planning.plan import Plan
from meta_ads.planning.step import REFERENCE, Step, StepKind, marker, step_key
from tests.conftest import PROJECT
from tests.emulator import launches as wanted
from tests.faults.worker import Aim, Worker
from tests.faults.world import World

ACCOUNT = wanted.SG
CLIP = (PROJECT / "creatives/samples/square.mp4").read_bytes()
PICTURE = (PROJECT / "creatives/samples/thumbnail.jpg").read_bytes()
# Three chunks of the emulator's: 64 KiB, 128 KiB, and the rest.
VIDEO_BYTES = 200 * 1024
INSERT = """
INSERT INTO meta_ads.step
    (key, account_id, kind, marker, spec_hash, state, epoch, attempt_at, object_id, applied)
VALUES (%(key)s, %(account)s, %(kind)s, %(marker)s, %(hash)s, 'DONE', 1, clock_timestamp(), %(id)s,
        %(applied)s)
"""


def make_step(owner: str, kind: StepKind, params: dict[str, Any], **more: Any) -> Step:
    """Return a step whose object carries both markers."""
    key = step_key(ACCOUNT, owner, kind, more.pop("ordinal", 0))
    tag = marker(key)
    labels = [{"name": f"adlaunch:{tag}"}]
    named = {**params, "name": f"{owner} [#{tag}]", "adlabels": labels}
    return Step(key=key, kind=kind, params=named, **more)


def reference(step: Step) -> Any:
    """Return what stands for a step's id in another step's parameters."""
    return {REFERENCE: step.key}


def campaign_step(owner: str, budget: int = 5000) -> Step:
    """Return a campaign's step."""
    return make_step(owner, StepKind.CAMPAIGN, wanted.campaign(daily_budget=budget))


def plain_campaign_step(owner: str, *, paused: bool = False) -> Step:
    """Return the step of a campaign whose ad sets hold the budgets."""
    changes = {"daily_budget": None, "bid_strategy": None, "is_adset_budget_sharing_enabled": False}
    return make_step(owner, StepKind.CAMPAIGN, wanted.campaign(**changes), paused=paused)


def ad_set_step(owner: str, campaign: Any, ordinal: int = 0, **changes: Any) -> Step:
    """Return an ad set's step."""
    params = wanted.ad_set(ACCOUNT, campaign, **changes)
    return make_step(owner, StepKind.AD_SET, params, ordinal=ordinal)


def creative_step(owner: str, video: Any, image: Any) -> Step:
    """Return a creative's step."""
    return make_step(owner, StepKind.CREATIVE, wanted.creative(ACCOUNT, video, image))


def ad_step(owner: str, ad_set: Any, creative: Any) -> Step:
    """Return an ad's step."""
    return make_step(owner, StepKind.AD, wanted.ad(ad_set, creative))


def video(number: int, size: int = VIDEO_BYTES) -> bytes:
    """Return a playable MP4 of exactly `size` bytes that no other number has.

    A `free` box behind the clip holds the number; players skip it.
    """
    rest = size - len(CLIP) - 8
    padding = number.to_bytes(8, "big") * (rest // 8 + 1)
    return CLIP + (rest + 8).to_bytes(4, "big") + b"free" + padding[:rest]


def video_step(content: bytes, source: str) -> Step:
    """Return a video's step."""
    digest = hashlib.sha256(content).hexdigest()
    key = step_key(ACCOUNT, "media", StepKind.VIDEO, digest)
    return Step(key=key, kind=StepKind.VIDEO, params={"sha256": digest}, source=source)


@dataclass
class Base:
    """Parents that many cells share, made once after each `World.forget`: ids by step."""

    steps: dict[StepKind, Step] = field(default_factory=dict)
    ids: dict[StepKind, str] = field(default_factory=dict)


def make_base(world: World) -> Base:
    """Create one of each object, and write it into the ledger as done."""
    base = Base()
    worker = Worker(world, world.sessions[0], Aim(""))
    platform = worker.platform
    session = platform.start_video(ACCOUNT, len(CLIP))
    session = platform.send_chunk(ACCOUNT, session, CLIP)
    platform.finish_video(ACCOUNT, session, "base")
    base.ids[StepKind.VIDEO] = session.video_id
    base.ids[StepKind.IMAGE] = platform.upload_image(ACCOUNT, "base.jpg", PICTURE)
    world.advance(60)
    steps = [creative_step("base", base.ids[StepKind.VIDEO], base.ids[StepKind.IMAGE])]
    steps.append(campaign_step("base"))
    for step in steps:
        _make(worker, base, step, dict(step.params))
    group = ad_set_step("base", base.ids[StepKind.CAMPAIGN])
    _make(worker, base, group, dict(group.params))
    return base


def _make(worker: Worker, base: Base, step: Step, params: dict[str, Any]) -> None:
    base.steps[step.kind] = step
    base.ids[step.kind] = worker.platform.create(step.kind, ACCOUNT, params)
    write_done(worker.world, step, base.ids[step.kind])


def write_done(world: World, step: Step, object_id: str) -> None:
    """Write a step into the ledger as done."""
    values = {
        "key": step.key,
        "account": ACCOUNT,
        "kind": step.kind,
        "marker": step.marker,
        "hash": step.spec_hash,
        "id": object_id,
        "applied": Jsonb({name: value for name, value in step.params.items() if name != "status"}),
    }
    world.person.rows(INSERT, values)


def make_plan(
    owner: str, steps: tuple[Step, ...], activate_at: datetime | None = None, edition: str = "1"
) -> Plan:
    """Return a plan that needs an approval."""
    return Plan(
        campaign_id=owner,
        account_id=ACCOUNT,
        steps=steps,
        activate_at=activate_at,
        approval_required=True,
        summary={"Campaign": owner},
        declared=f"{owner} {edition}",
    )
