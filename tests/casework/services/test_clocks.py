"""The sweep: reminders, overdue, rungs; each on its day and once, whatever happened meanwhile."""

import json
from datetime import date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from casework.domain.case import State
from casework.services import clock_rows, clocks, outbox
from casework.services.acts import record
from casework.services.clocks import Swept
from casework.services.rulebook import rulebook_of
from instance import Filed, World

CHINA = timezone(timedelta(hours=8))
YJJ, AWB, CITY = "410329-yjj", "410329-awb", "410300-awb"


def sweep(world: World) -> Swept:
    return clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def sweep_daily(world: World, until: str) -> None:
    """Sweep at ten in the morning of every day from tomorrow to *until*; the rows agree always."""
    last = date.fromisoformat(until)
    while world.now.astimezone(CHINA).date() < last:
        world.move(days=1)
        assert sweep(world).failed == ()
        assert sweep(world) == Swept()


def act(world: World, who: str, kind: str, filed: Filed, **facts: object) -> None:
    signed = world.sign(who, kind, filed.report, facts)
    world.store.write(lambda uow: record(uow, act=signed, trust=world.trust, now=world.now))


def milestone(world: World, filed: Filed, name: str, document: str = "") -> None:
    act(world, "yjj-officer", "milestone.recorded", filed, milestone=name, document=document)


def steps(world: World, filed: Filed, clock: str) -> list[tuple[str, str]]:
    """What the sweep did with a clock: the step, and the month and day in China."""
    events = world.store.read(lambda uow: uow.events.of_report(filed.report))
    found = []
    for event in (one.event for one in events):
        if event.actor == "jobs" and event.facts.get("clock") == clock:
            at = datetime.fromisoformat(event.at.replace("Z", "+00:00")).astimezone(CHINA)
            name = event.facts.get("stage") or event.facts.get("rung") or "overdue"
            found.append((str(name), f"{at:%m-%d}"))
    return found


def rows(world: World, filed: Filed) -> dict[str, str]:
    """The rows of a case: key to state."""
    found = world.store.read(lambda uow: uow.clocks.of_report(filed.report))
    return {one.key: one.state for one in found}


def agrees(world: World, filed: Filed) -> bool:
    return world.store.read(
        lambda uow: clock_rows.agree(uow, uow.reports.get(filed.report), world.now)
    )


def notices(world: World, kind: str) -> list[dict[str, str]]:
    """The notices of a kind that wait in the outbox."""
    jobs = outbox.claim(world.store, limit=1000, now=world.now)
    return [dict(job.payload) for job in jobs if job.payload["notice"] == kind]


def test_what_is_accepted_on_2_march_is_reminded_of_marked_and_brought_up_on_its_days(world):
    filed = world.file_report()
    case = world.accept(filed.report)
    assert str(case.verify_due_on) == "2026-04-01"

    sweep_daily(world, "2026-05-02")

    assert steps(world, filed, "verify") == [
        ("50%", "03-17"), ("T-7", "03-25"), ("80%", "03-26"), ("T-3", "03-29"), ("T-1", "03-31"),
        ("100%", "04-01"), ("overdue", "04-02"), ("head", "04-02"), ("supervisor", "04-03"),
        ("listing", "04-09"), ("committee", "04-16"), ("assessment", "04-30"),
    ]  # fmt: skip
    after = world.case(filed.report)
    assert after.state is State.ACCEPTED  # the ladder runs beside the clock and ends nothing
    assert rows(world, filed)["verify"] == "overdue"
    assert agrees(world, filed)


def test_a_listing_that_the_ladder_begins_has_a_clock_of_its_own(world):
    filed = world.file_report()
    world.accept(filed.report)
    sweep_daily(world, "2026-04-09")

    assert rows(world, filed)["listing"] == "running"
    [listing] = [
        one
        for one in world.store.read(lambda uow: uow.clocks.of_report(filed.report))
        if one.key == "listing"
    ]
    assert (listing.started_on, listing.due_on) == (date(2026, 4, 9), date(2026, 6, 8))


