"""From checked keys and the account's defaults to a declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from meta_ads.campaigns.account import Account, RegionalIdentity
from meta_ads.campaigns.bidding import DEFAULT_BID_STRATEGY, Bid, Budget
from meta_ads.campaigns.campaign_file import (
    PAUSED,
    AdKeys,
    AdSetKeys,
    AdSetValues,
    AdValues,
    CampaignKeys,
    CardKeys,
    ClipKeys,
    ImageKeys,
    PictureKeys,
    VideoKeys,
)
from meta_ads.campaigns.declaration import (
    Ad,
    AdSet,
    Audience,
    Card,
    Carousel,
    Creative,
    Declaration,
    Gender,
    Image,
    Media,
    PerPlacement,
    Placement,
    Promoted,
    Video,
)
from meta_ads.campaigns.goals import OBJECTIVES, Goal, Promotes, default_goal
from meta_ads.campaigns.money import parse_money
from meta_ads.campaigns.placements import ALL, GROUPS, POSITIONS
from meta_ads.campaigns.regional_keys import identities_of
from meta_ads.campaigns.schedule import parse_moment
from meta_ads.campaigns.scopes import part_id
from meta_ads.campaigns.source import Source

Value = TypeVar("Value")
# What the ad set or ad of a flat file is told by.
ONLY = "0"


def assemble(keys: CampaignKeys, account: Account, source: Source) -> Declaration:
    """Return the declaration of keys that passed every check for this account."""
    schedule = keys.schedule
    return Declaration(
        campaign_id=keys.campaign_id,
        source=source.file,
        brand=keys.brand,
        inherited={path: origin.label for path, origin in source.origins.items()},
        account=account,
        name=_name(keys),
        objective=keys.objective,
        budget=_budget(keys, account),
        ad_sets=tuple(_ad_sets(keys, account)),
        bid_strategy=keys.bid_strategy or DEFAULT_BID_STRATEGY,
        spend_cap=parse_money(keys.spend_cap, account.currency) if keys.spend_cap else None,
        special_ad_categories=tuple(keys.special_ad_categories or ()),
        activate_at=parse_moment(schedule.activate_at, account.timezone) if schedule else None,
        end_at=(
            parse_moment(schedule.end_at, account.timezone)
            if schedule and schedule.end_at
            else None
        ),
        launch_on_commit=keys.launch == "on_commit",
        catalog_id=keys.catalog_id or account.catalog_id,
        paused=keys.status == PAUSED,
    )


def _ad_sets(keys: CampaignKeys, account: Account) -> Iterator[AdSet]:
    if keys.ad_sets is None:
        only = Ad(ONLY, _name(keys), _creative((keys,), account))
        yield _ad_set(ONLY, _name(keys), keys, (keys,), account, (only,))
        return
    for number, ad_set in enumerate(keys.ad_sets):
        identity = part_id(ad_set.id, ad_set.name, number)
        name = ad_set.name or numbered(_name(keys), number, len(keys.ad_sets))
        levels = (ad_set, keys)
        ads = tuple(_ads(ad_set, identity, name, levels, account))
        part = _ad_set(identity, name, keys, levels, account, ads)
        paused = ad_set.status == PAUSED
        yield replace(part, budget=_budget(ad_set, account), paused=paused)


def _ad_set(
    identity: str,
    name: str,
    campaign: CampaignKeys,
    levels: tuple[AdSetValues, ...],
    account: Account,
    ads: tuple[Ad, ...],
) -> AdSet:
    goal = _first("goal", levels) or default_goal(campaign.objective)
    amount, roas = _first("bid_amount", levels), _first("roas_floor", levels)
    return AdSet(
        part_id=identity,
        name=name,
        audience=_audience(levels, account),
        goal=goal,
        promoted=_promoted(OBJECTIVES[campaign.objective].goals[goal], levels, account),
        ads=ads,
        bid=Bid(
            _first("bid_strategy", levels) or DEFAULT_BID_STRATEGY,
            parse_money(amount, account.currency) if amount else None,
            Decimal(roas) if roas else None,
        ),
        placements=tuple(_placements(levels)),
        regional=_regional(levels),
    )


def _promoted(goal: Goal, levels: tuple[AdSetValues, ...], account: Account) -> Promoted:
    match goal.promotes:
        case Promotes.EVENT:
            event = _first("event", levels) or goal.event
            return Promoted(pixel_id=_sure("pixel_id", levels, account.pixel_id), event=event)
        case Promotes.PAGE:
            return Promoted(page_id=_sure("page_id", levels, account.page_id))
        case Promotes.APP:
            return Promoted(
                app_id=_sure("app_id", levels), app_store_url=_sure("app_store_url", levels)
            )
        case Promotes.NOTHING:
            return Promoted()


def _budget(keys: CampaignKeys | AdSetKeys, account: Account) -> Budget | None:
    if keys.daily_budget:
        return Budget(parse_money(keys.daily_budget, account.currency))
    if keys.lifetime_budget:
        return Budget(parse_money(keys.lifetime_budget, account.currency), lifetime=True)
    return None


def _ads(
    ad_set: AdSetKeys, above: str, name: str, levels: tuple[AdSetValues, ...], account: Account
) -> Iterator[Ad]:
    ads = ad_set.ads or [AdKeys()]
    for number, ad in enumerate(ads):
        identity = part_id(ad.id, ad.name, number)
        yield Ad(
            part_id=f"{above}.{identity}",
            name=ad.name or numbered(name, number, len(ads)),
            creative=_creative((ad, *levels), account),
            paused=ad.status == PAUSED,
        )


def _name(keys: CampaignKeys) -> str:
    """Return the campaign's name; under the taxonomy, what `governance` makes one of."""
    if keys.name is not None:
        return keys.name
    assert keys.naming is not None, "cross_checks refuses a file with neither"
    return keys.naming.campaign


