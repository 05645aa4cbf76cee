"""From checked keys and the account's defaults to a declaration."""

from __future__ import annotations

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.campaign_file import CampaignKeys, TargetingKeys
from meta_ads.campaigns.declaration import (
    Ad,
    AdSet,
    Audience,
    Creative,
    Declaration,
    Gender,
    Video,
)
from meta_ads.campaigns.money import parse_money
from meta_ads.campaigns.schedule import parse_moment


def assemble(keys: CampaignKeys, account: Account, file: str) -> Declaration:
    """Return the declaration of keys that passed every check for this account."""
    page_id = keys.page_id or account.page_id
    pixel_id = keys.pixel_id or account.pixel_id
    assert page_id is not None, "cross_checks refuses a campaign without a page"
    assert pixel_id is not None, "cross_checks refuses a campaign without a pixel"
    creative = Creative(
        page_id=page_id,
        video=Video(keys.video.file_path, keys.video.thumbnail),
        primary_text=keys.primary_text,
        headline=keys.headline,
        description=keys.description or None,
        call_to_action=keys.call_to_action,
        destination_url=keys.destination_url,
        url_parameters=keys.url_parameters or None,
        instagram_user_id=account.instagram_user_id,
    )
    audience = _audience(keys.targeting, account)
    moment = keys.schedule.activate_at if keys.schedule else None
    return Declaration(
        campaign_id=keys.campaign_id,
        source=file,
        account=account,
        name=keys.name,
        daily_budget=parse_money(keys.daily_budget, account.currency),
        ad_sets=(AdSet(keys.name, audience, pixel_id, (Ad(keys.name, creative),)),),
        activate_at=parse_moment(moment, account.timezone) if moment else None,
        launch_on_commit=keys.launch == "on_commit",
        catalog_id=keys.catalog_id or account.catalog_id,
    )


def _audience(targeting: TargetingKeys | None, account: Account) -> Audience:
    if targeting is None:
        return Audience(account.countries)
    return Audience(
        countries=tuple(targeting.countries or account.countries),
        age_min=int(targeting.age_min) if targeting.age_min else None,
        age_max=int(targeting.age_max) if targeting.age_max else None,
        genders=tuple(Gender(gender) for gender in targeting.genders or ()),
    )
