"""Checks of what a campaign is for: objective, goal, what results are counted on."""

from __future__ import annotations

from collections.abc import Iterator

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.goals import (
    DEFAULT_OBJECTIVE,
    OBJECTIVES,
    Goal,
    Promotes,
    default_goal,
)
from meta_ads.campaigns.regulation import RESTRICTED_CATEGORIES
from meta_ads.campaigns.scopes import Scope
from meta_ads.campaigns.validation import did_you_mean
from meta_ads.errors import Problem

APP_STORES = ("https://apps.apple.com/", "https://play.google.com/store/apps/")


def goal_of(scope: Scope) -> Goal | None:
    """Return what an ad set optimises for; None when objective or goal are told wrong elsewhere."""
    objective = OBJECTIVES.get(_objective(scope))
    if objective is None:
        return None
    return objective.goals.get(scope.text("goal") or default_goal(_objective(scope)))


def goal_problems(scope: Scope, account: Account | None) -> Iterator[Problem]:
    """Yield what is wrong with an ad set's goal and with what it needs."""
    name = _objective(scope)
    objective, wanted = OBJECTIVES.get(name), scope.text("goal")
    if objective is None:
        return
    if wanted and wanted not in objective.goals:
        yield scope.problem(
            "goal",
            f"is no goal of the objective {name}",
            did_you_mean(wanted, list(objective.goals)),
            wanted,
        )
        return
    goal = objective.goals[wanted or default_goal(name)]
    yield from _event(scope, name, goal)
    if goal.promotes is Promotes.APP:
        yield from _app(scope)
    elif goal.promotes is Promotes.EVENT and account is not None:
        yield from _pixel(scope, account)
    yield from _restricted(scope)


def _objective(scope: Scope) -> str:
    return scope.source.text("objective") or DEFAULT_OBJECTIVE


def _event(scope: Scope, name: str, goal: Goal) -> Iterator[Problem]:
    event = scope.text("event")
    if not event:
        return
    if goal.promotes is not Promotes.EVENT:
        yield scope.problem(
            "event",
            "has no meaning with this goal",
            "Remove it, or choose the goal conversions.",
            event,
        )
    elif event not in OBJECTIVES[name].events:
        yield scope.problem(
            "event",
            f"is no event that Meta takes for the objective {name}",
            did_you_mean(event, OBJECTIVES[name].events),
            event,
        )


def _pixel(scope: Scope, account: Account) -> Iterator[Problem]:
    if account.pixel_id is None and scope.text("pixel_id") is None:
        yield scope.problem(
            "pixel_id",
            f"is missing, and {account.key} has no default",
            f"Add pixel_id here, or to {account.key} in configs/accounts.yaml.",
        )


def _app(scope: Scope) -> Iterator[Problem]:
    for key in ("app_id", "app_store_url"):
        if scope.text(key) is None:
            yield scope.problem(
                key, "is missing, and promoting an app needs it", f"Add “{key}: …”."
            )
    url = scope.text("app_store_url")
    if url and not url.startswith(APP_STORES):
        yield scope.problem(
            "app_store_url",
            "is no page of an app store",
            f"It begins with {' or '.join(APP_STORES)}.",
            url,
        )


def _restricted(scope: Scope) -> Iterator[Problem]:
    """Special ad categories forbid choosing people by age or gender, suggestions included."""
    categories = set(scope.source.texts("special_ad_categories")) & RESTRICTED_CATEGORIES
    if not categories:
        return
    for key in ("age_min", "age_max", "genders"):
        path = f"targeting.{key}"
        if scope.value(path) is not None:
            yield scope.problem(
                path,
                f"is not allowed for {', '.join(sorted(categories))}",
                "Remove it: Meta forbids choosing people by age or gender there.",
            )
