"""Every kind of node this server has, and the ad account, on whose edges most of it is made."""

from dataclasses import replace

from emulator import (
    accounts,
    activities,
    ad_sets,
    ads,
    apps,
    businesses,
    campaigns,
    copies,
    creatives,
    estimates,
    images,
    labels,
    pages,
    pixels,
    targeting_search,
    videos,
)
from emulator.accounts import children_of
from emulator.insights import report_runs
from emulator.insights.edge import INSIGHTS
from emulator.kinds import Edge, Kind, nothing

ACCOUNT = Kind(
    name="account",
    title="AdAccount",
    sdk_class="AdAccount",
    computed=accounts.ACCOUNT_FIELDS,
    default_fields=("account_id",),
    update=accounts.update,
    edges={
        "activities": Edge(None, activities.rows),
        "adcreatives": Edge("creative", creatives.listed, creatives.create),
        "adcreativesbylabels": Edge("creative", labels.lookup("creative")),
        "adimages": Edge("image", images.listed, images.upload, images.delete),
        "adlabels": Edge("label", labels.listed, labels.create_label),
        "ads": Edge("ad", children_of("ad"), ads.create, statuses=True),
        "adsbylabels": Edge("ad", labels.lookup("ad"), statuses=True),
        "adsets": Edge("adset", children_of("adset"), ad_sets.create, statuses=True),
        "adsetsbylabels": Edge("adset", labels.lookup("adset"), statuses=True),
        "adspixels": Edge("pixel", children_of("pixel")),
        "agencies": Edge("business", nothing),
        "assigned_users": Edge(None, accounts.staff),
        "advideos": Edge("video", videos.listed, videos.upload),
        "campaigns": Edge("campaign", children_of("campaign"), campaigns.create, statuses=True),
        "campaignsbylabels": Edge("campaign", labels.lookup("campaign"), statuses=True),
        "connected_instagram_accounts": Edge("instagram", pages.account_instagrams),
        "customaudiences": Edge(None, nothing),
        "customconversions": Edge(None, nothing),
        "delivery_estimate": Edge(None, estimates.delivery_estimate),
        "dsa_recommendations": Edge(None, accounts.dsa_recommendations),
        "insights": INSIGHTS,
        "instagram_accounts": Edge("instagram", pages.account_instagrams),
        "minimum_budgets": Edge(None, accounts.minimum_budgets),
        "promote_pages": Edge("page", children_of("page")),
        "saved_audiences": Edge(None, nothing),
        "targetingbrowse": Edge(None, targeting_search.account_browse),
        "targetingsearch": Edge(None, targeting_search.account_search),
        "targetingsuggestions": Edge(None, targeting_search.account_suggestions),
        "targetingvalidation": Edge(None, targeting_search.account_validation),
        "users": Edge(None, accounts.staff),
    },
    answers={"reachestimate": estimates.reach_estimate},
)
_AD_SET = replace(
    ad_sets.KIND,
    edges={
        **ad_sets.KIND.edges,
        "delivery_estimate": Edge(None, estimates.ad_set_delivery_estimate),
    },
)


def _with_copies(kind: Kind) -> Kind:
    return replace(kind, edges={**kind.edges, "copies": copies.copies_edge(kind.name)})


ALL_KINDS = {
    kind.name: kind
    for kind in (
        ACCOUNT,
        apps.KIND,
        businesses.USER,
        businesses.BUSINESS,
        pages.PAGE,
        pages.INSTAGRAM,
        pixels.PIXEL,
        _with_copies(_AD_SET),
        _with_copies(ads.KIND),
        _with_copies(campaigns.KIND),
        creatives.KIND,
        images.KIND,
        labels.LABEL,
        report_runs.KIND,
        videos.KIND,
    )
}
