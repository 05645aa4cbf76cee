"""The reference of campaign files names exactly the keys there are."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from meta_ads.campaigns.campaign_file import CampaignKeys
from tests.conftest import PROJECT


def _keys(model: type[BaseModel], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        kinds: tuple[Any, ...] = getattr(field.annotation, "__args__", (field.annotation,))
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        found |= _keys(inner[0], f"{prefix}{name}.") if inner else {f"{prefix}{name}"}
    return found


def test_the_reference_names_every_key_and_no_other() -> None:
    text = (PROJECT / "include/campaigns/README.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert {key for row in rows for key in re.findall(r"`([a-z_.]+)`", row)} == _keys(CampaignKeys)
