"""The visits' part of `tonggui register verify`: the second officer signed the record that stands.

A case is replayed from the facts alone; that the digest which was signed is the one of the act
that brought the record is looked at here.
"""

from collections.abc import Iterator, Sequence

from casework.verify_rows import Problem
from crypto.events import SignedEvent

KIND = "visit"


def check_visits(signed: Sequence[SignedEvent]) -> Iterator[Problem]:
    """Yield what is wrong with the signatures under records of visits in one report."""
    records = {
        one.event.ordinal: one.event.digest().hex()
        for one in signed
        if one.event.kind == "visit.recorded"
    }
    for one in signed:
        facts = one.event.facts
        if one.event.kind != "visit.signed":
            continue
        if facts.get("record") != records.get(int(str(facts["recorded"]))):
            yield Problem(KIND, one.event.digest().hex(), "the second signature is for another one")
