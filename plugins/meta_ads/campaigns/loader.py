"""Load campaign files: each becomes a declaration, or a list of everything wrong with it."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from meta_ads.campaigns.account import DEFAULT_TIMEZONE
from meta_ads.campaigns.accounts import FILE as ACCOUNTS_FILE
from meta_ads.campaigns.accounts import Accounts, load_accounts
from meta_ads.campaigns.assembly import assemble
from meta_ads.campaigns.bidding import Budget
from meta_ads.campaigns.brands import FILE as BRANDS_FILE
from meta_ads.campaigns.brands import Brands, brand_problem, load_brands
from meta_ads.campaigns.campaign_file import CampaignKeys
from meta_ads.campaigns.cross_checks import cross_problems
from meta_ads.campaigns.declaration import Declaration
from meta_ads.campaigns.defaults import with_defaults
from meta_ads.campaigns.money import Money
from meta_ads.campaigns.schedule import parse_moment
from meta_ads.campaigns.scopes import Scope, ad_set_scopes
from meta_ads.campaigns.source import Source
from meta_ads.campaigns.validation import did_you_mean, validated
from meta_ads.campaigns.yaml_source import parse_yaml, read_yaml
from meta_ads.errors import InvalidCampaign, Problem, apart

FOLDER = Path("include") / "campaigns"
SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class LoadedCampaign:
    """A declaration, and the source that says where each of its values stands.

    `warnings` are what its file should say better, and stop nothing.
    """

    declaration: Declaration
    source: Source
    digest: str
    warnings: tuple[Problem, ...] = ()

    def problem(self, path: str, message: str, remedy: str, value: object = "") -> Problem:
        """Return a problem at a YAML path of this file."""
        return self.source.problem(path, message, remedy, value)

    def budget_problems(self, minimum: Money) -> Sequence[Problem]:
        """Return the problems of budgets below Meta's minimum for the account.

        A campaign's budget must cover the minimum of each of its ad sets (2238055), a lifetime
        budget that of each day.
        """
        declaration = self.declaration
        if declaration.budget is not None:
            count = len(declaration.ad_sets)
            found = [self._too_little(Scope(self.source), declaration.budget, minimum, count)]
        else:
            scopes = [part.scope for part in ad_set_scopes(self.source)]
            found = [
                self._too_little(scope, ad_set.budget, minimum, 1)
                for scope, ad_set in zip(scopes, declaration.ad_sets, strict=True)
                if ad_set.budget is not None
            ]
        return [problem for problem in found if problem is not None]

    def _too_little(
        self, scope: Scope, budget: Budget, minimum: Money, ad_sets: int
    ) -> Problem | None:
        least = Budget(
            Money(minimum.amount_minor * ad_sets * self._days(budget), minimum.currency),
            budget.lifetime,
        )
        if budget.amount.amount_minor >= least.amount.amount_minor:
            return None
        each = f", {minimum} for each of {ad_sets} ad sets" if ad_sets > 1 else ""
        return scope.problem(
            "lifetime_budget" if budget.lifetime else "daily_budget",
            f"is {budget.amount}, Meta's minimum for this account is {least}{each}",
            f"Write at least {least.amount.amount_minor}.",
        )

    def _days(self, budget: Budget) -> int:
        """Return the days a lifetime budget is spread over; 1 for a daily one."""
        start, end = self.declaration.activate_at, self.declaration.end_at
        if not budget.lifetime or start is None or end is None:
            return 1
        return max(1, math.ceil((end - start) / timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class LoadedCampaigns:
    """Every good campaign by its id, and the problems of every bad file by its name.

    `sources` holds every file that is YAML at all, good or bad.
    """

    declarations: Mapping[str, LoadedCampaign] = field(default_factory=dict)
    problems: Mapping[str, Sequence[Problem]] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    accounts: Accounts = field(default_factory=Accounts)

    def one(self, campaign_id: str) -> LoadedCampaign:
        """Return one campaign.

        InvalidCampaign lists every problem of its file, and of the accounts when they are among
        them, or says that it is gone.
        """
        if campaign_id in self.declarations:
            return self.declarations[campaign_id]
        for name, problems in self.problems.items():
            source = self.sources.get(name)
            claimed = source.text("campaign_id") if source else Path(name).stem
            if claimed == campaign_id:
                account = source.text("client_account_id") if source else None
                known = account is None or self.accounts.find(account) is not None
                shared = [] if known else [*self.accounts.problems]
                if source is not None and source.text("brand"):
                    shared += self.problems.get(BRANDS_FILE, ())
                raise InvalidCampaign([*shared, *problems])
        others = sorted(self.declarations)
        near = did_you_mean(campaign_id, others) if others else ""
        raise InvalidCampaign(
            [
                Problem(
                    str(FOLDER),
                    f"no campaign file here has campaign_id {campaign_id}",
                    f"Put the file back, or correct the id. {near}".strip(),
                )
            ]
        )

    def late(self, source: Source, now: datetime) -> Sequence[Problem]:
        """Return the problem of a file whose activation time has passed, if it can be read."""
        account = self.accounts.find(source.text("client_account_id") or "")
        try:
            moment = parse_moment(
                source.text("schedule.activate_at") or "",
                account.timezone if account else DEFAULT_TIMEZONE,
            )
        except ValueError:
            return ()
        return late_problems(source, moment, now)


def load_campaigns(home: Path) -> LoadedCampaigns:
    """Return every campaign of `<home>/include/campaigns`; subfolders are left alone.

    Never raises for a bad file: one bad file must not take the others away.
    """
    accounts, brands = load_accounts(home), load_brands(home)
    good: dict[str, LoadedCampaign] = {}
    bad: dict[str, list[Problem]] = defaultdict(list)
    if accounts.problems:
        bad[ACCOUNTS_FILE].extend(accounts.problems)
    if brands.problems:
        bad[BRANDS_FILE].extend(brands.problems)
    try:
        paths = _files(home)
    except OSError as error:
        problem = Problem(str(FOLDER), f"cannot be read: {error.strerror}", "Check the folder.")
        return LoadedCampaigns(problems={**bad, str(FOLDER): [problem]}, accounts=accounts)
    sources: dict[str, Source] = {}
    claims: dict[str, list[Source]] = defaultdict(list)
    for path in paths:
        # A file's name need not be UTF-8, but what is said of it must be.
        name = str(FOLDER / os.fsencode(path.name).decode("utf-8", "replace"))
        try:
            _refuse_outside(path, home, name)
            source = _completed(read_yaml(path, name), accounts, brands)
        except InvalidCampaign as invalid:
            bad[name].extend(invalid.problems)
            continue
        sources[name] = source
        claimed = source.text("campaign_id")
        if claimed is not None:
            claims[claimed].append(source)
        try:
            loaded = _load(source, accounts, brands)
        except InvalidCampaign as invalid:
            bad[name].extend(invalid.problems)
        else:
            good[loaded.declaration.campaign_id] = loaded
    for campaign_id, claimants in claims.items():
        if len(claimants) > 1:
            good.pop(campaign_id, None)
            for source in claimants:
                bad[source.file].append(_duplicate(campaign_id, source, claimants))
    return LoadedCampaigns(good, dict(bad), sources, accounts)


def _refuse_outside(path: Path, home: Path, name: str) -> None:
    """Raise InvalidCampaign for a link out of the project: its problems would quote what is there.

    Links within it are fine; that is how Kubernetes and git-sync put files into place.
    """
    if path.is_symlink() and not path.resolve().is_relative_to(home.resolve()):
        problem = Problem(name, "is a link that leads out of the project", "Put the file itself.")
        raise InvalidCampaign([problem])


def load_file(home: Path, path: Path) -> LoadedCampaign:
    """Return the campaign of one file, wherever it lies, with the accounts of `home`.

    InvalidCampaign lists every problem of the file, or says that it cannot be read.
    """
    accounts, brands = load_accounts(home), load_brands(home)
    source = _completed(read_yaml(path, str(path)), accounts, brands)
    return _load(source, accounts, brands)


def digest_of(home: Path, campaign_id: str) -> str | None:
    """Return the sha256 of a campaign's file; None when there is none that can be read."""
    try:
        # Parsing every file only to find one would be slow.
        paths = [path for path in _files(home) if campaign_id.encode() in path.read_bytes()]
    except OSError:
        return None
    for path in paths:
        try:
            source = read_yaml(path, path.name)
        except InvalidCampaign:
            continue
        if source.text("campaign_id") == campaign_id:
            return source.digest
    return None


