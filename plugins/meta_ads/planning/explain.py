"""Show a plan to a person, before anything is sent."""

from __future__ import annotations

from meta_ads.campaigns.declaration import Declaration
from meta_ads.campaigns.wording import (
    ad_set_text,
    ad_text,
    approval_text,
    audience_text,
    media_kind,
    media_text,
    parties_text,
    placements_text,
    purpose_rows,
)
from meta_ads.errors import listed
from meta_ads.planning.report import Report, heading, subject
from meta_ads.planning.zones import in_both_zones


def explain(report: Report) -> str:
    """Return the plan as text.

    `+` will be made, `~` changed, `=` stays as it is, `!` Meta does not change in place. Text from
    the campaign file stays on the line where it stands, so that it cannot look like one of ours.
    """
    lines = [f"{label}: {_line(value)}" for label, value in report.plan.summary.items()]
    for change in report.changes.steps:
        lines.append(f"{change.action} {heading(change)}: {_line(subject(change))}")
        lines.extend(f"    {_line(report.change(field))}" for field in change.fields)
        if change.refusal:
            lines.append(f"    refused: {change.refusal}")
    lines.append(f"{report.counts}. What is created is paused.")
    lines.extend(filter(None, [report.spending]))
    lines.append("What Meta decides:")
    lines.extend(f"  - {sentence}" for sentence in report.decided_by_meta)
    lines.extend(listed(report.warnings).splitlines())
    return "\n".join(f"  {line}" for line in lines)


def _line(text: str) -> str:
    return " ".join(text.split())


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
        shown["Goes live"] = in_both_zones(declaration.activate_at, account.timezone)
    if declaration.end_at is not None:
        shown["Ends"] = in_both_zones(declaration.end_at, account.timezone)
    if account.approval_terms is not None:
        shown["Approval"] = approval_text(account.approval_terms)
    if declaration.paused_parts:
        shown["Paused"] = ", ".join(declaration.paused_parts)
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
    if ad_set.regional:
        shown["Behind the ads"] = parties_text(ad_set)
    shown[media_kind(ad.creative.media)] = media_text(ad.creative.media)
    shown["Text"] = ad.creative.primary_text
    if ad.creative.headline is not None:
        shown["Headline"] = ad.creative.headline
    shown["Leads to"] = ad.creative.destination_url
    return shown
