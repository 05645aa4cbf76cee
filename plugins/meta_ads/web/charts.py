"""Bars of a chart as numbers: the template draws them as SVG, so that no script has to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor, log10

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 200, 56, 22, 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: its place and size in the drawing, and its label."""

    x: float
    y: float
    width: float
    height: float
    label: str
    tick: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars and the lines behind them; `lines` are heights with their labels."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def bars(days: Sequence[tuple[date, Decimal, str]]) -> Chart | None:
    """Return the chart of (day, value, label), oldest first; None without any value."""
    if not days or not any(value for _, value, _ in days):
        return None
    top = _round_up(max(value for _, value, _ in days))
    room, base = HEIGHT - BOTTOM - TOP, HEIGHT - BOTTOM
    slot = (WIDTH - LEFT) / len(days)
    every = max(1, len(days) // 8)
    drawn = []
    for index, (day, value, label) in enumerate(days):
        height = float(value / top) * room
        drawn.append(
            Bar(
                x=round(LEFT + index * slot + slot * 0.14, 1),
                y=round(base - height, 1),
                width=round(slot * 0.72, 1),
                height=round(height, 1),
                label=f"{day:%a %d %b}: {label}",
                tick=f"{day:%d %b}" if index % every == 0 else "",
            )
        )
    lines = tuple(
        (round(base - room * part / 2, 1), f"{top * part / 2:,.10g}".rstrip(".")) for part in (1, 2)
    )
    return Chart(tuple(drawn), lines)


def _round_up(value: Decimal) -> Decimal:
    """Return 1, 2 or 5 times a power of ten that is not below the value."""
    power = Decimal(10) ** floor(log10(value))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= value)
