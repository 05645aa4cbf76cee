"""Creating objects: one POST each through Meta's SDK, and an id or the honest error."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from meta_ads.errors import FixInput, MetaAdsError, OutcomeUnknown
from meta_ads.graph.client import GraphClient, checked_id
from meta_ads.graph.session import create_api
from meta_ads.planning.step import StepKind

# Which method of the SDK's AdAccount creates what.
_METHODS = {
    StepKind.CAMPAIGN: "create_campaign",
    StepKind.AD_SET: "create_ad_set",
    StepKind.CREATIVE: "create_ad_creative",
    StepKind.AD: "create_ad",
}
NOUNS = {
    StepKind.VIDEO: "video",
    StepKind.IMAGE: "image",
    StepKind.CREATIVE: "creative",
    StepKind.CAMPAIGN: "campaign",
    StepKind.AD_SET: "ad set",
    StepKind.AD: "ad",
}


def create(client: GraphClient, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> str:
    """Create one object and return its id.

    No `fields` are asked for: Meta creates first and reads then, so that a failing read would
    make a create that worked look failed. Source: Graph API changelog v2.9, read-after-write.

    Raises FixInput for media, which are uploaded; otherwise what `AdPlatform.create` promises.
    """
    doing = f"create the {NOUNS[kind]} in {account_id}"
    if kind not in _METHODS:
        raise FixInput(f"A {NOUNS[kind]} is uploaded, not created.")
    checked_id(account_id)
    problem: MetaAdsError
    try:
        object_id = _post(client, _METHODS[kind], doing, account_id, params)
    except MetaAdsError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever the SDK stumbles over, the POST was sent
        problem = _not_understood(doing, type(error).__name__)
    else:
        if object_id is not None:
            return object_id
        problem = _not_understood(doing, "no id")
    raise problem


def _post(
    client: GraphClient, method: str, doing: str, account_id: str, params: Mapping[str, Any]
) -> str | None:
    from facebook_business.adobjects.adaccount import AdAccount

    account = AdAccount(account_id, api=create_api(client, doing))
    with warnings.catch_warnings():
        # The SDK warns about values its generated types get wrong, such as the names of
        # regional_regulated_categories, and says nothing about unknown ones.
        warnings.simplefilter("ignore")
        created = getattr(account, method)(params=dict(params))
    object_id = created.get("id")
    return str(object_id) if object_id not in (None, "") else None


def _not_understood(doing: str, what: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{doing}: Meta's answer holds no usable id ({what}). It may or may not have taken effect."
    )
