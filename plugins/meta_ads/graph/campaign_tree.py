"""Reading a whole campaign as it is at Meta: its ad sets, its ads and what they show."""

from __future__ import annotations

from meta_ads.graph.client import GraphClient, checked_id
from meta_ads.launching.campaign_tree import FIELDS, CampaignTree
from meta_ads.planning.step import StepKind


def campaign_tree(client: GraphClient, campaign_id: str) -> CampaignTree:
    """Return a campaign with everything below it, all pages; archived and deleted parts are not.

    RejectedByMeta when it does not exist or this token does not see it.
    """
    doing = f"read campaign {campaign_id}"
    checked_id(campaign_id)
    creative = ",".join(FIELDS[StepKind.CREATIVE])
    ad = [*FIELDS[StepKind.AD], f"creative{{{creative}}}"]
    return CampaignTree(
        campaign=client.get(doing, campaign_id, fields=",".join(FIELDS[StepKind.CAMPAIGN])),
        ad_sets=tuple(
            client.pages(doing, campaign_id, "adsets", fields=",".join(FIELDS[StepKind.AD_SET]))
        ),
        ads=tuple(client.pages(doing, campaign_id, "ads", fields=",".join(ad))),
    )
