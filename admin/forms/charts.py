"""Charts as plain figures for a template: the server draws them, no script does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from casework.domain.fund_use import Month

WIDTH: Final = 640
HEIGHT: Final = 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 8, 14, 34


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of a month: where it stands, and its share in percent."""

    x: float
    y: float
    width: float
    height: float
    month: int
    share: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars on a scale of percent.

    Attributes:
        bars: one a month that has begun.
        rules: height and percent of the lines across; the dashed ones warn.
        left, right, bottom: where the scale stands.
    """

    bars: tuple[Bar, ...]
    rules: tuple[tuple[float, int, bool], ...]
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(months: Sequence[Month]) -> Chart:
    """Return the chart of what was used at the end of each month, in percent of the grant."""
    shares = [100 * one.used_fen / one.granted_fen if one.granted_fen else 0.0 for one in months]
    step = (WIDTH - _LEFT - _RIGHT) / 12
    bars = tuple(
        Bar(
            x=round(_LEFT + step * (one.month - 1) + step * 0.15, 1),
            y=_height(share),
            width=round(step * 0.7, 1),
            height=round(HEIGHT - _BOTTOM - _height(share), 1),
            month=one.month,
            share=share,
        )
        for one, share in zip(months, shares, strict=True)
    )
    rules = tuple((_height(one), one, one in (80, 95)) for one in (0, 20, 40, 60, 80, 95))
    return Chart(bars, rules)


def _height(share: float) -> float:
    """Return how far from the top a share stands; more than all is drawn as all."""
    held = min(max(share, 0.0), 100.0)
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - held / 100), 1)
