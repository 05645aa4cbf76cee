"""Patterns that are let through are quick on every text; the others are refused."""

from __future__ import annotations

import re

import pytest

from meta_ads.governance.safe_pattern import LONGEST_TEXT, checked_pattern, matches

GOOD = ["[A-Z]{2,5}_.+", "(SG|MY)_.+", r"\d{4}-\d{2}", "(?:Sale)?x", "[^!?*]+", r"a\+b", "[]a-z]+"]
BAD = {
    "(a+)+b": "repeats a group",
    "(a|b)*": "repeats a group",
    "(?:ab){2}": "repeats a group",
    "(ab){2,3}": "repeats a group",
    ".*.*.*.*": "too many ways",
    "a{1,400}" * 4: "too many ways",
    "a?" * 40: "too many ways",
    "(a|a)" * 40: "too many ways",
    r"(a)\1": "do not know",
    "(?=a)a": "do not know",
    "(?i)a": "do not know",
    "(?P<n>a)": "do not know",
    "a+?": "repeats twice",
    "[a": "no regular expression|not a regular expression",
    "a" * 201: "longer than",
    "a{99999999999}": "not a regular expression",
}


@pytest.mark.parametrize("pattern", GOOD)
def test_a_simple_pattern_is_taken_as_it_is(pattern: str) -> None:
    assert checked_pattern(pattern) == pattern


@pytest.mark.parametrize("pattern", BAD)
def test_a_pattern_without_a_bound_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=BAD[pattern]):
        checked_pattern(pattern)


def test_a_pattern_judges_the_whole_text() -> None:
    assert matches("[A-Z]+", "SUN")
    assert not matches("[A-Z]+", "SUN_SG")


def test_a_text_that_is_too_long_never_matches() -> None:
    assert re.fullmatch(".*", "a" * (LONGEST_TEXT + 1))
    assert matches(".*", "a" * LONGEST_TEXT)
    assert not matches(".*", "a" * (LONGEST_TEXT + 1))
