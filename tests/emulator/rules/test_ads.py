"""Rules of ads."""

import pytest

from tests.emulator import launches
from tests.emulator.launches import Launch
from tests.emulator.refusals import Case
from tests.emulator.rules.conftest import Refuses

CASES = (
    Case("missing_param", "no name", {"name": None}),
    Case("missing_param", "no ad set", {"adset_id": None}),
    Case("missing_param", "no creative", {"creative": None}),
    Case("unknown_node", "no such ad set", {"adset_id": "23859999999999999"}),
    Case("unknown_creative", "no such creative", {"creative": {"creative_id": "1"}}),
    Case("unknown_param", "a creative key", {"creative": {"creativeid": "1"}}),
    Case("conversion_domain", "a scheme", {"conversion_domain": "https://example.com"}),
    Case(
        "conversion_domain",
        "a path",
        {"conversion_domain": "example.com/shop"},
        {"conversion_domain": "example.co.uk"},
    ),
    Case("status_on_create", "born archived", {"status": "ARCHIVED"}, {"status": "ACTIVE"}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_ad(launch: Launch, case: Case, refuses: Refuses) -> None:
    refuses(case, "ads", launches.ad(launch.ad_set, launch.creative))
