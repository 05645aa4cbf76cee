"""Read `configs/accounts.yaml`: the ad accounts, by their short name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from meta_ads.campaigns.account import (
    DEFAULT_CONNECTION,
    DEFAULT_TIMEZONE,
    Account,
    ApprovalPolicy,
)
from meta_ads.campaigns.account_policy import (
    ApprovalKeys,
    Duration,
    LimitKeys,
    approval_terms,
    seconds,
    spend_limits,
)
from meta_ads.campaigns.defaults import AccountDefaultKeys, Defaults, misplaced
from meta_ads.campaigns.destination import is_host
from meta_ads.campaigns.field_types import Country, Id, Line, Text, distinct, one_of
from meta_ads.campaigns.money import CURRENCIES
from meta_ads.campaigns.regional_keys import RegionalKeys, identities_of
from meta_ads.campaigns.source import Source
from meta_ads.campaigns.validation import did_you_mean, validated
from meta_ads.campaigns.yaml_source import read_yaml
from meta_ads.errors import InvalidCampaign, Problem

FILE = "configs/accounts.yaml"
# It is a tag of the campaign's DAG, and Airflow refuses longer ones.
LONGEST_CLIENT_NAME = 100
_CONNECTION_ID = re.compile(r"[\w#!()\-.:/\\]{1,250}", re.ASCII)
_SHORT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def _account_id(text: str) -> str:
    digits = text.removeprefix("act_")
    if not digits.isascii() or not digits.isdigit():
        raise ValueError("is not an ad account id", "Write act_ and the digits Meta shows.")
    return f"act_{digits}"


@cache
def _timezones() -> frozenset[str]:
    """Return every zone's name; finding them reads a folder tree."""
    return frozenset(available_timezones())


def _timezone(text: str) -> str:
    if text not in _timezones():
        raise ValueError("is not a time zone", did_you_mean_zone(text))
    return text


def _domain(text: str) -> str:
    name = text.lower()
    remedy = "Write the website's own name alone, as in shop.example."
    if not is_host(name):
        raise ValueError("is not the name of a website", remedy)
    if name.startswith("www."):
        raise ValueError("starts with www., which is not part of the website's own name", remedy)
    return name


def _connection(text: str) -> str:
    # Airflow's own rule for the ids of connections.
    if not _CONNECTION_ID.fullmatch(text):
        raise ValueError(
            "is not the id of an Airflow connection",
            "Write its id as Airflow shows it, such as meta_ads_second.",
        )
    return text


