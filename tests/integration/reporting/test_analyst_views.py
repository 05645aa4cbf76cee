"""What the views for people say, on rows worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from meta_ads.store.database import Database
from tests.integration.reporting.rows import insert

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "analyst_cases.yaml").read_text()
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_views_say_what_was_worked_out_by_hand(
    case: dict[str, Any], database: Database
) -> None:
    insert(database, case["tables"])
    for told in case["expect"]:
        found = [list(row.values()) for row in database.rows(told["query"])]
        assert found == told["rows"], case["reason"]
