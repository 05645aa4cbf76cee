"""Which breakdowns Meta lets stand together, and which metrics disappear beside them."""

HOURLY = frozenset(
    (
        "hourly_stats_aggregated_by_advertiser_time_zone",
        "hourly_stats_aggregated_by_audience_time_zone",
    )
)
#: Beside these Meta reports no conversions that happen off its own surfaces.
WITHOUT_OFFSITE = HOURLY | {"region", "dma"}
#: Beside these, unique numbers (reach and the like) go back 13 months only, and 6.
UNIQUE_MONTHS = 13
FREQUENCY_MONTHS = 6
# Meta's table of permutations ("Combining breakdowns"), each also with action breakdowns; the
# pair of country and region, and device_platform beside placements, are reported by users.
_SETS = (
    ("age",),
    ("gender",),
    ("age", "gender"),
    ("country",),
    ("region",),
    ("country", "region"),
    ("dma",),
    ("impression_device",),
    ("device_platform",),
    ("publisher_platform",),
    ("publisher_platform", "device_platform"),
    ("publisher_platform", "impression_device"),
    ("publisher_platform", "platform_position"),
    ("publisher_platform", "platform_position", "device_platform"),
    ("publisher_platform", "platform_position", "impression_device"),
    ("product_id",),
    ("frequency_value",),
    *((one,) for one in sorted(HOURLY)),
)
_ALLOWED = frozenset(frozenset(one) for one in _SETS)
_NAMED = frozenset(name for one in _SETS for name in one)
# An action's device goes with placements only.
_DEVICE_WITH = frozenset(("publisher_platform", "platform_position", "impression_device"))
_ASSETS = frozenset(
    f"{kind}_asset"
    for kind in ("body", "call_to_action", "description", "image", "link_url", "title", "video")
)


def may_combine(breakdowns: frozenset[str], action_breakdowns: frozenset[str]) -> bool:
    """Say whether Meta takes these together."""
    if "action_device" in action_breakdowns and not breakdowns <= _DEVICE_WITH:
        return False
    if len(breakdowns & _ASSETS) > 1:
        return False
    assets = breakdowns & _ASSETS
    if assets:
        return breakdowns - assets <= {"age", "gender"}
    if not breakdowns <= _NAMED:
        # Rarer ones stand in no table: alone they are taken.
        return len(breakdowns) == 1
    return not breakdowns or breakdowns in _ALLOWED
