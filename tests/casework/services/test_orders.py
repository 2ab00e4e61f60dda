"""Supervision orders, their answers, and steps that are acknowledged (S31), on both databases."""

import pytest

from asking import NUMBER, accepted, answer, clock, issue, notices, see, to_day
from casework.domain.errors import (
    AccusedOfficeError,
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    UnknownAskError,
    WrongStateError,
)
from casework.domain.ids import is_order_number, new_order_number
from casework.services import clocks, orders


@pytest.fixture
def report(world):
    return accepted(world)


def sweep(world):
    return clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def test_an_order_runs_on_its_own_clock_until_the_head_answers(world, report):
    case = issue(world, report)
    found = clock(world, report, "order_reply", case.events)
    assert (found.due.due_on.isoformat(), found.state) == ("2026-03-09", "running")
    to_day(world, "2026-03-09")
    answer(world, report)
    assert clock(world, report, "order_reply", case.events).state == "met"
    assert world.case(report).orders[0].answered_on == "2026-03-09"
    with pytest.raises(WrongStateError):
        answer(world, report)
    assert set(notices(world)) >= {
        ("order.issued", "410329-yjj"),
        ("order.answered", "410329-awb"),
    }


def test_an_order_that_nobody_answers_climbs_rung_by_rung(world, report):
    since = issue(world, report).events
    to_day(world, "2026-03-10")
    sweep(world)
    assert f"order_reply.{since}" in world.case(report).overdue
    assert f"order_reply.{since}/head" in world.case(report).escalated
    assert f"order_reply.{since}/supervisor" not in world.case(report).escalated
    to_day(world, "2026-03-11")
    sweep(world)
    assert f"order_reply.{since}/supervisor" in world.case(report).escalated
    assert f"order_reply.{since}/listing" not in world.case(report).escalated
    to_day(world, "2026-03-16")
    sweep(world)
    assert f"order_reply.{since}/listing" in world.case(report).escalated
    answer(world, report)
    to_day(world, "2026-04-15")
    sweep(world)
    assert f"order_reply.{since}/committee" not in world.case(report).escalated


def test_a_listing_starts_a_clock_of_its_own(world, report):
    since = issue(world, report, kind="listing").events
    assert clock(world, report, "listing", since).state == "running"


def test_the_answer_to_one_order_does_not_answer_another(world, report):
    first = issue(world, report).events
    second = issue(world, report, order="o2", number="伊督〔2026〕ABCDEFGH号").events
    answer(world, report, order="o2")
    assert clock(world, report, "order_reply", first).state == "running"
    assert clock(world, report, "order_reply", second).state == "met"


@pytest.mark.parametrize("who", ["yjj-leader", "yjj-officer", "city-supervisor", "awb-approver"])
def test_only_the_office_above_orders(world, report, who):
    with pytest.raises(NotPermittedError):
        issue(world, report, who)


@pytest.mark.parametrize("who", ["yjj-officer", "awb-supervisor", "zjj-leader"])
def test_only_the_head_below_answers(world, report, who):
    issue(world, report)
    with pytest.raises(NotPermittedError):
        answer(world, report, who)


def test_the_accused_office_neither_orders_nor_answers(world):
    filed = world.file_report(matter="staff_misconduct", about="410329-yjj")
    for who in ("yjj-leader",):
        with pytest.raises(AccusedOfficeError):
            answer(world, filed.report, who)


@pytest.mark.parametrize(
    "number",
    [
        "伊督〔2025〕K7M2Q9XR号",
        "伊督〔2026〕1号",
        "伊督〔2026〕K7M2Q9X0号",
        "K7M2Q9XR",
        NUMBER + "\n",
    ],
)
def test_a_number_of_another_form_or_year(world, report, number):
    with pytest.raises(BadActError, match="number"):
        issue(world, report, number=number)
    assert world.case(report).orders == ()


def test_no_number_twice(world, report):
    issue(world, report)
    with pytest.raises(AlreadyDoneError):
        issue(world, report, order="o2")


def test_only_texts_of_their_kind_come_with_orders_and_answers(world, report):
    with pytest.raises(BadActError, match="added"):
        issue(world, report, sealed="account")
    issue(world, report)
    with pytest.raises(BadActError, match="added"):
        answer(world, report, sealed="order")


def test_an_order_that_is_not_there(world, report):
    with pytest.raises(BadActError, match="order"):
        answer(world, report)
    with pytest.raises(UnknownAskError):
        orders.order_view(
            world.store, report_id=report, order_id="o1", office="410329-yjj", now=world.now
        )


def test_an_order_and_its_answer_are_found_again(world, report):
    issue(world, report)
    answer(world, report)
    found = orders.order_view(
        world.store, report_id=report, order_id="o1", office="410329-yjj", now=world.now
    )
    kinds = {one.id: one.kind for one in found.file.objects}
    assert (kinds[found.text_id], kinds[found.answer_id]) == ("order", "order_answer")
    assert found.reply is not None
    assert found.reply.state == "met"


def test_an_order_names_what_is_overdue_first(world, report):
    to_day(world, "2026-04-02")
    draft = orders.order_draft(world.store, report=report, now=world.now)
    assert (draft.clocks[0].key, draft.clocks[0].state) == ("verify", "overdue")
    assert draft.reply_by is not None
    assert draft.reply_by.isoformat() == "2026-04-10"


def test_each_rung_is_seen_by_its_own_addressee_once(world, report):
    to_day(world, "2026-04-08")
    sweep(world)
    assert {"verify.2/head", "verify.2/supervisor"} <= set(world.case(report).escalated)
    with pytest.raises(NotPermittedError):
        see(world, report, "awb-supervisor", "head")
    with pytest.raises(NotPermittedError):
        see(world, report, "yjj-leader", "supervisor")
    see(world, report, "yjj-leader", "head")
    see(world, report, "awb-supervisor", "supervisor")
    assert set(world.case(report).acknowledged) == {"verify.2/head", "verify.2/supervisor"}
    with pytest.raises(AlreadyDoneError):
        see(world, report, "yjj-leader", "head")
    with pytest.raises(WrongStateError):
        see(world, report, "awb-supervisor", "committee")
    assert clock(world, report).state == "overdue"


def test_a_number_is_random_and_of_its_place_and_year():
    drawn = iter(range(256))
    number = new_order_number("伊", 2026, lambda size: bytes(next(drawn) for _ in range(size)))
    assert number == "伊督〔2026〕23456789号"
    assert is_order_number(number)
    for place, year in (("", 2026), ("伊 川", 2026), ("伊", 26)):
        with pytest.raises(ValueError):
            new_order_number(place, year)