def load_text(text: str, name: str, accounts: Accounts) -> LoadedCampaign:
    """Return the campaign that a text would be as a file of that name; it names no brand.

    InvalidCampaign lists every problem.
    """
    return _load(_completed(parse_yaml(text, name), accounts, Brands()), accounts, Brands())


def late_problems(source: Source, moment: datetime | None, now: datetime) -> Sequence[Problem]:
    """Return the problem of an activation time that has passed; both times are aware."""
    if moment is None or moment > now:
        return ()
    return (
        source.problem(
            "schedule.activate_at",
            f"has passed ({moment:%Y-%m-%d %H:%M} UTC; now it is {now:%Y-%m-%d %H:%M} UTC)",
            "Choose a time ahead, or remove the schedule to leave the launch paused.",
            source.text("schedule.activate_at"),
        ),
    )


def _files(home: Path) -> Iterable[Path]:
    folder = home / FOLDER
    if not folder.is_dir():
        return ()
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def _completed(source: Source, accounts: Accounts, brands: Brands) -> Source:
    """Return a campaign file with the defaults of its brand, and below them its account's."""
    account = accounts.find(source.text("client_account_id") or "")
    layers = [
        brands.by_name.get(source.text("brand") or ""),
        accounts.defaults.get(account.key) if account else None,
    ]
    return with_defaults(source, [layer for layer in layers if layer is not None])


