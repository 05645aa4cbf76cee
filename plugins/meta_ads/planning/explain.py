"""Show a plan to a person, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from meta_ads.campaigns.declaration import Declaration
from meta_ads.campaigns.wording import (
    ad_set_text,
    ad_text,
    audience_text,
    media_kind,
    media_text,
    placements_text,
    purpose_rows,
)
from meta_ads.errors import Problem, listed
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind

WORDS = {
    StepKind.VIDEO: "upload video",
    StepKind.IMAGE: "upload thumbnail",
    StepKind.CREATIVE: "create creative",
    StepKind.CAMPAIGN: "create campaign",
    StepKind.AD_SET: "create ad set",
    StepKind.AD: "create ad",
}


def explain(plan: Plan, ids: Mapping[str, str], warnings: Sequence[Problem] = ()) -> str:
    """Return the plan as text: `+` will be made, `=` exists already with its id."""
    lines = [f"  {label}: {value}" for label, value in plan.summary.items()]
    for step in plan.steps:
        what = step.params.get("name") or step.source or "the frame Meta prefers"
        if step.key in ids:
            lines.append(f"  = {WORDS[step.kind].split(' ', 1)[1]} {ids[step.key]}: {what}")
        else:
            lines.append(f"  + {WORDS[step.kind]}: {what}")
    new = sum(step.key not in ids for step in plan.steps)
    lines.append(
        f"  {new} to create, {len(plan.steps) - new} unchanged. What is created is paused."
    )
    if warnings:
        lines.extend(f"  {line}" for line in listed(warnings).splitlines())
    return "\n".join(lines)


def summary(declaration: Declaration) -> dict[str, str]:
    """Return what the launch means in a person's words: money, times in both zones, audience."""
    account = declaration.account
    shown = {
        "Campaign": declaration.name,
        "Account": f"{account.client_name} ({account.account_id})",
        "Budget": declaration.spending,
    }
    if declaration.activate_at is None:
        shown["Goes live"] = "not scheduled: stays paused"
    else:
        shown["Goes live"] = _in_both_zones(declaration.activate_at, account.timezone)
    if declaration.end_at is not None:
        shown["Ends"] = _in_both_zones(declaration.end_at, account.timezone)
    shown |= purpose_rows(declaration)
    if len(declaration.ads) > 1:
        for ad_set in declaration.ad_sets:
            shown[f"Ad set {ad_set.part_id}"] = f"{ad_set.name}: {ad_set_text(declaration, ad_set)}"
            for ad in ad_set.ads:
                shown[f"Ad {ad.part_id}"] = f"{ad.name}: {ad_text(ad)}"
        return shown
    [ad_set], [ad] = declaration.ad_sets, declaration.ads
    shown["Audience"] = audience_text(ad_set.audience)
    if ad_set.placements:
        shown["Placements"] = placements_text(ad_set)
    shown[media_kind(ad.creative.media)] = media_text(ad.creative.media)
    shown["Text"] = ad.creative.primary_text
    if ad.creative.headline is not None:
        shown["Headline"] = ad.creative.headline
    shown["Leads to"] = ad.creative.destination_url
    return shown


def _in_both_zones(moment: datetime, timezone: str) -> str:
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local:%Y-%m-%d %H:%M} {timezone} ({moment:%Y-%m-%d %H:%M} UTC)"
