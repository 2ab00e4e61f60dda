"""All rule sets at hand: read from their files, found by id, or by region, sector and day.

A policy is one immutable file (`policy_file.py` reads it into the values of
`policy_rules.py`); a case pins its id and hash at acceptance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from casework.domain.errors import PolicyFileError, UnknownPolicyError
from casework.domain.policy_file import parse_policies
from casework.domain.policy_rules import NATION, ClockRule, Policy

__all__ = ["NATION", "ClockRule", "Policies", "Policy", "regions_up"]


@dataclass(frozen=True, slots=True)
class Policies:
    """All rule sets at hand, by id; which of them may be chosen, and from which day.

    Attributes:
        since: by id and pin, the day from which a policy was put in force; None: every one
            whose own days say so. What is at hand and not in here is found by its id only.
    """

    by_id: Mapping[str, Policy]
    since: Mapping[tuple[str, str], date] | None = None

    @staticmethod
    def load(folder: Path) -> "Policies":
        """Read every *.toml of *folder*; one bad file refuses all, the old ones stay in force.

        Raises:
            PolicyFileError: names the file, the key, and what was expected there.
        """
        try:
            files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
        except OSError as problem:
            raise PolicyFileError(str(folder), "folder", "readable files") from problem
        if not files:
            raise PolicyFileError(str(folder), "folder", "at least one *.toml")
        return Policies(parse_policies(files))

    def get(self, policy_id: str) -> Policy:
        """Return the policy of this id.

        Raises:
            UnknownPolicyError: there is none.
        """
        try:
            return self.by_id[policy_id]
        except KeyError:
            raise UnknownPolicyError(policy=policy_id) from None

    def activated(self, since: Mapping[tuple[str, str], date]) -> "Policies":
        """Return the same rule sets, of which only those put in force may be chosen.

        Args:
            since: by id and pin, the first day. A file that was changed, or that inherits
                one that was, has another pin and must be put in force anew.
        """
        return Policies(self.by_id, MappingProxyType(dict(since)))

    def is_in_force(self, policy: Policy, on: date) -> bool:
        """Tell whether cases may be accepted under *policy* on this day."""
        if policy.comparator or not policy.in_force(on):
            return False
        if self.since is None:
            return True
        first = self.since.get((policy.id, policy.pin))
        return first is not None and first <= on

    def in_force(
        self, region: str, sector: str, on: date, *, submitted_on: date | None = None
    ) -> Policy:
        """Return the policy that applies: nearest region, then own sector, precedence, newest.

        Args:
            region: GB/T 2260 code of a county, or a longer one of a township in it.
            sector: sector code.
            on: civil date of acceptance, which picks the version.
            submitted_on: civil date on which the report came in, for policies whose selector
                is "submitted_at"; left out: *on*.

        Raises:
            UnknownPolicyError: none is in force there on that day.
        """
        regions = regions_up(region)
        days = {"submitted_at": submitted_on or on}
        candidates = [
            policy
            for policy in self.by_id.values()
            if policy.region in regions
            and (not policy.sectors or sector in policy.sectors)
            and self.is_in_force(policy, days.get(policy.selector, on))
        ]
        if not candidates:
            raise UnknownPolicyError(region=region, sector=sector, on=on.isoformat())
        return max(
            candidates,
            key=lambda p: (
                -regions.index(p.region),
                bool(p.sectors),
                p.precedence,
                p.effective_from,
                p.id,
            ),
        )


def regions_up(region: str) -> tuple[str, ...]:
    """Return the codes of a region and all above it, nearest first, the nation last.

    >>> regions_up("410329106000")
    ('410329106000', '410329', '410300', '410000', '000000')
    """
    county = region[:6]
    codes = (region, county, f"{county[:4]}00", f"{county[:2]}0000", NATION)
    return tuple(dict.fromkeys(codes))
