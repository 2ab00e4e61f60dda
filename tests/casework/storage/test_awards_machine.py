"""Awards and the fund's books together, under any acts in any order.

Whatever the table of transitions allows, the books take, except more than there is. After every
act what an award says of its money is what its lines add up to; nobody is paid twice, nothing
stays behind for an award that was given up, and the year's balance is the sum of all.
"""

import hashlib
from collections import Counter
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from case_story import APPROVER, AWB, CASHIER, JOBS, LEADER, OFFICER, REPORTER, SHA, Person, person
from case_story import begin as begin_story
from casework.domain.award import binding
from casework.domain.award_approval import beyond_fen, kind_for
from casework.domain.award_values import AGREED, GIVEN_UP, PAID_OUT, Award, AwardState
from casework.domain.case import Case
from casework.domain.errors import BudgetExceededError, CaseworkError
from casework.domain.ledger import Balance, Line, LineKind, apply, balance
from casework.domain.ledger_lines import lines_of
from casework.storage.unit_of_work import Store, UnitOfWork

CASES = 3
FINANCE = person("finance", "410329-czj", "finance")
SUPERVISOR = person("supervisor", AWB, "supervisor")
ABOVE = person("above", "410300-awb", "supervisor")
MANY = person("many", AWB, "approver", "cashier", "finance", "supervisor", "operator")
CASHIER_2 = person("cashier2", "410329-czj", "cashier")
ANYBODY = (OFFICER, LEADER, APPROVER, SUPERVISOR, ABOVE, FINANCE, CASHIER, CASHIER_2, MANY)
WHO = st.sampled_from(ANYBODY)
WHICH = st.integers(0, CASES - 1)
SUMS = st.sampled_from([1, 400, 1_000])
LADDERS = st.sampled_from(
    [["approver"], ["approver", "leader"], ["leader", "finance"], ["approver", "supervisor"]]
)
CLAIMS: dict[str, dict[str, Any]] = {
    "account": {"item": "i1", "version": 1},
    "counter": {"item": None, "version": None, "claim_hash": SHA, "confirm_hash": SHA},
    "voucher": {"item": None, "version": None, "claim_hash": SHA},
}
MEANS = {"account": "transfer", "counter": "cash", "voucher": "voucher"}
HELD = {LineKind.RESERVATION: 1, LineKind.RETURN: 1, LineKind.RELEASE: -1,
        LineKind.DISBURSEMENT: -1}  # fmt: skip
OUT = {LineKind.DISBURSEMENT: 1, LineKind.RETURN: -1}
AWAITED = {AwardState.NOTIFIED, AwardState.CLAIMED, AwardState.ORDERED, *AGREED}


