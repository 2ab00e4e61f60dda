"""Everybody does anything, in any order, through the real use cases, and days pass.

Every row of the table of transitions is tried: a new row without a deed fails the first test,
one that never comes about the last. Whatever happens: no case is without an owner who can open
it, nobody acts who is barred, nothing happens outside the table, every refusal has words on the
site where it is met, the events alone make the same case, and every list says what they say.
"""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import integers, sampled_from

from admin.errors import WORDS as CONSOLE
from admin.refusal_codes import CODED
from apart import ANSWERS, APART, ON_PROPOSAL, PROPOSING
from casework.domain.case import Act, Case, State
from casework.domain.co_handling import offices_of
from casework.domain.errors import CaseworkError
from casework.domain.report import advance, allowed_kinds, open_case
from casework.domain.transitions import PARTIES, TRANSITIONS
from casework.services import claims, clocks, interests, keeping, recusal
from casework.services.acts import act_of
from casework.services.clock_rows import agree
from casework.storage.clocks import ClockRow
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork
from casework.verify import Problem, verify
from crypto.events import SignedEvent
from deed import AWB, CITY, REPORTER, YJJ, ZJJ, Deed, NothingToTryError
from deeds import DEEDS
from instance import make_world
from key_changing import put_in_force
from log_keeper import take
from people import STAFF, Filed
from portal.errors import WORDS as PORTAL
from postgres_server import PostgresServer
from sharing import sharing
from ways import WAYS, Step

# People with more roles than one should have, so that only the rules keep them apart.
MANY = {
    "many-1": (YJJ, ("approver", "finance", "leader", "officer", "supervisor")),
    "many-2": (YJJ, ("cashier", "custodian", "leader", "officer")),
    "many-3": (AWB, ("approver", "cashier", "leader", "officer", "operator", "supervisor")),
    "many-4": (CITY, ("approver", "custodian", "leader", "supervisor")),
    "awb-leader": (AWB, ("leader",)),
}
EVERYBODY = (*STAFF, *MANY, REPORTER)
IDENTITY = {"who": '{"name":"样本甲"}', "contact": '{"phone":"样本"}'}
FILES = [("样本.txt", b"sample")]
# What the reports of a run are about; the first two could be merged.
ABOUT: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"matter": "staff_misconduct", "about": YJJ},
    {"about": ZJJ},
    {"sector": "new_business_forms"},
    {"urgent_from": "2026-03-02T02:00:00Z"},
    {"scope": "labour"},
    {"channel": "letter"},
)
BY_JOBS = {kind for kind, row in TRANSITIONS.items() if {one.role for one in row.who} == {"jobs"}}
KEY_KINDS = ("content", "thread")
TURNS = tuple(sorted(DEEDS))
WAY, THIRD = sampled_from(sorted(WAYS)), sampled_from(ABOUT[2:])