def test_each_rung_goes_to_its_office_by_a_notice_that_tells_nothing_of_the_matter(world):
    filed = world.file_report(narrative="储罐区样本叙述")
    world.accept(filed.report)
    world.move(days=60)
    sweep(world)

    told = [one for one in notices(world, "case.escalated") if one["clock"] == "verify"]
    assert {one["rung"]: one["office"] for one in told} == {
        "head": YJJ, "supervisor": AWB, "listing": AWB, "committee": CITY, "assessment": CITY,
    }  # fmt: skip
    assert len(told) == 5
    assert {one["on"] for one in told} == {"2026-04-01"}
    assert set(told[0]) == {"notice", "office", "case_number", "on", "clock", "rung"}
    assert "样本" not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize(
    ("moved", "overdue"),
    [(timedelta(days=30, hours=13, minutes=59, seconds=59), 0), (timedelta(days=30, hours=14), 1)],
)
def test_a_clock_is_overdue_from_the_first_moment_of_the_day_after(world, moved, overdue):
    """1 April ends at 24:00 in China, which is 16:00 UTC."""
    filed = world.file_report()
    world.accept(filed.report)
    world.now += moved
    sweep(world)

    assert len(world.case(filed.report).overdue) == overdue


def test_after_a_week_of_standstill_no_rung_is_missed_and_only_the_latest_reminder_given(world):
    filed = world.file_report()
    world.accept(filed.report)
    world.move(days=28)  # 30 March
    sweep(world)
    world.move(days=21)  # 20 April: overdue, and four rungs behind
    sweep(world)

    assert steps(world, filed, "verify") == [
        ("T-3", "03-30"), ("overdue", "04-20"), ("head", "04-20"), ("supervisor", "04-20"),
        ("listing", "04-20"), ("committee", "04-20"),
    ]  # fmt: skip
    sweep_daily(world, "2026-04-30")
    assert steps(world, filed, "verify")[-1] == ("assessment", "04-30")
    assert agrees(world, filed)


def test_what_was_missed_in_a_standstill_is_taken_before_the_report_counts_as_accepted(world):
    """Acceptance ends `first_contact`; nobody may be spared by the jobs process's absence."""
    filed = world.file_report()
    world.move(days=1)
    sweep(world)
    world.move(days=16)  # 19 March: two days after the last of acceptance
    sweep(world)

    assert steps(world, filed, "first_contact") == [
        ("100%", "03-03"), ("overdue", "03-19"), ("head", "03-19"), ("supervisor", "03-19"),
        ("listing", "03-19"), ("committee", "03-19"),
    ]  # fmt: skip
    case = world.case(filed.report)
    assert (case.state, case.accepted_on) == (State.ACCEPTED, date(2026, 3, 19))
    assert agrees(world, filed)


def test_a_sweep_that_runs_again_does_nothing(world):
    filed = world.file_report()
    world.accept(filed.report)
    for days in (15, 40, 60):
        world.move(days=days)
        assert sweep(world) != Swept()
        events = world.case(filed.report).events
        assert sweep(world) == Swept()
        assert world.case(filed.report).events == events


def test_a_finding_ends_the_clock_of_verification_and_begins_those_that_follow(world):
    filed = world.file_report()
    world.accept(filed.report)
    world.move(days=10)
    world.conclude(filed.report, finding="unsubstantiated", fines_fen=())

    found = rows(world, filed)
    assert (found["verify"], found["close"], found["tell_result"]) == (
        "ended", "running", "running",
    )  # fmt: skip
    world.move(days=60)
    sweep(world)
    assert steps(world, filed, "verify") == []
    assert ("overdue", "05-11") in steps(world, filed, "tell_result")
    assert agrees(world, filed)


def test_what_nobody_decides_on_counts_as_accepted_and_is_verified_from_that_day(world):
    filed = world.file_report()
    sweep_daily(world, "2026-03-17")  # the fifteenth day
    assert world.case(filed.report).state is State.RECEIVED

    sweep_daily(world, "2026-03-18")
    case = world.case(filed.report)
    policy = world.policies.get("yichuan-2022")
    assert (case.state, case.accepted_by) == (State.ACCEPTED, "jobs")
    assert (case.policy_id, case.policy_sha256) == (policy.id, policy.pin)
    assert (case.accepted_on, case.verify_due_on) == (date(2026, 3, 18), date(2026, 4, 17))
    assert steps(world, filed, "accept")[-1] == ("overdue", "03-18")  # and no rungs: it is over
    assert {one["office"] for one in notices(world, "report.deemed_accepted")} == {YJJ}
    assert agrees(world, filed)


