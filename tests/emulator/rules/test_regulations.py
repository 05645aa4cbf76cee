"""Rules of who benefits and who pays: the EU's, and those of Singapore, Taiwan and others."""

from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import DE, TW, US
from tests.emulator.refusals import Case, Params, assert_broken, targeting
from tests.emulator.rules.conftest import Refuses
from tests.emulator.server import Graph

_SG_IDENTITY, _TW_IDENTITY = "400000000000101", "400000000000505"
_DECLARED_SG = {
    "regional_regulated_categories": ["SINGAPORE_UNIVERSAL"],
    "regional_regulation_identities": {
        "singapore_universal_beneficiary": _SG_IDENTITY,
        "singapore_universal_payer": _SG_IDENTITY,
    },
}


def _identities(prefix: str, beneficiary: object, payer: object) -> Params:
    both = {f"{prefix}_beneficiary": beneficiary, f"{prefix}_payer": payer}
    given = {name: value for name, value in both.items() if value is not None}
    return {"regional_regulation_identities": given}


def _universal(country: str, category: str, payer: object = _SG_IDENTITY) -> Params:
    """An ad set of another country on the Singapore account, with its verified identity."""
    return {
        "targeting": targeting(country),
        "regional_regulated_categories": [category],
        **_identities("universal", _SG_IDENTITY, payer),
    }


def _excluding(*countries: str) -> Params:
    return {"excluded_geo_locations": {"countries": list(countries)}}


