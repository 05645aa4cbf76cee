"""Every golden payload passes the type checker of Meta's own SDK, and names only known fields."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from meta_ads.planning.step import StepKind, resolve
from tests.golden.test_launch import CASES, plan_of

CREATES = {
    StepKind.CAMPAIGN: "create_campaign",
    StepKind.AD_SET: "create_ad_set",
    StepKind.CREATIVE: "create_ad_creative",
    StepKind.AD: "create_ad",
}
# The SDK types the first by numbers, Meta's documentation by names such as SINGAPORE_UNIVERSAL; for
# the second it wants a map and takes no dict for one.
KNOWN_SDK_ERRORS = {"regional_regulated_categories", "bid_constraints"}


# Structures in asset feeds and carousels, by the key that holds them, and the SDK's classes.
LISTED = {
    "asset_feed_spec": "AdAssetFeedSpec",
    "asset_customization_rules": "AdAssetFeedSpecAssetCustomizationRule",
    "bodies": "AdAssetFeedSpecBody",
    "child_attachments": "AdCreativeLinkDataChildAttachment",
    "customization_spec": "AdAssetCustomizationRuleCustomizationSpec",
    "descriptions": "AdAssetFeedSpecDescription",
    "images": "AdAssetFeedSpecImage",
    "link_urls": "AdAssetFeedSpecLinkURL",
    "titles": "AdAssetFeedSpecTitle",
    "videos": "AdAssetFeedSpecVideo",
}


def _class(name: str) -> Any:
    return getattr(import_module(f"facebook_business.adobjects.{name.lower()}"), name)


def _nested() -> dict[str, Any]:
    from facebook_business.adobjects.adcampaignbidconstraint import AdCampaignBidConstraint
    from facebook_business.adobjects.adcreativelinkdata import AdCreativeLinkData
    from facebook_business.adobjects.adcreativelinkdatacalltoaction import (
        AdCreativeLinkDataCallToAction,
    )
    from facebook_business.adobjects.adcreativeobjectstoryspec import AdCreativeObjectStorySpec
    from facebook_business.adobjects.adcreativevideodata import AdCreativeVideoData
    from facebook_business.adobjects.adpromotedobject import AdPromotedObject
    from facebook_business.adobjects.regionalregulationidentities import (
        RegionalRegulationIdentities,
    )
    from facebook_business.adobjects.targeting import Targeting
    from facebook_business.adobjects.targetingautomation import TargetingAutomation
    from facebook_business.adobjects.targetinggeolocation import TargetingGeoLocation

    return {
        "targeting": Targeting,
        "targeting_automation": TargetingAutomation,
        "geo_locations": TargetingGeoLocation,
        "promoted_object": AdPromotedObject,
        "object_story_spec": AdCreativeObjectStorySpec,
        "video_data": AdCreativeVideoData,
        "link_data": AdCreativeLinkData,
        "bid_constraints": AdCampaignBidConstraint,
        "call_to_action": AdCreativeLinkDataCallToAction,
        "regional_regulation_identities": RegionalRegulationIdentities,
        **{key: _class(name) for key, name in LISTED.items()},
    }


class _Api:
    """Takes the request the SDK builds, and sends nothing."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_sdk_knows_every_parameter_and_its_type(case: Path, tmp_path: Path) -> None:
    from facebook_business.adobjects.adaccount import AdAccount

    plan = plan_of(case, tmp_path)
    ids = {step.key: "120000000000001" for step in plan.steps}
    for step in plan.of_kind(*CREATES):
        params = resolve({**step.params, **step.late_params}, ids)
        checked = {name: value for name, value in params.items() if name not in KNOWN_SDK_ERRORS}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            request = getattr(AdAccount(plan.account_id, api=_Api()), CREATES[step.kind])(
                params=checked, pending=True
            )
        known = request._param_checker
        assert [name for name in params if not known.is_valid_key(name)] == []
        assert [name for name in checked if not known.is_valid_pair(name, checked[name])] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nested_values_name_only_fields_the_sdk_knows(case: Path, tmp_path: Path) -> None:
    kinds = _nested()
    unknown: list[str] = []

    def look(path: str, value: Any, kind: Any) -> None:
        if isinstance(value, Mapping):
            if kind is not None:
                allowed = {v for k, v in vars(kind.Field).items() if not k.startswith("_")}
                unknown.extend(f"{path}.{name}" for name in value if name not in allowed)
            for name, item in value.items():
                look(f"{path}.{name}", item, kinds.get(name))
        elif isinstance(value, list):
            for item in value:
                look(path, item, kind)

    for step in plan_of(case, tmp_path).of_kind(*CREATES):
        for name, value in step.params.items():
            look(name, value, kinds.get(name))
    assert unknown == []
