"""Describe a campaign to the person who reads its DAG in Airflow."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from meta_ads.campaigns.account import ApprovalPolicy
from meta_ads.campaigns.declaration import Audience, Declaration

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&])")


def as_markdown(declaration: Declaration) -> str:
    """Return the campaign as Markdown. Text from the file is escaped: it is shown, never run."""
    account = declaration.account
    rows = {
        "Client": plain(f"{account.client_name} ({account.account_id})"),
        "Budget": f"{declaration.daily_budget} a day",
        "Goes live": _when(declaration),
        "Starts": "by itself, once" if declaration.launch_on_commit else "when triggered",
        "Approval": _approval(account.approval),
        "File": plain(declaration.source),
    }
    for ad_set in declaration.ad_sets:
        rows["Countries"] = ", ".join(ad_set.audience.countries)
        suggested = _suggested(ad_set.audience)
        if suggested:
            rows["Suggested to Meta"] = suggested
        for ad in ad_set.ads:
            creative = ad.creative
            rows["Video"] = plain(creative.video.file_path)
            rows["Thumbnail"] = plain(creative.video.thumbnail or "the frame Meta prefers")
            rows["Text"] = plain(creative.primary_text)
            rows["Headline"] = plain(creative.headline)
            if creative.description:
                rows["Description"] = plain(creative.description)
            rows["Button"] = plain(creative.call_to_action.replace("_", " ").capitalize())
            rows["Leads to"] = plain(creative.destination_url)
            if creative.url_parameters:
                rows["Tracked by"] = plain(creative.url_parameters)
    table = "\n".join(f"| {label} | {value} |" for label, value in rows.items())
    return (
        f"# {plain(declaration.name)}\n\n|  |  |\n|---|---|\n{table}\n\n"
        "Trigger this DAG to launch the campaign. Everything is created **paused**; it goes live "
        "only at the time above. Triggering it again creates nothing twice. To see what would "
        "happen first, trigger it as a **dry run** and read the log of the task `plan`.\n"
    )


def plain(text: str) -> str:
    """Return text that Markdown and HTML leave as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("\\<", "&lt;")


def _suggested(audience: Audience) -> str:
    parts = [", ".join(audience.genders)] if audience.genders else []
    if audience.age_min is not None or audience.age_max is not None:
        parts.append(f"{audience.age_min or 18} to {audience.age_max or '65+'} years")
    return ", ".join(parts)


def _approval(policy: ApprovalPolicy) -> str:
    return "a person, before it goes live" if policy is ApprovalPolicy.REQUIRED else "not needed"


def _when(declaration: Declaration) -> str:
    moment = declaration.activate_at
    if moment is None:
        return "not scheduled: stays paused"
    zone = declaration.account.timezone
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%A, %d %B %Y, %H:%M} {plain(zone)} ({moment:%Y-%m-%d %H:%M} UTC)"
