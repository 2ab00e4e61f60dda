"""Which reports no routing rule is for: region × sector × matter, on a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casework.domain.case import Matter
from casework.domain.routing import Routing, rule_for


@dataclass(frozen=True, slots=True)
class Gap:
    """Reports that go to the supervising office, undetermined.

    Attributes:
        region: code of a region that no other in the table stands above.
        covered_in: codes of regions in it that have a rule of their own for these reports.
    """

    region: str
    sector: str
    matter: str
    covered_in: tuple[str, ...]


def uncovered(routing: Routing, *, on: date) -> Iterator[Gap]:
    """Yield what no rule is for, in the order of the file.

    Townships have the rules of their county, so that they can only be better covered: each
    gap names those that are. A rule for one tier or grade alone leaves the others uncovered.
    """
    in_use = [one for one in routing.regions.by_code.values() if one.is_valid(on)]
    above = {one.code: tuple(routing.regions.up(one.code, on)) for one in in_use}
    for top in in_use:
        if any(code in above for code in above[top.code][1:]):
            continue
        below = [code for code in above if top.code in above[code][1:]]
        for sector in routing.sectors:
            for matter in Matter:
                if rule_for(routing, top.code, sector, matter, on=on) is None:
                    covered = tuple(
                        code
                        for code in below
                        if rule_for(routing, code, sector, matter, on=on) is not None
                    )
                    yield Gap(top.code, sector, matter, covered)
