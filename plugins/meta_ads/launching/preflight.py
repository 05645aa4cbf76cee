"""Check everything a launch needs before anything is sent, and build its plan.

Errors of the file, of the media and of the account are collected and raised together; warnings stop
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from meta_ads.campaigns.loader import LoadedCampaign, late_problems
from meta_ads.campaigns.money import Money
from meta_ads.campaigns.scopes import ad_set_scopes
from meta_ads.errors import (
    FixInput,
    InvalidCampaign,
    NotAllowedToActivate,
    Problem,
    RejectedByMeta,
    apart,
)
from meta_ads.governance.loading import load_governed_campaign, load_governed_campaigns
from meta_ads.launching.activation import LIVE
from meta_ads.launching.media_checks import MediaChecks, media_paths, media_problems
from meta_ads.launching.override import put_off
from meta_ads.launching.ports import LaunchState
from meta_ads.planning.explain import summary
from meta_ads.planning.plan import Plan
from meta_ads.planning.planner import build_plan
from meta_ads.planning.zones import in_both_zones


class AccountFacts(Protocol):
    """What Meta says of an ad account. `status` and `disable_reason` are words for people."""

    @property
    def status(self) -> str:
        """The account's status."""

    @property
    def may_create(self) -> bool:
        """Whether the account can run ads."""

    @property
    def disable_reason(self) -> str | None:
        """Why Meta disabled it, if it did."""

    @property
    def currency(self) -> str:
        """ISO 4217."""

    @property
    def timezone(self) -> str:
        """The IANA name."""


class AccountReads(Protocol):
    """Meta's word on an account. Raises as `AdPlatform` reads do."""

    def account_facts(self, account_id: str) -> AccountFacts:
        """Return status, currency and time zone."""

    def minimum_daily_budget(self, account_id: str, currency: str) -> int | None:
        """Return Meta's minimum for a campaign in minor units, if Meta names one."""

    def exists(self, object_id: str) -> bool:
        """Whether a page or pixel can be seen with this token."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A campaign that can be launched: its plan, and what a person should know all the same."""

    plan: Plan
    loaded: LoadedCampaign
    warnings: tuple[Problem, ...] = ()


def check(
    home: Path,
    campaign_id: str,
    media: MediaChecks,
    accounts: AccountReads,
    state: LaunchState | None,
    now: datetime,
    activate_at: str | None = None,
) -> Checked:
    """Return the plan of a campaign of `home` whose file, media and account are all in order.

    `state` is the launch's, or None when it never ran. `activate_at` is a later time than the
    file's, given at the trigger: see `override.put_off`. Raises what `check_loaded` does, and
    InvalidCampaign when the file is not in order or gone.
    """
    refuse_withdrawn(campaign_id, state)
    loaded = load_governed_campaign(home, campaign_id)
    if activate_at is None:
        return check_loaded(loaded, media, accounts, state, now)
    if state in LIVE:
        raise FixInput(f"{campaign_id} is live; its activation time cannot be moved any more.")
    checked = check_loaded(put_off(loaded, activate_at, now), media, accounts, state, now)
    account, planned = loaded.declaration.account, loaded.declaration.activate_at
    assert planned is not None, "put_off refuses a file without a time"
    moved = {"Put off": f"at the trigger; the file says {in_both_zones(planned, account.timezone)}"}
    summary = {**checked.plan.summary, **moved}
    return replace(checked, plan=replace(checked.plan, summary=summary))


def refuse_withdrawn(campaign_id: str, state: LaunchState | None) -> None:
    """Raise NotAllowedToActivate for a launch that was withdrawn, which is for ever."""
    if state is LaunchState.WITHDRAWN:
        raise NotAllowedToActivate(
            f"{campaign_id} was withdrawn. Use a new campaign_id to launch it again."
        )


def check_loaded(
    loaded: LoadedCampaign,
    media: MediaChecks,
    accounts: AccountReads | None,
    state: LaunchState | None,
    now: datetime,
) -> Checked:
    """Return the plan of a campaign whose media and account are in order, too, and warnings.

    Without `accounts` Meta is not asked. A live launch may have its activation time behind it.
    InvalidCampaign lists every problem found.
    """
    declaration = loaded.declaration
    problems = [
        *loaded.warnings,
        *media_problems(loaded.source, media),
        *(() if state in LIVE else late_problems(loaded.source, declaration.activate_at, now)),
        *(account_problems(loaded, accounts) if accounts else ()),
    ]
    errors, warnings = apart(problems)
    if errors:
        raise InvalidCampaign(problems)
    digests = {path: media.sha256(path) for path in media_paths(declaration)}
    plan = build_plan(declaration, digests, summary(declaration))
    return Checked(plan, loaded, tuple(warnings))