def did_you_mean_zone(text: str) -> str:
    """Return the nearest time zone's name, or how one looks."""
    near = did_you_mean(text, sorted(_timezones()))
    return near if near.startswith("Did") else "Write an IANA name such as Asia/Singapore."


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountKeys(_Keys):
    """One account."""

    account_id: Annotated[Text, AfterValidator(_account_id)]
    client_name: Annotated[Line, Field(max_length=LONGEST_CLIENT_NAME)]
    currency: Annotated[str, AfterValidator(one_of(*sorted(CURRENCIES)))]
    timezone: Annotated[str, AfterValidator(_timezone)] = DEFAULT_TIMEZONE
    page_id: Id | None = None
    pixel_id: Id | None = None
    catalog_id: Id | None = None
    instagram_user_id: Id | None = None
    domain: Annotated[str, AfterValidator(_domain)] | None = None
    countries: Annotated[list[Country], AfterValidator(distinct)] = Field(default_factory=list)
    regional: RegionalKeys = Field(default_factory=RegionalKeys)
    # Its long form is read apart; see _long_approval.
    approval: Annotated[str, AfterValidator(one_of(*ApprovalPolicy))] = ApprovalPolicy.NONE
    naming: Annotated[str, AfterValidator(one_of("optional", "required"))] = "optional"
    limits: LimitKeys = Field(default_factory=LimitKeys)
    override_up_to: Duration = "0d"
    drift: Annotated[str, AfterValidator(one_of("report", "fail"))] = "report"
    connections: Annotated[
        list[Annotated[str, AfterValidator(_connection)]],
        Field(min_length=1),
        AfterValidator(distinct),
    ] = Field(default_factory=lambda: [DEFAULT_CONNECTION])
    defaults: AccountDefaultKeys | None = None  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every account that could be read, and what is wrong with the others.

    `defaults` are what an account's campaigns share, by its short name.
    `broken` maps the short names of accounts with problems to nothing but themselves: a campaign
    that names one is told to look at the accounts file.
    """

    by_key: Mapping[str, Account] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    defaults: Mapping[str, Defaults] = field(default_factory=dict)

    def find(self, name: str) -> Account | None:
        """Return the account by short name, or by account id with or without `act_`."""
        if name in self.by_key:
            return self.by_key[name]
        wanted = f"act_{name.removeprefix('act_')}"
        return next((a for a in self.by_key.values() if a.account_id == wanted), None)


def load_accounts(home: Path) -> Accounts:
    """Return the accounts of `<home>/configs/accounts.yaml`. Never raises for a bad file."""
    try:
        source = read_yaml(home / FILE, FILE)
    except InvalidCampaign as invalid:
        return Accounts(problems=invalid.problems)
    root = source.value
    if not isinstance(root, dict) or not isinstance(root.get("accounts"), dict):
        return Accounts(
            problems=(
                *source.problems,
                source.problem(
                    "accounts",
                    "is missing, or is not a list of named accounts",
                    "Write “accounts:” and each account's short name below it.",
                ),
            )
        )
    problems = [
        *source.problems,
        *(
            source.key_problem(key, "is not a known key", "Only “accounts” stands here.")
            for key in root
            if key != "accounts"
        ),
    ]
    entries = root["accounts"]
    assert isinstance(entries, dict), "checked above"
    found: dict[str, Account] = {}
    broken = set()
    keys_of: dict[str, str] = {}
    for key, value in entries.items():
        account, wrong = _account(source, key, value)
        if account is not None:
            first = keys_of.setdefault(account.account_id, key)
            if first != key:
                wrong = [_same_account(source, key, first, account)]
                broken |= {first, key}
        problems.extend(wrong)
        if wrong or account is None:
            broken.add(key)
        else:
            found[key] = account
    for problem in source.problems:
        # A key that stands twice may have been meant either way: its account is not sure.
        near = {key for key in entries if f"{problem.path}.".startswith(f"accounts.{key}.")}
        broken |= near or set(entries)
    sure = {key: account for key, account in found.items() if key not in broken}
    defaults = {key: Defaults(source, f"accounts.{key}.defaults", f"account {key}") for key in sure}
    return Accounts(sure, frozenset(broken), tuple(problems), defaults)


def _same_account(source: Source, key: str, first: str, account: Account) -> Problem:
    return source.problem(
        f"accounts.{key}.account_id",
        f"is also the account_id of {first}",
        "Describe each ad account once.",
        account.account_id,
    )


def _account(source: Source, key: str, value: object) -> tuple[Account | None, list[Problem]]:
    path = f"accounts.{key}"
    value, approval, problems = _long_approval(source, path, value)
    if isinstance(value, dict) and "defaults" in value:
        rest, wrong = misplaced(source, f"{path}.defaults", value["defaults"])
        value = {**value, "defaults": rest}
        problems.extend(wrong)
    keys, more = validated(AccountKeys, source, value, path)
    problems.extend(more)
    if not _SHORT_NAME.fullmatch(key):
        problems.append(
            source.key_problem(
                path,
                "is not a short name",
                "Use letters, digits, “_”, “-” and “.”, at most 100, such as sunrise_sg.",
            )
        )
    if keys is None:
        return None, problems
    limits, wrong = spend_limits(keys.limits, keys.currency, source, f"{path}.limits")
    problems.extend(wrong)
    terms = None
    if approval is not None:
        terms, wrong = approval_terms(approval, keys.currency, source, f"{path}.approval")
        problems.extend(wrong)
    if problems:
        return None, problems
    return (
        Account(
            key=key,
            account_id=keys.account_id,
            client_name=keys.client_name,
            currency=keys.currency,
            timezone=keys.timezone,
            page_id=keys.page_id,
            pixel_id=keys.pixel_id,
            catalog_id=keys.catalog_id,
            instagram_user_id=keys.instagram_user_id,
            domain=keys.domain,
            countries=tuple(keys.countries),
            regional=dict(identities_of(keys.regional)),
            approval=ApprovalPolicy(keys.approval),
            naming_required=keys.naming == "required",
            approval_terms=terms,
            limits=limits,
            override_up_to=seconds(keys.override_up_to),
            drift_fails=keys.drift == "fail",
            connections=tuple(keys.connections),
        ),
        [],
    )


def _long_approval(
    source: Source, path: str, value: object
) -> tuple[object, ApprovalKeys | None, list[Problem]]:
    """Return the account with a long form of `approval` as a word, that form, and its problems."""
    if not isinstance(value, dict) or not isinstance(value.get("approval"), dict):
        return value, None, []
    keys, problems = validated(ApprovalKeys, source, value["approval"], f"{path}.approval")
    return {**value, "approval": ApprovalPolicy.REQUIRED}, keys, problems
