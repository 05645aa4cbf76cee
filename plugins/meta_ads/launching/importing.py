"""A campaign that is at Meta as a campaign file, which says the same, or where it does not.

The file is written from what Meta shows, loaded again, planned, and that plan compared with Meta,
parameter by parameter. Whatever differs is told, and such a file cannot be launched by accident:
its `campaign_id` stands in a comment until a person has decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.accounts import Accounts
from meta_ads.campaigns.loader import load_text
from meta_ads.campaigns.yaml_text import as_yaml
from meta_ads.errors import FixInput, InvalidCampaign, apart
from meta_ads.launching.campaign_tree import CampaignTree, Live
from meta_ads.launching.imported_values import imported_values, is_over
from meta_ads.launching.media_checks import media_paths
from meta_ads.payloads.inverse import unmarked
from meta_ads.payloads.inverse_media import media_of
from meta_ads.planning.likeness import unlike
from meta_ads.planning.plan import Plan
from meta_ads.planning.planner import build_plan
from meta_ads.planning.step import Step, StepKind

# Read to decide, not to compare.
_ASIDE = frozenset({"account_id", "created_time"})
_FILE = "the imported file"
_CONVERSIONS = frozenset({"OFFSITE_CONVERSIONS", "VALUE"})


@dataclass(frozen=True, slots=True)
class Imported:
    """A campaign file as text, and what a person must know about it.

    `differences` are what the file does not say as it is at Meta, one sentence each. `media` are
    the ids of the videos and the hashes of the pictures whose files have to be put in place.
    """

    text: str
    differences: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def import_campaign(
    tree: CampaignTree, account: Account, accounts: Accounts, campaign_id: str, now: datetime
) -> Imported:
    """Return the campaign file of a campaign of `account`, to be launched as `campaign_id`.

    FixInput when the campaign is of another account or has no ad, which a file cannot say.
    """
    _refuse(tree, account)
    values, notes = imported_values(tree, account, now)
    values = {"campaign_id": campaign_id, "client_account_id": account.key, **values}
    body = as_yaml(values)
    differences = _empty(tree)
    try:
        loaded = load_text(body, _FILE, accounts)
    except InvalidCampaign as invalid:
        differences += [
            f"{problem.path or 'the file'}: {problem.message}. {problem.remedy}"
            for problem in apart(invalid.problems)[0]
        ]
    else:
        paths = {path: path for path in media_paths(loaded.declaration)}
        plan = build_plan(loaded.declaration, paths, {})
        differences += _differences(plan, tree, None if "schedule" in values else now)
    media = tuple(media_of([ad.get("creative") or {} for ad in tree.ads]))
    head = _head(tree.campaign, account, now, differences, media, notes)
    if differences:
        body = f"# {body}"  # campaign_id is the first line
    return Imported(head + body, tuple(differences), media, tuple(notes))


def _refuse(tree: CampaignTree, account: Account) -> None:
    campaign = tree.campaign
    owner = f"act_{str(campaign.get('account_id')).removeprefix('act_')}"
    if owner != account.account_id:
        raise FixInput(
            f"Campaign {campaign.get('id')} is of {owner}; {account.key} is {account.account_id}. "
            "Name the account of configs/accounts.yaml that it belongs to."
        )
    if not tree.ads:
        raise FixInput(
            f"Campaign {campaign.get('id')} has no ad; a campaign file has one at least."
        )


def _empty(tree: CampaignTree) -> list[str]:
    """Return the ad sets without an ad, which a file cannot say."""
    named = {ad_set["id"] for ad_set, _ in tree.parts()}
    return [
        f"ad set “{unmarked(ad_set.get('name'))}” has no ad and is left out"
        for ad_set in tree.ad_sets
        if ad_set["id"] not in named
    ]


def _differences(plan: Plan, tree: CampaignTree, unscheduled: datetime | None) -> Sequence[str]:
    """Return where the plan of the file is not what is at Meta.

    `unscheduled` is the present for a file without a schedule: starts that are over are no matter
    of such a file.
    """
    parts = tree.parts()
    ad_sets = [_usual(ad_set, unscheduled) for ad_set, _ in parts]
    shown = [ad for _, ads in parts for ad in ads]
    creatives = [ad.get("creative") or {} for ad in shown]
    pairs = [
        *zip(plan.of_kind(StepKind.CAMPAIGN), [tree.campaign], strict=True),
        *zip(plan.of_kind(StepKind.AD_SET), ad_sets, strict=True),
        *zip(plan.of_kind(StepKind.CREATIVE), creatives, strict=True),
        *zip(plan.of_kind(StepKind.AD), map(_with_creative, shown), strict=True),
    ]
    return [text for step, live in pairs for text in _told(step, live)]


def _told(step: Step, live: Live) -> Iterator[str]:
    what = f"{step.kind.replace('_', ' ')} “{unmarked(live.get('name'))}”"
    compared = {name: value for name, value in live.items() if name not in _ASIDE}
    for change in unlike(step, compared):
        before, after = (value or "not set" for value in (change.before, change.after))
        yield f"{what}: {change.name} is {before} at Meta, and {after} by this file"
    if unmarked(step.params["name"]) != unmarked(live.get("name")):
        named = unmarked(step.params["name"])
        # A creative is called as its ad; nobody sees its own name.
        if step.kind is not StepKind.CREATIVE:
            yield f"{what}: is called “{named}” by this file"


def _with_creative(ad: Live) -> Live:
    return {**ad, "creative": {"creative_id": (ad.get("creative") or {}).get("id")}}


def _usual(ad_set: Live, unscheduled: datetime | None) -> Live:
    """Return an ad set without what Meta gives it by itself.

    Source: Marketing API, `attribution_spec`: seven days after a click and one after a view for
    conversions, one day after a click for everything else.
    """
    given = {
        (item.get("event_type"), item.get("window_days"))
        for item in ad_set.get("attribution_spec") or ()
    }
    usual: set[tuple[Any, Any]] = {("CLICK_THROUGH", 1)}
    if ad_set.get("optimization_goal") in _CONVERSIONS:
        usual = {("CLICK_THROUGH", 7), ("VIEW_THROUGH", 1)}
    left_out = set()
    if given - {("ENGAGED_VIDEO_VIEW", 1)} == usual:
        left_out.add("attribution_spec")
    if unscheduled is not None and is_over(ad_set, unscheduled):
        left_out.add("start_time")
    return {name: value for name, value in ad_set.items() if name not in left_out}


def _head(
    campaign: Live,
    account: Account,
    now: datetime,
    differences: Sequence[str],
    media: Sequence[str],
    notes: Sequence[str],
) -> str:
    lines = [
        f"Imported from campaign {campaign.get('id')} of {account.account_id} at "
        f"{now:%Y-%m-%d %H:%M} UTC.",
        "Launching this file creates a NEW campaign; the one at Meta is not taken over.",
        *notes,
    ]
    if media:
        lines.append("Meta gives no media back. Put these below creatives/imported/:")
        lines.extend(f"  {name}" for name in media)
    if differences:
        lines.append("This file does NOT say everything that is at Meta:")
        lines.extend(f"  - {difference}" for difference in differences)
        lines.append("Once that is right for you, remove the # before campaign_id.")
    return "".join(f"# {' '.join(line.split()) if line[:1] != ' ' else line}\n" for line in lines)
