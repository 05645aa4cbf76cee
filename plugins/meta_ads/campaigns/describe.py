"""Describe a campaign to the person who reads its DAG in Airflow."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from meta_ads.campaigns.account import ApprovalPolicy
from meta_ads.campaigns.declaration import (
    AdSet,
    Audience,
    Carousel,
    Creative,
    Declaration,
    Media,
    Video,
)

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&])")


def as_markdown(declaration: Declaration) -> str:
    """Return the campaign as Markdown. Text from the file is escaped: it is shown, never run."""
    account = declaration.account
    rows = {
        "Client": plain(f"{account.client_name} ({account.account_id})"),
        "Budget": declaration.spending,
        "Goes live": _when(declaration),
        "Starts": "by itself, once" if declaration.launch_on_commit else "when triggered",
        "Approval": _approval(account.approval),
        "File": plain(declaration.source),
    }
    if len(declaration.ads) == 1:
        rows |= _ad_set_rows(declaration.ad_sets[0]) | _ad_rows(declaration.ads[0].creative)
    else:
        rows |= _list_rows(declaration)
    table = "\n".join(f"| {label} | {value} |" for label, value in rows.items())
    return (
        f"# {plain(declaration.name)}\n\n|  |  |\n|---|---|\n{table}\n\n"
        "Trigger this DAG to launch the campaign. Everything is created **paused**; it goes live "
        "only at the time above. Triggering it again creates nothing twice. To see what would "
        "happen first, trigger it as a **dry run** and read the log of the task `plan`.\n"
    )


def _list_rows(declaration: Declaration) -> dict[str, str]:
    """Return a line for each ad set and each of its ads."""
    rows = {}
    for ad_set in declaration.ad_sets:
        facts = ", ".join(_ad_set_rows(ad_set).values())
        rows[f"**{plain(ad_set.name)}**"] = facts
        for ad in ad_set.ads:
            creative = ad.creative
            headline = f"“{plain(creative.headline)}”, " if creative.headline else ""
            rows[f"{plain(ad.name)} ({plain(ad.part_id)})"] = (
                f"{plain(media_text(creative.media))}: {headline}{plain(creative.destination_url)}"
            )
    return rows


def media_text(media: Media) -> str:
    """Return the files an ad shows, in words."""
    if isinstance(media, Carousel):
        return ", ".join(card.image.file_path for card in media.cards)
    return media.file_path


def _ad_set_rows(ad_set: AdSet) -> dict[str, str]:
    rows = {"Countries": ", ".join(ad_set.audience.countries)}
    suggested = _suggested(ad_set.audience)
    if suggested:
        rows["Suggested to Meta"] = suggested
    return rows


def _ad_rows(creative: Creative) -> dict[str, str]:
    rows = {}
    media = creative.media
    if isinstance(media, Video):
        rows["Video"] = plain(media.file_path)
        rows["Thumbnail"] = plain(media.thumbnail or "the frame Meta prefers")
    else:
        rows["Pictures"] = plain(media_text(media))
    rows["Text"] = plain(creative.primary_text)
    if creative.headline:
        rows["Headline"] = plain(creative.headline)
    if creative.description:
        rows["Description"] = plain(creative.description)
    rows["Button"] = plain(creative.call_to_action.replace("_", " ").capitalize())
    rows["Leads to"] = plain(creative.destination_url)
    if creative.url_parameters:
        rows["Tracked by"] = plain(creative.url_parameters)
    return rows


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
