"""Warnings that the fund runs out: each percentage of the policy once a year and pot.

The jobs process signs that it warned, so nobody is told twice, and the auditor sees that
and when somebody was. The notice names no figure.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from casework.clock import SHANGHAI
from casework.domain.fund_moves import WARNED
from casework.domain.ledger import Balance
from casework.domain.policy_rules import Budget
from casework.domain.roles import Role
from casework.services.jobs_acts import jobs_act_outside
from casework.services.notices import notify_of_keys
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.events import JSON
from crypto.notes import LogKey

WARNED_ROLES = (Role.FINANCE, Role.SUPERVISOR)


def warn(store: Store, *, budget: Budget | None, log_key: LogKey, now: datetime) -> int:
    """Sign and send the warnings that are due; return how many percentages were reached.

    Args:
        store: the database.
        budget: what the policy in force says of the fund; None where it says nothing.
        log_key: key of the jobs process.
        now: UTC instant.
    """
    if budget is None:
        return 0
    year = now.astimezone(SHANGHAI).year
    if not any(True for _one in _due(store, year=year, budget=budget)):
        return 0
    return _warn(store, year=year, budget=budget, log_key=log_key, now=now)


@query
def _due(uow: UnitOfWork, *, year: int, budget: Budget) -> tuple[Mapping[str, JSON], ...]:
    return tuple(_reached(uow, year, budget))


@use_case
def _warn(uow: UnitOfWork, *, year: int, budget: Budget, log_key: LogKey, now: datetime) -> int:
    found = tuple(_reached(uow, year, budget))
    for facts in found:
        uow.events.append(jobs_act_outside(uow.site, WARNED, facts, log_key, now))
    for role in WARNED_ROLES if found else ():
        notify_of_keys(uow, WARNED, office=f"role:{role}", now=now)
    return len(found)


def _reached(uow: UnitOfWork, year: int, budget: Budget) -> Iterator[Mapping[str, JSON]]:
    """Yield the facts of each warning that is due and was not given."""
    told = {
        (one.event.facts["year"], one.event.facts.get("pot", ""), one.event.facts["percent"])
        for one in uow.events.outside_of_kind(WARNED)
    }
    parts = uow.ledger.parts(year)
    # A single pot is the whole: nobody is told the same twice.
    balances = {"": uow.ledger.balance(year), **(parts if len(parts) > 1 else {})}
    for pot, balance in balances.items():
        for percent in budget.warn_at_percent:
            if reaches(balance, percent) and (year, pot, percent) not in told:
                yield {"year": year, "percent": percent, **({"pot": pot} if pot else {})}


def reaches(balance: Balance, percent: int) -> bool:
    """Tell whether so many percent or more of what was put in are reserved or paid."""
    granted = balance.appropriated_fen + balance.overdrawn_fen
    return granted > 0 and balance.used_fen * 100 >= percent * granted
