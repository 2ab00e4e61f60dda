"""On-site verification on both databases: who goes, what is signed, what a changed photo does."""

import pytest

from asking import issue, notices
from casework.domain.errors import (
    BadActError,
    SeparationError,
    SignatureRefusedError,
    VisitRefusedError,
)
from casework.services import visits
from casework.storage.unit_of_work import UnitOfWork, query
from casework.verify_visits import check_visits
from crypto.events import SignedEvent
from instance import World
from turning import JW, YJJ, name_helpers
from visiting import (
    PAIR,
    add_photos,
    follow_up,
    open_visit,
    record_visit,
    return_visit,
    sealed_photo,
    sign_visit,
)


@pytest.fixture
def accepted(world: World) -> str:
    report = world.file_report().report
    world.accept(report)
    return report


@query
def events_of(uow: UnitOfWork, *, report: str) -> tuple[SignedEvent, ...]:
    return uow.events.of_report(report)


def refused(reason: str):
    return pytest.raises(VisitRefusedError, match=f"reason='{reason}'")


def test_two_officers_one_record_both_sign(world, accepted):
    open_visit(world, accepted, unannounced=1)
    photo = sealed_photo(world, accepted)
    add_photos(world, accepted, [photo])
    record_visit(world, accepted, photos=[photo.id])
    with pytest.raises(VisitRefusedError, match="unsigned"):
        world.conclude(accepted, basis="visit")
    with pytest.raises(SeparationError, match="recorded_visit"):
        sign_visit(world, accepted, "yjj-officer")
    case = sign_visit(world, accepted)
    assert case.investigators == {world.people[one].account for one in PAIR}
    world.conclude(accepted, basis="visit")
    told = notices(world)
    assert {("visit.planned", YJJ), ("visit.recorded", YJJ)} <= set(told)


def test_who_may_be_named(world, accepted):
    case = world.case(accepted)
    mine = {world.people[one].account for one in PAIR}
    assert set(visits.officers_for(case, "verify", world.trust)) == mine
    for other in ("zjj-officer", "yjj-leader", "awb-supervisor", "jw-officer"):
        with refused("officers"):
            open_visit(world, accepted, officers=("yjj-officer", other))
    name_helpers(world, accepted, JW)
    open_visit(world, accepted, officers=("yjj-officer", "jw-officer"))


def test_somebody_who_is_nobody_is_not_named(world, accepted):
    with refused("officers"):
        visits.plan_visit(
            world.store,
            act=world.sign(
                "yjj-officer",
                "visit.planned",
                accepted,
                {"purpose": "verify", "officers": ["nobody", world.people[PAIR[0]].account]},
            ),
            trust=world.trust,
            now=world.now,
        )


def test_a_changed_or_missing_photo_is_not_signed(world, accepted):
    open_visit(world, accepted)
    kept, changed, gone = (sealed_photo(world, accepted) for _ in range(3))
    add_photos(world, accepted, [kept, changed, gone])
    everything = [kept.id, changed.id, gone.id]
    record_visit(world, accepted, photos=everything)
    content = b"".join(world.blobs.read(changed.blob_name))
    world.blobs.delete(changed.blob_name)
    with world.blobs.writer(changed.blob_name) as writer:
        writer.write(content[:-1] + bytes([content[-1] ^ 1]))
        writer.flush_durable()
    world.blobs.delete(gone.blob_name)
    visit = world.case(accepted).visits[-1]
    found = visits.changed_photos(world.store, report=accepted, visit=visit, blobs=world.blobs)
    assert set(found) == {changed.id, gone.id}
    with refused("photo_changed"):
        sign_visit(world, accepted)
    return_visit(world, accepted)
    with refused("photo_changed"):
        record_visit(world, accepted, photos=everything)
    record_visit(world, accepted, photos=[kept.id])
    sign_visit(world, accepted)


def test_the_second_officer_signs_the_record_that_stands(world, accepted):
    open_visit(world, accepted)
    record_visit(world, accepted)
    old = visits.record_digest(world.store, report=accepted, visit=world.case(accepted).visits[-1])
    return_visit(world, accepted)
    assert ("visit.returned", YJJ) in notices(world)
    record_visit(world, accepted)
    with refused("another_record"):
        sign_visit(world, accepted, record=old)
    with refused("another_record"):
        sign_visit(world, accepted, recorded=4)
    sign_visit(world, accepted)


def test_rows_of_another_kind_are_refused(world, accepted):
    open_visit(world, accepted)
    with pytest.raises(BadActError, match="added"):
        record_visit(world, accepted, kind="account")
    with pytest.raises(BadActError, match="checklist"):
        record_visit(world, accepted, checklist_sha256="00" * 32)
    with pytest.raises(BadActError, match="photos"):
        add_photos(world, accepted, [sealed_photo(world, accepted)], photos=["another"])


def test_the_signature_under_a_record_needs_the_password(world, accepted):
    open_visit(world, accepted)
    record_visit(world, accepted)
    visit = world.case(accepted).visits[-1]
    told = {"visit": visit.ordinal, "recorded": visit.recorded, "record": "00" * 32}
    with pytest.raises(SignatureRefusedError):
        visits.sign_visit(
            world.store,
            act=world.sign("yjj-officer-2", "visit.signed", accepted, told, deed=False),
            blobs=world.blobs,
            trust=world.trust,
            now=world.now,
        )


def test_verification_finds_a_signature_under_another_record(world, accepted):
    open_visit(world, accepted)
    record_visit(world, accepted)
    sign_visit(world, accepted)
    signed = events_of(world.store, report=accepted)
    assert list(check_visits(signed)) == []
    others = [one for one in signed if one.event.kind != "visit.recorded"]
    assert [one.kind for one in check_visits(others)] == ["visit"]


def test_a_finding_names_on_what_it_rests(world, accepted):
    with refused("basis"):
        world.conclude(accepted, basis="")
    with refused("no_visit"):
        world.conclude(accepted, basis="visit")
    world.conclude(accepted, basis="phone")
    assert world.case(accepted).finding == "substantiated"


def test_a_listed_case_is_followed_up_by_the_office_above(world, accepted):
    issue(world, accepted, kind="listing")
    with refused("officers_above"):
        open_visit(world, accepted, "awb-supervisor", PAIR, "follow_up")
    case = follow_up(world, accepted)
    assert case.visits[-1].signed
    assert not case.investigators
