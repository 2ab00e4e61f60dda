"""Regions as routing knows them: a tree of codes, each valid from a day on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from casework.domain.errors import UnknownRegionError


@dataclass(frozen=True, slots=True)
class Region:
    """A county, or a township in it.

    Attributes:
        code: GB/T 2260 (six digits) or the twelve digits of a township.
        parent: code of the region above; it need not stand in the table.
        kind: "county" or "township", for lists.
        valid_from: first day of the code, None when not known.
        valid_to: last day, None while it is in use.
    """

    code: str
    name: str
    parent: str
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid(self, on: date) -> bool:
        """Tell whether the code is in use on this day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class Regions:
    """All regions of a site by code."""

    by_code: Mapping[str, Region]

    def get(self, code: str, on: date) -> Region:
        """Return the region of this code.

        Raises:
            UnknownRegionError: it is not in the table, or not in use on that day.
        """
        region = self.by_code.get(code)
        if region is None or not region.is_valid(on):
            raise UnknownRegionError(region=code, on=on.isoformat())
        return region

    def up(self, code: str) -> Iterator[str]:
        """Yield the code and those above it, nearest first; the loader excludes loops."""
        while code:
            yield code
            region = self.by_code.get(code)
            code = region.parent if region else ""
