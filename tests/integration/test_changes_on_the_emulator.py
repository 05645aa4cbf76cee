"""Every golden case of an edited file that Meta allows: launched, edited, and read back.

The real adapter, the emulator's rules, real Postgres and media. A case added to
`tests/golden/change` is one here, too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from meta_ads.launching.ports import LaunchState
from meta_ads.launching.reconciliation import Reconciler
from meta_ads.media.files import CreativeFiles
from meta_ads.planning.changeable import CLEARED
from meta_ads.planning.changes import Changes
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import resolve
from meta_ads.planning.updates import in_order, update_params
from tests.conftest import PROJECT
from tests.integration.launcher import Launcher

log = logging.getLogger(__name__)
CASES = [
    case
    for case in sorted((PROJECT / "tests/golden/change").iterdir())
    if "refused:" not in (case / "expected.txt").read_text()
    and "# not live" not in (case / "after.yaml").read_text()
    and not (case / "accounts.yaml").exists()
]
NAME = "spring_sale"


def commit(launcher: Launcher, case: Path, name: str) -> Plan:
    text = (case / name).read_text()
    (launcher.home / "include/campaigns/campaign.yaml").write_text(text)
    live = name == "after.yaml"
    return launcher.check(NAME, LaunchState.VERIFIED if live else None)


def apply(launcher: Launcher, plan: Plan) -> Changes:
    """Pin the plan and bring Meta to it; return what it changes."""
    changes = launcher.launches.preview(plan).changes
    launcher.launches.pin(plan)
    files = CreativeFiles(launcher.home / "creatives")
    ports = (launcher.meta, launcher.launches, launcher.steps, files)
    for number in range(5):
        outcome = Reconciler(*ports, f"worker-{number}", log.info).drive(NAME)
        assert outcome.problems == []
        record = launcher.launches.launch(NAME)
        if record.state is LaunchState.VERIFIED and record.revision is None:
            return changes
        launcher.world.settle()
    raise AssertionError("the changes never ended")


def shown(launcher: Launcher, changes: Changes) -> Iterator[tuple[str, Any, Any]]:
    """Yield each parameter that was sent: its name, its value, and what Meta shows."""
    for change in in_order(changes):
        ids = launcher.steps.object_ids(change.step.parents)
        sent: Mapping[str, Any] = resolve(update_params(change), ids)
        assert change.object_id is not None, "only what exists is changed"
        read = launcher.meta.read(change.object_id, list(sent))
        for name, value in sent.items():
            yield name, value, read.get(name)


def arrived(name: str, sent: Any, read: Any) -> bool:
    """Whether Meta shows what was sent; it adds to targeting, and shows nothing for none."""
    if name == "creative":
        return bool(read["id"] == sent["creative_id"])
    if name == "targeting":
        return all(read.get(key) == sent[key] for key in sent if key in ("genders", "age_range"))
    if name in CLEARED and sent == CLEARED[name]:
        return read in (None, "0", str(sent)) or read.startswith("1970")
    if name == "end_time":
        return datetime.fromisoformat(sent) == datetime.fromisoformat(read)
    return sent == read if isinstance(sent, dict | list) else str(sent) == str(read)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edited_file_arrives_at_meta_and_arrives_once(launcher: Launcher, case: Path) -> None:
    launcher.create(commit(launcher, case, "before.yaml"))
    launcher.go_live(NAME)
    changes = apply(launcher, commit(launcher, case, "after.yaml"))
    lost = [item for item in shown(launcher, changes) if not arrived(*item)]
    assert lost == []
    before = launcher.journal()
    assert apply(launcher, commit(launcher, case, "after.yaml")).empty
    assert launcher.journal() == before
