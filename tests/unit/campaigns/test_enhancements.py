"""No automatic change to a creative is left to Meta's default."""

from __future__ import annotations

import re
from pathlib import Path

import facebook_business

from meta_ads.campaigns.enhancements import ENHANCEMENTS

SOURCE = Path(facebook_business.__file__).parent / "adobjects/adcreativefeaturesspec.py"
# Two bundles that Meta refuses since v22, and two features of WhatsApp messages.
LEFT_OUT = {
    "standard_enhancements",
    "standard_enhancements_catalog",
    "wa_mm_image_filtering",
    "wa_mm_text_truncation_length",
}


def test_every_enhancement_the_sdk_knows_has_its_switch() -> None:
    known = set(re.findall(r"^        (\w+) = '\1'$", SOURCE.read_text(), re.MULTILINE))
    assert len(known) > 80
    assert set(ENHANCEMENTS) == known - LEFT_OUT
