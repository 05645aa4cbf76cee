"""Who benefits and who pays: EU's DSA, and the regional rules of other places."""

from typing import Any

from emulator.calls.errors import GraphError
from emulator.policy.rules import broken
from emulator.policy.targeting import countries, country_groups, excluded_countries
from emulator.state import Object

_EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
# Outermost regions of member states, where the Digital Services Act is law as well.
_EU_TERRITORIES = frozenset("AX GF GP MF MQ RE YT".split())
_DSA_COUNTRIES = _EU | _EU_TERRITORIES
_LONGEST_DSA_TEXT = 512
_DSA_FIELDS = ("dsa_beneficiary", "dsa_payor")
# Country: the category it demands, and the prefix of the two identities that go with it.
_REGIONS = {
    "BR": ("BRAZIL_REGULATION", "universal"),
    "SG": ("SINGAPORE_UNIVERSAL", "singapore_universal"),
    "TH": ("THAILAND_UNIVERSAL", "universal"),
    "TW": ("TAIWAN_UNIVERSAL", "taiwan_universal"),
}
# Declared by financial advertisers themselves; Meta cannot know from the ad set who is one.
_FINANCIAL = {
    "AUSTRALIA_FINSERV": "australia_finserv",
    "INDIA_FINSERV": "india_finserv",
    "TAIWAN_FINSERV": "taiwan_finserv",
}
# Groups of countries that hold places with a rule. `worldwide` holds them all; the others are
# told by what their names mean, since Meta publishes no list of their members.
_GROUPS: dict[str, frozenset[str]] = {
    "worldwide": _DSA_COUNTRIES | set(_REGIONS),
    "europe": _DSA_COUNTRIES,
    "eea": _DSA_COUNTRIES,
    "asia": frozenset({"SG", "TH", "TW"}),
    "apec": frozenset({"SG", "TH", "TW"}),
    "afta": frozenset({"SG", "TH"}),
    "south_america": frozenset({"BR"}),
    "mercosur": frozenset({"BR"}),
}


def regulated_countries(targeting: dict[str, Any]) -> set[str]:
    """Return the countries with a rule of their own that the targeting reaches."""
    reached = countries(targeting)
    for group in country_groups(targeting):
        reached |= _GROUPS.get(group, frozenset())
    return (reached - excluded_countries(targeting)) & (_DSA_COUNTRIES | set(_REGIONS))


def check_regulations(account: Object, fields: dict[str, Any]) -> None:
    """Check an ad set's declarations against the regulated countries it targets."""
    reached = regulated_countries(fields["targeting"])
    _check_dsa(account, fields, reached)
    declared = fields.get("regional_regulated_categories") or []
    identities = fields.get("regional_regulation_identities") or {}
    for country in sorted(reached & set(_REGIONS)):
        category, prefix = _REGIONS[country]
        if category not in declared:
            raise _undeclared(country, category, prefix, identities)
        _check_both(prefix, category, identities)
    for category, prefix in _FINANCIAL.items():
        if category in declared:
            _check_both(prefix, category, identities)
    if "TAIWAN_FINSERV" in declared and "TAIWAN_UNIVERSAL" not in declared:
        raise broken("taiwan_finserv_alone", blame="compliance_section")
    _check_verified(account, identities)


def stored_dsa(account: Object, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the DSA texts Meta keeps: the account's defaults fill gaps, elsewhere none is kept."""
    regulated = bool(regulated_countries(fields["targeting"]) & _DSA_COUNTRIES)
    return {
        name: (fields.get(name) or account.fields.get(f"default_{name}")) if regulated else None
        for name in _DSA_FIELDS
    }


def _undeclared(country: str, category: str, prefix: str, identities: dict[str, Any]) -> GraphError:
    """Return the refusal of each country: Meta has one number for each kind of gap."""
    if country == "SG":
        return broken("singapore_declaration_missing", blame="compliance_section")
    if country == "TW":
        return broken("taiwan_declaration_missing", blame="compliance_section")
    if identities.get(f"{prefix}_beneficiary"):
        return broken("regional_payer_missing", blame="compliance_section", category=category)
    return broken("regional_beneficiary_missing", blame="compliance_section", category=category)


def _check_both(prefix: str, category: str, identities: dict[str, Any]) -> None:
    if not identities.get(f"{prefix}_beneficiary"):
        raise broken("regional_beneficiary_missing", blame="compliance_section", category=category)
    if not identities.get(f"{prefix}_payer"):
        raise broken("regional_payer_missing", blame="compliance_section", category=category)


def _check_verified(account: Object, identities: dict[str, Any]) -> None:
    verified = set(account.fields.get("_identities", []))
    for name, identity in identities.items():
        if identity is None:
            continue
        # isdigit alone would pass superscripts and digits of other scripts.
        if not (str(identity).isascii() and str(identity).isdigit()):
            raise broken("identity_not_an_id", blame="regional_regulation_identities", field=name)
        if str(identity) not in verified:
            raise broken(
                "identity_not_verified",
                blame="regional_regulation_identities",
                field=name,
                id=identity,
            )


def _check_dsa(account: Object, fields: dict[str, Any], reached: set[str]) -> None:
    for name in _DSA_FIELDS:
        if len(fields.get(name) or "") > _LONGEST_DSA_TEXT:
            raise broken("dsa_too_long", blame=name, field=name, limit=_LONGEST_DSA_TEXT)
    if not reached & _DSA_COUNTRIES:
        return
    if not (fields.get("dsa_beneficiary") or account.fields.get("default_dsa_beneficiary")):
        raise broken("dsa_beneficiary_missing", blame="dsa_beneficiary")
    if not (fields.get("dsa_payor") or account.fields.get("default_dsa_payor")):
        raise broken("dsa_payor_missing", blame="dsa_payor")
