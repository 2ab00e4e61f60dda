"""Whose signature counts: keys of the key set, the right one of two, never a database flag."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from casework.domain.errors import (
    BadActError,
    NotPermittedError,
    SignatureRefusedError,
    StaleActError,
    UnknownSignerError,
)
from casework.queries import cases
from casework.services import intake, verification
from crypto.events import SignedEvent
from crypto.private_key import PrivateKey
from instance import World


def accept(world: World, act: SignedEvent) -> None:
    verification.accept_report(
        world.store,
        act=act,
        trust=world.trust,
        now=world.now,
    )


def test_a_key_outside_the_key_set_is_not_believed_even_if_the_account_row_has_it(world):
    filed = world.file_report()
    officer = world.people["yjj-officer"]
    forged = replace(officer, day=PrivateKey.generate())
    world.people = {**world.people, "yjj-officer": forged}
    key = forged.day.public.encode().hex()
    world.store.write(
        lambda uow: uow.connection.execute(
            sa.text("UPDATE account SET day_key = :key WHERE id = :id"),
            {"key": key, "id": officer.account},
        )
    )
    act = world.sign("yjj-officer", "report.accepted", filed.report, world.acceptance(filed.report))

    with pytest.raises(UnknownSignerError):
        accept(world, act)


def test_a_role_that_stands_only_in_the_database_counts_for_nothing(world):
    filed = world.file_report()
    auditor = world.people["auditor"]
    world.store.write(
        lambda uow: uow.connection.execute(
            sa.text("UPDATE account SET roles = :roles, office = '410329-yjj' WHERE id = :id"),
            {"id": auditor.account, "roles": '["officer"]'},
        )
    )
    act = world.sign("auditor", "report.accepted", filed.report, world.acceptance(filed.report))

    with pytest.raises(NotPermittedError):
        accept(world, act)


def test_money_and_releases_need_the_deed_key_and_ordinary_acts_the_day_key(world):
    filed = world.file_report()
    facts = world.acceptance(filed.report)
    with pytest.raises(SignatureRefusedError):
        accept(world, world.sign("yjj-officer", "report.accepted", filed.report, facts, deed=True))

    world.accept(filed.report)
    world.conclude(filed.report)
    act = world.sign(
        "yjj-officer", "reward.reserved", filed.report, world.proposal(filed.report), deed=False
    )
    from casework.services import rewards

    with pytest.raises(SignatureRefusedError):
        rewards.reserve_reward(
            world.store, act=act, trust=world.trust, policies=world.policies, now=world.now
        )


def test_a_signature_does_not_carry_over_to_another_event(world):
    filed = world.file_report()
    act = world.sign("yjj-officer", "report.accepted", filed.report, world.acceptance(filed.report))
    changed = replace(act.event, facts={**act.event.facts, "verify_due_on": "2026-04-30"})

    with pytest.raises(SignatureRefusedError):
        accept(world, SignedEvent(changed, act.signature))


@pytest.mark.parametrize(
    ("fact", "value"),
    [("verify_due_on", "2026-04-02"), ("accepted_on", "2026-03-01"), ("policy", "cn-2018")],
)
def test_an_officer_cannot_choose_the_clock_the_day_or_the_policy(world, fact, value):
    filed = world.file_report()
    facts = {**world.acceptance(filed.report), fact: value}
    with pytest.raises(BadActError):
        accept(world, world.sign("yjj-officer", "report.accepted", filed.report, facts))


def test_an_act_dated_sixteen_minutes_ago_is_refused_and_fourteen_is_not(world):
    filed = world.file_report()
    act = world.sign("yjj-officer", "report.accepted", filed.report, world.acceptance(filed.report))
    world.move(minutes=16)
    with pytest.raises(BadActError):
        accept(world, act)
    world.move(minutes=-2)
    accept(world, act)
    assert world.case(filed.report).state == "accepted"


def test_an_act_is_stored_once(world):
    filed = world.file_report()
    act = world.sign("yjj-officer", "report.accepted", filed.report, world.acceptance(filed.report))
    accept(world, act)
    with pytest.raises(StaleActError):
        accept(world, act)


def test_a_report_about_an_office_is_never_sealed_to_it(world):
    filed = world.file_report(matter="staff_misconduct", about="410329-yjj")
    assert "410329-yjj" not in world.case(filed.report).offices
    wraps = world.store.read(
        lambda uow: (
            uow.connection.execute(
                sa.text("SELECT recipient FROM key_wrap WHERE report_id = :id"),
                {"id": filed.report},
            )
            .scalars()
            .all()
        )
    )
    assert "office:410329-yjj" not in wraps
    assert "office:410329-jw" in wraps


def test_rows_that_the_event_does_not_name_are_not_taken_in(world):
    filed = world.file_report()
    stray = world.sealed_object("message")
    act = world.sign_as_reporter(filed, "message.sent", {"from": "reporter"}, [])
    from casework.services import mailbox

    with pytest.raises(BadActError):
        mailbox.post_message(world.store, act=act, message=stray, trust=world.trust, now=world.now)


def test_two_reports_never_share_a_code(world):
    filed = world.file_report()
    with pytest.raises(intake.LocatorTakenError):
        world.file_report(code=filed.code)


def test_what_no_rule_matches_waits_in_the_pool_until_it_is_given_to_a_department(world):
    filed = world.file_report(sector="new_business_forms")
    case = world.case(filed.report)
    assert (case.lead, case.rule) == ("410329-awb", "")
    assert [line.id for line in cases.undetermined(world.store).lines] == [filed.report]

    facts = {"lead": "410329-yjj", "supervisor": "410329-awb", "reason_code": "lead_by_duty"}
    wraps = [world.wrap_to("410329-yjj", filed.report, kind) for kind in ("content", "thread")]
    verification.transfer_report(
        world.store,
        act=world.sign("awb-supervisor", "report.transferred", filed.report, facts, wraps),
        wraps=wraps,
        trust=world.trust,
        now=world.now,
    )
    assert cases.undetermined(world.store).lines == ()
    assert [line.id for line in cases.inbox(world.store, office="410329-yjj").lines] == [
        filed.report
    ]
