"""The sweep: reminders, overdue, escalation; once each, whatever happened to the process."""

import json

from casework.services import clocks, outbox
from casework.services.clocks import Swept
from instance import World


def sweep(world: World) -> Swept:
    return clocks.sweep(
        world.store,
        trust=world.trust,
        log_key=world.log_key,
        now=world.now,
    )


def notices(world: World, kind: str) -> list[dict[str, str]]:
    """The notices of a kind that wait in the outbox."""
    jobs = outbox.claim(world.store, limit=1000, now=world.now)
    return [dict(job.payload) for job in jobs if job.payload["notice"] == kind]


def test_acceptance_on_2_march_is_due_on_1_april_and_overdue_on_2_april(world):
    filed = world.file_report()
    case = world.accept(filed.report)
    assert str(case.verify_due_on) == "2026-04-01"

    world.move(days=30)  # 1 April
    assert sweep(world).overdue == 0
    world.move(days=1)  # 2 April
    swept = sweep(world)
    assert (swept.overdue, swept.escalated) == (1, 1)
    after = world.case(filed.report)
    assert after.overdue == ("verify",)
    assert after.escalated == ("verify/410329-awb",)


def test_a_sweep_that_runs_again_does_nothing(world):
    filed = world.file_report()
    world.accept(filed.report)
    world.move(days=15)
    assert sweep(world).reminded == 1
    assert sweep(world) == Swept()
    world.move(days=40)
    sweep(world)
    assert sweep(world) == Swept()
    assert world.case(filed.report).events == 5  # received, accepted, one reminder, overdue, up


def test_after_a_standstill_only_the_latest_reminder_is_given(world):
    filed = world.file_report()
    world.accept(filed.report)
    world.move(days=29)
    assert sweep(world).reminded == 1
    assert len(world.case(filed.report).reminded) == 1


def test_a_finding_stops_the_clock(world):
    filed = world.file_report()
    world.accept(filed.report)
    world.move(days=10)
    world.conclude(filed.report, finding="unsubstantiated", fines_fen=())
    world.move(days=60)
    assert sweep(world) == Swept()


def test_the_supervising_office_is_told_of_what_is_overdue_and_nothing_else(world):
    filed = world.file_report(narrative="储罐区样本叙述")
    world.accept(filed.report)
    world.move(days=31)
    sweep(world)

    told = notices(world, "case.escalated")
    assert [one["office"] for one in told] == ["410329-awb"]
    assert set(told[0]) == {"notice", "office", "case_number", "on"}
    assert told[0]["on"] == "2026-04-01"
    assert "样本" not in json.dumps(told, ensure_ascii=False)


def test_a_release_nobody_decided_in_time_expires_and_can_be_asked_for_again(world):
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report, hours=2)
    world.agree(filed.report, release, "seat1-holder")
    world.move(hours=2)

    assert sweep(world).expired_releases == 1
    assert world.case(filed.report).releases[release].state == "expired"
    assert world.store.read(lambda uow: uow.releases.approvals(release)) == ()
    assert world.request(filed.report) != release
