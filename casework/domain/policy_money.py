"""Reads what a policy file says of approval and the fund, and the source of any figure."""

from casework.domain.citation import MARKS, Citation
from casework.domain.money import FEN_MAX
from casework.domain.policy_rules import ApprovalTier, Budget
from casework.domain.roles import Role
from casework.domain.rule_table import RuleTable

# Who may agree to an award: never who proposes it, pays it, keeps identities or reads the traces.
RUNG_ROLES = (Role.LEADER, Role.SUPERVISOR, Role.APPROVER, Role.FINANCE)


def read_citation(table: RuleTable, key: str = "cite") -> Citation:
    """Take the source of a figure.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place.
    """
    cite = table.table(key)
    citation = Citation(
        doc=cite.text("doc"),
        clause=cite.text("clause"),
        mark=cite.choice("mark", MARKS),
        note=cite.text("note", ""),
    )
    cite.done()
    return citation


def read_tier(entry: RuleTable) -> ApprovalTier:
    """Take one tier of approval.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place.
    """
    needs = entry.texts("needs", RUNG_ROLES)
    if not needs:
        raise entry.refuse("needs", f"at least one of {', '.join(RUNG_ROLES)}")
    tier = ApprovalTier(
        over_fen=entry.whole("over_fen", 0, FEN_MAX),
        needs=needs,
        cite=read_citation(entry),
        instead=entry.truth("instead", False),
    )
    entry.done()
    return tier


def read_budget(table: RuleTable | None) -> Budget | None:
    """Take the fund, or nothing.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place.
    """
    if table is None:
        return None
    budget = Budget(
        source=table.text("source"),
        yearly_fen=table.fen("yearly_fen"),
        on_exhausted=table.choice("on_exhausted", ("queue", "block", "overdraw")),
        year_end=table.choice("year_end", ("lapse", "carry"), "lapse"),
        warn_at_percent=table.wholes("warn_at_percent", 1, 100),
        cite=read_citation(table),
    )
    table.done()
    return budget