class Everything(RuleBasedStateMachine):
    """One instance; a few reports; all its people."""

    server: PostgresServer | None = None  # a file of SQLite where there is none

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="tonggui-everything-")
        home, server = Path(self.folder.name), self.server
        self.url = server.create_database() if server else f"sqlite:///{home / 'tonggui.sqlite'}"
        self.world = make_world(home, self.url, staff={**STAFF, **MANY})
        self.world.appropriate()
        self.world.policies = sharing(self.world.policies)
        self.filed: list[Filed] = []
        self.cases: dict[str, Case] = {}
        self.did: dict[str, list[Act]] = {}
        self.changed_keys, self.interests = False, 0

    @initialize(
        third=sampled_from(ABOUT[2:]), way=sampled_from(sorted(WAYS)), first=integers(0, 40)
    )
    def begin(self, third: dict[str, Any], way: str, first: int) -> None:
        """Not every run has to find its own way to the later turns."""
        self.file(third)
        self.go(way, 0, first)

    def file(self, third: dict[str, Any]) -> None:
        """Three reports in the log."""
        for about in (*ABOUT[:2], third):
            self.filed.append(self.world.file_report(identity=IDENTITY, files=FILES, **about))
            take(self.world)
            self.world.move(minutes=5)
        self.jobs()

    # ---- what happens

    @rule(kind=sampled_from(TURNS), who=sampled_from(EVERYBODY), pick=integers(0, 9))
    def anything(self, kind: str, who: str, pick: int) -> None:
        """By anybody, in any case."""
        self.attempt(kind, who, pick % 3, pick)

    @rule(who=sampled_from(EVERYBODY), pick=integers(0, 99))
    def something_offered(self, who: str, pick: int) -> None:
        """What the buttons of a case would offer somebody."""
        which = pick % 3
        kinds = sorted(self.offered(self.case(which), who) & DEEDS.keys())
        if kinds:
            self.attempt(kinds[(pick // 3) % len(kinds)], who, which, pick)

    @rule(kind=sampled_from(TURNS), first=integers(0, 40), pick=integers(0, 99))
    def by_whoever_may(self, kind: str, first: int, pick: int) -> None:
        """By the first who may, asked in some order."""
        self.somebody(kind, pick % 3, first, pick)

    @rule(kind=sampled_from(TURNS), pick=integers(0, 99))
    def by_who_is_out_of_it(self, kind: str, pick: int) -> None:
        """By somebody recused, or of an office that must not know of it."""
        which = pick % 3
        case = self.case(which)
        out = [
            login
            for login, one in self.world.people.items()
            if one.account in case.recused or one.office in case.kept_out
        ]
        if out:
            done = self.attempt(kind, out[pick % len(out)], which, pick)
            assert not done or TRANSITIONS[kind].seals_anew

    @rule(kind=sampled_from(sorted(APART)), pick=integers(0, 99))
    def by_who_had_a_hand_in_it(self, kind: str, pick: int) -> None:
        """By somebody who did what keeps them apart from it."""
        which = pick % 3
        case = self.case(which)
        did = {one.actor for one in self.did[case.report_id] if one.kind in APART[kind]}
        for login in [one.login for one in self.world.people.values() if one.account in did]:
            assert not self.attempt(kind, login, which, pick)

    @rule(way=WAY, pick=integers(0, 99))
    def go_some_way(self, way: str, pick: int) -> None:
        self.go(way, pick % 3, pick)

    @rule(days=sampled_from((1, 6, 25)))
    def days_pass(self, days: int) -> None:
        take(self.world)  # the jobs process runs all day: nothing waits for days to be taken in
        self.world.move(days=days)
        self.jobs()

    @precondition(lambda self: self.interests < 2)
    @rule(who=sampled_from(sorted({*STAFF, *MANY})))
    def declare_an_interest(self, who: str) -> None:
        """In the enterprise whose mark every acceptance may bring."""
        self.interests += 1
        account = self.world.people[who].account
        interests.declare_interest(
            self.world.store, account=account, mark="ab" * 16, on=self.world.now.date()
        )
        self.jobs()

    @precondition(lambda self: not self.changed_keys)
    @rule()
    def change_keys(self) -> None:
        """Two seats and an office have new keys."""
        self.changed_keys = True
        seats = {1: ("seat1-deputy", "seat1-holder"), 3: ("seat3-deputy", "seat3-holder")}
        self.world.trust = put_in_force(self.world, rotated=[YJJ], seats=seats)

    # ---- how

    def case(self, which: int) -> Case:
        return self.cases[self.filed[which].report]

    def go(self, way: str, which: int, first: int) -> list[Step]:
        """Go a way as far as it leads; return the steps that nobody took."""
        return [step for step in WAYS[way] if not self.step(step, which, first)]

    def step(self, step: Step, which: int, first: int) -> bool:
        kind, choice, other = (*((step,) if isinstance(step, str) else step), 0, 0)[:3]
        if kind == "days":
            self.days_pass(int(choice))
        elif kind == "keys":
            if not self.changed_keys:
                self.change_keys()
        else:
            return self.somebody(kind, (which + other) % 3, first, choice)
        return True

    def somebody(self, kind: str, which: int, first: int, pick: int | str) -> bool:
        turn = first % len(EVERYBODY)
        people = (*EVERYBODY[turn:], *EVERYBODY[:turn])
        if self.is_offered_elsewhere(kind):
            roles = {one.role for one in TRANSITIONS[kind].who}
            may = [who for who in people[:8] if who != REPORTER and roles & self.roles(who)]
        else:
            may = [who for who in people if kind in self.offered(self.case(which), who)]
        return any(self.attempt(kind, who, which, pick) for who in may)

    def offered(self, case: Case, who: str) -> frozenset[str]:
        if who == REPORTER:
            return allowed_kinds(case, actor=REPORTER, office="", roles=frozenset())
        person, roles = self.world.people[who], self.roles(who)
        return allowed_kinds(case, actor=person.account, office=person.office, roles=roles)

    def roles(self, who: str) -> frozenset[str]:
        return frozenset(self.world.people[who].roles)

    def attempt(self, kind: str, who: str, which: int, pick: int | str) -> bool:
        """Try; whatever comes of it is looked at, a refusal for its words."""
        before = {report: case.events for report, case in self.cases.items()}
        others = [one for number, one in enumerate(self.filed) if number != which]

        def choose(choices: Sequence[Any]) -> Any:
            if isinstance(pick, str):
                return pick if pick in choices else choices[0]
            return choices[pick % len(choices)]

        deed = Deed(self.world, self.filed[which], who, pick=choose, others=others)
        try:
            DEEDS[kind](deed)
        except NothingToTryError:
            return False
        except CaseworkError as refusal:
            has_words(refusal, PORTAL if who == REPORTER else CONSOLE)
            self.look()
            assert before == {report: case.events for report, case in self.cases.items()}
            return False
        self.filed[which] = deed.filed
        self.look()
        assert any(self.cases[report].events > events for report, events in before.items()), kind
        for decision in [one for one, asked in ANSWERS.items() if asked == kind]:
            assert not self.attempt(decision, who, which, 0), "by who asked for it"
        return True

    def jobs(self) -> None:
        """One round of the jobs process."""
        world = self.world
        common: dict[str, Any] = {"trust": world.trust, "log_key": world.log_key, "now": world.now}
        clocks.project_new(world.store, now=world.now)
        assert claims.open_claims(world.store, **common).failed == ()
        assert claims.end_claims(world.store, **common).failed == ()
        assert clocks.sweep(world.store, **common).failed == ()
        assert recusal.recuse_declared(world.store, **common)[1] == ()
        keeping.sweep(world.store, world.blobs, policies=world.policies, **common)
        take(world)
        self.look()

    def look(self) -> None:
        """Take in what is new in every case, event by event."""
        for filed in self.filed:
            report = filed.report
            events = self.world.store.read(partial(events_in, report=report))
            for signed in events[len(self.did.setdefault(report, [])) :]:
                case = self.cases.get(report)
                act = act_of(signed.event, case, self.world.trust, past=True)
                if case is None:
                    self.cases[report] = open_case(act.facts, report_id=report)
                else:
                    self.is_allowed(case, act)
                    self.cases[report] = advance(case, act)
                self.did[report].append(act)

    # ---- what must hold

    def is_allowed(self, case: Case, act: Act) -> None:
        """One act against the table, its bars, and what its actor did before."""
        row, earlier = TRANSITIONS[act.kind], self.did[case.report_id]
        assert case.state in row.states
        assert [bar.rule for bar in row.bars if bar.hit(case, act)] == []
        if act.actor in PARTIES:
            assert act.actor in {one.role for one in row.who}
            return
        assert act.roles & {one.role for one in row.who}
        if not row.seals_anew:
            assert act.office not in case.kept_out
            assert act.actor not in case.recused
        if not self.is_offered_elsewhere(act.kind):
            told: dict[str, Any] = {"actor": act.actor, "office": act.office, "roles": act.roles}
            assert act.kind in allowed_kinds(case, **told), "done, and never offered"
        if asked := ANSWERS.get(act.kind):
            assert newest(earlier, asked, act).actor != act.actor
        if act.kind in ON_PROPOSAL and (asked_by := [a for a in earlier if a.kind in PROPOSING]):
            assert asked_by[-1].actor != act.actor
        mine = {one.kind for one in earlier if one.actor == act.actor}
        assert not mine & APART.get(act.kind, set())

    @staticmethod
    def is_offered_elsewhere(kind: str) -> bool:
        """Whether it is never a button of one case."""
        return kind in {
            "merge.joined", "merge.left", "case.redone", "keys.rewrapped", "release.attempted",
            "reward.shared",
        }  # fmt: skip

    @invariant()
    def promises_hold(self) -> None:
        self.every_case_has_an_owner()
        self.everything_stored_says_what_the_events_say()
        self.an_open_case_has_a_running_clock()

    def every_case_has_an_owner(self) -> None:
        offices = {person.office for person in self.world.people.values()}
        for case in self.cases.values():
            assert case.lead in offices
            assert case.offices == offices_of(
                case.lead, case.supervisor, case.co_handlers, discipline=case.discipline
            )
            assert not case.kept_out & set(case.offices)
            keys = self.world.store.read(partial(keys_in, case=case, offices=offices))
            if not case.destroyed:
                assert keys >= {(one, kind) for one in case.offices for kind in KEY_KINDS}
            assert not case.kept_out & {office for office, _kind in keys}

    def everything_stored_says_what_the_events_say(self) -> None:
        for case in self.cases.values():
            assert self.world.store.read(partial(wrong_in, case=case, now=self.world.now)) == []

    def an_open_case_has_a_running_clock(self) -> None:
        for report, case in self.cases.items():
            rows = self.world.store.read(partial(clocks_in, report=report))
            if case.state in (State.RECEIVED, State.ACCEPTED) and not case.destroyed:
                assert [one for one in rows if not one.stopped], case.state

    def teardown(self) -> None:
        """Verification of the whole instance finds nothing."""
        try:
            take(self.world)
            found = verify(self.world.store, self.world.blobs, self.world.trust)
            assert [one for one in found if isinstance(one, Problem)] == []
        finally:
            self.world.store.close()
            if self.server:
                self.server.drop_database(self.url)
            self.folder.cleanup()


def events_in(uow: UnitOfWork, *, report: str) -> tuple[SignedEvent, ...]:
    return uow.events.of_report(report)


def clocks_in(uow: UnitOfWork, *, report: str) -> tuple[ClockRow, ...]:
    return uow.clocks.of_report(report)


def keys_in(uow: UnitOfWork, *, case: Case, offices: set[str]) -> set[tuple[str, str]]:
    """Which offices hold which kinds of key of a case."""
    vault = SealedVault(uow)
    return {
        (office, one.key_kind)
        for office in offices
        for one in vault.office_wraps(case.report_id, office)
    }


def wrong_in(uow: UnitOfWork, *, case: Case, now: datetime) -> list[str]:
    """What is stored beside the events of a case and does not follow from them."""
    told = {
        "case": uow.reports.get(case.report_id) == case,
        "row": uow.reports.agrees(case),
        "waiting": uow.waiting.agrees(case),
        "keeping": uow.keeping.agrees(case),
        "awards": uow.awards.agrees(case),
        "releases": uow.releases.agrees(case),
        "clocks": agree(uow, case, now),
    }
    return [name for name, agrees in told.items() if not agrees]


def newest(earlier: Sequence[Act], kind: str, act: Act) -> Act:
    """The act that a decision answers: of the ordinal that it names, else the last of its kind."""
    found = [one for one in earlier if one.kind == kind]
    asked = act.facts.get("asked")
    named = [one for one in found if one.ordinal == asked]
    keys = [(name, act.facts[name]) for name in ("release", "hold") if name in act.facts]
    ids = [one for one in found if any(one.facts.get(name) == value for name, value in keys)]
    return (named or ids or found)[-1]


def has_words(refusal: CaseworkError, words: Any) -> None:
    """Whether a site says what was refused, by its code where it has several."""
    assert words.get(type(refusal)), type(refusal)
    coded = CODED.get(type(refusal), {}) if words is CONSOLE else {}
    code = getattr(refusal, "rule", None) or getattr(refusal, "reason", None)
    assert not coded or code in coded, (type(refusal), code)


def run(machine: type[Everything], examples: int, steps: int) -> None:
    """Let a machine run, the same way each time."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            report_multiple_bugs=False,
            phases=(Phase.generate,),  # a run is short enough to read; shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_row_of_the_table_has_a_deed_or_is_the_jobs_process_s():
    assert DEEDS.keys() | BY_JOBS == TRANSITIONS.keys()


def test_every_row_of_the_table_is_on_some_way_or_is_the_jobs_process_s():
    steps = [step if isinstance(step, str) else step[0] for way in WAYS.values() for step in way]
    twins = {
        "merge.joined": "case.merged", "merge.left": "merge.undone",
        "case.redone": "review.decided", "reward.shared": "reward.funded",
    }  # fmt: skip
    assert {*steps, *(one for one in twins if twins[one] in steps)} >= TRANSITIONS.keys() - BY_JOBS


ASKING = sorted(one for one, steps in WAYS.items() if set(ANSWERS.values()) & set(steps))
HEAD = list(STAFF).index("yjj-leader")  # who asks as a head and is no investigator
# People with many roles before those with one.
TRIED = [*((way, len(STAFF)) for way in sorted(WAYS)), *((way, HEAD) for way in ASKING)]


# What nobody does: the jobs process, or the last yes to an award that is shared.
COMES_WITH = {
    "paid": "reward.closed", "shared": "reward.shared", "signed by two": "reward.shared",
    "lapsed": "reward.computed", "told by letter": "reward.lapsed",
}  # fmt: skip


@pytest.mark.parametrize(("way", "first"), TRIED)
def test_each_way_leads_to_its_end(way, first):
    machine = Everything()
    machine.file(ABOUT[{"copied": 3, "told by letter": -1}.get(way, 4)])
    left = machine.go(way, 0, first)
    machine.promises_hold()
    machine.teardown()
    assert left == []
    came = {one.kind for acts in machine.did.values() for one in acts}
    assert COMES_WITH.get(way, "report.received") in came


def test_whatever_anybody_does_the_promises_hold():
    run(Everything, 12, 30)


def test_so_they_do_on_postgresql(postgres):
    class OnPostgres(Everything):
        server = postgres

    run(OnPostgres, 3, 12)
