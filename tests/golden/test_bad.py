"""Bad campaign files and exactly what is said of them: each folder of `bad/` is a case.

A case holds the campaign files, perhaps an `accounts.yaml` or `taxonomy.yaml`, and `expected.txt`:
one line a problem.
After a change that is meant, ADLAUNCH_UPDATE_GOLDEN=1 writes the expectations anew; read their diff
as the media buyer who meets them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from meta_ads.governance.loading import load_governed_campaigns
from tests.golden.test_launch import CONFIGS, UPDATE, copy_configs

CASES = sorted((Path(__file__).parent / "bad").iterdir())


def problems_of(case: Path, home: Path) -> list[str]:
    (home / "include/campaigns").mkdir(parents=True)
    copy_configs(case, home)
    for path in case.iterdir():
        if path.suffix in (".yaml", ".yml") and path.name not in CONFIGS:
            shutil.copy(path, home / "include/campaigns")
    found = load_governed_campaigns(home)
    assert found.declarations == {}, "nothing of a bad file may be launched"
    return [str(problem) for file in sorted(found.problems) for problem in found.problems[file]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_file_is_told_exactly_what_is_wrong(case: Path, tmp_path: Path) -> None:
    problems = problems_of(case, tmp_path)
    expected = case / "expected.txt"
    if UPDATE:
        expected.write_text("".join(f"{line}\n" for line in problems))
    assert problems
    assert problems == expected.read_text().splitlines()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_problem_names_a_place_and_a_remedy(case: Path, tmp_path: Path) -> None:
    for text in problems_of(case, tmp_path):
        place, _, rest = text.partition(": ")
        assert place.startswith(("include/campaigns", "configs/"))
        assert rest.count(". ") >= 1, f"no remedy: {text}"