_WORLD = {"geo_locations": {"country_groups": ["worldwide"]}}
_NAMED = {"dsa_beneficiary": "Sunrise"}
_EU_AND_ELSEWHERE = ("BR", "TH", "TW", "SG")
CASES = (
    Case("singapore_declaration_missing", "nothing", {"regional_regulated_categories": None}),
    Case(
        "regional_beneficiary_missing",
        "Singapore's",
        _identities("singapore_universal", None, _SG_IDENTITY),
    ),
    Case(
        "regional_payer_missing",
        "Singapore's",
        _identities("singapore_universal", _SG_IDENTITY, None),
    ),
    Case("taiwan_declaration_missing", "nothing", {"regional_regulated_categories": None}, {}, TW),
    Case(
        "regional_beneficiary_missing",
        "Thailand without anything",
        {"targeting": targeting("TH"), "regional_regulated_categories": None}
        | _identities("universal", None, None),
        _universal("TH", "THAILAND_UNIVERSAL"),
    ),
    Case(
        "regional_payer_missing",
        "Brazil with half of it",
        _universal("BR", "BRAZIL_REGULATION", payer=None),
        _universal("BR", "BRAZIL_REGULATION"),
    ),
    Case(
        "regional_payer_missing",
        "Thailand's identities without its category",
        {**_universal("TH", "THAILAND_UNIVERSAL"), "regional_regulated_categories": None},
        _universal("TH", "THAILAND_UNIVERSAL"),
    ),
    Case(
        "identity_not_an_id",
        "a name",
        _identities("singapore_universal", "Sunrise", "Sunrise"),
    ),
    Case(
        "identity_not_an_id",
        "digits of another script",
        _identities("singapore_universal", "\u0664\u0660", "\u0664\u0660"),
    ),
    Case(
        "identity_not_verified",
        "another account's",
        _identities("singapore_universal", _TW_IDENTITY, _TW_IDENTITY),
    ),
    Case(
        "regional_beneficiary_missing",
        "Australia's financial services, declared and not named",
        {
            "targeting": targeting("AU"),
            "regional_regulated_categories": ["AUSTRALIA_FINSERV"],
            "regional_regulation_identities": None,
        },
        {
            "targeting": targeting("AU"),
            "regional_regulated_categories": ["AUSTRALIA_FINSERV"],
            **_identities("australia_finserv", _SG_IDENTITY, _SG_IDENTITY),
        },
    ),
    Case(
        "taiwan_finserv_alone",
        "Taiwan's financial services without the general declaration",
        {
            "targeting": targeting("HK"),
            "regional_regulated_categories": ["TAIWAN_FINSERV"],
            **_identities("taiwan_finserv", _TW_IDENTITY, _TW_IDENTITY),
        },
        {
            "regional_regulated_categories": ["TAIWAN_FINSERV", "TAIWAN_UNIVERSAL"],
            "regional_regulation_identities": {
                f"taiwan_{kind}_{role}": _TW_IDENTITY
                for kind in ("finserv", "universal")
                for role in ("beneficiary", "payer")
            },
        },
        TW,
    ),
    Case("dsa_beneficiary_missing", "nobody", {"dsa_beneficiary": None}, {}, DE),
    Case("dsa_payor_missing", "nobody", {"dsa_payor": None}, {}, DE),
    Case("dsa_payor_missing", "empty text", {"dsa_payor": ""}, {}, DE),
    Case("dsa_too_long", "513", {"dsa_payor": "x" * 513}, {"dsa_payor": "x" * 512}, DE),
    Case(
        "dsa_beneficiary_missing",
        "all the world holds the EU",
        {"targeting": targeting(**_WORLD, **_excluding(*_EU_AND_ELSEWHERE))},
        {},
        US,
    ),
    *(
        Case(
            "dsa_beneficiary_missing", f"the EU's {place}", {"targeting": targeting(place)}, {}, US
        )
        for place in ("AX", "GF", "GP", "MF", "MQ", "RE", "YT")
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_declaration(graph: Graph, case: Case, refuses: Refuses) -> None:
    campaign = graph.post(f"{case.account}/campaigns", **launches.campaign())["id"]
    refuses(case, "adsets", launches.ad_set(case.account, campaign))


@pytest.mark.parametrize("place", ["NO", "CH", "GB", "PM", "BL"])
def test_places_near_the_eu_need_no_declaration(graph: Graph, place: str) -> None:
    campaign = graph.post(f"{US}/campaigns", **launches.campaign())["id"]
    graph.post(f"{US}/adsets", **launches.ad_set(US, campaign, targeting=targeting(place)))


def test_an_excluded_country_needs_no_declaration(graph: Graph) -> None:
    campaign = graph.post(f"{US}/campaigns", **launches.campaign())["id"]
    wide = {"geo_locations": {"country_groups": ["asia"]}}
    params = launches.ad_set(US, campaign, targeting=targeting(**wide, **_excluding("SG", "TH")))
    assert_broken("taiwan_declaration_missing", graph.error("POST", f"{US}/adsets", **params))
    params["targeting"] |= _excluding("SG", "TH", "TW")
    graph.post(f"{US}/adsets", **params)


def test_the_accounts_defaults_fill_in_for_the_eu_and_nothing_is_kept_elsewhere(
    graph: Graph,
) -> None:
    defaults = {"default_dsa_beneficiary": "Hanse", "default_dsa_payor": "Hanse Pay"}
    graph.server.control("POST", f"edit/{DE}", defaults)
    campaign = graph.post(f"{DE}/campaigns", **launches.campaign())["id"]
    params: dict[str, Any] = launches.ad_set(DE, campaign, dsa_beneficiary=None, dsa_payor=None)
    fields = "dsa_beneficiary,dsa_payor"
    made = graph.post(f"{DE}/adsets", **params, fields=fields)
    assert (made["dsa_beneficiary"], made["dsa_payor"]) == ("Hanse", "Hanse Pay")
    params |= {"targeting": targeting("US"), "dsa_beneficiary": "Hanse"}
    made = graph.post(f"{DE}/adsets", **params, fields=fields)
    assert "dsa_beneficiary" not in made


def test_an_update_must_keep_both_identities(graph: Graph, launch: launches.Launch) -> None:
    half = {"singapore_universal_beneficiary": _SG_IDENTITY}
    error = graph.error("POST", launch.ad_set, regional_regulation_identities=half)
    assert_broken("regional_payer_missing", error)
    graph.post(launch.ad_set, **_DECLARED_SG)
