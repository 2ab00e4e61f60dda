"""The reporter's side: a thread key goes from one code to the next, and to nobody else."""

import pytest

from crypto.context import key_id, wrap_context
from crypto.errors import UnsealError
from crypto.mailbox import ReporterKey, wrap_anew
from crypto.records import KeyWrap
from crypto.seal import new_key, wrap_key

CONTEXT = wrap_context("410329-demo", "report1", "sending1", "thread", b"\x05" * 32)
OLD, NEW, OTHER = (ReporterKey(bytes([number]) * 32) for number in (1, 2, 3))


@pytest.fixture
def thread():
    return new_key()


@pytest.fixture
def wrap(thread):
    body = wrap_key(thread, context=CONTEXT, recipient=OLD.public)
    box = OLD.public.box.hex()
    return KeyWrap("w1", "sending1", "thread", "reporter", key_id(thread), box, body)


def test_the_next_key_opens_what_the_last_one_opened(thread, wrap):
    anew = wrap_anew(wrap, wrap_id="w2", context=CONTEXT, key=OLD, to=NEW.public)
    assert NEW.open_thread_key(anew.body, CONTEXT, anew.key_id) == thread
    assert (anew.id, anew.recipient_key) == ("w2", NEW.public.box.hex())
    assert (anew.sending, anew.key_kind, anew.recipient) == ("sending1", "thread", "reporter")


def test_the_last_key_and_a_third_one_do_not_open_it(wrap):
    anew = wrap_anew(wrap, wrap_id="w2", context=CONTEXT, key=OLD, to=NEW.public)
    for key in (OLD, OTHER):
        with pytest.raises(UnsealError):
            key.open_thread_key(anew.body, CONTEXT, anew.key_id)


def test_who_cannot_open_it_cannot_pass_it_on(wrap):
    with pytest.raises(UnsealError):
        wrap_anew(wrap, wrap_id="w2", context=CONTEXT, key=OTHER, to=NEW.public)


def test_it_stays_bound_to_its_report_and_manifest(wrap):
    elsewhere = wrap_context("410329-demo", "report2", "sending1", "thread", b"\x05" * 32)
    with pytest.raises(UnsealError):
        wrap_anew(wrap, wrap_id="w2", context=elsewhere, key=OLD, to=NEW.public)
