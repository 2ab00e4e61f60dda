"""Work to be done: claimed once, done at least once; and the rules it goes by."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from casework.domain.calendar import DayKind, WorkCalendar
from casework.domain.ids import new_id
from casework.storage.calendar import CalendarDay
from casework.storage.calendar_seed import seed_calendar, seed_days
from casework.storage.policies import PolicyActivation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = 60


def claim(store, limit=10, now=NOW):
    return store.write(lambda uow: uow.outbox.claim(limit, lease_seconds=LEASE, now=now))


def test_work_is_claimed_when_it_is_due_and_by_one_worker(store):
    later = NOW + timedelta(minutes=5)
    first = store.write(lambda uow: uow.outbox.add("mail", {"case": "甲", "n": 1}, due_at=NOW))
    second = store.write(lambda uow: uow.outbox.add("mail", {}, due_at=later))

    [job] = claim(store)

    assert (job.id, job.kind, job.payload, job.attempts) == (
        first,
        "mail",
        {"case": "甲", "n": 1},
        1,
    )
    assert claim(store) == ()
    store.write(lambda uow: uow.outbox.done(first))
    assert [one.id for one in claim(store, now=later)] == [second]


def test_a_claim_that_is_never_answered_comes_back_after_its_lease(store):
    store.write(lambda uow: uow.outbox.add("mail", {}, due_at=NOW))
    claim(store)

    assert claim(store, now=NOW + timedelta(seconds=LEASE - 1)) == ()
    [again] = claim(store, now=NOW + timedelta(seconds=LEASE))
    assert again.attempts == 2


def test_failed_work_waits_for_its_next_time(store):
    store.write(lambda uow: uow.outbox.add("mail", {}, due_at=NOW))
    [job] = claim(store)
    next_at = NOW + timedelta(hours=1)

    store.write(lambda uow: uow.outbox.failed(job.id, next_at=next_at))

    assert store.read(lambda uow: uow.outbox.oldest_due()) == next_at
    assert claim(store, now=next_at - timedelta(seconds=1)) == ()
    assert len(claim(store, now=next_at)) == 1


def test_workers_that_claim_at_once_share_the_work(store):
    added = store.write(
        lambda uow: uow.outbox.add_all([("x", {"n": n}) for n in range(200)], due_at=NOW)
    )

    def work(_: int) -> list[str]:
        mine = []
        while jobs := claim(store, 7):
            mine += [job.id for job in jobs]
        return mine

    with ThreadPoolExecutor(4) as pool:
        claimed = [one for mine in pool.map(work, range(4)) for one in mine]

    assert sorted(claimed) == sorted(added)


def test_policies_are_in_force_from_their_day_the_newest_first(store):
    old = PolicyActivation(new_id(), "cn-2018", "aa" * 32, date(2026, 1, 1), "ee" * 32)
    new = PolicyActivation(new_id(), "yichuan-2022", "bb" * 32, date(2026, 3, 1), "ee" * 32)
    for one in (old, new):
        store.write(lambda uow, o=one: uow.policies.activate(o))

    assert store.read(lambda uow: uow.policies.in_force(date(2025, 12, 31))) == ()
    assert store.read(lambda uow: uow.policies.in_force(date(2026, 2, 28))) == (old,)
    assert store.read(lambda uow: uow.policies.in_force(date(2026, 3, 1))) == (new, old)


def test_the_calendar_is_seeded_once_and_knows_2004_to_2026(store):
    assert store.write(seed_calendar) == len(seed_days()) > 700
    assert store.write(seed_calendar) == 0

    calendar = WorkCalendar(store.read(lambda uow: uow.calendar.rows()))

    assert calendar.known_years == tuple(range(2004, 2027))
    assert calendar.kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert calendar.kind(date(2026, 2, 14)) is DayKind.WORKDAY  # a Saturday, worked
    assert calendar.kind(date(2015, 9, 3)) is DayKind.HOLIDAY
    assert calendar.kind(date(2026, 3, 3)) is DayKind.WORKDAY


def test_a_year_of_the_calendar_is_replaced_whole(store):
    store.write(seed_calendar)
    announced = CalendarDay(date(2026, 1, 1), DayKind.HOLIDAY, "元旦", "国办发明电〔2025〕号")
    guessed = CalendarDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦", "guess", provisional=True)

    store.write(lambda uow: uow.calendar.replace_year(2026, [announced]))
    store.write(lambda uow: uow.calendar.add([guessed]))

    days = store.read(lambda uow: uow.calendar.all())
    assert [one for one in days if one.day.year >= 2026] == [announced, guessed]
    assert [one for one in days if one.day.year == 2025]
    assert 2027 not in WorkCalendar(store.read(lambda uow: uow.calendar.rows())).known_years


def test_the_notice_of_a_year_has_the_end_of_the_december_before(store):
    store.write(seed_calendar)
    eve = CalendarDay(date(2026, 12, 31), DayKind.HOLIDAY, "元旦", "notice of 2027")
    new = CalendarDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦", "notice of 2027")
    store.write(lambda uow: uow.calendar.replace_year(2027, [eve, new]))

    before = [one for one in seed_days() if one.day.year == 2026]
    store.write(lambda uow: uow.calendar.replace_year(2026, before))

    days = store.read(lambda uow: uow.calendar.all())
    assert [one for one in days if one.day.year >= 2026] == [*before, eve, new]
    store.write(lambda uow: uow.calendar.replace_year(2027, [new]))
    assert eve not in store.read(lambda uow: uow.calendar.all())