def bad_file_problems(home: Path, media: MediaChecks, now: datetime) -> Sequence[Problem]:
    """Return every error of the campaign files that cannot be launched as they stand.

    Their media and time are checked too, so that one report holds everything. Files in order are
    not looked at further: preflight does that when they are launched. Warnings are for it, too.
    """
    campaigns = load_governed_campaigns(home)
    problems: list[Problem] = []
    for name, found in campaigns.problems.items():
        problems.extend(found)
        source = campaigns.sources.get(name)
        if source is not None:
            problems.extend(media_problems(source, media))
            problems.extend(campaigns.late(source, now))
    return _in_order(apart(problems)[0])


def offline_problems(
    home: Path, media: MediaChecks, now: datetime, campaign_ids: Collection[str] = ()
) -> tuple[int, Sequence[Problem]]:
    """Return how many campaign files were checked, and what is wrong without asking Meta.

    Errors and warnings are both among the problems. With `campaign_ids` only those are checked, and
    an activation time that has passed is a problem too; without, it is not, since every file of a
    past launch has one.
    """
    campaigns = load_governed_campaigns(home)
    problems: list[Problem] = []
    wanted = {
        name: source
        for name, source in campaigns.sources.items()
        if not campaign_ids or source.text("campaign_id") in campaign_ids
    }
    warnings = {loaded.source.file: loaded.warnings for loaded in campaigns.declarations.values()}
    for name, source in wanted.items():
        problems.extend(campaigns.problems.get(name, warnings.get(name, ())))
        problems.extend(media_problems(source, media))
        if campaign_ids:
            problems.extend(campaigns.late(source, now))
    unread = campaigns.problems.keys() - campaigns.sources.keys()
    if not campaign_ids:
        for name in unread:
            problems.extend(campaigns.problems[name])
    found = {source.text("campaign_id") for source in wanted.values()}
    problems.extend(
        Problem(
            "include/campaigns",
            f"no campaign file here has campaign_id {campaign_id}",
            "Check the id, and the files that cannot be read: run the command without an id.",
        )
        for campaign_id in campaign_ids
        if campaign_id not in found
    )
    return len(wanted) + (0 if campaign_ids else len(unread)), _in_order(problems)


def _in_order(problems: Sequence[Problem]) -> Sequence[Problem]:
    return sorted(problems, key=lambda item: (item.file, item.line, item.column))


def account_problems(loaded: LoadedCampaign, accounts: AccountReads) -> Sequence[Problem]:
    """Return what at Meta keeps this campaign from running."""
    declaration = loaded.declaration
    account = declaration.account
    try:
        facts = accounts.account_facts(account.account_id)
    except RejectedByMeta as refusal:
        return [
            loaded.problem(
                "client_account_id",
                f"Meta does not show {account.account_id} to this token ({refusal.fault})",
                "Check account_id in configs/accounts.yaml, and give the system user access to "
                "the account in Business settings.",
            )
        ]
    found = []
    if not facts.may_create:
        why = " ".join(word for word in (facts.status, facts.disable_reason) if word)
        found.append(
            loaded.problem(
                "client_account_id",
                f"the ad account cannot run ads: {why}",
                "Open the account in Ads Manager and settle what it asks for.",
            )
        )
    for field, ours, theirs in (
        ("currency", account.currency, facts.currency),
        ("timezone", account.timezone, facts.timezone),
    ):
        if ours != theirs:
            found.append(
                loaded.problem(
                    "client_account_id",
                    f"configs/accounts.yaml says {field} {ours}, the account at Meta has {theirs}",
                    f"Set {field}: {theirs} for {account.key} in configs/accounts.yaml.",
                )
            )
    minimum = accounts.minimum_daily_budget(account.account_id, facts.currency)
    if minimum is not None and facts.currency == account.currency:
        found.extend(loaded.budget_problems(Money(minimum, facts.currency)))
    for place, what, object_id in _identities(loaded):
        if not accounts.exists(object_id):
            found.append(
                loaded.problem(
                    place,
                    f"Meta shows no {what} {object_id} to this token",
                    "Check the id, and give the system user access to it in Business settings.",
                )
            )
    return found


def _identities(loaded: LoadedCampaign) -> Iterator[tuple[str, str, str]]:
    """Yield each page and pixel once: where it is given, what it is, and its id."""
    wanted: list[tuple[str, str, str | None]] = []
    scopes = ad_set_scopes(loaded.source)
    for places, ad_set in zip(scopes, loaded.declaration.ad_sets, strict=True):
        wanted.extend(
            (place.place("page_id"), "page", ad.creative.page_id)
            for place, ad in zip(places.ads, ad_set.ads, strict=True)
        )
        wanted.append((places.scope.place("pixel_id"), "pixel", ad_set.promoted.pixel_id))
    seen: set[str] = set()
    for place, what, object_id in wanted:
        if object_id is not None and object_id not in seen:
            seen.add(object_id)
            yield place, what, object_id
