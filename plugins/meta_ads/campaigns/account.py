"""An ad account as `configs/accounts.yaml` describes it: the defaults of its campaigns."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from meta_ads.campaigns.bidding import Budget
from meta_ads.campaigns.money import Money

DEFAULT_TIMEZONE = "Asia/Singapore"
#: The Airflow connection of every account that names none.
DEFAULT_CONNECTION = "meta_ads_default"


class ApprovalPolicy(StrEnum):
    """Whether a person must approve a launch of this account before it can go live."""

    NONE = "none"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class ApprovalTerms:
    """Whose approval counts, for which launches, and for how long.

    With `above`, only launches that spend more than one of these need an approval. `approvers` are
    names or ids as Airflow knows people; none means whoever may answer there. `expires_after` is in
    seconds, 0 for never.
    """

    above: tuple[Budget, ...] = ()
    approvers: tuple[str, ...] = ()
    other_than_author: bool = False
    expires_after: int = 0


@dataclass(frozen=True, slots=True)
class SpendLimits:
    """What no campaign of the account may go beyond, whatever its file says; None is no limit."""

    daily_per_campaign: Money | None = None
    lifetime_per_campaign: Money | None = None
    daily_total: Money | None = None

    @property
    def any(self) -> bool:
        """Whether there is a limit at all."""
        return self != SpendLimits()


@dataclass(frozen=True, slots=True)
class RegionalIdentity:
    """Who is behind the ad and who pays, for countries that must show it.

    Verified numeric identity ids for Singapore, Taiwan, Thailand and Brazil; names (at most
    512 characters) for the European Union. Source: Meta, "Regional regulation" and DSA pages.
    """

    beneficiary: str
    payer: str


@dataclass(frozen=True, slots=True)
class Account:
    """One ad account and what its campaigns inherit.

    `account_id` is `act_<digits>`. `currency` is ISO 4217, `timezone` an IANA name. `regional`
    maps the regions of `regional_keys` to an identity. `approval_terms` are
    set where `approval` has its long form. `override_up_to` is how many seconds a trigger may put a
    launch off. With `naming_required` no campaign is named by hand. With `drift_fails` the daily
    sync fails while anything of the account differs from its plans. `connections` are the Airflow
    connections whose tokens serve the account.
    """

    key: str
    account_id: str
    client_name: str
    currency: str
    timezone: str
    page_id: str | None = None
    pixel_id: str | None = None
    catalog_id: str | None = None
    instagram_user_id: str | None = None
    domain: str | None = None
    countries: tuple[str, ...] = ()
    regional: dict[str, RegionalIdentity] = field(default_factory=dict)
    approval: ApprovalPolicy = ApprovalPolicy.NONE
    naming_required: bool = False
    approval_terms: ApprovalTerms | None = None
    limits: SpendLimits = SpendLimits()
    override_up_to: int = 0
    drift_fails: bool = False
    connections: tuple[str, ...] = (DEFAULT_CONNECTION,)
