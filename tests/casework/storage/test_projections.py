"""Lists of awards and releases follow the cases that they are made from."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from casework.domain.case import Award, AwardState, Release, ReleaseState
from casework.domain.errors import AlreadyDoneError
from casework.domain.ids import new_id
from casework.storage.releases import ReleaseApproval

EXPIRES = datetime(2026, 3, 9, tzinfo=UTC)


def award(**given: object) -> Award:
    values = {
        "id": new_id(), "state": AwardState.PROPOSED, "amount_fen": 5_000_00, "year": 2026,
        "policy_id": "p", "policy_sha256": "s", "trace_sha256": "t", "proposer": "officer",
    }  # fmt: skip
    return Award(**(values | given))  # type: ignore[arg-type]


def release(**given: object) -> Release:
    values = {
        "id": new_id(), "state": ReleaseState.REQUESTED, "item": "item", "version": 2,
        "purpose": "payment", "requester": "cashier", "office": "410329-czj", "threshold": 2,
        "requested_at": "2026-03-02T00:00:00Z", "expires_at": "2026-03-09T00:00:00Z",
    }  # fmt: skip
    return Release(**(values | given))  # type: ignore[arg-type]


def test_awards_are_listed_by_where_they_stand(store, stored_case):
    case = stored_case(store)
    store.write(lambda uow: uow.awards.project(case))
    case = replace(case, award=award())
    store.write(lambda uow: uow.awards.project(case))

    [line] = store.read(lambda uow: uow.awards.open(AwardState.PROPOSED))
    assert (line.id, line.case_number, line.amount_fen) == (
        case.award.id,
        case.case_number,
        500_000,
    )
    assert line.proposer == "officer"

    done = replace(case, award=replace(case.award, state=AwardState.CLOSED))
    store.write(lambda uow: uow.awards.project(done))

    for state in AwardState:
        assert store.read(lambda uow, s=state: uow.awards.open(s)) == ()
    [line] = store.read(lambda uow: uow.awards.of_report(case.report_id))
    assert line.state == "closed"


def test_awards_page_by_id(store, stored_case):
    ids = []
    for _ in range(3):
        case = replace(stored_case(store), award=award())
        store.write(lambda uow, c=case: uow.awards.project(c))
        ids.append(case.award.id)

    first = store.read(lambda uow: uow.awards.open(AwardState.PROPOSED, limit=2))
    rest = store.read(lambda uow: uow.awards.open(AwardState.PROPOSED, after=first[-1].id))

    assert [line.id for line in (*first, *rest)] == sorted(ids)


def test_releases_are_listed_while_they_run(store, stored_case):
    running, refused = release(), release(state=ReleaseState.REFUSED)
    case = replace(stored_case(store), releases={running.id: running, refused.id: refused})
    store.write(lambda uow: uow.releases.project(case))

    [line] = store.read(lambda uow: uow.releases.open())
    assert (line.id, line.item, line.version, line.expires_at) == (running.id, "item", 2, EXPIRES)
    assert line.case_number == case.case_number
    assert len(store.read(lambda uow: uow.releases.of_report(case.report_id))) == 2
    assert store.read(lambda uow: uow.releases.expired(EXPIRES - timedelta(seconds=1))) == ()
    assert store.read(lambda uow: uow.releases.expired(EXPIRES)) == (line,)

    opened = replace(running, state=ReleaseState.OPENED)
    case = replace(case, releases={**case.releases, running.id: opened})
    store.write(lambda uow: uow.releases.project(case))
    assert store.read(lambda uow: uow.releases.open()) == ()


def test_a_seat_and_a_person_approve_once(store, stored_case):
    asked = release()
    case = replace(stored_case(store), releases={asked.id: asked})
    store.write(lambda uow: uow.releases.project(case))
    first = ReleaseApproval(asked.id, 1, "a", b"box", "ee" * 32)
    store.write(lambda uow: uow.releases.approve(first))

    for twice in (replace(first, account="b"), replace(first, seat=2)):
        with pytest.raises(AlreadyDoneError):
            store.write(lambda uow, t=twice: uow.releases.approve(t))
    second = ReleaseApproval(asked.id, 2, "b", b"box2", "ff" * 32)
    store.write(lambda uow: uow.releases.approve(second))

    assert store.read(lambda uow: uow.releases.approvals(asked.id)) == (first, second)
    store.write(lambda uow: uow.releases.drop_boxes(asked.id))
    assert store.read(lambda uow: uow.releases.approvals(asked.id)) == ()


def test_an_approval_of_no_release_is_our_mistake(store):
    import sqlalchemy as sa

    with pytest.raises(sa.exc.IntegrityError):
        store.write(lambda uow: uow.releases.approve(ReleaseApproval("x", 1, "a", b"", "ee" * 32)))
