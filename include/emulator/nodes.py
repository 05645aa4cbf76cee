"""Every kind of node this server has, and the ad account, on whose edges most of it is made."""

from emulator import (
    accounts,
    activities,
    ad_sets,
    ads,
    campaigns,
    creatives,
    images,
    labels,
    videos,
)
from emulator.accounts import children_of
from emulator.kinds import Edge, Kind

ACCOUNT = Kind(
    name="account",
    title="AdAccount",
    sdk_class="AdAccount",
    computed=accounts.ACCOUNT_FIELDS,
    default_fields=("account_id",),
    edges={
        "activities": Edge(None, activities.rows),
        "adcreatives": Edge("creative", creatives.listed, creatives.create),
        "adcreativesbylabels": Edge("creative", labels.lookup("creative")),
        "adimages": Edge("image", images.listed, images.upload, images.delete),
        "adlabels": Edge("label", children_of("label"), labels.create_label),
        "ads": Edge("ad", children_of("ad"), ads.create, statuses=True),
        "adsbylabels": Edge("ad", labels.lookup("ad"), statuses=True),
        "adsets": Edge("adset", children_of("adset"), ad_sets.create, statuses=True),
        "adsetsbylabels": Edge("adset", labels.lookup("adset"), statuses=True),
        "adspixels": Edge("pixel", children_of("pixel")),
        "advideos": Edge("video", videos.listed, videos.upload),
        "campaigns": Edge("campaign", children_of("campaign"), campaigns.create, statuses=True),
        "campaignsbylabels": Edge("campaign", labels.lookup("campaign"), statuses=True),
        "insights": Edge(None, accounts.no_insights),
        "minimum_budgets": Edge(None, accounts.minimum_budgets),
        "promote_pages": Edge("page", children_of("page")),
    },
)

ALL_KINDS = {
    kind.name: kind
    for kind in (
        ACCOUNT,
        accounts.USER,
        accounts.BUSINESS,
        accounts.PAGE,
        accounts.PIXEL,
        ad_sets.KIND,
        ads.KIND,
        campaigns.KIND,
        creatives.KIND,
        images.KIND,
        labels.LABEL,
        videos.KIND,
    )
}
