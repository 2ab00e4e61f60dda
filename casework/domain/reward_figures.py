"""What the public is told of rewards: counts of whole quarters, and amounts in bands.

No number under five is told, and none from which one could be worked out: bands are joined
until each has five awards, so whatever is added or subtracted is a sum over five or more.
Quarters with fewer than five awards are told together with the next one.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from casework.domain.award_values import AGREED, PAID_OUT, Award, AwardState
from casework.domain.case import Case

FEW: Final = 5  # fewer are never told
# Where the bands begin, in fen; the last has no end. Source: the approval tiers and the caps
# of the shipped rule sets (500 to 10,000 yuan; 300,000 yuan is the national cap).
BANDS: Final = (0, 50_000, 100_000, 300_000, 1_000_000, 5_000_000, 10_000_000)
_QUARTER: Final = re.compile(r"[0-9]{4}Q[1-4]\Z")
USE_STEP: Final = 10  # percent: how finely the use of the budget is told
_ASKED: Final = frozenset({AwardState.CLAIMED, AwardState.ORDERED}) | PAID_OUT
# What has come true of an award that stands there, for whoever looks from outside.
_GRANTED: Final = AGREED | {AwardState.NOTIFIED} | _ASKED


class Counted(StrEnum):
    """What is counted of an award, once each."""

    GRANTED = "granted"
    CLAIMED = "claimed"
    PAID = "paid"
    REFUSED = "refused"
    LAPSED = "lapsed"
    OBJECTED = "objected"
    RECALLED = "recalled"


BESIDE: Final = tuple(one for one in Counted if one is not Counted.GRANTED)


@dataclass(frozen=True, slots=True)
class Band:
    """How many awards were of a size: from so many fen to under so many; None has no end."""

    from_fen: int
    below_fen: int | None
    awards: int


@dataclass(frozen=True, slots=True)
class RewardFigures:
    """What is told of the rewards of one quarter, or of several that were waited for.

    Attributes:
        first: the first quarter that it covers, as in "2026Q1".
        quarter: the last one, by which the file is called.
        awards: how many were granted; at least five.
        bands: all of them, by amount.
        beside: for each of `BESIDE` how many; None for one to four.
        used_percent: how much of the year's budget was set aside or paid at the quarter's
            end: so many percent or up to ten more; None where there was no budget.
    """

    first: str
    quarter: str
    awards: int
    bands: tuple[Band, ...]
    beside: Mapping[str, int | None]
    used_percent: int | None


@dataclass(slots=True)
class Tally:
    """Counts what happens to awards, each thing once an award, on the day it happens first."""

    amounts: list[tuple[date, int]] = field(default_factory=list)
    beside: list[tuple[date, Counted]] = field(default_factory=list)
    _seen: set[tuple[str, Counted]] = field(default_factory=set)

    def step(self, after: Case, day: date) -> None:
        """Note what an act has newly made of the awards of a case."""
        for award in after.awards:
            for one in happened(award):
                if (award.id, one) not in self._seen:
                    self._seen.add((award.id, one))
                    if one is Counted.GRANTED:
                        self.amounts.append((day, award.amount_fen))
                    else:
                        self.beside.append((day, one))


def happened(award: Award) -> frozenset[Counted]:
    """Return what has come true of an award by where it stands."""
    state = award.state
    told = {
        Counted.GRANTED: state in _GRANTED,
        Counted.CLAIMED: state in _ASKED,
        Counted.PAID: state in PAID_OUT,
        Counted.REFUSED: state is AwardState.REJECTED,
        Counted.LAPSED: state is AwardState.LAPSED,
        Counted.OBJECTED: award.objected > 0,
        Counted.RECALLED: state is AwardState.RECALLED,
    }
    return frozenset(one for one, is_so in told.items() if is_so)


def figures(
    amounts_fen: Iterable[int],
    beside: Iterable[Counted],
    *,
    first: str,
    quarter: str,
    used: int | None,
) -> RewardFigures | None:
    """Return what may be told; None of fewer than five awards, which wait for more.

    Args:
        amounts_fen: of every award granted in these quarters.
        beside: what else happened to awards in them, each as often as it did.
        first: the first quarter.
        quarter: the last one.
        used: percent of the year's budget at the end of the last one, see `used_percent`.
    """
    counts = Counter(_band_of(amount) for amount in amounts_fen)
    bands = joined([counts[at] for at in range(len(BANDS))])
    if not bands:
        return None
    told = Counter(beside)
    return RewardFigures(
        first=first,
        quarter=quarter,
        awards=sum(band.awards for band in bands),
        bands=bands,
        beside={str(one): None if 0 < told[one] < FEW else told[one] for one in BESIDE},
        used_percent=used,
    )


def joined(counts: Sequence[int]) -> tuple[Band, ...]:
    """Return the bands of `BANDS` joined until each has five awards; none of under five in all.

    It begins with the largest amounts, which are rare: that leaves the most bands apart.
    """
    bands: list[Band] = []
    below, waiting = None, 0
    for begins, count in zip(reversed(BANDS), reversed(counts), strict=True):
        waiting += count
        if waiting >= FEW:
            bands.insert(0, Band(begins, below, waiting))
            below, waiting = begins, 0
    if bands and below != BANDS[0]:
        bands[0] = Band(BANDS[0], bands[0].below_fen, bands[0].awards + waiting)
    return tuple(bands)


def used_percent(used_fen: int, granted_fen: int) -> int | None:
    """Return how many percent of what was granted are used, in whole tens, rounded down."""
    if granted_fen <= 0:
        return None
    return min(used_fen * 100 // granted_fen, 100) // USE_STEP * USE_STEP


def _band_of(amount_fen: int) -> int:
    return max(at for at, begins in enumerate(BANDS) if begins <= amount_fen)


def encode(told: RewardFigures, *, site: str) -> bytes:
    """Return the figures as they are signed and published: JSON, keys in order, no spaces."""
    written = {
        "site": site,
        "first": told.first,
        "quarter": told.quarter,
        "awards": told.awards,
        "bands": [
            {"from_fen": one.from_fen, "below_fen": one.below_fen, "awards": one.awards}
            for one in told.bands
        ],
        **{str(one): told.beside[one] for one in BESIDE},
        "used_percent": told.used_percent,
    }
    return json.dumps(written, sort_keys=True, separators=(",", ":")).encode()


def parse(body: bytes, *, site: str) -> RewardFigures:
    """Read what `encode` wrote for a site.

    Raises:
        ValueError: it is nothing that would be told, or another site told it.
    """
    try:
        read = _read(json.loads(body))
        if encode(read, site=site) == body:
            return read
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError("no figures of rewards") from error
    raise ValueError("no figures of rewards as this site writes them")


def _read(given: Mapping[str, Any]) -> RewardFigures:
    if given.keys() != {"site", "first", "quarter", "awards", "bands", *BESIDE, "used_percent"}:
        raise ValueError("other fields")
    bands = tuple(_band(one) for one in given["bands"])
    beside = {str(one): given[one] for one in BESIDE}
    read = RewardFigures(
        first=given["first"],
        quarter=given["quarter"],
        awards=given["awards"],
        bands=bands,
        beside=beside,
        used_percent=given["used_percent"],
    )
    numbers = [one for one in (*beside.values(), read.used_percent) if one is not None]
    texts = (read.first, read.quarter)
    sound = (
        all(isinstance(one, str) and _QUARTER.match(one) for one in texts)
        and read.first <= read.quarter
        and all(type(one) is int and one >= 0 for one in numbers)
        and bands
        and read.awards == sum(band.awards for band in bands)
    )
    if not sound:
        raise ValueError("no figures of rewards")
    return read


def _band(given: Mapping[str, Any]) -> Band:
    band = Band(given["from_fen"], given["below_fen"], given["awards"])
    ends = (band.below_fen,) if band.below_fen is not None else ()
    if any(type(one) is not int or one < 0 for one in (band.from_fen, band.awards, *ends)):
        raise ValueError("no band")
    if band.awards < FEW:
        raise ValueError("fewer than are ever told")
    return band
