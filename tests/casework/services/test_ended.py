"""The list of cases that are done: whose, of which state and day, page by page."""

from datetime import date

import pytest

from casework.domain.case import State
from casework.queries.ended import STATES, ended

LEAD, ABOVE = "410329-yjj", "410329-awb"


def everybody(_case):
    return True


@pytest.fixture
def done(world):
    """Closed on 2, 3 and 4 March 2026, and one not accepted on the third; one is open."""
    closed = []
    for _ in range(3):
        filed = world.file_report()
        world.accept(filed.report)
        world.conclude(filed.report)
        world.tell_result(filed.report)
        closed.append(world.close(filed.report).report_id)
        if len(closed) == 2:
            refused = world.refuse(world.file_report().report).report_id
        world.move(days=1)
    world.file_report()
    return [*closed, refused]


def found(world, office=LEAD, sees=everybody, **wanted):
    page = ended(world.store, office=office, sees=sees, **wanted)
    return [one.id for one in page.lines], page.next


def test_the_last_to_end_is_the_first_and_what_is_open_is_not_there(world, done):
    lines, following = found(world)
    assert (sorted(lines), following) == (sorted(done), None)
    assert lines[0] == done[2]
    assert lines[-1] == done[0]
    assert set(lines[1:3]) == {done[1], done[3]}


def test_each_office_has_its_own_and_the_one_above_what_it_supervised(world, done):
    assert found(world, "410329-zjj") == ([], None)
    assert found(world, ABOVE) == ([], None)
    assert set(found(world, ABOVE, above=True)[0]) == set(done)
    assert found(world, LEAD, above=True) == ([], None)


def test_by_state_and_by_both_ends_of_the_days(world, done):
    assert found(world, state=State.REFUSED)[0] == [done[3]]
    assert found(world, state=State.MERGED)[0] == []
    assert found(world, state=State.CLOSED)[0] == [done[2], done[1], done[0]]
    second, third = date(2026, 3, 2), date(2026, 3, 3)
    assert found(world, until=second)[0] == [done[0]]
    assert set(found(world, since=third)[0]) == {done[1], done[2], done[3]}
    assert set(found(world, since=third, until=third)[0]) == {done[1], done[3]}
    assert found(world, since=date(2026, 3, 5))[0] == []
    assert len(found(world, until=date.max)[0]) == 4


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_go_through_all_of_them_once(world, done, size):
    seen, before = [], None
    while True:
        lines, before = found(world, before=before, limit=size)
        seen += lines
        if before is None:
            break
        assert len(lines) == size
    assert seen == found(world)[0]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_what_the_person_may_not_see_shortens_no_page_and_begins_none(world, done, size):
    everything = found(world)[0]
    for hidden in everything:
        seen, before = [], None
        while True:
            lines, before = found(
                world,
                sees=lambda case, hidden=hidden: case.report_id != hidden,
                before=before,
                limit=size,
            )
            seen += lines
            if before is None:
                break
            assert len(lines) == size
            assert before[1] == lines[-1]
        assert lines  # no page is offered that is then empty
        assert seen == [one for one in everything if one != hidden]


def test_the_states_are_all_in_which_a_case_ends():
    assert set(STATES) == {State.CLOSED, State.REFUSED, State.MERGED}
