"""Who benefits and who pays: EU's DSA, and the regional rules of four other places."""

from typing import Any

from emulator.rules import broken
from emulator.state import Object

_EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
_LONGEST_DSA_TEXT = 512
# Country: the category it demands, and the prefix of the two identities that go with it.
_REGIONS = {
    "BR": ("BRAZIL_REGULATION", "universal"),
    "SG": ("SINGAPORE_UNIVERSAL", "singapore_universal"),
    "TH": ("THAILAND_UNIVERSAL", "universal"),
    "TW": ("TAIWAN_UNIVERSAL", "taiwan_universal"),
}


def check_regulations(account: Object, fields: dict[str, Any], countries: set[str]) -> None:
    """Check an ad set's declarations against the countries it targets."""
    _check_dsa(account, fields, countries)
    declared = fields.get("regional_regulated_categories") or []
    identities = fields.get("regional_regulation_identities") or {}
    for country in sorted(countries & set(_REGIONS)):
        category, prefix = _REGIONS[country]
        wanted = (f"{prefix}_beneficiary", f"{prefix}_payer")
        if category not in declared or any(not identities.get(name) for name in wanted):
            raise broken(
                "regional_declaration_missing",
                blame="regional_regulated_categories",
                country=country,
                category=category,
                fields=" and ".join(wanted),
            )
    verified = set(account.fields.get("_identities", []))
    for name, identity in identities.items():
        if identity is None:
            continue
        if not str(identity).isdigit():
            raise broken("identity_not_an_id", blame="regional_regulation_identities", field=name)
        if str(identity) not in verified:
            raise broken(
                "identity_not_verified",
                blame="regional_regulation_identities",
                field=name,
                id=identity,
            )


def _check_dsa(account: Object, fields: dict[str, Any], countries: set[str]) -> None:
    for name, rule in (("dsa_beneficiary", "dsa_beneficiary"), ("dsa_payor", "dsa_payor")):
        text = fields.get(name)
        if len(text or "") > _LONGEST_DSA_TEXT:
            raise broken("dsa_too_long", blame=name, field=name, limit=_LONGEST_DSA_TEXT)
        if countries & _EU and not (text or account.fields.get(f"default_{name}")):
            raise broken(f"{rule}_missing", blame=name)
