"""A person is told of each thing once, and again when nobody settles it. Real Postgres."""

from __future__ import annotations

import pytest

from meta_ads.launching.notices import announcement
from meta_ads.store.database import Database
from meta_ads.store.notices import NoticeStore

DAY = 86_400
HELD = "spring: only a person can know"
REFUSED = "summer: the token is not valid (code 190, fbtrace_id {})"


@pytest.fixture
def notices(database: Database) -> NoticeStore:
    return NoticeStore(database)


def _told(notices: NoticeStore, *texts: str) -> list[str]:
    return [notice.text for notice in notices.keep(texts, DAY) if notice.tell]


def test_each_thing_is_told_once_however_often_it_is_found(notices: NoticeStore) -> None:
    assert _told(notices, HELD) == [HELD]
    assert _told(notices, HELD) == []
    assert _told(notices, HELD, "another") == ["another"]


def test_the_same_refusal_with_another_trace_id_is_not_new(notices: NoticeStore) -> None:
    assert _told(notices, REFUSED.format("AbC")) == [REFUSED.format("AbC")]
    assert _told(notices, REFUSED.format("XyZ")) == []


def test_what_was_settled_and_comes_again_is_told_again(notices: NoticeStore) -> None:
    _told(notices, HELD)
    assert _told(notices) == []
    assert notices.open() == []
    assert _told(notices, HELD) == [HELD]


def test_what_is_still_open_after_a_day_is_told_again_once(
    notices: NoticeStore, database: Database
) -> None:
    _told(notices, HELD)
    database.rows("UPDATE meta_ads.notice SET told_at = told_at - interval '1 day'")
    assert _told(notices, HELD) == [HELD]
    assert _told(notices, HELD) == []


def test_what_is_new_stands_first_and_what_is_open_is_listed_below(notices: NoticeStore) -> None:
    notices.keep([HELD], DAY)
    lines = announcement(notices.keep([HELD, "zebra"], DAY)).splitlines()
    assert lines[0] == "zebra"
    assert lines[1] == "Still to be settled:"
    assert lines[2].endswith(f"UTC: {HELD}")


def test_two_findings_with_the_same_words_are_one(notices: NoticeStore) -> None:
    assert _told(notices, REFUSED.format("A"), REFUSED.format("B")) == [REFUSED.format("B")]
