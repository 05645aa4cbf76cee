"""From an ad set at Meta back to `regional`: who is behind its ads and who pays for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from meta_ads.campaigns.account import Account, RegionalIdentity
from meta_ads.campaigns.regulation import CATEGORIES, EU, FINANCIAL_CATEGORIES
from meta_ads.payloads.regulation import IDENTITY_PREFIX

_REGIONS = {name: region for region, name in (CATEGORIES | FINANCIAL_CATEGORIES).items()}


def regional_keys(ad_set: Mapping[str, Any], account: Account) -> dict[str, dict[str, str]]:
    """Return the parties by region that the account does not name as they are at Meta."""
    return {
        region: {"beneficiary": identity.beneficiary, "payer": identity.payer}
        for region, identity in _identities(ad_set)
        if account.regional.get(region) != identity
    }


def _identities(ad_set: Mapping[str, Any]) -> Iterator[tuple[str, RegionalIdentity]]:
    given = ad_set.get("regional_regulation_identities") or {}
    for name in ad_set.get("regional_regulated_categories") or ():
        region = _REGIONS.get(str(name))
        prefix = IDENTITY_PREFIX.get(region or "")
        roles = [given.get(f"{prefix}_{role}") for role in ("beneficiary", "payer")]
        if region is not None and all(roles):
            yield region, RegionalIdentity(*(str(role) for role in roles))
    beneficiary, payer = ad_set.get("dsa_beneficiary"), ad_set.get("dsa_payor")
    if beneficiary and payer:
        yield EU, RegionalIdentity(str(beneficiary), str(payer))
