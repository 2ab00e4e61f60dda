"""The work that benchmarks.audit measures: reports filed and accepted, with and without events."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from benchmarks.instance import CHEAP, SUPPORT
from casework.clock import SHANGHAI
from casework.domain.calendar import WorkCalendar
from casework.domain.case import Act, Case
from casework.domain.ids import new_case_number, new_id
from casework.domain.legal_clock import clock_due
from casework.domain.report import advance, open_case
from casework.domain.routing import route
from casework.services import clock_rows, verification
from casework.services.acts import act_of
from casework.services.audit_log import Keeping, take_in
from casework.services.calendar import work_calendar
from casework.services.notices import notify
from casework.storage.unit_of_work import UnitOfWork
from crypto.dossier import Dossier, Facts, Sending, compose
from crypto.events import SignedEvent
from crypto.mailbox import ReporterKey
from crypto.randomness import random_bytes

if TYPE_CHECKING:
    from instance import World

OFFICER = "yjj-officer"
ACCEPTED = "report.accepted"
NARRATIVE = "储罐区动火作业未办理审批，安全阀已停用，值班人员多次要求整改未果。" * 8


@dataclass(frozen=True, slots=True)
class Load:
    """A throw-away instance and what is done in it."""

    world: "World"
    keeping: Keeping
    calendar: WorkCalendar
    server: int | None = None  # process id of the database server

    @classmethod
    def make(cls, home: Path, database_url: str, *, server: int | None = None) -> Self:
        """Found an instance in an empty database."""
        if str(SUPPORT) not in sys.path:
            sys.path.insert(0, str(SUPPORT))
        import instance

        world = instance.make_world(home, database_url, costs=CHEAP)
        keeping = Keeping(world.trust, world.log_key, world.now, batch_days=7)
        return cls(world, keeping, work_calendar(world.store), server)

    def with_events(self) -> None:
        """File a report and accept it, as the product does."""
        dossier, locator, key = self._composed()
        case = open_case(dossier.event.facts, report_id=dossier.event.report)
        signed = [SignedEvent(dossier.event, b"")]
        self._write(lambda uow: self._store(uow, dossier, case, locator, key, signed))
        facts = self.world.acceptance(case.report_id)
        verification.accept_report(
            self.world.store,
            act=self.world.sign(OFFICER, ACCEPTED, case.report_id, facts, ordinal=2),
            trust=self.world.trust,
            now=self.world.now,
        )

    def without_events(self) -> None:
        """Store the same rows and the same two states, with nothing signed or logged."""
        dossier, locator, key = self._composed()
        case = open_case(dossier.event.facts, report_id=dossier.event.report)
        self._write(lambda uow: self._store(uow, dossier, case, locator, key, []))
        facts = self.world.acceptance(case.report_id)
        self._write(lambda uow: self._accept(uow, case.report_id, facts))

    def take_in(self) -> int:
        """Take all that waits into the audit tree."""
        total = 0
        while taken := take_in(self.world.store, keeping=self.keeping):
            total += taken
        return total

    def fill(self, reports: int, events: int) -> None:
        """Store reports with so many signed events each, in one transaction."""
        made = [self._history(events) for _ in range(reports)]

        def run(uow: UnitOfWork) -> None:
            for dossier, locator, key, case, signed in made:
                self._store(uow, dossier, case, locator, key, signed)

        self.world.store.write(run)

    def _history(self, events: int) -> tuple[Dossier, bytes, bytes, Case, list[SignedEvent]]:
        """Compose a report and the officer's acts that read it."""
        dossier, locator, key = self._composed()
        case = open_case(dossier.event.facts, report_id=dossier.event.report)
        signed = [SignedEvent(dossier.event, b"")]
        facts = {"sending": dossier.event.facts["sending"]}
        for ordinal in range(2, events + 1):
            act = self.world.sign(OFFICER, "report.read", case.report_id, facts, ordinal=ordinal)
            case = advance(case, act_of(act.event, case, self.world.trust))
            signed.append(act)
        return dossier, locator, key, case, signed

    def _accept(self, uow: UnitOfWork, report_id: str, facts: Mapping[str, str]) -> None:
        """Do what `accept_report` does beside checking, signing and storing an event."""
        world, officer = self.world, self.world.people[OFFICER]
        case = uow.reports.lock(report_id)
        at = f"{world.now:%Y-%m-%dT%H:%M:%SZ}"
        roles = frozenset(officer.roles)
        act = Act(ACCEPTED, 2, at, officer.account, officer.office, roles, facts)
        changed = advance(case, act)
        uow.reports.save(changed, expected_events=case.events)
        clock_rows.project(uow, changed, world.now)
        assert changed.accepted_on is not None
        policy = world.policies.in_force(case.region, case.sector, changed.accepted_on)
        clock_due(policy, "verify", changed.accepted_on, calendar=self.calendar)

    def _composed(self) -> tuple[Dossier, bytes, bytes]:
        today = self.world.now.astimezone(SHANGHAI).date()
        region, sector, matter = "410329", "hazardous_chemicals", "violation"
        routed = route(self.world.routing, region, sector, matter, about=None, on=today)
        report, key = new_id(), ReporterKey(random_bytes(32))
        dossier = compose(
            Sending.begin(site=self.world.trust.keyset.site, report_id=report, sending_id=new_id()),
            facts=Facts(
                region=region,
                sector=sector,
                matter=matter,
                about=None,
                channel="web",
                received_on=today.isoformat(),
                case_number=new_case_number(region, today.year),
                lead=routed.lead,
                supervisor=routed.supervisor,
                offices=routed.offices,
                rule=routed.rule or "",
            ),
            parts={"narrative": NARRATIVE},
            identity={},
            files=[],
            keyset=self.world.trust.keyset,
            reporter=key.public,
            new_id=new_id,
        )
        return dossier, random_bytes(32), key.public.encode()

    def _store(
        self,
        uow: UnitOfWork,
        dossier: Dossier,
        case: Case,
        locator: bytes,
        key: bytes,
        signed: list[SignedEvent],
    ) -> None:
        uow.reports.insert(case)
        uow.clocks.insert_new(case)
        uow.mailboxes.insert(locator, case.report_id, key)
        uow.sealed.add_objects(case.report_id, (dossier.manifest, *dossier.objects))
        uow.sealed.add_wraps(case.report_id, dossier.wraps)
        if signed:
            uow.events.append(*signed)
        notify(uow, "report.received", case=case, office=case.lead, now=self.world.now)

    def _write(self, run: Callable[[UnitOfWork], None]) -> None:
        self.world.store.write(run)
