"""Checks that need the account, or two values at once.

They read the file's own text and do not ask whether the rest of it is in order, so that one report
holds every problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from meta_ads.campaigns.scopes import MEDIA, Scope, ad_set_scopes, part_id
from meta_ads.campaigns.yaml_source import Source
from meta_ads.errors import Problem

# What every ad shows besides its video or picture.
NEEDED = ("primary_text", "headline", "call_to_action", "destination_url")


def cross_problems(source: Source, account: Account | None) -> Iterator[Problem]:
    """Yield what is wrong with the file's values for this account, each once.

    When the account is not known, what does not depend on it is still checked.
    """
    yield from dict.fromkeys(_problems(source, account))


def _problems(source: Source, account: Account | None) -> Iterator[Problem]:
    if not isinstance(source.value, dict):
        return
    top = Scope(source)
    yield from _budget(source, account.currency if account else None)
    yield from _moment(source, account.timezone if account else DEFAULT_TIMEZONE)
    ad_sets = ad_set_scopes(source)
    yield from _ids([ad_set.scope for ad_set in ad_sets])
    for ad_set in ad_sets:
        yield from _ids(ad_set.ads)
        for ad in ad_set.ads:
            yield from _ad_problems(ad, account)
        yield from _ages(ad_set.scope)
        yield from _hashtags(ad_set.scope, ("name",))
        if account is not None:
            yield from _identity(ad_set.scope, "pixel_id", account.pixel_id, account)
            yield from _countries(ad_set.scope, account)
    yield from _hashtags(top, ("name",))


def _ad_problems(ad: Scope, account: Account | None) -> Iterator[Problem]:
    yield from _media(ad)
    yield from _missing(ad)
    yield from _destination(ad, account)
    yield from _hashtags(ad, ("name", "primary_text", "headline", "description"))
    if account is not None:
        yield from _identity(ad, "page_id", account.page_id, account)


def _media(ad: Scope) -> Iterator[Problem]:
    named = ad.media()
    empty = [key for key in MEDIA if ad.here(key) in ad.source.positions]
    if not named and empty:
        yield ad.problem(
            empty[0], "should hold keys and values", "Its keys, such as file_path, stand below it."
        )
    elif not named:
        yield ad.problem("video", "is missing", "Add “video: …” or “image: …”.")
    elif len(named) > 1:
        yield ad.problem(
            named[1], f"stands beside {named[0]}, and an ad shows one of them", "Remove one."
        )


def _missing(ad: Scope) -> Iterator[Problem]:
    """Every ad needs its words, here or above. What is no text is told elsewhere."""
    for key in NEEDED:
        if ad.value(key) is not None:
            continue
        if ad.here(key) in ad.source.positions:
            yield ad.problem(key, "is empty", "Give it a value.")
        else:
            yield ad.problem(key, "is missing", f"Add “{key}: …”.")


def _ids(parts: Sequence[Scope]) -> Iterator[Problem]:
    """Ad sets, and ads of one ad set, are told apart by their ids, for ever."""
    first: dict[str, Scope] = {}
    for number, part in enumerate(parts):
        if not part.path:
            continue
        identity = part_id(
            part.source.text(part.here("id")), part.source.text(part.here("name")), number
        )
        other = first.setdefault(identity, part)
        if other is not part:
            key = "id" if part.given("id") else "name"
            yield part.problem(
                key,
                f"makes the same id as {other.path}, {identity}",
                "Give each its own id, as in “id: video_b”; it stays when the name changes.",
                part.source.text(part.here(key)),
            )


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


def _destination(ad: Scope, account: Account | None) -> Iterator[Problem]:
    domain = account.domain if account else None
    url = ad.text("destination_url")
    wrong = url_problem(url, domain) if url else None
    if wrong:
        remedy = "Write the full address of the landing page, as in https://shop.example/spring."
        if domain and domain in wrong:
            remedy = f"Lead to {domain} or below it, or correct the account's domain."
        yield ad.problem("destination_url", wrong, remedy, url)
    elif url and account and domain is None and has_shared_ending(url):
        yield ad.problem(
            "destination_url",
            "does not tell which part of it is the website's own name, which Meta wants",
            f"Add domain to {account.key} in configs/accounts.yaml, as in “domain: shop.com.sg”.",
            url,
        )
    parameters = ad.text("url_parameters")
    wrong = url_parameters_problem(parameters) if parameters else None
    if wrong:
        remedy = "Write utm_source=facebook&utm_medium=paid."
        yield ad.problem("url_parameters", wrong, remedy, parameters)


def _identity(scope: Scope, field: str, default: str | None, account: Account) -> Iterator[Problem]:
    if default is None and scope.text(field) is None:
        yield scope.problem(
            field,
            f"is missing, and {account.key} has no default",
            f"Add {field} here, or to {account.key} in configs/accounts.yaml.",
        )


def _countries(scope: Scope, account: Account) -> Iterator[Problem]:
    written = scope.texts("targeting.countries")
    countries = [country for country in written or account.countries if country in COUNTRIES]
    if not written and not account.countries:
        yield scope.problem(
            "targeting.countries",
            f"is missing, and {account.key} has no default",
            "Add “targeting: {countries: [SG]}”, or countries to the account.",
        )
    place, value = (scope.place("targeting.countries"), ", ".join(written))
    if not written:
        place, value = "client_account_id", account.key
    if _identities_differ(account, countries):
        yield scope.source.problem(
            place,
            f"Thailand and Brazil have different identities in {account.key}, and Meta takes one "
            "for both",
            "Launch them as two campaigns, or use one identity for both.",
            value,
        )
    for region in regions_of(countries):
        if region not in account.regional:
            where = "The European Union" if region == EU else region.capitalize()
            yield scope.source.problem(
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


def _ages(scope: Scope) -> Iterator[Problem]:
    youngest, oldest = (scope.text(f"targeting.{key}") or "" for key in ("age_min", "age_max"))
    # What is no age of two digits is refused where it stands.
    if len(youngest) == len(oldest) == 2 and youngest.isdigit() and oldest < youngest:
        yield scope.problem(
            "targeting.age_min", f"is above age_max ({oldest})", "Swap them.", youngest
        )


def _hashtags(scope: Scope, keys: Sequence[str]) -> Iterator[Problem]:
    source = scope.source
    for key in keys:
        path = scope.here(key)
        if path in source.hashtags:
            yield source.problem(
                path,
                f"ends before {source.hashtags[path]}, which YAML takes for a comment",
                "Put quotes around the whole text; a comment needs a space after its “#”.",
                source.text(path),
            )
