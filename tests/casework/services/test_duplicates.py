"""Hints at reports of one enterprise: by office, closest first, gone with the case."""

import sqlalchemy as sa

from casework.queries.duplicates import hints
from casework.storage.erasing import Erasing

YJJ, AWB, ZJJ = "410329-yjj", "410329-awb", "410329-zjj"
MARK, OTHER = "ab" * 16, "cd" * 16


def hinted(world, report, office=YJJ):
    found = hints(world.store, case=world.case(report), office=office)
    return [one.line.id for one in found]


def accepted(world, mark=MARK, **given):
    report = world.file_report(**given).report
    world.accept(report, who="zjj-officer" if given else "yjj-officer", enterprise=mark)
    return report


def test_who_leads_and_who_supervises_sees_other_reports_of_the_enterprise(world):
    one, two, three = accepted(world), accepted(world), accepted(world, OTHER)
    assert hinted(world, one) == [two]
    assert hinted(world, two) == [one]
    assert hinted(world, one, AWB) == [two]
    assert hinted(world, three) == []


def test_of_what_others_handle_an_office_learns_nothing(world):
    mine, theirs = accepted(world), accepted(world, sector="construction")
    assert world.case(theirs).lead == ZJJ
    assert hinted(world, mine) == hinted(world, theirs, ZJJ) == []
    assert hinted(world, mine, AWB) == [theirs]


def test_a_report_without_a_name_or_not_accepted_gives_no_hint(world):
    one = accepted(world)
    accepted(world, "")
    world.file_report()
    assert hinted(world, one) == []


def test_what_agrees_most_and_came_nearest_comes_first(world):
    one = accepted(world)
    world.move(days=3)
    later = accepted(world)
    world.move(days=20)
    latest = accepted(world)
    found = hints(world.store, case=world.case(one), office=YJJ)
    assert [(hint.line.id, hint.days) for hint in found] == [(later, 3), (latest, 23)]
    assert all(hint.same_matter and hint.same_region and hint.same_sector for hint in found)
    other = accepted(world, sector="construction")
    [*_, last] = hints(world.store, case=world.case(one), office=AWB)
    assert (last.line.id, last.same_sector) == (other, False)


def test_accepted_once_more_it_has_one_mark(world):
    """A case that is verified anew keeps one row: the newest mark."""
    one, two = accepted(world), accepted(world)
    world.store.write(lambda uow: uow.duplicates.note(one, OTHER, world.now.date()))
    assert hinted(world, two) == []


def test_the_mark_goes_with_the_case(world):
    one, two = accepted(world), accepted(world)
    world.store.write(lambda uow: Erasing(uow).case(one))
    assert hinted(world, two) == []
    left = world.store.read(
        lambda uow: uow.connection.execute(sa.text("SELECT count(*) FROM enterprise_mark")).scalar()
    )
    assert left == 1


def test_what_accuses_staff_hints_in_neither_direction(world):
    """Though both bear the same mark, as a case may that was accepted before this was so."""
    mine, apart = accepted(world), world.file_report(matter="staff_misconduct").report
    world.accept(apart, who="jw-officer", enterprise=MARK)
    assert hinted(world, mine, AWB) == hinted(world, mine) == []
    assert hinted(world, apart, AWB) == hinted(world, apart, "410329-jw") == []
    twin = accepted(world)
    assert hinted(world, mine, AWB) == [twin]
