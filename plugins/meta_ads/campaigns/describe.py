"""Describe a campaign to the person who reads its DAG in Airflow."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from meta_ads.campaigns.account import ApprovalPolicy
from meta_ads.campaigns.declaration import AdSet, Creative, Declaration, Video
from meta_ads.campaigns.wording import (
    ad_set_text,
    ad_text,
    audience_text,
    media_kind,
    media_text,
    parties_text,
    placements_text,
    purpose_rows,
)

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&])")


def as_markdown(declaration: Declaration) -> str:
    """Return the campaign as Markdown. Text from the file is escaped: it is shown, never run."""
    account = declaration.account
    rows = {
        "Client": plain(f"{account.client_name} ({account.account_id})"),
        "Budget": declaration.spending,
        "Goes live": _when(declaration),
    }
    if declaration.end_at is not None:
        rows["Ends"] = _local(declaration.end_at, account.timezone)
    if declaration.paused_parts:
        rows["Paused"] = plain(", ".join(declaration.paused_parts))
    rows |= {label: plain(value) for label, value in purpose_rows(declaration).items()}
    rows["Starts"] = "by itself, once" if declaration.launch_on_commit else "when triggered"
    rows["Approval"] = _approval(account.approval)
    rows["File"] = plain(declaration.source)
    rows |= _inherited_rows(declaration)
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


def _inherited_rows(declaration: Declaration) -> dict[str, str]:
    """Return whose values the keys have that the file leaves out."""
    by_owner: dict[str, list[str]] = {}
    for key, owner in declaration.inherited.items():
        by_owner.setdefault(owner, []).append(key)
    return {
        f"From {plain(owner)}": plain(", ".join(sorted(keys))) for owner, keys in by_owner.items()
    }


def _list_rows(declaration: Declaration) -> dict[str, str]:
    """Return a line for each ad set and each of its ads, told apart by their ids."""
    rows = {}
    for ad_set in declaration.ad_sets:
        label = f"**{plain(ad_set.name)}** ({plain(ad_set.part_id)})"
        rows[label] = plain(ad_set_text(declaration, ad_set))
        for ad in ad_set.ads:
            rows[f"{plain(ad.name)} ({plain(ad.part_id)})"] = plain(ad_text(ad))
    return rows


def _ad_set_rows(ad_set: AdSet) -> dict[str, str]:
    rows = {"Audience": plain(audience_text(ad_set.audience))}
    if ad_set.placements:
        rows["Placements"] = plain(placements_text(ad_set))
    if ad_set.regional:
        rows["Behind the ads"] = plain(parties_text(ad_set))
    return rows


def _ad_rows(creative: Creative) -> dict[str, str]:
    rows = {}
    media = creative.media
    if isinstance(media, Video):
        rows["Video"] = plain(media.file_path)
        rows["Thumbnail"] = plain(media.thumbnail or "the frame Meta prefers")
    else:
        rows[media_kind(media)] = plain(media_text(media))
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


def _approval(policy: ApprovalPolicy) -> str:
    return "a person, before it goes live" if policy is ApprovalPolicy.REQUIRED else "not needed"


def _when(declaration: Declaration) -> str:
    if declaration.activate_at is None:
        return "not scheduled: stays paused"
    return _local(declaration.activate_at, declaration.account.timezone)


def _local(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%A, %d %B %Y, %H:%M} {plain(zone)} ({moment:%Y-%m-%d %H:%M} UTC)"
