"""The world file: which app, tokens, accounts, pages and pixels exist before anyone writes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from emulator.insights.synthetic import with_synthetic_ads
from emulator.policy.currencies import minimum_budgets
from emulator.state import Object, State

_CAPABILITIES = ("CAN_USE_BUDGET_SCHEDULING_API", "CAN_CREATE_ADS")


@dataclass(frozen=True)
class Token:
    """An access token: what it may do, and until when (Unix seconds; 0 is forever)."""

    text: str
    scopes: tuple[str, ...]
    expires_at: int = 0


@dataclass(frozen=True)
class World:
    """The parts of a world that Graph writes cannot change, and the objects it starts with."""

    app: dict[str, str]
    user: dict[str, str]
    business: dict[str, str]
    tokens: dict[str, Token]
    forbidden_words: tuple[str, ...]
    minimum_daily_budgets: dict[str, dict[str, int]]
    #: Interests and behaviours that can no longer be targeted, by id.
    dead_interests: frozenset[str]
    accounts: tuple[dict[str, Any], ...]


def read_world(path: Path) -> World:
    """Read a world file; a missing key raises KeyError naming it."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return World(
        app=raw["app"],
        user=raw["user"],
        business=raw["business"],
        tokens={
            row["token"]: Token(row["token"], tuple(row["scopes"]), int(row.get("expires_at", 0)))
            for row in raw["tokens"]
        },
        forbidden_words=tuple(word.lower() for word in raw.get("forbidden_words", [])),
        minimum_daily_budgets={**minimum_budgets(), **raw.get("minimum_daily_budgets", {})},
        dead_interests=frozenset(str(one) for one in raw.get("dead_interests", [])),
        accounts=tuple(raw["accounts"]),
    )


def seed(state: State, world: World, now: float) -> None:
    """Write the world's first objects; they stand in no journal, since nobody sent them."""
    objects = [
        Object(world.user["id"], "user", "", (), now, now, {"name": world.user["name"]}),
        Object(
            world.business["id"], "business", "", (), now, now, {"name": world.business["name"]}
        ),
    ]
    for row in world.accounts:
        objects.extend(_account_objects(row, world, now))
    state.write(objects, None)


def _account_objects(row: dict[str, Any], world: World, now: float) -> list[Object]:
    account = f"act_{row['id']}"
    parents = (world.user["id"], world.business["id"])
    fields = {name: value for name, value in _account(row, world).items() if value is not None}
    objects = [Object(account, "account", account, parents, now, now, fields)]
    if wanted := row.get("synthetic_ads"):
        objects = with_synthetic_ads(objects[0], wanted, now)
    for page in row.get("pages", []):
        objects.append(_page(page, account, world, now))
        if instagram := page.get("instagram"):
            shown = {"username": instagram["username"], "name": page["name"]}
            objects.append(
                Object(instagram["id"], "instagram", account, (account,), now, now, shown)
            )
    for pixel in row.get("pixels", []):
        shown = {"name": pixel["name"], "owner_business": dict(world.business)}
        objects.append(Object(pixel["id"], "pixel", account, (account,), now, now, shown))
    return objects


def _account(row: dict[str, Any], world: World) -> dict[str, Any]:
    return {
        "account_id": row["id"],
        "name": row["name"],
        "account_status": int(row.get("account_status", 1)),
        "disable_reason": int(row.get("disable_reason", 0)),
        "currency": row["currency"],
        "timezone_id": row.get("timezone_id"),
        "timezone_name": row["timezone"],
        "funding_source": row.get("funding_source", f"6{row['id'][1:]}"),
        "is_prepay_account": False,
        "is_personal": 0,
        "spend_cap": str(row.get("spend_cap", 0)),
        "amount_spent": "0",
        "balance": "0",
        "business": dict(world.business),
        "business_name": world.business["name"],
        "end_advertiser": world.business["id"],
        "end_advertiser_name": world.business["name"],
        "owner": world.business["id"],
        "capabilities": row.get("capabilities", list(_CAPABILITIES)),
        "failed_delivery_checks": [],
        "offsite_pixels_tos_accepted": True,
        "has_page_authorized_adaccount": False,
        "tos_accepted": {"web_custom_audience_tos": 1},
        "default_dsa_beneficiary": row.get("default_dsa_beneficiary"),
        "default_dsa_payor": row.get("default_dsa_payor"),
        "_identities": row.get("verified_identities", []),
        "_limits": row.get("limits"),
        "_restricted": row.get("restricted"),
    }


def _page(row: dict[str, Any], account: str, world: World, now: float) -> Object:
    fields: dict[str, Any] = {
        "name": row["name"],
        "category": "Brand",
        "is_published": row.get("is_published", True),
        "access_token": f"emulator-page-token-{row['id']}",
        "business": dict(world.business),
        "link": f"https://www.facebook.com/{row['id']}",
    }
    if instagram := row.get("instagram"):
        fields["instagram_business_account"] = {"id": instagram["id"]}
    return Object(row["id"], "page", account, (account,), now, now, fields)
