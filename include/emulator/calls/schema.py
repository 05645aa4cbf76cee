"""Field names, parameter types and enums, taken from the installed facebook-business SDK.

The SDK is generated from Meta's own definitions; its request objects carry a type checker that
lists every parameter of an operation. Where the SDK's types are known to be wrong or too vague,
``_BETTER_TYPES`` and ``_BETTER_ENUMS`` say what Meta's documentation says.
"""

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from inspect import signature
from typing import Any

_ADOBJECTS = "facebook_business.adobjects"

# What the SDK types as a bare Object or map, and what Meta documents it to be.
_BETTER_TYPES = {
    "adlabels": "list<AdLabel>",
    "asset_feed_spec": "AdAssetFeedSpec",
    "attribution_spec": "list<AttributionSpec>",
    "call_to_action": "AdCreativeLinkDataCallToAction",
    "contextual_multi_ads": "AdCreativeContextualMultiAds",
    "degrees_of_freedom_spec": "AdCreativeDegreesOfFreedomSpec",
    "placement_soft_opt_out": "PlacementSoftOptOut",
    "promoted_object": "AdPromotedObject",
    "regional_regulation_identities": "RegionalRegulationIdentities",
    "tracking_specs": "any",
    "bid_constraints": "AdCampaignBidConstraint",
}
# The SDK lists regional categories as the numbers '0' to '27'; Meta documents these words.
_BETTER_ENUMS = {
    "regional_regulated_categories_enum": (
        "AUSTRALIA_FINSERV",
        "BRAZIL_REGULATION",
        "INDIA_FINSERV",
        "SINGAPORE_UNIVERSAL",
        "TAIWAN_FINSERV",
        "TAIWAN_UNIVERSAL",
        "THAILAND_UNIVERSAL",
    )
}
# Values Meta's tables name and the SDK's enum leaves out.
_MORE_VALUES = {
    "destination_type_enum": ("LEAD_FROM_IG_DIRECT", "LEAD_FROM_MESSENGER", "PHONE_CALL"),
}
# Fields that can be read although the SDK does not list them: clients that work with Meta do.
_MORE_READABLE = {
    "AdCreative": frozenset(("image_urls_for_viewing",)),
    "Campaign": frozenset(("account_name",)),
}
# Keys Meta documents on a structure and the SDK's class for it leaves out.
_MORE_FIELDS = {
    "AdCreative": {"creative_id": "string"},
    "AdPromotedObject": {"application_id": "string"},
}


@dataclass(frozen=True)
class Signature:
    """The names one operation or structure accepts, with their types and the enums they use."""

    types: Mapping[str, str]
    enums: Mapping[str, frozenset[str]]


def _words(values: Iterable[Any]) -> frozenset[str]:
    """Keep an enum class's own values; the SDK hands over the whole class dictionary."""
    return frozenset(
        value
        for value in values
        if isinstance(value, str) and value and not value.startswith("facebook_business.")
    )


def _class(name: str) -> Any:
    try:
        module = importlib.import_module(f"{_ADOBJECTS}.{name.lower()}")
    except ModuleNotFoundError:
        return None
    return getattr(module, name, None)


@lru_cache(maxsize=256)
def operation(sdk_class: str, method: str) -> Signature:
    """Return what an SDK method such as ``AdAccount.create_campaign`` may send."""
    request = getattr(_class(sdk_class)("0"), method)(pending=True)
    checker = request._param_checker
    types = {name: _BETTER_TYPES.get(name, kind) for name, kind in checker._type_check_info.items()}
    enums = {
        name: frozenset(_BETTER_ENUMS.get(name) or _words(values)) | set(_MORE_VALUES.get(name, ()))
        for name, values in checker._enum_data.items()
    }
    return Signature(types, enums)


@lru_cache(maxsize=512)
def structure(sdk_class: str) -> Signature | None:
    """Return the keys of a nested structure such as ``Targeting``; None if the SDK has none."""
    found = _class(sdk_class)
    types = getattr(found, "_field_types", None)
    if not types:
        return None
    enums = {name: _words(values) for name, values in found._get_field_enum_info().items()}
    better = {name: _BETTER_TYPES.get(name, kind) for name, kind in types.items()}
    return Signature({**better, **_MORE_FIELDS.get(sdk_class, {})}, enums)


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Return the two-letter codes of the countries Meta knows."""
    return operation("AdAccount", "create_campaign").enums["special_ad_category_country_enum"]


@lru_cache(maxsize=64)
def readable_fields(sdk_class: str) -> frozenset[str]:
    """Return the field names a node of that class can be asked for."""
    found = _class(sdk_class)
    return _words(vars(found.Field).values()) | _MORE_READABLE.get(sdk_class, frozenset())


@lru_cache(maxsize=64)
def field_types(sdk_class: str) -> Mapping[str, str]:
    """Return the SDK's type of each field of a class."""
    return dict(getattr(_class(sdk_class), "_field_types", {}))


@lru_cache(maxsize=64)
def edges(sdk_class: str) -> frozenset[str]:
    """Return the names of the edges that Meta lists on a node of that class."""
    found = _class(sdk_class)
    node, names = found("0"), set()
    for name in dir(found):
        if name.startswith("get_") and "pending" in signature(getattr(found, name)).parameters:
            try:
                names.add(getattr(node, name)(pending=True)._endpoint.strip("/"))
            except SyntaxError:
                # One edge of the SDK 26 answers with a class that Python cannot compile.
                continue
    return frozenset(names)


@lru_cache(maxsize=64)
def enum_of(sdk_class: str, enum: str) -> frozenset[str]:
    """Return the values of an SDK enum such as ``Campaign.EffectiveStatus``."""
    return _words(vars(getattr(_class(sdk_class), enum)).values())
