"""Names are made in one way and read back in one way."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meta_ads.governance.findings import Level
from meta_ads.governance.name_pattern import SHARED, TOKENS, NamePattern, name_pattern

PATTERNS = [
    name_pattern(text, TOKENS[Level.AD])
    for text in (
        "[Brand]_[Market]_[Channel]_[Year]_[Campaign]",
        "AD-[Brand] | [Campaign] ([Year])",
        "[brand]-[market]-[campaign]v2",
        "[Campaign]",
        "[Ad set]~[Ad].[Brand]-[Market]",
    )
]
# Everything people paste: separators of any pattern, brackets, combining and invisible characters.
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("_-.~|/ []#()e\u0301\u200b\u00a0v2")))


@given(st.sampled_from(PATTERNS), TEXTS)
def test_cleaning_twice_changes_nothing(pattern: NamePattern, text: str) -> None:
    once = pattern.sanitised(text)
    assert pattern.sanitised(once) == once


@example(PATTERNS[0], "Cafe\u0301")
@given(st.sampled_from(PATTERNS), TEXTS)
def test_a_clean_value_holds_nothing_that_separates_or_hides(
    pattern: NamePattern, text: str
) -> None:
    value = pattern.sanitised(text)
    assert not set(value) & (pattern.separators | set("[]#"))
    assert value.isprintable()
    assert unicodedata.is_normalized("NFC", value)


@given(st.sampled_from(PATTERNS), st.data())
def test_a_name_reads_back_to_the_values_it_was_made_of(
    pattern: NamePattern, data: st.DataObject
) -> None:
    clean = TEXTS.map(pattern.sanitised).filter(bool)
    values = {token: data.draw(clean, token) for token in pattern.tokens}
    assert pattern.read(pattern.make(values)) == values


@pytest.mark.parametrize(
    "name", ["", "SUN_SG_META_2027", "SUN_SG_META_2027_", "SUN_SG_META_2027_A_B", "SUN SG META 1 A"]
)
def test_another_form_is_no_name_of_the_pattern(name: str) -> None:
    assert PATTERNS[0].read(name) is None


def test_each_token_needs_a_separator_before_the_next() -> None:
    with pytest.raises(ValueError, match="separates"):
        name_pattern("[Brand]x[Market]", SHARED)
