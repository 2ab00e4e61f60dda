"""Regions as routing knows them: a tree of codes, each valid for some days and then replaced."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from casework.domain.errors import UnknownRegionError


@dataclass(frozen=True, slots=True)
class Region:
    """A county, a township in it, or a grid (village, community) of that.

    Attributes:
        code: GB/T 2260 (six digits), or the twelve digits of a township or a village.
        parent: code of the region above; it need not stand in the table.
        kind: "county", "township" or "grid", for lists and copies.
        valid_from: first day of the code, None when not known.
        valid_to: last day, None while it is in use.
        successor: the code that replaced it after its last day, "" if none did.
        verified: whether somebody looked the code up where it is published.
        code_source: where that was.
    """

    code: str
    name: str
    parent: str
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    # Notes that no rule reads: two tables that differ in them alone say the same.
    verified: bool = field(default=False, compare=False)
    code_source: str = field(default="", compare=False)

    def is_valid(self, on: date) -> bool:
        """Tell whether the code is in use on this day."""
        return (self.valid_from is None or self.valid_from <= on) and not self.is_over(on)

    def is_over(self, on: date) -> bool:
        """Tell whether its last day is behind this day."""
        return self.valid_to is not None and self.valid_to < on


@dataclass(frozen=True, slots=True)
class Regions:
    """All regions of a site by code."""

    by_code: Mapping[str, Region]

    def get(self, code: str, on: date) -> Region:
        """Return the region of this code, or the one that has replaced it by that day.

        Raises:
            UnknownRegionError: it is not in the table, or not in use on that day.
        """
        region = self.by_code.get(self.current(code, on))
        if region is None or not region.is_valid(on):
            raise UnknownRegionError(region=code, on=on.isoformat())
        return region

    def current(self, code: str, on: date) -> str:
        """Return the code that stands for this one on a day; the loader excludes loops."""
        region = self.by_code.get(code)
        while region is not None and region.successor and region.is_over(on):
            region = self.by_code[region.successor]
        return region.code if region is not None else code

    def up(self, code: str, on: date) -> Iterator[str]:
        """Yield the code of that day and those above it, nearest first."""
        while code:
            code = self.current(code, on)
            yield code
            region = self.by_code.get(code)
            code = region.parent if region else ""
