"""A slice is merged while the next is read, and its end is never lost."""

from __future__ import annotations

from datetime import date
from threading import Event

import pytest

from meta_ads.errors import TryAgain
from meta_ads.syncing.background_merge import BackgroundMerge
from meta_ads.syncing.insight_ports import SliceCounts
from meta_ads.syncing.insight_slices import Slice

FIRST, SECOND = (Slice(date(2026, 3, day), date(2026, 3, day)) for day in (1, 2))
LIMIT = 30.0


def counted(rows: int) -> SliceCounts:
    return SliceCounts(rows, ())


def test_the_next_slice_is_read_while_one_is_merged() -> None:
    read = Event()
    told: list[Slice] = []

    def merge_when_the_next_is_read() -> SliceCounts:
        assert read.wait(LIMIT), "nobody read on"
        return counted(1)

    with BackgroundMerge(lambda part, _: told.append(part)) as merges:
        merges.add(FIRST, merge_when_the_next_is_read)
        assert told == []
        read.set()
        merges.add(SECOND, lambda: counted(1))
    assert told == [FIRST, SECOND]


def broken() -> SliceCounts:
    raise TryAgain("Postgres is away")


def test_what_a_merge_raised_is_raised_to_the_reader() -> None:
    told: list[Slice] = []
    with BackgroundMerge(lambda part, _: told.append(part)) as merges:
        merges.add(FIRST, broken)
        with pytest.raises(TryAgain, match="away"):
            merges.add(SECOND, lambda: counted(1))
    assert told == []


def read_one_and_fail(told: list[Slice]) -> None:
    with BackgroundMerge(lambda part, _: told.append(part)) as merges:
        merges.add(FIRST, lambda: counted(1))
        raise TryAgain("Meta does not answer")


def test_a_merge_under_way_is_counted_also_when_reading_the_next_one_fails() -> None:
    told: list[Slice] = []
    with pytest.raises(TryAgain, match="Meta"):
        read_one_and_fail(told)
    assert told == [FIRST]
