"""The world file: which app, tokens, accounts, pages and pixels exist before anyone writes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from emulator.state import Object, State


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
        minimum_daily_budgets=raw["minimum_daily_budgets"],
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
    fields = {
        "account_id": row["id"],
        "name": row["name"],
        "account_status": int(row.get("account_status", 1)),
        "disable_reason": int(row.get("disable_reason", 0)),
        "currency": row["currency"],
        "timezone_name": row["timezone"],
        "funding_source": row.get("funding_source", f"6{row['id'][1:]}"),
        "spend_cap": str(row.get("spend_cap", 0)),
        "amount_spent": "0",
        "balance": "0",
        "business": dict(world.business),
        "business_name": world.business["name"],
        "owner": world.business["id"],
        "default_dsa_beneficiary": row.get("default_dsa_beneficiary"),
        "default_dsa_payor": row.get("default_dsa_payor"),
        "_identities": row.get("verified_identities", []),
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    parents = (world.user["id"], world.business["id"])
    objects = [Object(account, "account", account, parents, now, now, kept)]
    for kind in ("page", "pixel"):
        objects.extend(
            Object(thing["id"], kind, account, (account,), now, now, {"name": thing["name"]})
            for thing in row.get(f"{kind}s", [])
        )
    return objects
