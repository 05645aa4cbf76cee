"""The account that both designs read, and how they ask for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ACCOUNT = "act_100000000000779"
TOKEN = "emulator-token"
APP_SECRET = "emulator-app-secret"
VERSION = "v26.0"
WORLD = Path(__file__).parent / "world.yaml"
PAGE_ROWS = 1000
WINDOWS = ("1d_click", "7d_click", "1d_view")
#: The emulator gives up to 18 types of actions; this many are kept of each row, in this order.
ACTIONS = 8
_FIRST = (
    "purchase", "omni_purchase", "initiate_checkout", "add_to_cart", "view_content",
    "landing_page_view", "link_click", "post_engagement", "page_engagement", "omni_view_content",
)  # fmt: skip


def question(since: str, until: str) -> dict[str, str]:
    """Return the query of the ad-level daily report, days in ISO 8601, both included."""
    return {
        "level": "ad",
        "fields": "campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name,objective,spend,"
        "impressions,clicks,inline_link_clicks,reach,frequency,actions,action_values",
        "time_increment": "1",
        "time_range": json.dumps({"since": since, "until": until}),
        "action_breakdowns": '["action_type"]',
        "action_attribution_windows": json.dumps(WINDOWS),
        "limit": str(PAGE_ROWS),
    }


def cut(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with 8 of its actions, and what these were worth."""
    known = {entry["action_type"]: entry for entry in row.get("actions", ())}
    order = [kind for kind in _FIRST if kind in known]
    order += [kind for kind in known if kind not in _FIRST]
    kept = order[:ACTIONS]
    worth = [one for one in row.get("action_values", ()) if one["action_type"] in kept]
    return {**row, "actions": [known[kind] for kind in kept], "action_values": worth}
