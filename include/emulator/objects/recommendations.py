"""What Meta would recommend for an object; the texts and codes are this server's own."""

from typing import Any

from emulator.objects.advantage import PLACEMENT_KEYS, advantage_audience
from emulator.policy.budgets import has_budget

_CODES = {"budget": 1942001, "placements": 1942002, "audience": 1942003}


def recommendations(kind: str, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Return recommendations for a campaign or ad set of these fields, the important one first."""
    found = []
    if kind == "campaign" and not has_budget(fields):
        found.append(_row("budget", "daily_budget", "Use an Advantage+ campaign budget"))
    targeting = fields.get("targeting") or {}
    if kind == "adset" and PLACEMENT_KEYS & set(targeting):
        found.append(_row("placements", "targeting", "Use Advantage+ placements"))
    if kind == "adset" and advantage_audience(targeting) == 0:
        found.append(_row("audience", "targeting", "Use Advantage+ audience"))
    return found


def _row(name: str, blame: str, title: str) -> dict[str, Any]:
    return {
        "code": _CODES[name],
        "title": title,
        "message": f"{title} to give Meta more room to find results.",
        "importance": "HIGH",
        "confidence": "MEDIUM",
        "blame_field": blame,
    }
