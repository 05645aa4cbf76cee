"""A campaign's parts in the words of the people who buy media: used by plan and documentation."""

from __future__ import annotations

from collections.abc import Mapping

from meta_ads.campaigns.account import ApprovalTerms
from meta_ads.campaigns.account_policy import duration_text
from meta_ads.campaigns.declaration import (
    Ad,
    AdSet,
    Audience,
    Carousel,
    Declaration,
    Image,
    Media,
    PerPlacement,
    Video,
)
from meta_ads.campaigns.goals import DEFAULT_OBJECTIVE, default_goal
from meta_ads.campaigns.placements import group_words

_MEDIA: Mapping[type[Media], str] = {Video: "Video", Image: "Picture", Carousel: "Carousel"}


def audience_text(audience: Audience) -> str:
    """Return whom an ad set is for; what is only a suggestion to Meta says so."""
    parts = [", ".join(audience.countries)]
    suggested = "suggested " if audience.advantage else ""
    if audience.age_min or audience.age_max:
        parts.append(f"{suggested}age {audience.age_min or 18} to {audience.age_max or '65+'}")
    if audience.genders:
        parts.append(f"{suggested.strip()}: {', '.join(audience.genders)}".removeprefix(": "))
    for what, ids in (
        ("custom audiences", audience.custom_audiences),
        ("without custom audiences", audience.excluded_custom_audiences),
        ("interests", audience.interests),
        ("languages", tuple(map(str, audience.languages))),
    ):
        if ids:
            parts.append(f"{what} {', '.join(ids)}")
    return "; ".join(parts) + (" (Advantage+ audience)" if audience.advantage else "")


def placements_text(ad_set: AdSet) -> str:
    """Return where the ads may appear; empty when Meta chooses."""
    return ", ".join(
        f"{place.platform} ({', '.join(place.positions) or 'all positions'})"
        for place in ad_set.placements
    )


def parties_text(ad_set: AdSet) -> str:
    """Return who is behind the ads and who pays, where it is not as the account says."""
    return ", ".join(
        f"in {region.replace('_', ' ')} for {party.beneficiary}, paid by {party.payer}"
        for region, party in ad_set.regional.items()
    )


def ad_set_text(declaration: Declaration, ad_set: AdSet) -> str:
    """Return audience, placements, goal and budget of one ad set among several."""
    goal = ad_set.goal if ad_set.goal != default_goal(declaration.objective) else ""
    facts = [
        audience_text(ad_set.audience),
        placements_text(ad_set),
        f"for {goal.replace('_', ' ')}" if goal else "",
        str(ad_set.budget or ""),
        parties_text(ad_set),
    ]
    return "; ".join(fact for fact in facts if fact)


def ad_text(ad: Ad) -> str:
    """Return what one ad among several shows, says and leads to."""
    creative = ad.creative
    headline = f"“{creative.headline}”, " if creative.headline else ""
    shows = media_kind(creative.media).lower()
    return f"{shows} {media_text(creative.media)}, {headline}{creative.destination_url}"


def media_kind(media: Media) -> str:
    """Return `Video`, `Picture` or `Carousel`."""
    return _MEDIA[type(media.elsewhere if isinstance(media, PerPlacement) else media)]


def media_text(media: Media) -> str:
    """Return the files an ad shows."""
    if isinstance(media, Carousel):
        return ", ".join(card.image.file_path for card in media.cards)
    if isinstance(media, PerPlacement):
        others = "".join(
            f"; {group_words(group)}: {item.file_path}" for group, item in media.groups
        )
        return f"{media.elsewhere.file_path}{others}"
    return media.file_path


def purpose_rows(declaration: Declaration) -> dict[str, str]:
    """Return what is out of the ordinary of the campaign as a whole, by label."""
    rows = {"Brand": declaration.brand} if declaration.brand else {}
    if declaration.spend_cap is not None:
        rows["Never spends more than"] = str(declaration.spend_cap)
    if declaration.objective != DEFAULT_OBJECTIVE:
        rows["Objective"] = declaration.objective.replace("_", " ")
    if declaration.special_ad_categories:
        categories = ", ".join(declaration.special_ad_categories).replace("_", " ")
        rows["Special ad categories"] = categories
    return rows


def approval_text(terms: ApprovalTerms) -> str:
    """Return whose approval counts, for which launches and how long."""
    parts = [
        f"for more than {' or '.join(map(str, terms.above))}" if terms.above else "always",
        f"by {' or '.join(terms.approvers)}" if terms.approvers else "",
        "not by who triggered it" if terms.other_than_author else "",
        f"good for {duration_text(terms.expires_after)}" if terms.expires_after else "",
    ]
    return ", ".join(filter(None, parts))
