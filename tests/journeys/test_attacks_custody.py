"""Attacks on the custody of identities, on holds and on early destruction: none may succeed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from actors import Stage
from case_story import (
    AWB,
    CASHIER,
    CUSTODIAN_1,
    CUSTODIAN_2,
    CUSTODIAN_3,
    LEADER,
    OFFICER_2,
    SUPERVISOR,
    YJJ,
    Person,
    Story,
    begin,
    person,
)
from casework.domain.errors import (
    BadActError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.hold import standing_on
from casework.services import disclosure, holds
from instance import World, make_world
from key_changing import believed, certify, enrolled, put_in_force

OPERATOR = person("operator", "410329-95", "operator")
OWN_SUPERVISOR = person("own-supervisor", YJJ, "supervisor")


def refused(story: Story) -> Story:
    return story.tell("report.read", OFFICER_2).refused()


def held(story: Story) -> Story:
    story.tell("hold.requested", SUPERVISOR).tell("hold.approved", CUSTODIAN_1)
    return story.tell("hold.approved", CUSTODIAN_2, seat=2)


# Two people of the handling department, who would rather lose a report ---------------------


def test_the_handling_department_lifts_no_hold_that_another_office_asked_for():
    """A leader would lift the hold of an inquiry, and have the case destroyed after it."""
    story = held(refused(begin()))
    own_custodian = person("own-custodian", YJJ, "custodian")
    for who in (LEADER, OWN_SUPERVISOR, own_custodian):
        with pytest.raises(NotPermittedError):
            story.tell("hold.lifted", who)
    assert standing_on(story.case, date(2026, 3, 22)) is not None
    story.tell("hold.lifted", SUPERVISOR)
    assert standing_on(story.case, date(2026, 3, 22)) is None


def test_whoever_asked_for_a_hold_lifts_it_and_so_does_another_offices_custodian():
    by_another = held(refused(begin())).tell("hold.lifted", CUSTODIAN_3)
    by_who_asked = begin(matter="staff_misconduct").tell("hold.requested", LEADER)
    by_who_asked.tell("hold.lifted", LEADER)
    for story in (by_another, by_who_asked):
        assert [one.state for one in story.case.holds.values()] == ["lifted"]


def test_a_department_destroys_no_case_with_a_supervisor_of_its_own():
    story = refused(begin()).tell("destruction.requested", LEADER)
    with pytest.raises(NotPermittedError):
        story.tell("destruction.confirmed", OWN_SUPERVISOR)
    story.tell("destruction.confirmed", SUPERVISOR)


def test_where_the_supervising_office_leads_a_second_person_of_it_confirms():
    story = refused_by_supervisor(lead=AWB, offices=[AWB])
    story.tell("destruction.requested", person("awb-leader", AWB, "leader"))
    story.tell("destruction.confirmed", SUPERVISOR)
    assert story.case.destruction is not None
    assert story.case.destruction.confirmer == SUPERVISOR.account


def refused_by_supervisor(**facts: object) -> Story:
    story = begin(**facts).tell("report.read", SUPERVISOR)
    story.tell("refusal.proposed", SUPERVISOR)
    second = person("awb-supervisor2", AWB, "supervisor")
    return story.tell("report.refused", second, asked=3)


# Promoted, moved or made a judge between asking and opening ---------------------------------


def agreed(story: Story, who: Person, **facts: object) -> Story:
    story.tell("release.requested", who, **facts)
    story.tell("release.approved", CUSTODIAN_1)
    return story.tell("release.approved", CUSTODIAN_2, seat=2)


CONTACT = {"purpose": "contact_reporter", "item": "c1"}


def test_an_office_that_came_to_handle_the_case_does_not_learn_who_reported():
    story = agreed(begin(), SUPERVISOR, **CONTACT)
    story.tell("report.transferred", LEADER, lead=AWB, supervisor="", reason_code="not_competent")
    with pytest.raises(NotPermittedError):
        story.tell("release.opened", SUPERVISOR)


def test_who_became_investigator_or_approver_meanwhile_opens_nothing():
    both = person("both", AWB, "supervisor", "approver")
    story = agreed(begin().reserved(), both, **CONTACT)
    story.tell("reward.approved", both)
    with pytest.raises(SeparationError):
        story.tell("release.opened", both)


def test_who_lost_the_role_that_the_purpose_asks_for_opens_nothing():
    story = begin().claimed()
    agreed(story, CASHIER)
    demoted = person(CASHIER.account, CASHIER.office, "operator")
    with pytest.raises(NotPermittedError):
        story.tell("release.opened", demoted)
    story.tell("release.opened", CASHIER)


def test_nobody_compares_a_claimant_where_nothing_is_to_be_claimed():
    """A cashier would learn names of cases in which there is no award at all."""
    wish = {"purpose": "compare_claimant", "item": "w1"}
    with pytest.raises(WrongStateError):
        begin().tell("release.requested", CASHIER, **wish)
    story = begin().reserved()
    with pytest.raises(WrongStateError):
        story.tell("release.requested", CASHIER, **wish)
    begin().approved().tell("release.requested", CASHIER, **wish)


# Holder and deputy, the same office, the requester ------------------------------------------


def test_holder_and_deputy_of_one_seat_are_one_voice():
    story = begin().tell("release.requested", OPERATOR, **CONTACT)
    story.tell("release.approved", CUSTODIAN_1)
    deputy = person("deputy1", CUSTODIAN_1.office, "custodian")
    for seat in (1, 2):  # nor does another number make two of them
        with pytest.raises(SeparationError):
            story.tell("release.approved", deputy, seat=seat)
    assert story.case.releases["r1"].state == "requested"


# With a real database ------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


def hold_asked(world: World, report: str) -> None:
    facts = {
        "hold": "h1",
        "reason_code": "criminal_case",
        "until": "2026-05-31",
        "threshold": world.trust.keyset.threshold,
    }
    act = world.sign("awb-supervisor", "hold.requested", report, facts)
    holds.request_hold(world.store, act=act, trust=world.trust, now=world.now)


def asked(world: World, report: str) -> str:
    [item] = disclosure.items_to_ask_for(world.store, report=report)
    facts = {
        "release": "r1",
        "item": item.id,
        "version": item.version,
        "purpose": "contact_reporter",
        "expires_at": "2026-03-02T10:00:00Z",
        "threshold": world.trust.keyset.threshold,
    }
    act = world.sign("operator", "release.requested", report, facts)
    disclosure.request_release(world.store, act=act, trust=world.trust, now=world.now)
    return "r1"


def test_a_custodian_without_a_seat_decides_nothing(world: World):
    """Any colleague could certify one: the role alone is no seat."""
    report = world.file_report(identity={"contact": '{"phone": "1"}'}).report
    certify(world, enrolled(world, "hired", "410329-zjj", ("custodian",)), by="zjj-leader")
    hold_asked(world, report)
    release = asked(world, report)
    refusal = {"release": release, "reason_code": "not_necessary"}
    with pytest.raises(SeparationError, match="no_seat"):
        disclosure.refuse_release(
            world.store,
            act=world.sign("hired", "release.refused", report, refusal),
            trust=world.trust,
            now=world.now,
        )
    with pytest.raises(SeparationError, match="no_seat"):
        holds.lift_hold(
            world.store,
            act=world.sign("hired", "hold.lifted", report, {"hold": "h1"}),
            trust=world.trust,
            now=world.now,
        )
    case = world.case(report)
    assert (case.holds["h1"].state, case.releases["r1"].state) == ("requested", "requested")


def test_an_approval_is_good_for_its_own_request_alone(world: World):
    """Replayed for another release, or with the box of another one, it is refused."""
    report = world.file_report(identity={"contact": '{"phone": "1"}'}).report
    release = asked(world, report)
    facts = {
        "release": release,
        "seat": 1,
        "seat_key": world.trust.keyset.seat(1).key.box.hex(),
    }
    foreign = disclosure.approval_object("other", 1, b"box")
    own = disclosure.approval_object(release, 2, b"box")
    for box in (foreign, own):
        act = world.sign("seat1-holder", "release.approved", report, facts, [box])
        with pytest.raises(BadActError):
            disclosure.approve_release(
                world.store, act=act, approval=box, trust=world.trust, now=world.now
            )


# With both sites running -----------------------------------------------------------------------


def test_a_release_dies_in_the_moment_in_which_a_seat_changes_hands(stage: Stage):
    """The console looks for new key sets every ten seconds; an opening may not wait for that."""
    reporter = stage.approved("样本丁")
    reporter.claims_to_an_account("样本丁", "6222020000000000331")
    cashier = stage.cashier()
    cashier.asks_for_payee(reporter.case_number)
    for login in ("seat1-holder", "seat2-holder"):
        stage.custodian(login).agrees(reporter.case_number)
    cashier.visitor.get("/releases")
    page = cashier.follows("查看")

    believed(stage.world)
    put_in_force(stage.world, seats={1: ("seat1-deputy", "seat1-holder")})
    seen = cashier.sends("签署并查看（仅一次）")
    assert page.status == 200
    assert seen.status == 422
    assert "6222020000000000331" not in seen.text