def test_signing_in_ends_that_clock_alone(world):
    filed = world.file_report()
    clocks.project_new(world.store, now=world.now)
    milestone(world, filed, "signed_in")
    assert rows(world, filed) == {
        "sign_in": "ended", "hand_over": "ended", "return": "running",
        "accept": "running", "first_contact": "running",
    }  # fmt: skip

    world.move(days=3)
    sweep(world)
    assert steps(world, filed, "sign_in") == steps(world, filed, "hand_over") == []
    assert ("overdue", "03-05") in steps(world, filed, "first_contact")


def test_an_accident_is_to_be_entered_within_24_hours_to_the_second(world):
    filed = world.file_report()
    world.accept(filed.report)
    milestone(world, filed, "accident_known", "样报〔2026〕1号")  # 2 March, 10:00
    [row] = [
        one
        for one in world.store.read(lambda uow: uow.clocks.of_report(filed.report))
        if one.key == "accident_entry"
    ]
    assert row.due_at is not None
    assert f"{row.due_at.astimezone(CHINA):%m-%d %H:%M:%S}" == "03-03 10:00:00"

    world.move(hours=12)  # half of the time
    sweep(world)
    world.move(hours=12)
    sweep(world)
    assert steps(world, filed, "accident_entry") == [("50%", "03-02"), ("80%", "03-03")]
    world.move(seconds=1)
    sweep(world)
    assert steps(world, filed, "accident_entry")[2:] == [("overdue", "03-03")]
    world.move(hours=14)  # 4 March
    sweep(world)
    assert steps(world, filed, "accident_entry")[3:] == [("head", "03-04")]
    world.move(hours=24)
    sweep(world)
    assert steps(world, filed, "accident_entry")[4:] == [("supervisor", "03-05")]
    assert agrees(world, filed)


def test_a_right_ends_by_itself_and_nobody_is_told_late(world):
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report, finding="unsubstantiated", fines_fen=())
    message = world.sealed_object("message", filed.report)
    signed = world.sign(
        "yjj-officer",
        "message.sent",
        filed.report,
        {"from": "office", "about": "result"},
        [message],
    )
    world.store.write(
        lambda uow: record(uow, act=signed, trust=world.trust, now=world.now, records=[message])
    )
    assert rows(world, filed)["object"] == "running"

    sweep_daily(world, "2026-03-12")  # ten days to object
    assert rows(world, filed)["object"] == "running"
    sweep_daily(world, "2026-03-13")
    assert rows(world, filed)["object"] == "ended"
    assert [one for one, _ in steps(world, filed, "object")] == ["T-3", "T-1"]
    assert [one for one in notices(world, "clock.reminded") if one["clock"] == "object"] == []
    assert agrees(world, filed)


PAUSE = {
    "clock": "verify", "since": 2, "reason_code": "expert_test", "document": "样鉴〔2026〕1号",
    "approver_role": "supervisor", "first": "2026-03-05", "until": "2026-03-14",
}  # fmt: skip


def paused(world: World) -> Filed:
    """A case whose verification may stand still for ten days from 5 March."""
    filed = world.file_report()
    world.accept(filed.report)
    act(world, "yjj-officer", "pause.requested", filed, **PAUSE)
    act(world, "awb-supervisor", "pause.granted", filed, asked=3)
    return filed


def test_a_clock_stands_still_for_the_days_that_were_granted_and_runs_on_by_itself(world):
    filed = paused(world)
    assert rows(world, filed)["verify"] == "running"
    sweep_daily(world, "2026-03-05")
    assert rows(world, filed)["verify"] == "paused"
    sweep_daily(world, "2026-03-14")
    assert rows(world, filed)["verify"] == "paused"

    sweep_daily(world, "2026-03-15")
    case = world.case(filed.report)
    assert rows(world, filed)["verify"] == "running"
    assert case.verify_due_on == date(2026, 4, 11)
    assert (case.standstills[0].last, case.standstills[0].state) == ("2026-03-14", "ended")
    assert agrees(world, filed)


