"""Every kind of node this server has, and the ad account, on whose edges most of it is made."""

from dataclasses import replace

from emulator.calls.kinds import Edge, Kind, nothing
from emulator.insights import report_runs
from emulator.insights.edge import INSIGHTS
from emulator.media import rupload, videos
from emulator.objects import (
    accounts,
    activities,
    ad_sets,
    ads,
    apps,
    budget_schedules,
    businesses,
    campaigns,
    copies,
    creatives,
    custom_audiences,
    estimates,
    images,
    labels,
    pages,
    pixels,
    previews,
    targeting_search,
)
from emulator.objects.accounts import children_of

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
        "customaudiences": Edge("audience", custom_audiences.listed, custom_audiences.create),
        "customconversions": Edge(None, nothing),
        "delivery_estimate": Edge(None, estimates.delivery_estimate),
        "dsa_recommendations": Edge(None, accounts.dsa_recommendations),
        "generatepreviews": Edge(None, previews.of_account),
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
        "video_ads": rupload.VIDEO_ADS,
    },
    answers={"reachestimate": estimates.reach_estimate},
)


def _with(kind: Kind, **edges: Edge) -> Kind:
    return replace(kind, edges={**kind.edges, **edges})


def _with_copies(kind: Kind, **edges: Edge) -> Kind:
    return _with(kind, copies=copies.copies_edge(kind.name), **edges)


_PREVIEWS = Edge(None, previews.of_node)
_AD_SET = _with_copies(
    ad_sets.KIND,
    budget_schedules=budget_schedules.EDGE,
    delivery_estimate=Edge(None, estimates.ad_set_delivery_estimate),
)


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
        _AD_SET,
        _with_copies(ads.KIND, previews=_PREVIEWS),
        _with_copies(campaigns.KIND, budget_schedules=budget_schedules.EDGE),
        _with(creatives.KIND, previews=_PREVIEWS),
        budget_schedules.KIND,
        custom_audiences.KIND,
        images.KIND,
        labels.LABEL,
        report_runs.KIND,
        videos.KIND,
    )
}
