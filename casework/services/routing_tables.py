"""Routing tables in force: each read once, believed only with the signatures of two persons.

The file that comes with the program is the first version. A later one counts from its day on;
what is stored badly beside a running process, or is gone, takes nothing away from it.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Final

from casework.config import SettingError
from casework.domain.case import Act
from casework.domain.errors import CaseworkError, RuleChangeError, TamperedError
from casework.domain.region import Region
from casework.domain.routing import Department, Routing, Sector, load_routing
from casework.domain.rule_events import (
    ChangeState,
    RuleChange,
    advance,
    propose,
)
from casework.services.rule_changes import stored_act
from casework.services.trust import Trust
from casework.storage.routing_tables import RoutingInForce
from casework.storage.unit_of_work import Store, UnitOfWork, query

LOOK_SECONDS: Final = 10.0
FIRST_DAY: Final = date.min

log = logging.getLogger("tonggui.routing")


@dataclass(frozen=True, slots=True)
class Version:
    """A routing table and the day from which it counts.

    Attributes:
        number: 0 for the one that comes with the program, then 1, 2, 3…
        id: of the proposal, "" for the first.
    """

    number: int
    id: str
    active_from: date
    routing: Routing


@query
def tables_in_force(uow: UnitOfWork) -> tuple[RoutingInForce, ...]:
    """Return what was put in force, also for days to come, the first one first; unchecked."""
    return uow.routing_tables.in_force()


@query
def version_of(uow: UnitOfWork, *, row: RoutingInForce, trust: Trust) -> Version:
    """Return a table in force, once its signatures and its body are found to hold.

    Raises:
        TamperedError: the row, its events or the table are not what two persons signed.
        RoutingFileError: this program cannot use the table.
        CaseworkError: an event is refused by the rules, or nobody known signed it.
    """
    activated = _act(uow, row.activated, trust)
    change = advance(routing_change(uow, row.event, trust), activated)
    facts = activated.facts
    names = ("proposal", "sha256", "active_from", "number")
    told = (row.id, row.sha256, row.active_from.isoformat(), row.number)
    if change.state is not ChangeState.IN_FORCE or told != tuple(facts[name] for name in names):
        raise TamperedError(routing_table=row.id)
    routing = load_routing(signed_body(uow, row.id, row.sha256), file=f"{row.id}.toml")
    return Version(row.number, row.id, row.active_from, routing)


def newest_version(store: Store, first: Routing, trust: Trust) -> Version:
    """Return the table that was put in force last, also for days to come; *first* for none.

    Raises:
        CaseworkError: it does not hold, see `version_of`.
    """
    rows = tables_in_force(store)
    if not rows:
        return Version(0, "", FIRST_DAY, first)
    return version_of(store, row=rows[-1], trust=trust)


def routing_on(store: Store, first: Routing, trust: Callable[[], Trust], day: date) -> Routing:
    """Return the table that counts on a civil day, read now; *trust* is asked if there is one.

    Raises:
        CaseworkError: the database is away, or the table of that day does not hold.
    """
    for row in reversed(tables_in_force(store)):
        if row.active_from <= day:
            return version_of(store, row=row, trust=trust()).routing
    return first


def signed_body(uow: UnitOfWork, proposal: str, sha256: str) -> bytes:
    """Return the table of a proposal, if it is the one whose hash was signed.

    Raises:
        TamperedError: it is another, or gone.
    """
    body = uow.routing_tables.body(proposal)
    if body is None or hashlib.sha256(body).hexdigest() != sha256:
        raise TamperedError(routing_table=proposal)
    return body


def routing_change(uow: UnitOfWork, event: str, trust: Trust) -> RuleChange:
    """Return the proposal that a stored event makes.

    Raises:
        TamperedError: the event is gone or another, or its signature does not hold.
        CaseworkError: the rules refuse it.
    """
    return propose(_act(uow, event, trust))


def _act(uow: UnitOfWork, event: str, trust: Trust) -> Act:
    try:
        return stored_act(uow, event, trust)
    except RuleChangeError as problem:
        raise TamperedError(event=event) from problem


class RoutingKeeper:
    """The routing tables of a site as one running process knows them.

    A table that was found to hold once stays, whatever happens to its row: what two persons
    put in force is taken away by the next table alone.
    """

    def __init__(
        self,
        store: Store,
        first: Routing,
        trust: Callable[[], Trust],
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look into *store* when first asked.

        Args:
            store: the database.
            first: the table that comes with the program.
            trust: tells whose signatures count; asked only when a new table is found.
            seconds: a clock that only goes forward.
        """
        self._store = store
        self._trust = trust
        self._seconds = seconds
        self._lock = Lock()
        self._looked_at: float | None = None
        self._first = Version(0, "", FIRST_DAY, first)
        self._known: dict[RoutingInForce, Version] = {}
        self._versions: tuple[Version, ...] = (self._first,)

    def on(self, day: date) -> Routing:
        """Return the table that counts on a civil day."""
        return self.version_on(day).routing

    def version_on(self, day: date) -> Version:
        """Return the version that counts on a civil day: the last one that began by then."""
        return [one for one in self.versions() if one.active_from <= day][-1]

    def versions(self) -> tuple[Version, ...]:
        """Return every table that holds, the first one first, also those of days to come."""
        with self._lock:
            if self._looked_at is None or self._seconds() - self._looked_at >= LOOK_SECONDS:
                self._look()
                self._looked_at = self._seconds()
            return self._versions

    def refresh(self) -> None:
        """Look again when next asked: somebody here has just put a table in force."""
        with self._lock:
            self._looked_at = None

    def name(self, kind: str, code: str) -> str:
        """Return what a code is called by the newest table that has it; the code if none does.

        Args:
            kind: "department", "region" or "sector".
            code: of it.
        """
        for one in reversed(self.versions()):
            known = _names(one.routing, kind).get(code)
            if known is not None:
                return known.name
        return code

    def _look(self) -> None:
        try:
            rows = tables_in_force(self._store)
        except CaseworkError as problem:  # the database is away: what was read stays
            log.error("routing tables could not be looked at: %s", type(problem).__name__)
            return
        for row in rows:
            if row not in self._known:
                self._learn(row)
        # By number, and each number once: two rows cannot both be what was signed for it.
        found = {one.number: one for one in self._known.values()}
        self._versions = (self._first, *(found[number] for number in sorted(found)))

    def _learn(self, row: RoutingInForce) -> None:
        try:
            self._known[row] = version_of(self._store, row=row, trust=self._trust())
        except (CaseworkError, SettingError) as problem:
            log.error(
                "routing table %s is not used, the one before stays: %s",
                row.id, type(problem).__name__,
            )  # fmt: skip


def _names(routing: Routing, kind: str) -> Mapping[str, Department | Region | Sector]:
    named: dict[str, Mapping[str, Department | Region | Sector]] = {
        "department": routing.departments,
        "region": routing.regions.by_code,
        "sector": routing.sectors,
    }
    return named[kind]
