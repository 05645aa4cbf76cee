"""Which countries must show who is behind an ad, and what each wants.

Source: Marketing API, "Regional regulation" and "Digital Services Act".
"""

from __future__ import annotations

from collections.abc import Iterable

EU = "eu"
# The members, and the territories of theirs that are in the Union and have codes of their own:
# Meta wants the same of "the EU and associated territories".
EU_COUNTRIES = frozenset(
    (
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK "
        "AX GF GP MF MQ RE YT"
    ).split()
)
REGIONS = {"SG": "singapore", "TW": "taiwan", "TH": "thailand", "BR": "brazil"}
CATEGORIES = {
    "singapore": "SINGAPORE_UNIVERSAL",
    "taiwan": "TAIWAN_UNIVERSAL",
    "thailand": "THAILAND_UNIVERSAL",
    "brazil": "BRAZIL_REGULATION",
}
# Regions whose rules are for financial services only, with their countries: Meta learns of such ads
# by the category alone. Source: Marketing API, "Regional regulation".
FINANCIAL = {"australia_financial": "AU", "india_financial": "IN", "taiwan_financial": "TW"}
FINANCIAL_CATEGORIES = {
    "australia_financial": "AUSTRALIA_FINSERV",
    "india_financial": "INDIA_FINSERV",
    "taiwan_financial": "TAIWAN_FINSERV",
}
# What Meta restricts audiences for, as a person writes it. Source: "Special Ad Categories".
SPECIAL_AD_CATEGORIES = {
    "employment": "EMPLOYMENT",
    "financial_products": "FINANCIAL_PRODUCTS_SERVICES",
    "gambling": "ONLINE_GAMBLING_AND_GAMING",
    "housing": "HOUSING",
    "politics": "ISSUES_ELECTIONS_POLITICS",
}
FINANCIAL_PRODUCTS = "financial_products"
# Under these, ages and genders may not be chosen, not even as a suggestion.
RESTRICTED_CATEGORIES = frozenset({"employment", "financial_products", "housing"})


def regions_of(countries: Iterable[str]) -> tuple[str, ...]:
    """Return the regulated regions among the countries, in a fixed order."""
    found = {REGIONS[country] for country in countries if country in REGIONS}
    if EU_COUNTRIES & set(countries):
        found.add(EU)
    return tuple(sorted(found))
