"""What verification reports: one finding, whichever part of it looked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not agree with the events.

    Attributes:
        kind: what it is: "event", "case", "object", "wrap", "item", "piece", "file",
            "approval", "mailbox", "award", "release", "ledger", "balance", "key set",
            "certificate", "member wrap", "account" and so on.
        id: its id.
        problem: "missing", "changed", "not named by an event", "forged" and so on.
    """

    kind: str
    id: str
    problem: str