class Awards(RuleBasedStateMachine):
    """Three cases of one office against one fund of two years."""

    store: Store  # given by the test
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.stories = [begin_story().concluded() for _ in range(CASES)]
        self.lines: list[Line] = []
        self.year, self.spent = 2026, 0

    @initialize(first=st.sampled_from([0, 900, 5_000, 50_000]))
    def empty(self, first: int) -> None:
        """Begin with some money in two pots."""
        self.store.write(_emptied)
        for pot, fen in (("county", first), ("city", 500)):
            if fen:
                self.book("fund.appropriated", {"pot": pot, "amount_fen": fen, "year": 2026}, None)

    @rule(amount=SUMS, pot=st.sampled_from(["county", "city"]))
    def grant(self, amount: int, pot: str) -> None:
        """More money comes in."""
        facts = {"pot": pot, "amount_fen": amount, "year": self.year}
        self.book("fund.appropriated", facts, None)

    @rule()
    def new_year(self) -> None:
        """The next one has begun, with nothing granted yet."""
        self.year = 2027

    # What happens to an award ---------------------------------------------------------------

    @rule(which=WHICH, due=SUMS, low=st.booleans(), short=st.booleans(), pot=st.booleans())
    def compute(self, which: int, due: int, low: bool, short: bool, pot: bool) -> None:
        """The jobs process works it out: opened, raised, lowered, or waiting for money."""
        award = self.award(which)
        live = award if award and award.state not in GIVEN_UP else None
        held = live.reserved_fen if live else 0
        facts: dict[str, Any] = {
            "award": live.id if live else self.new_id(), "policy": "yichuan-2022",
            "policy_sha256": SHA, "trace_sha256": SHA, "amount_fen": due,
            "year": live.year if live and held else self.year,
            "outcome": "range" if low else "amount",
        }  # fmt: skip
        if held > due:
            facts["less_fen"] = held - due
        elif due > held and short:
            facts["reason"] = "short"
        elif due > held:
            facts["more_fen"] = due - held
            facts["pot"] = live.pot if live and held else ("city" if pot else "county")
        self.do(which, "reward.computed", JOBS, **facts)

    @rule(which=WHICH, who=WHO, amount=SUMS, ladder=LADDERS)
    def propose(self, which: int, who: Person, amount: int, ladder: list[str]) -> None:
        """For the claim that is open, or by hand."""
        award = self.award(which)
        if award is None or award.state in GIVEN_UP:
            facts: dict[str, Any] = {
                "award": self.new_id(), "amount_fen": amount, "year": self.year,
                "policy": "yichuan-2022", "policy_sha256": SHA, "trace_sha256": SHA,
                "rungs": ladder, "pot": "county",
            }  # fmt: skip
            self.do(which, "reward.reserved", who, **facts)
            return
        facts = {
            "award": award.id, "amount_fen": amount, "year": award.year,
            "trace_sha256": SHA, "rungs": ladder,
        }  # fmt: skip
        if amount > award.reserved_fen:
            facts |= {"more_fen": amount - award.reserved_fen, "pot": award.pot or "county"}
        self.do(which, "reward.proposed", who, **facts)

    @rule(which=WHICH, who=WHO, whole=st.booleans())
    def approve(self, which: int, who: Person, whole: bool) -> None:
        """One rung, or as far as there are people for it."""
        for _ in range(3 if whole else 1):
            award = self.award(which)
            if award is None or not award.next_rung:
                return
            facts: dict[str, Any] = {
                "award": award.id, "amount_fen": award.amount_fen,
                "binding": binding(self.stories[which].case, award),
            }  # fmt: skip
            if beyond := beyond_fen(self.stories[which].case, award):
                facts["less_fen"] = beyond
            able = [one for one in (who, *ANYBODY) if award.next_rung in one.roles]
            kind = kind_for(award.next_rung)
            for one in able if whole else [who]:
                if self.do(which, kind, one, **facts):
                    break

    @rule(
        which=WHICH, amount=SUMS, ladder=LADDERS, how=st.sampled_from(sorted(CLAIMS)),
        far=st.integers(1, 8),
    )  # fmt: skip
    def onward(self, which: int, amount: int, ladder: list[str], how: str, far: int) -> None:
        """As it should go, and not always to the end: the later turns are far from here."""
        steps = [
            lambda: self.compute(which, amount, low=False, short=False, pot=False),
            lambda: self.propose(which, OFFICER, amount, ladder),
            lambda: self.approve(which, APPROVER, whole=True),
            lambda: self.claim(which, how),
            lambda: self.witness(which, FINANCE) if how != "account" else None,
            lambda: self.order(which, CASHIER),
            lambda: self.pay(which, CASHIER, again=True),
            lambda: self.finish(which, FINANCE),
        ]
        for step in steps[:far]:
            step()

    @rule(which=WHICH, amount=SUMS, ladder=LADDERS, far=st.sampled_from([2, 3, 3, 6, 7, 7, 8]))
    def onward_and_otherwise(self, which: int, amount: int, ladder: list[str], far: int) -> None:
        """As it should go, and then another way."""
        self.onward(which, amount, ladder, "account", far)
        if far == 2:
            self.turn_down(which, APPROVER, "reward.sent_back")
        elif far == 3:
            self.lapse(which)
            self.reopen(which, SUPERVISOR)
        elif far == 8:
            self.recall(which, SUPERVISOR)
        else:
            self.bank(which, CASHIER)

    @rule(which=WHICH, who=WHO, kind=st.sampled_from(["reward.sent_back", "reward.rejected"]))
    def turn_down(self, which: int, who: Person, kind: str) -> None:
        """Send it back, or refuse it."""
        self.to_award(which, kind, who)

    @rule(which=WHICH)
    def lapse(self, which: int) -> None:
        """Nobody claims it in time."""
        self.to_award(which, "reward.lapsed", JOBS)

    @rule(which=WHICH, who=WHO)
    def reopen(self, which: int, who: Person) -> None:
        """A lapsed one, for cause."""
        award = self.award(which)
        if award is not None:
            self.to_award(
                which, "reward.reopened", who, reason_code="illness",
                year=self.year, pot="county", more_fen=award.amount_fen,
            )  # fmt: skip

    @rule(which=WHICH, how=st.sampled_from(sorted(CLAIMS)))
    def claim(self, which: int, how: str) -> None:
        """By the reporter."""
        self.to_award(which, "reward.claimed", REPORTER, how=how, **CLAIMS[how])

    @rule(which=WHICH, who=WHO)
    def witness(self, which: int, who: Person) -> None:
        """The second officer at the counter."""
        award = self.award(which)
        if award is not None:
            given = {"claim_hash": award.claim_hash, "confirm_hash": award.confirm_hash}
            typed = {name: value for name, value in given.items() if value}
            self.to_award(which, "reward.witnessed", who, **typed)

    @rule(which=WHICH, who=st.sampled_from([CASHIER, CASHIER_2, MANY]))
    def order(self, which: int, who: Person) -> None:
        """Open the payee item, and send the bank an order."""
        award = self.award(which)
        if award is None or award.state is not AwardState.CLAIMED or award.how != "account":
            return
        self.opens(which, who)
        self.to_award(
            which, "reward.ordered", who, amount_fen=award.amount_fen, batch="b1", reference="r1"
        )

    @rule(which=WHICH, who=WHO, again=st.booleans())
    def pay(self, which: int, who: Person, again: bool) -> None:
        """Book it, perhaps twice."""
        for _ in range(2 if again else 1):
            award = self.award(which)
            if award is None:
                return
            facts: dict[str, Any] = {"amount_fen": award.amount_fen, "year": award.year}
            facts["means"] = MEANS.get(award.how, "cash")
            if award.claim_hash:
                facts["claim_hash"] = award.claim_hash
            if award.reference:
                facts["reference"] = award.reference
            self.to_award(which, "reward.paid", who, **facts)

    @rule(which=WHICH, who=WHO)
    def bank(self, which: int, who: Person) -> None:
        """It refuses an order, or sends money back."""
        award = self.award(which)
        if award is None:
            return
        if award.state is AwardState.ORDERED:
            self.to_award(which, "reward.undone", who, batch=award.batch, reason_code="other")
            return
        facts = {"amount_fen": award.amount_fen, "year": award.year, "reason_code": "other"}
        self.to_award(which, "reward.returned", who, **facts)

    @rule(which=WHICH, who=WHO)
    def finish(self, which: int, who: Person) -> None:
        """Reconcile and close."""
        self.to_award(which, "reward.reconciled", who, statement="s1")
        self.to_award(which, "reward.closed", JOBS)

    @rule(which=WHICH, who=WHO)
    def recall(self, which: int, who: Person) -> None:
        """Decide that it is to be paid back, and have it back."""
        award = self.award(which)
        if award is None:
            return
        facts = {"amount_fen": award.amount_fen, "reason_code": "fraud", "document": "文1"}
        if not self.to_award(which, "reward.recalled", who, **facts):
            return
        turns = sum(
            line.kind is LineKind.CLAWBACK and line.award == award.id for line in self.lines
        )
        move = {
            "move": "clawback", "award": award.id, "amount_fen": award.amount_fen,
            "year": award.year, "pot": award.pot or "county", "turn": turns + 1,
        }  # fmt: skip
        assert self.book("fund.agreed", move, None), "what was paid can come back"

    @rule(which=WHICH, who=WHO, redo=st.booleans())
    def review(self, which: int, who: Person, redo: bool) -> None:
        """The reporter objects, and somebody decides."""
        self.to_award(which, "reward.objected", REPORTER)
        found = next((one for one in self.stories[which].case.awards if one.objected), None)
        if found is None:
            return
        facts: dict[str, Any] = {"asked": found.objected, "outcome": "redo" if redo else "kept"}
        if redo and (found.state in PAID_OUT or found.state is AwardState.ORDERED):
            facts["beside"] = self.new_id()
        for one in (who, *ANYBODY):
            if self.do(which, "reward.reviewed", one, award=found.id, **facts):
                return

    @rule(which=WHICH, fine=st.sampled_from([40_000_000, 50_000_000]))
    def correct(self, which: int, fine: int) -> None:
        """The finding is corrected: the fine is another one."""
        self.do(
            which, "finding.recorded", OFFICER, finding="substantiated", penalty_no="罚1",
            fines_fen=[fine], facts={}, concluded_on="2026-03-20",
        )  # fmt: skip

    # What holds after every act -------------------------------------------------------------

    @invariant()
    def every_award_has_what_it_says(self) -> None:
        """By its lines, and by where it stands."""
        for story in self.stories:
            for award in story.case.awards:
                held, out = self.moved(award.id, HELD), self.moved(award.id, OUT)
                assert held == self.moved(award.id, HELD, award.year), award
                assert held == award.reserved_fen, award
                assert out in (0, award.amount_fen), award
                assert held >= 0
                if award.state in AWAITED:
                    assert (held, out) == (award.amount_fen, 0), award
                elif award.state in PAID_OUT or award.state is AwardState.RECALLED:
                    assert (held, out) == (0, award.amount_fen), award
                elif award.state in GIVEN_UP:
                    assert (held, out) == (0, 0), award
                else:
                    assert out == 0, award
                accounts = [one.account for one in award.approvals]
                assert len(accounts) == len(set(accounts))
                assert award.proposer not in accounts or not award.proposer
            gone = story.case.spent - {one.id for one in story.case.awards}
            assert [one for one in gone if self.moved(one, HELD)] == []

    @invariant()
    def the_balance_is_the_sum(self) -> None:
        """Of every year, in the database."""
        for year in (2026, 2027):
            whole, lines = self.store.read(partial(_standing, year=year))
            assert whole == balance(lines)
            assert [one.id for one in lines] == [one.id for one in self.lines if one.year == year]
        awards = {line.award for line in self.lines if line.award}
        reserved = sum(self.store.read(partial(_standing, year=one))[0].reserved_fen
                       for one in (2026, 2027))  # fmt: skip
        assert reserved == sum(self.moved(one, HELD) for one in awards)

    # -----------------------------------------------------------------------------------------

    def award(self, which: int) -> Award | None:
        return self.stories[which].case.award

    def new_id(self) -> str:
        self.spent += 1
        return f"a{self.spent}"

    def moved(self, award: str, signs: dict[LineKind, int], year: int = 0) -> int:
        of_award = [
            line for line in self.lines if line.award == award and line.year == (year or line.year)
        ]
        return sum(signs.get(line.kind, 0) * line.amount_fen for line in of_award)

    def to_award(self, which: int, kind: str, who: Person, **facts: Any) -> bool:
        """By *who*, or else by the first who may."""
        award = self.award(which)
        if award is None:
            return False
        people = (who,) if who in (JOBS, REPORTER) else (who, *ANYBODY)
        return any(self.do(which, kind, one, award=award.id, **facts) for one in people)

    def do(self, which: int, kind: str, who: Person, **facts: Any) -> bool:
        """One act, by the rules and in the books; tell whether both took it."""
        story = self.stories[which]
        before, acts = story.case, len(story.acts)
        try:
            story.tell(kind, who, at=f"{self.year}-06-01T08:00:00Z", **facts)
        except CaseworkError:
            return False
        if not self.book(kind, facts, before):
            story.case = before
            del story.acts[acts:]
            return False
        self.seen[kind] += 1
        return True

    def book(self, kind: str, facts: dict[str, Any], before: Case | None) -> bool:
        """Book what an act moves; what the rules allow is refused for want of money alone."""
        self.spent += 1
        digest = hashlib.sha256(str(self.spent).encode()).hexdigest()
        award = before.award_called(facts.get("award")) if before else None
        made = list(lines_of(kind, facts, digest, award=award))
        standing = self.parts()
        try:
            for line in made:
                place = line.year, line.pot
                standing[place] = apply(standing.get(place, Balance()), line)
        except BudgetExceededError:
            return False
        self.store.write(lambda uow: uow.ledger.append(made))
        self.lines += made
        return True

    def parts(self) -> dict[tuple[int, str], Balance]:
        return {
            (year, pot): one
            for year in (2026, 2027)
            for pot, one in self.store.read(lambda uow, year=year: uow.ledger.parts(year)).items()  # type: ignore[misc]
        }

    def opens(self, which: int, who: Person) -> None:
        """Custodians agree, and the cashier opens the payee item."""
        story = self.stories[which]
        name = f"release{story.case.events}"
        award = self.award(which)
        assert award is not None
        for kind, by, facts in (
            ("release.requested", who, {"item": award.item, "version": award.version,
                                        "purpose": "pay_award"}),
            ("release.approved", person("c1", "410329-sfj", "custodian"), {"seat": 1}),
            ("release.approved", person("c2", "410329-swj", "custodian"), {"seat": 3}),
            ("release.opened", who, {}),
        ):  # fmt: skip
            at = f"{self.year}-06-01T08:00:00Z"
            until = f"{self.year}-06-02T08:00:00Z"
            more = {"expires_at": until} if kind == "release.requested" else {}
            try:
                story.tell(kind, by, at=at, release=name, **facts, **more)
            except CaseworkError:
                return


def _emptied(uow: UnitOfWork) -> None:
    for table in ("ledger_entry", "fund_part", "fund_balance"):
        uow.connection.exec_driver_sql(f"DELETE FROM {table}")


def _standing(uow: UnitOfWork, year: int) -> tuple[Balance, tuple[Line, ...]]:
    return uow.ledger.balance(year), uow.ledger.for_year(year)


def test_what_awards_say_of_their_money_the_books_say_too(store):
    told: Counter[str] = Counter()

    class Here(Awards):
        pass

    Here.store, Here.seen = store, told
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=100,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    kinds = {
        "computed", "proposed", "reserved", "approved", "funded", "sent_back", "rejected",
        "claimed", "witnessed", "ordered", "undone", "paid", "returned", "reconciled", "closed",
        "lapsed", "reopened", "objected", "reviewed", "recalled",
    }  # fmt: skip
    assert kinds - {kind.removeprefix("reward.") for kind in told} == set()