def test_a_pause_that_ended_while_the_process_stood_still_leaves_out_no_day_more(world):
    filed = paused(world)
    world.move(days=30)  # 1 April
    assert sweep(world).resumed == 1

    case = world.case(filed.report)
    assert case.standstills[0].last == "2026-03-14"
    assert case.verify_due_on == date(2026, 4, 11)
    assert case.overdue == tuple(one for one in case.overdue if not one.startswith("verify"))
    assert agrees(world, filed)


def test_new_reports_have_their_clocks_within_one_round_of_the_process(world):
    filed = [world.file_report() for _ in range(clocks.NEW_TOGETHER + 1)]
    assert {tuple(rows(world, one).items()) for one in filed} == {(("new", "new"),)}
    assert all(agrees(world, one) for one in filed)

    assert clocks.project_new(world.store, now=world.now) == len(filed)

    assert clocks.project_new(world.store, now=world.now) == 0
    assert all("accept" in rows(world, one) and agrees(world, one) for one in filed)


def test_an_act_that_comes_before_the_process_works_the_clocks_out(world):
    filed = world.file_report()
    world.read(filed.report)

    assert "new" not in rows(world, filed)
    assert "accept" in rows(world, filed)
    assert agrees(world, filed)


def test_a_reporters_act_leaves_the_rows_right(world):
    filed = world.file_report()
    world.say(filed)
    assert "accept" in rows(world, filed)
    world.accept(filed.report)
    before = world.store.read(lambda uow: uow.clocks.of_report(filed.report))
    world.move(days=1)
    world.say(filed)

    assert world.store.read(lambda uow: uow.clocks.of_report(filed.report)) == before
    assert agrees(world, filed)


def test_a_case_whose_policy_is_another_by_now_is_named_and_holds_up_no_other(world):
    broken, whole = world.file_report(), world.file_report()
    for one in (broken, whole):
        world.accept(one.report)
    pin = world.case(broken.report).policy_sha256
    world.store.write(
        lambda uow: uow.connection.execute(
            sa.text(
                "UPDATE report SET case_json = replace(case_json, :pin, :other) WHERE id = :id"
            ),
            {"pin": pin, "other": "0" * 64, "id": broken.report},
        )
    )
    world.move(days=31)
    swept = sweep(world)

    assert swept.failed == (broken.report,)
    assert steps(world, whole, "verify")[0] == ("overdue", "04-02")
    assert steps(world, broken, "verify") == []
    act(world, "yjj-leader", "report.read", broken, sending="x")  # its acts go on
    assert not agrees(world, broken)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"about"', '"about"'),  # no JSON
        ('"state":"accepted"', '"state":"moon"'),  # no case
        ('"extensions":[]', '"extensions":[1]'),  # a case that no rule can be applied to
        ('"at":"2026-03-02"', '"at":"0000-13-32"'),
    ],
)
def test_a_case_whose_row_was_written_into_is_named_and_holds_up_no_other(world, old, new):
    broken, whole = sorted((world.file_report() for _ in range(2)), key=lambda one: one.report)
    for one in (broken, whole):
        world.accept(one.report)
    written = world.store.write(
        lambda uow: uow.connection.execute(
            sa.text("UPDATE report SET case_json = replace(case_json, :old, :new) WHERE id = :id"),
            {"old": old, "new": new, "id": broken.report},
        )
    )
    assert written.rowcount == 1
    world.move(days=31)
    assert sweep(world).failed == (broken.report,)
    assert steps(world, whole, "verify")[0] == ("overdue", "04-02")


def test_every_page_of_due_clocks_is_swept(world, monkeypatch):
    monkeypatch.setattr(clocks, "PAGE", 3)
    filed = [world.file_report() for _ in range(4)]
    world.move(days=3)
    sweep(world)

    assert all(("overdue", "03-05") in steps(world, one, "sign_in") for one in filed)
    assert sweep(world) == Swept()


def test_the_rulebook_is_the_same_for_the_sweep_and_for_whoever_asks(world):
    filed = world.file_report()
    world.accept(filed.report)
    found = world.store.read(
        lambda uow: rulebook_of(uow).clocks(uow.reports.get(filed.report), world.now)
    )
    stored = world.store.read(lambda uow: uow.clocks.of_report(filed.report))

    assert {(one.key, one.since, one.due.due_on) for one in found} == {
        (one.key, one.since, one.due_on) for one in stored
    }


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
