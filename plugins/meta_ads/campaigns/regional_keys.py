"""`regional`: who is behind the ads and who pays, in the words of accounts and campaign files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from meta_ads.campaigns.account import RegionalIdentity
from meta_ads.campaigns.field_types import Line

# Source: DSA fields of the ad set, at most 512 characters.
LONGEST_EU_NAME = 512


def _verified(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(
            "is not a verified identity's id",
            "Meta wants the number of the verified identity, not its name.",
        )
    return text


VerifiedId = Annotated[Line, Field(max_length=LONGEST_EU_NAME), AfterValidator(_verified)]
Name = Annotated[Line, Field(max_length=LONGEST_EU_NAME)]


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IdentityKeys(_Keys):
    """Two identities that Meta has verified, by their numbers."""

    beneficiary: VerifiedId
    payer: VerifiedId


class PartyKeys(_Keys):
    """Two names, as people will read them."""

    beneficiary: Name
    payer: Name


class RegionalKeys(_Keys):
    """One entry for each regulated region; those named `financial` for financial services only."""

    singapore: IdentityKeys | None = None
    taiwan: IdentityKeys | None = None
    thailand: IdentityKeys | None = None
    brazil: IdentityKeys | None = None
    eu: PartyKeys | None = None
    australia_financial: IdentityKeys | None = None
    india_financial: IdentityKeys | None = None
    taiwan_financial: IdentityKeys | None = None


def identities_of(keys: RegionalKeys | None) -> Mapping[str, RegionalIdentity]:
    """Return the identities given, by region."""
    if keys is None:
        return {}
    given = {region: getattr(keys, region) for region in RegionalKeys.model_fields}
    return {
        region: RegionalIdentity(identity.beneficiary, identity.payer)
        for region, identity in given.items()
        if identity is not None
    }
