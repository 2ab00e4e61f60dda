"""Seats with a new key: handed over by whoever keeps the old one, or rebuilt by k others."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from admin import custody, seats, trial
from admin.app import create_app
from casework.clock import Clock
from casework.domain.errors import BadActError, NotPermittedError, SeparationError
from casework.domain.ids import new_id
from casework.services import seats as service
from casework.storage.report_tables import event
from casework.verify import Problem, verify
from crypto import shares
from crypto.context import contribution_context
from crypto.events import IdentityPiece
from crypto.keyset import SeatKey
from crypto.objects import object_key_id
from crypto.private_key import PrivateKey
from crypto.seal import seal_pieces
from instance import PASSWORD, SITE, World, make_world
from owning import owner
from seat_change import bundles, change_seat, pieces_of

SEATS = ("seat1-holder", "seat2-holder", "seat3-holder")


@pytest.fixture
def world(tmp_path, database_url):
    made: World = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


@pytest.fixture
def filed(world):
    """Three reports with an identity item each."""
    return [world.file_report().report for _ in range(3)]


def keys_of(world, seat):
    return world.trust.keyset.seat(seat).key.box.hex()


def problems(world):
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def moved(world, filed, seat):
    """Which reports have all boxes of the seat under its present key."""
    key = keys_of(world, seat)
    return [all(p.seat_key == key for p in pieces_of(world, report, seat)) for report in filed]


def kinds(world, report):
    events = world.store.read(lambda uow: uow.events.of_report(report))
    return [one.event.kind for one in events]


def test_before_any_change_there_is_nothing_to_press(world, filed, sign_in):
    page = sign_in("seat1-holder").get("/seats").text
    assert page.count("3 / 3 份") == 3
    assert "hand-over" not in page
    assert "help" not in page


def test_a_seat_is_handed_over_by_who_keeps_the_old_key(world, filed, sign_in):
    before = [bundles(world, report, 1, "seat1-deputy") for report in filed]
    change_seat(world, 1, "seat1-holder", "seat1-deputy")
    assert moved(world, filed, 1) == [False, False, False]

    desk = sign_in("seat1-deputy")
    assert "0 / 3 份" in desk.get("/seats").text
    answer = desk.deed("/seats/1/hand-over")

    assert answer.status_code == 200
    assert "处理了 3 份" in answer.text
    assert "3 / 3 份" in answer.text
    assert moved(world, filed, 1) == [True, True, True]
    assert [bundles(world, report, 1, "seat1-holder") for report in filed] == before
    assert all(kinds(world, report)[-1] == "keys.resealed" for report in filed)
    assert all(len(pieces_of(world, report, 1)) == 1 for report in filed), "old boxes are gone"
    assert problems(world) == []


def test_a_former_holder_hands_the_seat_over_to_its_successors(world, filed, sign_in):
    before = [bundles(world, report, 1, "seat1-holder") for report in filed]
    change_seat(world, 1, "zjj-officer", "zjj-leader")
    assert "hand-over" not in sign_in("zjj-officer").get("/seats").text, "has the new key alone"
    sign_in("seat1-holder").deed("/seats/1/hand-over")
    assert [bundles(world, report, 1, "zjj-leader") for report in filed] == before
    assert problems(world) == []


def test_an_interrupted_hand_over_goes_on_where_it_stopped(world, filed, sign_in, monkeypatch):
    change_seat(world, 1, "seat1-holder", "seat1-deputy")
    desk = sign_in("seat1-holder")
    monkeypatch.setattr(seats, "PRESS_SECONDS", 0.0)
    for done in (1, 2, 3):
        answer = desk.deed("/seats/1/hand-over")
        assert f"{done} / 3 份" in answer.text
        assert ("还没有完" in answer.text) == (done < 3)
        assert sum(moved(world, filed, 1)) == done


def test_a_wrong_password_changes_nothing(world, filed, sign_in):
    change_seat(world, 1, "seat1-holder", "seat1-deputy")
    answer = sign_in("seat1-holder").post("/seats/1/hand-over", password="wrong horse")
    assert answer.status_code == 422
    assert "密码不正确" in answer.text
    assert moved(world, filed, 1) == [False, False, False]


@pytest.mark.parametrize("login", ["seat2-holder", "seat3-deputy"])
def test_another_seat_cannot_hand_it_over(world, filed, sign_in, login):
    change_seat(world, 1, "seat1-holder", "seat1-deputy")
    desk = sign_in(login)
    assert desk.get("/seats/1/hand-over").status_code == 404
    assert desk.get("/seats/1/rebuild").status_code == 404
    assert desk.get("/seats/9/help").status_code == 404
    assert desk.get("/seats/1/nothing").status_code == 404


@pytest.mark.parametrize("login", ["yjj-officer", "auditor", "administrator"])
def test_who_is_no_custodian_sees_no_seats(sign_in, login):
    assert sign_in(login).get("/seats").status_code == 403


def test_a_lost_seat_is_rebuilt_by_k_others(world, filed, sign_in):
    before = [bundles(world, report, 1, "seat1-holder") for report in filed]
    change_seat(world, 1, "seat1-holder", "seat1-deputy", lost=True)
    mine = sign_in("seat1-holder")
    page = mine.get("/seats").text
    assert "旧密钥无人持有" in page
    assert "hand-over" not in page

    assert "处理了 3 份" in sign_in("seat2-holder").deed("/seats/1/help").text
    assert "处理了 0 份" in mine.deed("/seats/1/rebuild").text, "one seat is not enough"
    assert problems(world) == []
    assert "处理了 3 份" in sign_in("seat3-deputy").deed("/seats/1/help").text
    assert "处理了 3 份" in mine.deed("/seats/1/rebuild").text

    assert [bundles(world, report, 1, "seat1-deputy") for report in filed] == before
    assert all(kinds(world, report)[-3:] == [
        "keys.contributed", "keys.contributed", "keys.rebuilt"
    ] for report in filed)  # fmt: skip
    left = world.store.read(lambda uow: [uow.seats.contributions(report) for report in filed])
    assert left == [(), (), ()]
    assert problems(world) == []


def test_helping_twice_gives_nothing_twice(world, filed, sign_in):
    change_seat(world, 1, "seat1-holder", "seat1-deputy", lost=True)
    assert "处理了 3 份" in sign_in("seat2-holder").deed("/seats/1/help").text
    assert "处理了 0 份" in sign_in("seat2-deputy").deed("/seats/1/help").text
    given = world.store.read(lambda uow: uow.seats.contributions(filed[0]))
    assert [(one.seat, one.giver) for one in given] == [(1, 2)]


def test_the_item_key_is_never_put_together(world, filed, sign_in, monkeypatch):
    change_seat(world, 1, "seat1-holder", "seat1-deputy", lost=True)

    def forbidden(_parts):
        raise AssertionError("somebody put the item key together")

    monkeypatch.setattr(shares, "_xor", forbidden)
    sign_in("seat2-holder").deed("/seats/1/help")
    sign_in("seat3-holder").deed("/seats/1/help")
    assert "处理了 3 份" in sign_in("seat1-holder").deed("/seats/1/rebuild").text


def test_a_seat_lost_again_is_helped_again(world, filed, sign_in):
    before = [bundles(world, report, 1, "seat1-holder") for report in filed]
    for _ in range(2):
        change_seat(world, 1, "seat1-holder", "seat1-deputy", lost=True)
        sign_in("seat2-holder").deed("/seats/1/help")
    sign_in("seat3-holder").deed("/seats/1/help")
    assert "处理了 3 份" in sign_in("seat1-holder").deed("/seats/1/rebuild").text
    assert [bundles(world, report, 1, "seat1-holder") for report in filed] == before
    assert problems(world) == []


def test_parts_that_contradict_each_other_are_refused_and_named(world, filed):
    """With four seats two of which open, two helpers hold one piece in common."""
    report, lost = filed[0], PrivateKey.generate()
    item = next(iter(world.store.read(lambda uow: _items(uow, report))))
    own = shares.split(bytes(32), n=4, k=2)
    parts = {giver: shares.due(own[giver - 1], to=4) for giver in (1, 2, 3)}
    parts[3] = parts[3][:-1] + bytes([parts[3][-1] ^ 1])
    boxes = {
        giver: seal_pieces(
            part,
            context=contribution_context(SITE, report, item.id, 4, giver, item.version),
            item_key_id=object_key_id(item.body),
            recipient=lost.public,
        )
        for giver, part in parts.items()
    }
    seat = SeatKey(4, "410329-jw", "a", "b", lost.public)
    old = IdentityPiece(new_id(), item.id, 4, "0" * 64, b"")
    box = service.SeatBox(item, old, boxes)
    app = create_app(world.settings, clock=Clock(source=lambda: world.now))
    with app.app_context(), pytest.raises(seats._ContradictionError) as refusal:
        seats._rebuilt(world.case(report), box, seat, {lost.public.box.hex(): lost})
    assert 3 in refusal.value.seats


def _items(uow, report):
    from casework.storage.sealed_vault import SealedVault

    return SealedVault(uow).items(report)


@pytest.mark.parametrize("handed_over", [False, True])
def test_a_release_is_approved_both_before_and_after_the_hand_over(world, sign_in, handed_over):
    world.appropriate()
    filed = world.approved()
    world.claim(filed)
    change_seat(world, 1, "seat1-holder", "seat1-deputy")
    if handed_over:
        sign_in("seat1-holder").deed("/seats/1/hand-over")
        assert moved(world, [filed.report], 1) == [True]
    award, release = world.case(filed.report).award, new_id()
    until = (world.now + timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M:%SZ")
    wish = custody.Wish(award.item, award.version, "pay_award", "转账", until)
    app = create_app(world.settings, clock=Clock(source=lambda: world.now))
    with app.app_context():
        people = {}
        for login in ("cashier", "seat1-deputy", "seat2-holder"):
            code = world.people[login].code(world.now)
            people[login] = trial.Acting.sign_in(login, PASSWORD, code)
        with trial.acting(people["cashier"]) as deed:
            custody.request(filed.report, release, wish, deed)
        for login in ("seat1-deputy", "seat2-holder"):
            with trial.acting(people[login]) as deed:
                custody.approve(filed.report, release, deed)
        with trial.acting(people["cashier"]) as deed:
            seen = custody.open_once(filed.report, release, deed)
    assert "6222000000000000" in "".join(seen.lines.values())
    assert problems(world) == []


# What the service refuses, whatever the page was made to send ------------------------------


def _reseal(world, report, who, *, seat=1, pieces=None, removed=None, to=None):
    key = to or keys_of(world, 1)
    old = pieces_of(world, report, 1)
    new = pieces
    if new is None:
        new = [IdentityPiece(new_id(), one.item, seat, key, b"box") for one in old]
    gone = [one.named for one in (old if removed is None else removed)]
    facts = {"seat": 1, "from": old[0].seat_key, "to": key}
    act = world.sign(who, service.RESEALED, report, facts, new, removed=gone)
    return service.reseal(world.store, act=act, pieces=new, trust=world.trust, now=world.now)


def test_the_service_takes_exactly_the_boxes_of_the_seat(world, filed):
    change_seat(world, 1, "seat1-holder", "seat1-deputy")
    report, old = filed[0], pieces_of(world, filed[0], 1)
    wrong: list[dict[str, Any]] = [
        {"pieces": []},
        {"seat": 2},
        {"removed": []},
        {"removed": [*old, *pieces_of(world, report, 2)]},
        {"to": old[0].seat_key},
    ]
    for refused in wrong:
        with pytest.raises(BadActError):
            _reseal(world, report, "seat1-holder", **refused)
    with pytest.raises(SeparationError):
        _reseal(world, report, "seat2-holder")
    assert pieces_of(world, report, 1) == old
    _reseal(world, report, "seat1-holder")
    assert moved(world, [report], 1) == [True]


def test_a_custodian_of_the_accused_office_still_hands_over(world, sign_in):
    report = world.file_report(about="410329-sfj").report
    change_seat(world, 1, "seat1-holder", "seat1-deputy")
    sign_in("seat1-holder").deed("/seats/1/hand-over")
    assert moved(world, [report], 1) == [True]
    assert kinds(world, report)[-1] == "keys.resealed"


def test_a_request_that_was_put_there_by_somebody_without_the_role_gets_no_pieces(world, sign_in):
    """The database may say that it is the cashier's; who signed it is what counts."""
    world.appropriate()
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report)
    asked = world.case(filed.report).releases[release]
    facts = {
        "release": release, "item": asked.item, "version": asked.version,
        "purpose": asked.purpose, "expires_at": asked.expires_at, "threshold": 2,
    }  # fmt: skip
    forged = world.sign("yjj-officer", "release.requested", filed.report, facts)
    with owner(world) as connection:
        connection.execute(
            sa.update(event)
            .where(event.c.kind == "release.requested", event.c.report_id == filed.report)
            .values(body=forged.event.encode(), signature=forged.signature)
        )
    app = create_app(world.settings, clock=Clock(source=lambda: world.now))
    with app.app_context():
        person = trial.Acting.sign_in(
            "seat1-holder", PASSWORD, world.people["seat1-holder"].code(world.now)
        )
        with trial.acting(person) as deed, pytest.raises(NotPermittedError):
            custody.approve(filed.report, release, deed)
