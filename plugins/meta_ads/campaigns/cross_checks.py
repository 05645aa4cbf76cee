"""Checks that need the account, or two values at once.

They read the file's own text and do not ask whether the rest of it is in order, so that one report
holds every problem.
"""

from __future__ import annotations

from collections.abc import Iterator

from meta_ads.campaigns.account import DEFAULT_TIMEZONE, Account
from meta_ads.campaigns.countries import COUNTRIES
from meta_ads.campaigns.destination import (
    has_shared_ending,
    url_parameters_problem,
    url_problem,
)
from meta_ads.campaigns.money import CURRENCIES, Money, amount_text, parse_money
from meta_ads.campaigns.regulation import EU, regions_of
from meta_ads.campaigns.schedule import parse_moment
from meta_ads.campaigns.yaml_source import Source
from meta_ads.errors import Problem


def cross_problems(source: Source, account: Account | None) -> Iterator[Problem]:
    """Yield what is wrong with the file's values for this account.

    When the account is not known, what does not depend on it is still checked.
    """
    yield from _budget(source, account.currency if account else None)
    yield from _moment(source, account.timezone if account else DEFAULT_TIMEZONE)
    yield from _destination(source, account)
    yield from _ages(source)
    yield from _hashtags(source)
    if account is not None:
        yield from _identities(source, account)
        yield from _countries(source, account)


def _budget(source: Source, currency: str | None) -> Iterator[Problem]:
    text = source.text("daily_budget")
    if not text:
        return
    named = text.rpartition(" ")[2]
    currency = currency or (named if named in CURRENCIES else "SGD")
    try:
        parse_money(text, currency)
    except ValueError as error:
        yield source.problem(
            "daily_budget",
            str(error),
            f"For {Money(5000, currency)} write 5000, or “{amount_text(5000, currency)}”.",
            text,
        )


def _moment(source: Source, timezone: str) -> Iterator[Problem]:
    text = source.text("schedule.activate_at")
    if not text:
        return
    try:
        parse_moment(text, timezone)
    except ValueError as error:
        yield source.problem(
            "schedule.activate_at",
            str(error),
            f"A time without an offset is in {timezone}.",
            text,
        )


def _destination(source: Source, account: Account | None) -> Iterator[Problem]:
    domain = account.domain if account else None
    url = source.text("destination_url")
    wrong = url_problem(url, domain) if url else None
    if wrong:
        remedy = "Write the full address of the landing page, as in https://shop.example/spring."
        if domain and domain in wrong:
            remedy = f"Lead to {domain} or below it, or correct the account's domain."
        yield source.problem("destination_url", wrong, remedy, url)
    elif url and account and domain is None and has_shared_ending(url):
        yield source.problem(
            "destination_url",
            "does not tell which part of it is the website's own name, which Meta wants",
            f"Add domain to {account.key} in configs/accounts.yaml, as in “domain: shop.com.sg”.",
            url,
        )
    parameters = source.text("url_parameters")
    wrong = url_parameters_problem(parameters) if parameters else None
    if wrong:
        remedy = "Write utm_source=facebook&utm_medium=paid."
        yield source.problem("url_parameters", wrong, remedy, parameters)


def _identities(source: Source, account: Account) -> Iterator[Problem]:
    for field, default in (("page_id", account.page_id), ("pixel_id", account.pixel_id)):
        if default is None and source.text(field) is None:
            yield source.problem(
                field,
                f"is missing, and {account.key} has no default",
                f"Add {field} here, or to {account.key} in configs/accounts.yaml.",
            )


def _countries(source: Source, account: Account) -> Iterator[Problem]:
    written = source.texts("targeting.countries")
    countries = [country for country in written or account.countries if country in COUNTRIES]
    if not written and not account.countries:
        yield source.problem(
            "targeting.countries",
            f"is missing, and {account.key} has no default",
            "Add “targeting: {countries: [SG]}”, or countries to the account.",
        )
    place, value = ("targeting.countries", ", ".join(written))
    if not written:
        place, value = "client_account_id", account.key
    if _identities_differ(account, countries):
        yield source.problem(
            place,
            f"Thailand and Brazil have different identities in {account.key}, and Meta takes one "
            "for both",
            "Launch them as two campaigns, or use one identity for both.",
            value,
        )
    for region in regions_of(countries):
        if region not in account.regional:
            where = "The European Union" if region == EU else region.capitalize()
            yield source.problem(
                place,
                f"{where} wants to know who is behind the ad and who pays, and {account.key} "
                "does not say",
                f"Add regional.{region} with beneficiary and payer to {account.key} in "
                "configs/accounts.yaml.",
                value,
            )


def _identities_differ(account: Account, countries: list[str]) -> bool:
    """Thailand and Brazil share one pair of fields at Meta: one ad set cannot name two parties."""
    parties = {
        (account.regional[region].beneficiary, account.regional[region].payer)
        for region in regions_of(countries)
        if region in ("thailand", "brazil") and region in account.regional
    }
    return len(parties) > 1


def _ages(source: Source) -> Iterator[Problem]:
    youngest, oldest = (source.text(f"targeting.{key}") or "" for key in ("age_min", "age_max"))
    # What is no age of two digits is refused where it stands.
    if len(youngest) == len(oldest) == 2 and youngest.isdigit() and oldest < youngest:
        yield source.problem(
            "targeting.age_min", f"is above age_max ({oldest})", "Swap them.", youngest
        )


def _hashtags(source: Source) -> Iterator[Problem]:
    for path in ("name", "primary_text", "headline", "description"):
        if path in source.hashtags:
            yield source.problem(
                path,
                f"ends before {source.hashtags[path]}, which YAML takes for a comment",
                "Put quotes around the whole text; a comment needs a space after its “#”.",
                source.text(path),
            )
