"""Events: appended once, read by ordinal, and the place in a report is taken once."""

import pytest
import sqlalchemy as sa

from casework.domain.errors import StaleActError
from crypto.events import event_digest


def test_events_of_a_report_come_back_in_their_order(store, make_event):
    events = [make_event("r1", n) for n in (2, 1, 3)]
    store.write(lambda uow: uow.events.append(*events, make_event("r2"), make_event("")))

    found = store.read(lambda uow: uow.events.of_report("r1"))

    assert [one.event.ordinal for one in found] == [1, 2, 3]
    assert sorted(found, key=lambda one: one.event.ordinal) == sorted(
        events, key=lambda one: one.event.ordinal
    )
    assert store.read(lambda uow: uow.events.of_report("")) == ()
    assert store.read(lambda uow: uow.events.of_report("r9")) == ()


def test_a_place_in_a_report_is_taken_once(store, make_event):
    store.write(lambda uow: uow.events.append(make_event("r1"), make_event("r1", 2)))

    with pytest.raises(StaleActError) as stale:
        store.write(lambda uow: uow.events.append(make_event("r1", 2)))

    assert (stale.value.expected, stale.value.given) == (3, 2)
    store.write(lambda uow: uow.events.append(make_event("r2", 2), make_event("r1", 3)))


def test_outside_reports_any_number_may_stand_and_one_may_not_stand_twice(store, make_event):
    one = make_event("")
    store.write(lambda uow: uow.events.append(one, make_event("")))

    with pytest.raises(sa.exc.IntegrityError):
        store.write(lambda uow: uow.events.append(one))

    assert len(store.read(lambda uow: uow.events.outside())) == 2


def test_an_event_is_found_by_its_digest(store, make_event):
    one = make_event("r1")
    store.write(lambda uow: uow.events.append(one))

    assert store.read(lambda uow: uow.events.get(one.event.digest().hex())) == one
    assert store.read(lambda uow: uow.events.get("00" * 32)) is None


def test_an_event_of_another_site_is_our_mistake(store, make_event):
    from dataclasses import replace

    one = make_event("r1")
    foreign = replace(one, event=replace(one.event, site="410328"))

    with pytest.raises(ValueError, match="410328"):
        store.write(lambda uow: uow.events.append(foreign))


def test_walking_through_all_events_meets_each_once(store, make_event):
    events = [make_event(f"r{n}") for n in range(5)] + [make_event("") for _ in range(4)]
    store.write(lambda uow: uow.events.append(*events))
    seen, after = [], ""
    while page := store.read(lambda uow, a=after: uow.events.all(after=a, limit=2)):
        seen += page
        after = page[-1].id

    assert {one.id for one in seen} == {one.event.digest().hex() for one in events}
    assert len(seen) == 9
    assert all(event_digest(one.body).hex() == one.id for one in seen)


def test_outside_events_page_by_time(store, make_event):
    store.write(lambda uow: uow.events.append(*(make_event("") for _ in range(5))))
    seen, after = [], ("", "")
    while page := store.read(lambda uow, a=after: uow.events.outside(after=a, limit=2)):
        seen += page
        after = page[-1].at, page[-1].id

    assert len({one.id for one in seen}) == len(seen) == 5


def test_events_are_pending_until_the_log_has_them(store, make_event):
    store.write(lambda uow: uow.events.append(*(make_event(f"r{n}") for n in range(3))))
    first, *rest = store.read(lambda uow: uow.events.pending())

    store.write(lambda uow: uow.events.mark_logged([first.id]))

    assert store.read(lambda uow: uow.events.pending()) == tuple(rest)
    store.write(lambda uow: uow.events.mark_logged([]))