def numbered(name: str, number: int, count: int) -> str:
    """Return the name of one of several parts that have none of their own."""
    return name if count == 1 else f"{name} {number + 1}"


def _creative(levels: tuple[AdValues, ...], account: Account) -> Creative:
    return Creative(
        page_id=_sure("page_id", levels, account.page_id),
        media=_media(levels),
        primary_text=_sure("primary_text", levels),
        headline=_first("headline", levels),
        description=_first("description", levels) or None,
        call_to_action=_sure("call_to_action", levels),
        destination_url=_sure("destination_url", levels, _first("app_store_url", levels)),
        url_parameters=_first("url_parameters", levels) or None,
        instagram_user_id=_first("instagram_user_id", levels) or account.instagram_user_id,
        enhancements=tuple(_first("enhancements", levels) or ()),
    )


def _media(levels: tuple[AdValues, ...]) -> Media:
    for level in levels:
        if level.video is not None:
            return _per_placement(level.video, _video(level.video))
        if level.image is not None:
            return _per_placement(level.image, Image(level.image.file_path))
        if level.cards is not None:
            return Carousel(tuple(map(_card, level.cards)))
    raise AssertionError("cross_checks refuses an ad that shows nothing")


def _video(keys: ClipKeys | VideoKeys) -> Video:
    return Video(keys.file_path, keys.thumbnail)


def _per_placement(keys: VideoKeys | ImageKeys, elsewhere: Video | Image) -> Media:
    groups: list[tuple[str, Video | Image]] = []
    for group in GROUPS:
        match getattr(keys, group, None):
            case ClipKeys() as clip:
                groups.append((group, _video(clip)))
            case PictureKeys(file_path=file_path):
                groups.append((group, Image(file_path)))
    return PerPlacement(tuple(groups), elsewhere) if groups else elsewhere


def _card(keys: CardKeys) -> Card:
    return Card(
        image=Image(keys.image.file_path),
        headline=keys.headline,
        description=keys.description or None,
        destination_url=keys.destination_url,
    )


def _placements(levels: tuple[AdSetValues, ...]) -> Iterator[Placement]:
    keys = _first("placements", levels)
    for platform in POSITIONS:
        positions = getattr(keys, platform, None)
        if positions is not None:
            yield Placement(platform, () if positions == [ALL] else tuple(positions))


def _regional(levels: tuple[AdSetValues, ...]) -> Mapping[str, RegionalIdentity]:
    """Return the identities the file names; an entry of a nearer level holds as a whole."""
    found: dict[str, RegionalIdentity] = {}
    for level in reversed(levels):
        found |= identities_of(level.regional)
    return found


def _audience(levels: tuple[AdSetValues, ...], account: Account) -> Audience:
    given = [level.targeting for level in levels if level.targeting is not None]
    youngest, oldest = _first("age_min", given), _first("age_max", given)
    return Audience(
        countries=tuple(_first("countries", given) or account.countries),
        age_min=int(youngest) if youngest else None,
        age_max=int(oldest) if oldest else None,
        genders=tuple(Gender(gender) for gender in _first("genders", given) or ()),
        advantage=_first("advantage_audience", given) != "false",
        custom_audiences=tuple(_first("custom_audiences", given) or ()),
        excluded_custom_audiences=tuple(_first("excluded_custom_audiences", given) or ()),
        interests=tuple(_first("interests", given) or ()),
        languages=tuple(int(number) for number in _first("languages", given) or ()),
    )


def _first(key: str, levels: Any) -> Any:
    """Return the value of the nearest level that gives the key; not every level has every key."""
    values = (getattr(level, key, None) for level in levels)
    return next((found for found in values if found is not None), None)


def _sure(key: str, levels: Any, default: str | None = None) -> str:
    found: str | None = _first(key, levels) or default
    assert found is not None, f"cross_checks refuses a file without {key}"
    return found
