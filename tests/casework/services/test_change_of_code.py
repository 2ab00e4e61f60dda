"""A change of code is stored whole or not at all, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from casework.domain.errors import (
    BadActError,
    NotPermittedError,
    UnknownReportError,
    UnknownSignerError,
)
from casework.domain.ids import new_id
from casework.services import mailbox
from casework.storage.messages import Messages
from casework.storage.sealed_tables import key_wrap
from casework.storage.sealed_vault import SealedVault
from casework.verify import Problem, verify
from crypto.context import digest, wrap_context
from crypto.mailbox import ReporterKey, wrap_anew
from crypto.receipt import derive, draw_code
from instance import SITE
from log_keeper import outside_of, take

OLD_SESSION, NEW_SESSION = b"\x01" * 32, b"\x02" * 32


class Change:
    """A change of code, composed as the public site does."""

    def __init__(self, world, filed):
        self.world, self.filed = world, filed
        receipt = derive(
            draw_code(), parameters=world.trust.keyset.code_parameters, pepper=world.pepper
        )
        self.key = ReporterKey(receipt.secret)
        opened = mailbox.reporter_wraps(world.store, report_id=filed.report)
        bound = {one.sending: digest(one.body) for one in opened.manifests}
        self.old = opened.wraps
        wraps = tuple(
            wrap_anew(
                one, wrap_id=new_id(), key=filed.key, to=self.key.public,
                context=wrap_context(
                    SITE, filed.report, one.sending, "thread", bound[one.sending]
                ),
            )
            for one in opened.wraps
        )  # fmt: skip
        self.new = mailbox.NewCode(
            locator=receipt.locator, reporter_key=self.key.public.encode(), wraps=wraps,
            ended_session=OLD_SESSION, session=NEW_SESSION, box=b"box",
            sweep_after=world.now + timedelta(hours=1),
        )  # fmt: skip

    def store(self, *, signer=None, **changed):
        new = replace(self.new, **changed)
        public = self.key.public
        world, filed = self.world, signer or self.filed
        act = world._signed(
            "code.changed", self.filed.report,
            {"reporter_box": public.box.hex(), "reporter_sign": public.sign.hex()},
            new.wraps, "reporter", filed.key, None, [one.named for one in self.old],
        )  # fmt: skip
        return mailbox.change_code(world.store, act=act, new=new, trust=world.trust, now=world.now)


@pytest.fixture
def filed(world):
    made = world.file_report()
    world.store.write(
        lambda uow: uow.sessions.insert(
            OLD_SESSION, kind="mailbox", box=b"old", sweep_after=world.now + timedelta(hours=1)
        )
    )
    return made


@pytest.fixture
def change(world, filed):
    return Change(world, filed)


def state(world, filed):
    def read(uow):
        box = uow.mailboxes.of_report(filed.report)
        wraps = stored(uow, filed)
        sessions = [uow.sessions.get(one, kind="mailbox") for one in (OLD_SESSION, NEW_SESSION)]
        return box, wraps, sessions, uow.reports.get(filed.report).events

    return world.store.read(read)


def stored(uow, filed):
    return sorted(Messages(uow).wraps(filed.report), key=lambda one: one.id)


def kept(world, filed):
    return world.store.read(lambda uow: stored(uow, filed))


def problems(world):
    found = verify(world.store, world.blobs, world.trust, outside_of(world))
    return [(one.kind, one.problem) for one in found if isinstance(one, Problem)]


def by_id(*wraps):
    return sorted(wraps, key=lambda one: one.id)


def test_everything_moves_at_once(world, filed, change):
    change.store()
    box, wraps, sessions, events = state(world, filed)
    assert box.reporter_key == change.key.public.encode()
    assert wraps == by_id(*change.old, *change.new.wraps)
    opened = mailbox.reporter_wraps(world.store, report_id=filed.report)
    assert opened.wraps == change.new.wraps
    assert sessions == [None, b"box"]
    assert events == 2
    assert mailbox.open_mailbox(world.store, locator=filed.locator) is None
    found = mailbox.open_mailbox(world.store, locator=change.new.locator)
    assert found is not None
    assert found.report_id == filed.report
    assert not mailbox.is_current_key(
        world.store, report_id=filed.report, reporter_key=filed.key.public.encode()
    )


def test_the_old_key_signs_nothing_any_more_and_the_new_one_does(world, filed, change):
    change.store()
    with pytest.raises(UnknownSignerError):
        world.say(filed)
    world.say(replace(filed, key=change.key))


def test_a_locator_of_another_report_changes_nothing(world, filed, change):
    other = world.file_report()
    before = state(world, filed)
    with pytest.raises(mailbox.LocatorTakenError):
        change.store(locator=other.locator)
    assert state(world, filed) == before


@pytest.mark.parametrize(
    ("fact", "changed"),
    [
        ("added", {"wraps": ()}),
        ("reporter_box", {"reporter_key": b"\x07" * 64}),
    ],
)
def test_half_a_change_is_refused_whole(world, filed, change, fact, changed):
    before = state(world, filed)
    with pytest.raises(BadActError) as refusal:
        change.store(**changed)
    assert refusal.value.fact == fact
    assert state(world, filed) == before


def test_wraps_that_came_since_must_not_be_left_behind(world, filed, change):
    change.old = ()
    with pytest.raises(BadActError) as refusal:
        change.store()
    assert refusal.value.fact == "removed"


def test_another_reporter_s_key_changes_nothing(world, filed, change):
    other = world.file_report()
    with pytest.raises(UnknownSignerError):
        change.store(signer=other)


def test_another_act_is_not_a_change_of_code(world, filed, change):
    facts = {"urged_on": "2026-03-02"}
    act = world.sign_as_reporter(filed, "report.urged", facts)
    act = replace(act, event=replace(act.event, removed=tuple(one.named for one in change.old)))
    with pytest.raises((NotPermittedError, BadActError)):
        mailbox.change_code(world.store, act=act, new=change.new, trust=world.trust, now=world.now)


def test_the_jobs_process_deletes_the_old_wraps_with_the_change_and_nothing_else(
    world, filed, change
):
    other = world.file_report()
    change.store()
    assert problems(world) == []  # named as removed, and waiting for the jobs process
    everything = world.store.read(lambda uow: uow.connection.execute(sa.select(key_wrap)).all())
    take(world)
    left = world.store.read(lambda uow: uow.connection.execute(sa.select(key_wrap)).all())
    assert set(everything) - set(left) == {row for row in everything if row.id == change.old[0].id}
    assert len(kept(world, other)) == 1
    assert kept(world, filed) == list(change.new.wraps)
    assert problems(world) == []


def test_an_old_wrap_that_is_put_back_once_the_log_has_the_change_is_named_and_not_opened(
    world, filed, change
):
    change.store()
    take(world)
    world.store.write(lambda uow: uow.sealed.add_wraps(filed.report, change.old))
    assert problems(world) == [("wrap", "not named by an event")]
    opened = mailbox.reporter_wraps(world.store, report_id=filed.report)
    assert opened.wraps == change.new.wraps


def test_only_the_very_row_that_was_replaced_is_waited_for(world, filed, change):
    change.store()
    (old,) = change.old
    forged = replace(old, body=old.body[:-1] + bytes([old.body[-1] ^ 1]))
    world.store.write(
        lambda uow: uow.connection.execute(
            sa.update(key_wrap).where(key_wrap.c.id == old.id).values(body=forged.body)
        )
    )
    assert problems(world) == [("wrap", "not named by an event")]
    take(world)
    assert forged in kept(world, filed)  # nobody named this row, so nobody deletes it


def test_a_change_that_the_reporter_did_not_sign_deletes_nothing(world, filed, change):
    """What the portal's role could put into the database without a code."""
    every = world.store.read(lambda uow: SealedVault(uow).wraps(filed.report))
    public = change.key.public
    act = world._signed(
        "code.changed", filed.report,
        {"reporter_box": public.box.hex(), "reporter_sign": public.sign.hex()},
        (), "reporter", change.key, None, [one.named for one in every],
    )  # fmt: skip
    world.store.write(lambda uow: uow.events.append(act))
    take(world)
    assert world.store.read(lambda uow: SealedVault(uow).wraps(filed.report)) == every


def test_a_change_deletes_no_office_s_wrap_whatever_it_names(world, filed, change):
    """The reporter's key signs, but past the service that checks what may go."""
    every = world.store.read(lambda uow: SealedVault(uow).wraps(filed.report))
    public = change.key.public
    act = world._signed(
        "code.changed", filed.report,
        {"reporter_box": public.box.hex(), "reporter_sign": public.sign.hex()},
        (), "reporter", filed.key, None, [one.named for one in every],
    )  # fmt: skip
    world.store.write(lambda uow: uow.events.append(act))
    take(world)
    left = world.store.read(lambda uow: SealedVault(uow).wraps(filed.report))
    assert left == tuple(one for one in every if one.recipient != "reporter")


def test_a_report_that_is_not_there_has_no_keys_to_wrap(world):
    with pytest.raises(UnknownReportError):
        mailbox.reporter_wraps(world.store, report_id="nothing")
