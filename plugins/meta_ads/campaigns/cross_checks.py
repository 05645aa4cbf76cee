"""Checks that need the account, or two values at once.

They read the file's own text and do not ask whether the rest of it is in order, so that one report
holds every problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from meta_ads.campaigns.account import DEFAULT_TIMEZONE, Account
from meta_ads.campaigns.budget_checks import budget_problems
from meta_ads.campaigns.call_to_action import (
    APP_CALLS_TO_ACTION,
    CALLS_TO_ACTION,
    call_to_action_name,
)
from meta_ads.campaigns.country_checks import country_problems
from meta_ads.campaigns.destination import (
    has_shared_ending,
    url_parameters_problem,
    url_problem,
)
from meta_ads.campaigns.goal_checks import goal_of, goal_problems
from meta_ads.campaigns.goals import Goal, Promotes
from meta_ads.campaigns.limit_checks import limit_problems
from meta_ads.campaigns.placements import ALL, POSITIONS
from meta_ads.campaigns.schedule import parse_moment
from meta_ads.campaigns.scopes import MEDIA, Scope, ad_set_scopes, part_id
from meta_ads.campaigns.source import Source
from meta_ads.campaigns.validation import did_you_mean
from meta_ads.errors import Problem

# Source: Marketing API, "Budgets": a daily budget needs a flight of more than 24 hours.
SHORTEST_FLIGHT = timedelta(hours=24)
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
    yield from _name(source)
    ad_sets = ad_set_scopes(source)
    parts = [ad_set.scope for ad_set in ad_sets]
    yield from budget_problems(source, parts, account.currency if account else None)
    if account is not None:
        yield from limit_problems(parts, top, account)
    yield from _schedule(source, account.timezone if account else DEFAULT_TIMEZONE)
    yield from _ids(parts)
    for ad_set in ad_sets:
        yield from _ids(ad_set.ads)
        goal = goal_of(ad_set.scope)
        for ad in ad_set.ads:
            yield from _ad_problems(ad, account, goal)
        yield from goal_problems(ad_set.scope, account)
        yield from _ages(ad_set.scope)
        yield from _positions(ad_set.scope)
        yield from _hashtags(ad_set.scope, ("name",))
        if account is not None:
            yield from country_problems(ad_set.scope, account)
    yield from _hashtags(top, ("name",))


def _name(source: Source) -> Iterator[Problem]:
    """A campaign has a name, or what it is named by."""
    if "naming" not in source.keys:
        if "name" not in source.keys:
            yield source.problem("name", "is missing", "Add “name: …”.")
        elif source.value is not None and source.at("name") is None:
            yield source.problem("name", "is empty", "Give it a value.")
    elif source.at("naming") is None:
        yield source.problem("naming", "is empty", "Give it brand, market and campaign.")
    elif source.at("name") is not None:
        yield source.problem(
            "name", "stands beside naming, which makes the name", "Remove one.", source.text("name")
        )


def _ad_problems(ad: Scope, account: Account | None, goal: Goal | None) -> Iterator[Problem]:
    yield from _media(ad)
    # The cards of a carousel have headlines of their own.
    needed = [key for key in NEEDED if key != "headline" or ad.media() != ("cards",)]
    if goal is not None and goal.promotes is Promotes.APP:
        yield from _app_ad(ad, needed)
    else:
        yield from _missing(ad, needed)
        yield from _call_to_action(ad, CALLS_TO_ACTION, "a button Meta offers for a website")
        for level in (ad, *ad.cards()):
            yield from _destination(level, account)
    named = ad.media()
    if goal is not None and goal.optimization_goal == "THRUPLAY" and named and "video" not in named:
        yield ad.problem(named[0], "cannot be watched, which is this goal", "Show a video.")
    yield from _hashtags(ad, ("name", "primary_text", "headline", "description"))
    if account is not None:
        yield from _page(ad, account)


def _app_ad(ad: Scope, needed: Sequence[str]) -> Iterator[Problem]:
    """An ad of an app leads to its store, and to nowhere else."""
    yield from _missing(ad, [key for key in needed if key != "destination_url"])
    yield from _call_to_action(ad, APP_CALLS_TO_ACTION, "a button Meta offers for an app")
    if ad.text("destination_url"):
        yield ad.problem(
            "destination_url",
            "has no meaning for an app, whose ads lead to app_store_url",
            "Remove it.",
            ad.text("destination_url"),
        )


def _call_to_action(ad: Scope, allowed: Sequence[str], what: str) -> Iterator[Problem]:
    text = ad.text("call_to_action")
    name = call_to_action_name(text) if text else None
    if name is not None and name not in allowed:
        yield ad.problem("call_to_action", f"is not {what}", did_you_mean(name, allowed), text)


def _media(ad: Scope) -> Iterator[Problem]:
    named = ad.media()
    empty = [key for key in MEDIA if ad.here(key) in ad.source.positions]
    if not named and empty:
        yield ad.problem(
            empty[0], "should hold keys and values", "Its keys, such as file_path, stand below it."
        )
    elif not named:
        yield ad.problem("video", "is missing", "Add “video: …”, “image: …” or “cards: …”.")
    elif len(named) > 1:
        yield ad.problem(
            named[1], f"stands beside {named[0]}, and an ad shows one of them", "Remove one."
        )


def _missing(ad: Scope, needed: Sequence[str]) -> Iterator[Problem]:
    """Every ad needs its words, here or above. What is no text is told elsewhere."""
    for key in needed:
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


def _schedule(source: Source, timezone: str) -> Iterator[Problem]:
    moments = {}
    for key in ("activate_at", "end_at"):
        path = f"schedule.{key}"
        text = source.text(path)
        if not text:
            continue
        try:
            moments[key] = parse_moment(text, timezone)
        except ValueError as error:
            yield source.problem(
                path, str(error), f"A time without an offset is in {timezone}.", text
            )
    if len(moments) == 2 and moments["end_at"] - moments["activate_at"] < SHORTEST_FLIGHT:
        yield source.problem(
            "schedule.end_at",
            "is less than 24 hours after activate_at, the least that Meta takes",
            "Choose a later end.",
            source.text("schedule.end_at"),
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


def _page(scope: Scope, account: Account) -> Iterator[Problem]:
    if account.page_id is None and scope.text("page_id") is None:
        yield scope.problem(
            "page_id",
            f"is missing, and {account.key} has no default",
            f"Add page_id here, or to {account.key} in configs/accounts.yaml.",
        )


def _ages(scope: Scope) -> Iterator[Problem]:
    youngest, oldest = (scope.text(f"targeting.{key}") or "" for key in ("age_min", "age_max"))
    # What is no age of two digits is refused where it stands.
    if len(youngest) == len(oldest) == 2 and youngest.isdigit() and oldest < youngest:
        yield scope.problem(
            "targeting.age_min", f"is above age_max ({oldest})", "Swap them.", youngest
        )


def _positions(scope: Scope) -> Iterator[Problem]:
    for platform, known in POSITIONS.items():
        key = f"placements.{platform}"
        value = scope.value(key)
        written = [value] if isinstance(value, str) else scope.texts(key)
        if ALL in written and len(written) > 1:
            yield scope.problem(
                key, "names all and single positions", "Write one or the other.", ", ".join(written)
            )
        for position in written:
            if position not in (*known, ALL):
                yield scope.problem(
                    key,
                    f"has no position {position}",
                    did_you_mean(position, [*known, ALL]),
                    ", ".join(written),
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
