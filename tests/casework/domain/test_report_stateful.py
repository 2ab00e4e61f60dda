"""Whoever does whatever in whatever order: nobody ends up in two places that exclude each other."""

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from

from case_story import AWB, CITY, JOBS, REPORTER, YJJ, Person, begin, person
from casework.domain.case import AwardState, Case, ReleaseState, State
from casework.domain.co_handling import offices_of
from casework.domain.errors import CaseworkError
from casework.domain.report import TRANSITIONS, replay

# People who hold more roles than one should, so that only the rules keep them apart.
PEOPLE = (
    REPORTER,
    JOBS,
    person("p1", YJJ, "officer", "leader", "approver"),
    person("p2", YJJ, "officer", "cashier", "custodian"),
    person("p3", AWB, "supervisor", "officer", "approver", "cashier"),
    person("p4", AWB, "custodian", "leader", "finance"),
    person("p5", CITY, "custodian", "approver", "cashier"),
    person("p6", "410329-jw", "custodian", "supervisor"),
    person("p7", "410329-czj", "cashier", "custodian"),
    person("p8", "410329-zjj", "officer", "leader", "supervisor", "custodian", "cashier"),
)
ACCUSED = "410329-zjj"
# A seat's new key is sealed to in every case, or the seat would be lost to it; nothing is opened.
SEALS_ANEW = frozenset({"keys.resealed", "keys.contributed", "keys.rebuilt"})
OTHER_FACTS: dict[str, tuple[dict[str, object], ...]] = {
    "report.transferred": ({"lead": AWB, "supervisor": CITY}, {"lead": YJJ}),
    "cohandlers.named": ({"co": ["410329-jw", ACCUSED]}, {"co": ["410329-jw"]}),
    "return.requested": ({"to": ""},),
    "message.sent": ({"from": "reporter"},),
    "reward.reserved": ({"award": "a2"}, {"award": "a3"}),
    "reward.rejected": ({"award": "a2"},),
    "reward.claimed": ({"award": "a2"}, {"version": 2}),
    "release.requested": ({"release": "r2"}, {"release": "r3", "version": 2}),
    "release.approved": ({"seat": 2}, {"release": "r2"}, {"release": "r2", "seat": 2}),
    "release.opened": ({"release": "r2"},),
    "reward.paid": ({"award": "a2"},),
}
STEPS = tuple(
    (kind, changed) for kind in TRANSITIONS for changed in ({}, *OTHER_FACTS.get(kind, ()))
)
# Enough of the usual way that most runs get far.
USUAL: tuple[tuple[str, dict[str, object]], ...] = (
    ("report.accepted", {}),
    ("finding.recorded", {}),
    ("reward.reserved", {}),
    ("reward.approved", {}),
    ("reward.claimed", {}),
    ("release.requested", {}),
    ("release.approved", {}),
    ("release.approved", {"seat": 2}),
    ("release.opened", {}),
    ("reward.paid", {}),
    ("message.sent", {"about": "result"}),
    ("closing.proposed", {}),
    ("case.closed", {}),
)


class AnyOrder(RuleBasedStateMachine):
    """Tries any act by anybody; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.story = begin(about=ACCUSED)
        self.did: list[tuple[str, Person]] = []

    @rule(step=sampled_from(STEPS), who=sampled_from(PEOPLE))
    def anything(self, step: tuple[str, dict[str, object]], who: Person) -> None:
        self._try(step, who)

    @rule(first=sampled_from(range(len(PEOPLE))))
    def go_on(self, first: int) -> None:
        """The furthest usual step that anybody may take, asked in some order."""
        people = (*PEOPLE[first:], *PEOPLE[:first])
        for step in reversed(USUAL):
            if any(self._try(step, who) for who in people):
                return

    def _try(self, step: tuple[str, dict[str, object]], who: Person) -> bool:
        before = self.story.case
        try:
            self.story.tell(step[0], who, **step[1])
        except CaseworkError:
            assert self.story.case is before
            return False
        if who.office == ACCUSED:
            assert self.story.case == replace(before, events=before.events + 1)
        self.did.append((step[0], who))
        return True

    def _who(self, *kinds: str) -> set[str]:
        return {who.account for kind, who in self.did if kind in kinds}

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        investigators = self._who("finding.recorded")
        assert not investigators & self._who("case.closed", "reward.approved", "reward.paid")
        closings = self.story.case.closings
        if self.story.case.state is State.CLOSED:
            assert closings[-1].decider == self.story.case.closed_by != closings[-1].proposer
        award = self.story.case.award
        if award is not None and award.state is not AwardState.REJECTED and award.approver:
            assert award.approver not in (award.proposer, award.cashier)
        for release in self.story.case.releases.values():
            people = [given.account for given in release.approvals]
            assert len(set(people)) == len(people)
            assert len({given.office for given in release.approvals}) == len(people)
            assert release.requester not in people
            if release.state is ReleaseState.OPENED:
                assert len(people) >= release.threshold

    @invariant()
    def nobody_refuses_alone(self) -> None:
        for asked in self.story.case.refusals:
            assert asked.decider != asked.proposer
        if self.story.case.state is State.REFUSED:
            assert self.story.case.refusals[-1].decider

    @invariant()
    def the_accused_do_nothing_but_seal_their_seat_anew(self) -> None:
        assert {kind for kind, who in self.did if who.office == ACCUSED} <= SEALS_ANEW
        assert ACCUSED not in self.story.case.offices

    @invariant()
    def states_keep_their_promises(self) -> None:
        case: Case = self.story.case
        if case.state in (State.CONCLUDED, State.CLOSED):
            assert case.finding is not None
        if case.state is State.ACCEPTED:
            assert case.verify_due_on is not None
        if case.award is not None:
            assert case.rewarded
        assert [kind for kind, _ in self.did].count("reward.paid") <= 1
        assert case.lead == case.offices[0]
        assert case.offices == offices_of(case.lead, case.supervisor, case.co_handlers)
        assert sum(not one.outcome for one in case.returns) <= 1

    def teardown(self) -> None:
        """The accused get nowhere wherever it ended; the events alone make the same case."""
        accused = next(who for who in PEOPLE if who.office == ACCUSED)
        for step in STEPS:
            self._try(step, accused)
        self.the_accused_do_nothing_but_seal_their_seat_anew()
        assert replay("report1", self.story.acts) == self.story.case


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
