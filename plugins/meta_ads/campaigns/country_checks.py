"""Checks of where a campaign is shown: its countries, and what those want to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.countries import COUNTRIES
from meta_ads.campaigns.regulation import EU, FINANCIAL, FINANCIAL_PRODUCTS, regions_of
from meta_ads.campaigns.scopes import Scope
from meta_ads.errors import Problem, Severity

ROLES = ("beneficiary", "payer")
# These two share one pair of fields at Meta.
SHARING = ("brazil", "thailand")


def country_problems(scope: Scope, account: Account) -> Iterator[Problem]:
    """Yield what is wrong with an ad set's countries and the identities they demand."""
    written = scope.texts("targeting.countries")
    countries = [country for country in written or account.countries if country in COUNTRIES]
    if not written and not account.countries:
        yield scope.problem(
            "targeting.countries",
            f"is missing, and {account.key} has no default",
            "Add “targeting: {countries: [SG]}”, or countries to the account.",
        )
    key, value = ("targeting.countries", ", ".join(written))
    if not written:
        key, value = "client_account_id", account.key
    regions = regions_of(countries)
    if _identities_differ(scope, account, regions):
        yield scope.problem(
            key,
            f"Thailand and Brazil have different identities in {_where(scope, account, SHARING)}, "
            "and Meta takes one for both",
            "Launch them as two campaigns, or use one identity for both.",
            value,
        )
    for region in regions:
        if not _identity(scope, account, region):
            where = "The European Union" if region == EU else region.capitalize()
            yield scope.problem(
                key,
                f"{where} wants to know who is behind the ad and who pays, and {account.key} "
                "does not say",
                f"Add regional.{region} with beneficiary and payer here, or to {account.key} in "
                "configs/accounts.yaml.",
                value,
            )
    yield from _financial(scope, account, countries)


def _identity(scope: Scope, account: Account, region: str) -> tuple[str | None, ...]:
    """Return beneficiary and payer of a region: those of the file, else of the account."""
    path = f"regional.{region}"
    if scope.value(path) is not None:
        return tuple(scope.text(f"{path}.{role}") for role in ROLES)
    known = account.regional.get(region)
    return (known.beneficiary, known.payer) if known else ()


def _identities_differ(scope: Scope, account: Account, regions: Sequence[str]) -> bool:
    parties = {_identity(scope, account, region) for region in SHARING if region in regions}
    return len(parties - {()}) > 1


def _where(scope: Scope, account: Account, regions: Sequence[str]) -> str:
    given = any(scope.value(f"regional.{region}") is not None for region in regions)
    return "this file" if given else account.key


def _financial(scope: Scope, account: Account, countries: Sequence[str]) -> Iterator[Problem]:
    """Warn of financial products without the identities that some countries want for them.

    Meta cannot know from the ad set what is advertised; its review can.
    """
    if FINANCIAL_PRODUCTS not in scope.source.texts("special_ad_categories"):
        return
    for region, country in FINANCIAL.items():
        if country in countries and not _identity(scope, account, region):
            warning = scope.problem(
                "special_ad_categories",
                f"financial products in {country} want to show who is behind the ad and who pays",
                f"Add regional.{region} with beneficiary and payer, here or to {account.key} in "
                "configs/accounts.yaml.",
            )
            yield replace(warning, severity=Severity.WARNING)
