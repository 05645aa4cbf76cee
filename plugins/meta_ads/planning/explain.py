"""Show a plan to a person, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from meta_ads.campaigns.declaration import (
    Ad,
    AdSet,
    Audience,
    Carousel,
    Declaration,
    Image,
    Media,
    Video,
)
from meta_ads.campaigns.describe import media_text
from meta_ads.campaigns.goals import DEFAULT_OBJECTIVE
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


def explain(plan: Plan, ids: Mapping[str, str]) -> str:
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
    if declaration.spend_cap is not None:
        shown["Never spends more than"] = str(declaration.spend_cap)
    if declaration.objective != DEFAULT_OBJECTIVE:
        shown["Objective"] = declaration.objective.replace("_", " ")
    if len(declaration.ads) == 1:
        [ad_set], [ad] = declaration.ad_sets, declaration.ads
        shown["Audience"] = _audience(ad_set.audience)
        if ad_set.placements:
            shown["Placements"] = _placements(ad_set)
        shown[_shows(ad)] = media_text(ad.creative.media)
        shown["Text"] = ad.creative.primary_text
        if ad.creative.headline is not None:
            shown["Headline"] = ad.creative.headline
        shown["Leads to"] = ad.creative.destination_url
        return shown
    for ad_set in declaration.ad_sets:
        facts = [_audience(ad_set.audience)]
        facts.extend([_placements(ad_set)] if ad_set.placements else [])
        facts.extend([str(ad_set.budget)] if ad_set.budget else [])
        shown[f"Ad set {ad_set.part_id}"] = f"{ad_set.name}: {'; '.join(facts)}"
        for ad in ad_set.ads:
            headline = f"“{ad.creative.headline}”, " if ad.creative.headline else ""
            shown[f"Ad {ad.part_id}"] = (
                f"{ad.name}: {_shows(ad).lower()} {media_text(ad.creative.media)}, "
                f"{headline}{ad.creative.destination_url}"
            )
    return shown


def _placements(ad_set: AdSet) -> str:
    return ", ".join(
        f"{place.platform} ({', '.join(place.positions) or 'all positions'})"
        for place in ad_set.placements
    )


def _in_both_zones(moment: datetime, timezone: str) -> str:
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local:%Y-%m-%d %H:%M} {timezone} ({moment:%Y-%m-%d %H:%M} UTC)"


def _shows(ad: Ad) -> str:
    names: dict[type[Media], str] = {Video: "Video", Image: "Picture", Carousel: "Carousel"}
    return names[type(ad.creative.media)]


def _audience(audience: Audience) -> str:
    parts = [", ".join(audience.countries)]
    suggested = "suggested " if audience.advantage else ""
    if audience.age_min or audience.age_max:
        parts.append(f"{suggested}age {audience.age_min or 18} to {audience.age_max or '65+'}")
    if audience.genders:
        parts.append(f"{suggested.strip()}: {', '.join(audience.genders)}".removeprefix(": "))
    for what, ids in (
        ("custom audiences", audience.custom_audiences),
        ("without custom audiences", audience.excluded_custom_audiences),
        ("interests", audience.interests),
        ("languages", tuple(map(str, audience.languages))),
    ):
        if ids:
            parts.append(f"{what} {', '.join(ids)}")
    return "; ".join(parts) + (" (Advantage+ audience)" if audience.advantage else "")
