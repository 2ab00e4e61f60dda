"""The fund's part of `tonggui register verify`: its lines, its balances, and who moved money.

Every line follows from a signed event; the balance of every year and pot is the sum of its
lines, which never took more than there was; and what needs two persons was signed by two.
"""

from collections.abc import Iterator, Mapping, Sequence

from casework.domain.case import Act
from casework.domain.errors import CaseworkError
from casework.domain.fund_moves import (
    AGREED,
    ALONE,
    DECLINED,
    PROPOSED,
    QUEUED,
    WARNED,
    Proposal,
    check_alone,
    check_queued,
    check_warned,
    decide,
    propose,
)
from casework.domain.ledger import Line, LineKind, balance, by_pot
from casework.services.trust import Trust
from casework.storage.fund_proposals import FundProposal
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_cases import why
from casework.verify_outside import acts_outside
from casework.verify_rows import Problem
from crypto.errors import EventError

PAGE = 500
KINDS = ALONE | {PROPOSED, AGREED, DECLINED, QUEUED, WARNED}


# Lines and balances ----------------------------------------------------------------------------


@query
def check_ledger(uow: UnitOfWork, *, lines: Mapping[str, Line]) -> list[Problem]:
    """Return each problem found with lines and balances.

    Args:
        uow: the transaction.
        lines: every line that a signed event makes, by id.
    """
    problems = []
    for year in {line.year for line in lines.values()} | set(uow.ledger.years()):
        told = [line for line in lines.values() if line.year == year]
        problems += _check_year(uow, year, {line.id: line for line in told})
    return problems


def _check_year(uow: UnitOfWork, year: int, told: Mapping[str, Line]) -> list[Problem]:
    try:
        stored = {line.id: line for line in uow.ledger.for_year(year)}
    except ValueError:  # a kind or an account that does not exist
        return [Problem("ledger", str(year), "a line cannot be read")]
    problems = [
        Problem("ledger", row_id, "missing" if row_id not in stored else "not named by an event")
        for row_id in set(told) ^ set(stored)
    ]
    problems += [
        Problem("ledger", row_id, "changed")
        for row_id in set(told) & set(stored)
        if told[row_id] != stored[row_id]
    ]
    if not _agrees(uow, year, _in_order(told, list(stored))):
        problems.append(Problem("balance", str(year), "is not the sum of its lines"))
    return problems


def _in_order(told: Mapping[str, Line], stored: Sequence[str]) -> list[Line]:
    """Return lines in the order in which they moved the balance, as their rows tell it.

    Those without a row come first or last, as money comes in before it goes out.
    """
    found = [told[one] for one in stored if one in told]
    lost = [line for name, line in told.items() if name not in set(stored)]
    return (
        found
        if not lost
        else sorted([*found, *lost], key=lambda line: list(LineKind).index(line.kind))
    )


def _agrees(uow: UnitOfWork, year: int, lines: Sequence[Line]) -> bool:
    try:
        parts = {pot: (balance(of_pot), len(of_pot)) for pot, of_pot in by_pot(lines).items()}
        return (
            uow.ledger.agrees(year, balance(lines), len(lines))
            and uow.ledger.told_parts(year) == parts
        )
    except CaseworkError:
        return False


# Who moved money -------------------------------------------------------------------------------


def check_moves(store: Store, trust: Trust) -> Iterator[Problem]:
    """Yield each problem found with who granted and moved money.

    Args:
        store: the database.
        trust: the chain of key sets.
    """
    found: dict[str, Proposal] = {}
    events: dict[str, dict[str, str]] = {}
    for digest, act in _acts(store, trust):
        try:
            _replay(found, act)
        except (EventError, CaseworkError) as problem:
            yield Problem("event", digest, f"refused: {why(problem)}")
            continue
        events.setdefault(str(act.facts.get("proposal")), {})[act.kind] = digest
    rows = {row.id: row for row in _rows(store)}
    for name in sorted(rows.keys() | found.keys()):
        wrong = _problem(rows.get(name), found.get(name), events.get(name, {}))
        if wrong:
            yield Problem("fund_proposal", name, wrong)


def _replay(found: dict[str, Proposal], act: Act) -> None:
    if act.kind in ALONE:
        check_alone(act)
        return
    if act.kind in (QUEUED, WARNED):
        (check_queued if act.kind == QUEUED else check_warned)(act)
        return
    name = str(act.facts.get("proposal"))
    if act.kind == PROPOSED:
        if name in found:
            raise EventError("proposed twice")
        found[name] = propose(act)
        return
    if name not in found:
        raise EventError("of a proposal that is not there")
    found[name] = decide(found[name], act)


def _problem(row: FundProposal | None, told: Proposal | None, events: Mapping[str, str]) -> str:
    if row is None or told is None:
        return "missing" if row is None else "is named by no event"
    decided = events.get(AGREED) or events.get(DECLINED, "")
    expected = (told.proposed.facts["year"], events[PROPOSED], str(told.state), decided)
    agrees = (row.year, row.event, row.state, row.decided) == expected
    return "" if agrees else "does not agree with its events"


@query
def _rows(uow: UnitOfWork) -> tuple[FundProposal, ...]:
    return uow.fund_proposals.all()


def _acts(store: Store, trust: Trust) -> list[tuple[str, Act]]:
    """Return the acts of the fund that hold, what is proposed before what is decided."""
    found = acts_outside(store, trust, KINDS)
    return sorted(found, key=lambda one: (one[1].kind != PROPOSED, one[1].at))
