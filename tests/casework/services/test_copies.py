"""Copies at the services: who is told, who can open what, and what is checked again."""

import pytest

from asking import notices
from casework.domain.errors import (
    AccusedOfficeError,
    BadActError,
    NotPermittedError,
    StaleActError,
    UnknownDepartmentError,
)
from casework.services import copies, rewrapping
from casework.verify import Problem, verify
from key_changing import put_in_force, rewrap
from turning import JW, YJJ, ZJJ, transfer, waiting

DOCUMENT = {"document": "伊纪函〔2026〕1号"}


@pytest.fixture
def accusing(world):
    """A report that accuses the bureau of emergency management's neighbour."""
    return world.file_report(about=ZJJ).report


def signs(world, report, who="jw-officer"):
    return copies.acknowledge_copy(
        world.store,
        act=world.sign(who, "copy.acknowledged", report, {}),
        trust=world.trust,
        now=world.now,
    )


def sends(world, report, *offices, who="yjj-officer"):
    return copies.send_copies(
        world.store,
        act=world.sign(who, "copy.sent", report, {"copies": list(offices)}),
        trust=world.trust,
        now=world.now,
    )


def answers(world, report, who="jw-officer", kind="discipline_answer"):
    sealed = world.sealed_object(kind, report)
    return copies.answer_for_discipline(
        world.store,
        act=world.sign(who, "discipline.answered", report, DOCUMENT, [sealed]),
        answer=sealed,
        trust=world.trust,
        now=world.now,
    )


def problems(world):
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def test_the_discipline_body_holds_the_keys_signs_and_answers(world, accusing):
    assert waiting(world, JW, "officer", "discipline") == [(accusing, JW)]
    assert ("report.copied", JW) in notices(world)
    assert ("report.received", YJJ) in notices(world)
    assert {one.key_kind for one in world.read(accusing, "jw-officer").wraps} == {
        "content", "thread",
    }  # fmt: skip
    with pytest.raises(AccusedOfficeError):
        world.read(accusing, "zjj-officer")
    assert [one.office for one in signs(world, accusing).receipts] == [JW]
    with pytest.raises(BadActError):
        answers(world, accusing, kind="opinion")
    answers(world, accusing)
    assert {office for kind, office in notices(world) if kind == "discipline.answered"} == {
        YJJ, "410329-awb",
    }  # fmt: skip
    with pytest.raises(NotPermittedError):
        answers(world, accusing, who="yjj-officer")
    assert problems(world) == []


def test_it_keeps_its_keys_when_another_office_leads(world, accusing):
    case = transfer(world, accusing, "410329-sfj", "410329-sfj")
    assert case.offices == ("410329-sfj", "410329-awb", JW)
    assert world.read(accusing, "jw-officer").wraps


def test_its_copies_are_wrapped_anew_after_its_key_was_replaced(world, accusing):
    def left(report):
        found = rewrapping.stale_cases(world.store, office=JW, trust=world.trust)
        assert rewrapping.progress(world.store, office=JW, trust=world.trust).left == len(found)
        return report in found

    assert not left(accusing)
    put_in_force(world, rotated=[JW])
    assert left(accusing)
    rewrap(world, accusing, "jw-officer")
    assert not left(accusing)
    assert problems(world) == []


def test_a_copy_of_the_order_carries_no_key_and_is_signed_once(world):
    report = world.file_report().report
    sends(world, report, "410329-sfj")
    assert ("report.copied", "410329-sfj") in notices(world)
    assert waiting(world, "410329-sfj", "officer", "copy") == [(report, "410329-sfj")]
    with pytest.raises(UnknownDepartmentError):
        sends(world, report, "410329106000-zf")
    sends(world, report, JW)
    with pytest.raises(NotPermittedError):
        world.read(report, "jw-officer")
    act = world.sign("jw-officer", "copy.acknowledged", report, {})
    signed = {"act": act, "trust": world.trust, "now": world.now}
    copies.acknowledge_copy(world.store, **signed)
    with pytest.raises(StaleActError):
        copies.acknowledge_copy(world.store, **signed)
    assert problems(world) == []
