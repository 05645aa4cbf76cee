"""The choice of a token: what holds for every set of tokens, whatever is known of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meta_ads.launching.tokens import (
    FULL,
    TokenState,
    expected_percent,
    fingerprint,
    next_token,
    ranked,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
moments = st.none() | st.integers(-7200, 7200).map(lambda s: NOW + timedelta(seconds=s))


@st.composite
def token_sets(draw: st.DrawFn) -> list[TokenState]:
    count = draw(st.integers(1, 6))
    return [
        TokenState(
            connection=f"meta_ads_{number}",
            fingerprint=fingerprint(f"token {number}"),
            used_percent=draw(st.floats(0, 150)),
            used_at=draw(moments),
            full_until=draw(moments),
            dead=draw(st.booleans()),
            blind=draw(st.booleans()),
        )
        for number in range(count)
    ]


@given(token_sets())
def test_every_token_is_ranked_once_and_the_dead_come_last(tokens: list[TokenState]) -> None:
    order = ranked(tokens, NOW)
    assert sorted(order, key=str) == sorted(tokens, key=str)
    assert [token.dead for token in order] == sorted(token.dead for token in tokens)


@given(token_sets())
def test_a_token_that_can_work_is_chosen_whenever_there_is_one(tokens: list[TokenState]) -> None:
    chosen = ranked(tokens, NOW)[0]
    assert chosen.living or not any(token.living for token in tokens)


@given(token_sets())
def test_no_living_token_has_more_room_than_the_one_chosen(tokens: list[TokenState]) -> None:
    chosen = ranked(tokens, NOW)[0]
    for token in tokens:
        if chosen.living and token.living:
            assert expected_percent(chosen, NOW) <= expected_percent(token, NOW)


@given(token_sets())
def test_with_equal_room_the_one_that_rested_longest_is_next(
    tokens: list[TokenState],
) -> None:
    rested = [
        replace(token, dead=False, blind=False, used_percent=0.0, full_until=None)
        for token in tokens
    ]
    used = [token.used_at for token in rested]
    chosen = ranked(rested, NOW)[0]
    if None in used:
        assert chosen.used_at is None
    else:
        assert chosen.used_at == min(used)  # type: ignore[type-var]


@given(token_sets(), st.data())
def test_what_was_refused_is_not_chosen_again(
    tokens: list[TokenState], data: st.DataObject
) -> None:
    tried = frozenset(data.draw(st.sets(st.sampled_from([token.fingerprint for token in tokens]))))
    chosen = next_token(tokens, tried, NOW)
    left = [token for token in tokens if token.living and token.fingerprint not in tried]
    assert (chosen is None) == (not left)
    assert chosen is None or chosen in left


@given(token_sets())
def test_room_comes_back_within_the_hour_and_never_shrinks_by_waiting(
    tokens: list[TokenState],
) -> None:
    for token in tokens:
        past = replace(token, full_until=None)
        waits = [expected_percent(past, NOW + timedelta(minutes=m)) for m in (0, 30, 200)]
        assert waits == sorted(waits, reverse=True)
        assert waits[-1] == 0.0


def test_a_token_that_meta_told_to_wait_is_full_until_then() -> None:
    token = TokenState("a", "0" * 16, 10.0, NOW, NOW + timedelta(minutes=5))
    assert expected_percent(token, NOW) == FULL
    assert expected_percent(token, NOW + timedelta(minutes=5)) < 10.0


def test_a_fingerprint_says_nothing_of_the_token() -> None:
    digest = fingerprint("EAAsecret")
    assert len(digest) == 16
    assert int(digest, 16) >= 0
    assert "EAA" not in digest
    assert digest != fingerprint("EAAsecres")
