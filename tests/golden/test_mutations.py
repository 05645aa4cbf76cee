"""Whatever becomes of a good file, it is loaded or told wrong at a line; nothing is raised."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from meta_ads.errors import Problem
from meta_ads.governance.loading import load_governed_campaigns
from meta_ads.launching.media_checks import media_paths
from meta_ads.launching.preflight import offline_problems
from meta_ads.planning.explain import summary
from meta_ads.planning.planner import build_plan
from tests.conftest import PROJECT
from tests.golden.mutations import Spoiler

NOW = datetime(2026, 12, 1, tzinfo=UTC)
FILES = 60


class NoProblems:
    """Media that are all in order: files are another test's."""

    def video_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        return ()

    picture_problems = thumbnail_problems = video_problems

    def sha256(self, relative_path: str) -> str:
        return "0" * 64


@pytest.mark.parametrize("seed", range(5))
def test_a_spoilt_file_is_loaded_or_told_wrong_at_a_line(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "include/campaigns"
    folder.mkdir(parents=True)
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    spoiler = Spoiler(seed)
    for number in range(FILES):
        text = spoiler.text()
        path = folder / "spoilt.yaml"
        path.write_text(text)
        campaigns = load_governed_campaigns(tmp_path)
        offline_problems(tmp_path, NoProblems(), NOW)
        about = f"seed {seed}, file {number}:\n{text}"
        assert len(campaigns.declarations) + len(campaigns.problems) == 1, about
        for problems in campaigns.problems.values():
            for problem in problems:
                assert problem.line > 0, f"{problem}\n{about}"
                assert problem.message, about
                assert problem.remedy, about
        for loaded in campaigns.declarations.values():
            digests = {path: "0" * 64 for path in media_paths(loaded.declaration)}
            build_plan(loaded.declaration, digests, summary(loaded.declaration))
