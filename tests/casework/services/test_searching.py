"""The search index on both databases: what is found by whom, and that it follows the cases."""

from dataclasses import replace
from datetime import date

import pytest

from casework.domain import searching as words
from casework.domain.searching import Asked, asked_for, code
from casework.queries.searching import by_number, find
from casework.services import searching
from casework.services.audit_log import Keeping, take_in

LEAD, ABOVE, OTHER = "410329-yjj", "410329-awb", "410329-zjj"


def everybody(_case):
    return True


def follow(world):
    """What the jobs process does."""
    keeping = Keeping(world.trust, world.log_key, world.now, batch_days=7)
    while take_in(world.store, keeping=keeping):
        pass
    return searching.follow(world.store)


def asked(text="", *codes, called=()):
    return Asked(tuple((phrase, tuple(called)) for phrase in asked_for(text)), tuple(codes))


def found(world, text="", *codes, office=LEAD, called=(), sees=everybody, **more):
    hits = find(
        world.store, office=office, asked=asked(text, *codes, called=called), sees=sees, **more
    )
    return [case.report_id for case in hits.cases]


@pytest.fixture
def concluded(world):
    """A case with a penalty decision, and one that is only accepted."""
    first, second = (world.file_report(matter=one) for one in ("general_hazard", "violation"))
    for one in (first, second):
        world.accept(one.report)
    world.conclude(first.report)
    follow(world)
    return first, second


@pytest.mark.parametrize(
    "text",
    ["样罚", "罚〔2026〕1号", "样罚2026", "1号 样罚", "样罚[2026]１号", "号", "2026〕1"],
)
def test_a_document_is_found_by_any_part_of_its_number(world, concluded, text):
    assert found(world, text) == [concluded[0].report]


@pytest.mark.parametrize("text", ["罚样", "2号", "样罚2027", "号1", "罚1号", "样罚罚"])
def test_what_does_not_stand_there_is_not_found(world, concluded, text):
    assert found(world, text) == []


def test_a_case_number_is_found_whole_and_by_its_beginning(world, concluded):
    number = concluded[1].case_number
    for text in (number, number.lower(), number[-8:], number[-8:-3]):
        assert found(world, text) == [concluded[1].report], text
    assert by_number(world.store, case_number=number, sees=everybody) is not None
    assert by_number(world.store, case_number=number, sees=lambda _case: False) is None
    assert by_number(world.store, case_number="410329-2026-22222222", sees=everybody) is None


def test_only_the_offices_of_a_case_find_it(world, concluded):
    assert found(world, "样罚", office=ABOVE) == [concluded[0].report]
    assert found(world, "样罚", office=OTHER) == []
    assert found(world, "样罚", office="") == []


def test_who_may_not_see_a_case_does_not_find_it_though_the_index_has_it(world, concluded):
    assert found(world, "样罚", sees=lambda _case: False) == []


def test_codes_narrow_and_words_that_name_a_code_find_it(world, concluded):
    first, second = (one.report for one in concluded)
    assert found(world, "", code("state", "concluded")) == [first]
    assert found(world, "", code("state", "accepted")) == [second]
    assert found(world, "样罚", code("state", "accepted")) == []
    called = [code("matter", "violation")]
    assert found(world, "违法行为", called=called) == [second]
    assert set(found(world, "样罚", called=called)) == {first, second}
    mine = code("handler", world.people["yjj-officer"].account)
    assert set(found(world, "", mine)) == {first, second}
    assert found(world, "", code("handler", world.people["yjj-leader"].account)) == []


def test_the_index_follows_what_becomes_of_a_case(world, concluded):
    first = concluded[0].report
    world.tell_result(first)
    world.close(first)
    assert found(world, "", code("state", "closed")) == []
    assert follow(world) > 0
    assert found(world, "", code("state", "closed")) == [first]
    assert found(world, "", code("state", "concluded")) == []
    assert follow(world) == 0


def test_by_the_day_of_receipt_at_both_ends(world, concluded):
    on, before, after = date(2026, 3, 2), date(2026, 3, 1), date(2026, 3, 3)
    everything = {one.report for one in concluded}
    assert set(found(world, since=on, until=on)) == everything
    assert found(world, since=after) == []
    assert found(world, until=before) == []
    assert set(found(world, until=date.max)) == everything


@pytest.mark.parametrize("far", [date(1, 1, 1), date(1999, 12, 31), date(2999, 12, 31), date.max])
def test_a_day_far_away_finds_what_lies_on_its_side(world, concluded, far):
    everything = {one.report for one in concluded}
    is_past = far.year < 2026
    assert set(found(world, since=far)) == (everything if is_past else set())
    assert set(found(world, until=far)) == (set() if is_past else everything)


def test_no_next_page_is_offered_for_what_may_not_be_seen(world):
    ids = []
    for _ in range(4):
        ids.append(world.file_report().report)
        world.move(days=1)
    follow(world)

    def page(hidden, before=0):
        hits = find(
            world.store,
            office=LEAD,
            asked=asked("2026"),
            sees=lambda case: case.report_id not in hidden,
            before=before,
            limit=2,
        )
        return [case.report_id for case in hits.cases], hits.next

    assert page({ids[0], ids[1]}) == (ids[:1:-1], 0)
    shown, following = page({ids[1]})
    assert shown == ids[:1:-1]
    assert page({ids[1]}, following) == ([ids[0]], 0)
    assert following == page(set())[1]  # the place says nothing of what is hidden, either


def test_pages_go_through_all_of_them_once_the_newest_first(world):
    ids = []
    for _ in range(5):
        ids.append(world.file_report().report)
        world.move(days=1)
    follow(world)
    seen, before = [], 0
    while True:
        page = find(
            world.store, office=LEAD, asked=asked("2026"), sees=everybody, before=before, limit=2
        )
        seen += [case.report_id for case in page.cases]
        before = page.next
        if not before:
            break
    assert seen == ids[::-1]


def test_what_is_hidden_leaves_the_page_full(world):
    ids = []
    for _ in range(5):
        ids.append(world.file_report().report)
        world.move(days=1)
    follow(world)
    shown = found(world, "2026", sees=lambda case: case.report_id not in ids[3:], limit=2)
    assert shown == [ids[2], ids[1]]


def test_another_form_of_tokens_indexes_every_case_anew(world, concluded, monkeypatch):
    monkeypatch.setattr("casework.storage.searching.FORM", 2)
    assert follow(world) > 0
    assert found(world, "样罚") == [concluded[0].report]


def test_a_row_that_somebody_broke_holds_up_no_other(world):
    bad, good = world.file_report().report, world.file_report().report

    def harm(uow):
        uow.connection.exec_driver_sql(f"UPDATE report SET case_json = '[' WHERE id = '{bad}'")

    world.store.write(harm)
    follow(world)
    assert found(world, "2026") == [good]


def test_a_published_text_is_found_and_gone_again(world, concluded):
    case = world.case(concluded[1].report)
    text = "对某公司有限空间作业未审批的行政处罚决定"
    world.store.write(lambda uow: searching.index(uow, case, (text,)))
    assert found(world, "有限空间作业未审批") == [case.report_id]
    world.store.write(lambda uow: searching.index(uow, case))
    assert found(world, "有限空间") == []


def test_an_office_that_is_accused_is_never_among_those_that_find_it(world, concluded):
    case = replace(world.case(concluded[0].report), about=ABOVE, barred=(LEAD,))
    assert words.offices_of(case) == ()
    world.store.write(lambda uow: searching.index(uow, case))
    assert found(world, "样罚") == found(world, "样罚", office=ABOVE) == []