def _load(source: Source, accounts: Accounts, brands: Brands) -> LoadedCampaign:
    if source.value is None:
        raise InvalidCampaign(
            [source.problem("", "is empty", "Copy a file from include/campaigns/examples.")]
        )
    keys, problems = validated(CampaignKeys, source, source.value)
    problems.extend(source.problems)
    account = None
    name = source.text("client_account_id")
    if name:
        account = accounts.find(name)
        if account is None:
            problems.append(_unknown_account(source, name, accounts))
    problems.extend(cross_problems(source, account))
    brand = brand_problem(source, brands)
    if brand is not None:
        # What is wrong in the brand itself is told once, of its file.
        problems = [brand, *(item for item in problems if item.file == source.file)]
    problems.sort(key=lambda item: (item.line, item.column))
    errors, warnings = apart(problems)
    if errors or keys is None or account is None:
        raise InvalidCampaign(problems)
    declaration = assemble(keys, account, source)
    return LoadedCampaign(declaration, source, source.digest, tuple(warnings))


def _unknown_account(source: Source, name: str, accounts: Accounts) -> Problem:
    if name in accounts.broken or (accounts.problems and not accounts.by_key):
        return source.problem(
            "client_account_id",
            f"names an account that {ACCOUNTS_FILE} describes with errors",
            f"Correct {ACCOUNTS_FILE} first.",
            name,
        )
    return source.problem(
        "client_account_id",
        f"is no account of {ACCOUNTS_FILE}",
        did_you_mean(name, sorted(accounts.by_key)),
        name,
    )


def _duplicate(campaign_id: str, source: Source, claimants: Sequence[Source]) -> Problem:
    others = ", ".join(other.file for other in claimants if other is not source)
    return source.problem(
        "campaign_id",
        f"is also the campaign_id of {others}",
        "Give each file a campaign_id of its own; none of them is launched until then.",
        campaign_id,
    )
