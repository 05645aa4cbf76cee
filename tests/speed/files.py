"""Many campaign files of one shape in a project of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import PROJECT

FLAT, FULL = "spring_sale", "spring_formats"
_EXAMPLES = PROJECT / "include/campaigns/examples"


def make_project(home: Path, example: str, count: int) -> None:
    """Write `count` campaigns like an example; those of the full shape inherit from a brand."""
    folder = home / "include/campaigns"
    folder.mkdir(parents=True)
    shutil.copytree(PROJECT / "configs", home / "configs")
    (home / "creatives").symlink_to(PROJECT / "creatives")
    text = (_EXAMPLES / f"{example}.yaml").read_text()
    if example == FULL:
        text = text.replace("call_to_action: SHOP_NOW\n", "brand: sunrise\n")
        assert "brand: sunrise" in text
    for number in range(count):
        one = text.replace(f"campaign_id: {example}", f"campaign_id: campaign_{number}")
        (folder / f"{number}.yaml").write_text(one)
