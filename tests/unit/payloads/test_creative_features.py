"""No automatic change to a creative is left to Meta's default."""

from __future__ import annotations

import re
from pathlib import Path

import facebook_business

from meta_ads.payloads.creative_features import FEATURES, all_opted_out

SOURCE = Path(facebook_business.__file__).parent / "adobjects/adcreativefeaturesspec.py"
# Two bundles that Meta refuses since v22, and two features of WhatsApp messages.
LEFT_OUT = {
    "standard_enhancements",
    "standard_enhancements_catalog",
    "wa_mm_image_filtering",
    "wa_mm_text_truncation_length",
}


def test_every_enhancement_the_sdk_knows_is_opted_out() -> None:
    known = set(re.findall(r"^        (\w+) = '\1'$", SOURCE.read_text(), re.MULTILINE))
    assert len(known) > 80
    assert set(FEATURES) == known - LEFT_OUT


def test_nothing_is_opted_in() -> None:
    [spec] = all_opted_out().values()
    assert isinstance(spec, dict)
    assert all(feature == {"enroll_status": "OPT_OUT"} for feature in spec.values())
