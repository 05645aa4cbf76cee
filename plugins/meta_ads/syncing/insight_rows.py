"""Meta's rows of insights as they come over the wire; there are millions, so they are decoded fast.

Numbers come as text. Meta leaves out what is zero, so every metric has a default.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

Number = str | int | float | None


class ActionCount(msgspec.Struct, gc=False):
    """How often something was done, or what it was worth; windows that Meta leaves out are None."""

    action_type: str
    value: Number = "0"
    click_1d: Number = msgspec.field(default=None, name="1d_click")
    click_7d: Number = msgspec.field(default=None, name="7d_click")
    click_28d: Number = msgspec.field(default=None, name="28d_click")
    view_1d: Number = msgspec.field(default=None, name="1d_view")


class InsightRow(msgspec.Struct, gc=False):
    """One row of any report: a day (`date_start`, ISO 8601), whose it is, and what was measured.

    What a report does not have is None, like the values of other breakdowns.
    """

    date_start: str
    ad_id: str | None = None
    adset_id: str | None = None
    campaign_id: str | None = None
    ad_name: str | None = None
    adset_name: str | None = None
    campaign_name: str | None = None
    objective: str | None = None
    spend: Number = "0"
    impressions: Number = "0"
    clicks: Number = "0"
    inline_link_clicks: Number = "0"
    reach: Number = "0"
    frequency: Number = "0"
    actions: list[ActionCount] = msgspec.field(default_factory=list)
    action_values: list[ActionCount] = msgspec.field(default_factory=list)
    hourly_stats_aggregated_by_advertiser_time_zone: str | None = None
    age: str | None = None
    gender: str | None = None
    country: str | None = None
    region: str | None = None
    publisher_platform: str | None = None
    platform_position: str | None = None
    impression_device: str | None = None


#: One page of a report.
Page = Sequence[InsightRow]
