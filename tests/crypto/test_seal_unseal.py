from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import objects, seal, unseal
from crypto.context import Context, item_context, key_id, part_context
from crypto.errors import KeySetError, SizeError, UnsealError
from crypto.mailbox import open_message, seal_message
from crypto.private_key import PrivateKey
from crypto.public_key import PublicKey
from crypto.suite import CURRENT

KEY = bytes(range(32))
CONTEXT = part_context("410329", "report", "narrative", "object", 3)
TEXTS = st.text(max_size=600)
OTHER_CONTEXTS = [
    replace(CONTEXT, **change)
    for change in (
        {"site": "410328"}, {"report": "repor"}, {"kind": "message"}, {"object_id": "objec"},
        {"version": 4}, {"binding": b"x"}, {"report": "reportn", "kind": "arrative"},
    )
]  # fmt: skip


@given(TEXTS)
def test_a_text_comes_back(text):
    body = seal.seal_text(text, key=KEY, context=CONTEXT)
    assert unseal.unseal_text(body, key=KEY, context=CONTEXT) == text


@given(TEXTS)
def test_an_identity_text_comes_back(text):
    context = item_context("s", "r", "who", "i")
    if len(text.encode()) > 2047:
        with pytest.raises(SizeError):
            seal.seal_identity(text, key=KEY, context=context)
        return
    body = seal.seal_identity(text, key=KEY, context=context)
    assert unseal.unseal_identity(body, key=KEY, context=context) == text


@given(st.binary(max_size=300))
def test_bytes_come_back(content):
    body = seal.seal_bytes(content, key=KEY, context=CONTEXT)
    assert unseal.unseal_bytes(body, key=KEY, context=CONTEXT) == content


@given(TEXTS)
def test_a_message_comes_back_on_both_sides(text):
    body = seal_message(text, key=KEY, context=CONTEXT)
    assert open_message(body, key=KEY, context=CONTEXT) == text
    assert unseal.unseal_text(body, key=KEY, context=CONTEXT) == text


@given(st.integers(0, 65535), st.integers(0, 65535))
def test_length_is_hidden_within_a_bucket(one, other):
    sizes = [len(seal.seal_text("x" * size, key=KEY, context=CONTEXT)) for size in (one, other)]
    buckets = [max(10, size.bit_length()) for size in (one, other)]
    assert (sizes[0] == sizes[1]) == (buckets[0] == buckets[1])


def test_two_seals_of_one_text_differ():
    bodies = {seal.seal_text("x", key=KEY, context=CONTEXT) for _ in range(50)}
    assert len(bodies) == 50


def test_layout_of_an_object():
    body = seal.seal_text("x", key=KEY, context=CONTEXT)
    assert body[0] == 1
    assert body[1:33] == key_id(KEY) == objects.object_key_id(body)
    assert len(body) == 1 + 32 + 24 + 1024 + 16


@pytest.mark.parametrize("context", OTHER_CONTEXTS)
def test_no_object_opens_in_another_context(context):
    body = seal.seal_text("x", key=KEY, context=CONTEXT)
    with pytest.raises(UnsealError):
        unseal.unseal_text(body, key=KEY, context=context)


@pytest.mark.parametrize("at", [0, 1, 32, 33, 57, 500, -16, -1])
def test_no_changed_byte_opens(at):
    body = bytearray(seal.seal_text("x", key=KEY, context=CONTEXT))
    body[at] ^= 1
    with pytest.raises(UnsealError):
        unseal.unseal_text(bytes(body), key=KEY, context=CONTEXT)


def test_no_cut_or_extended_object_opens():
    body = seal.seal_text("x", key=KEY, context=CONTEXT)
    for changed in (b"", *(body[:size] for size in range(1, 80)), body[:-1], body + b"\x00"):
        with pytest.raises(UnsealError):
            unseal.unseal_text(changed, key=KEY, context=CONTEXT)


def test_the_key_id_is_checked_before_the_cipher():
    body = seal.seal_bytes(b"x", key=KEY, context=CONTEXT)
    other = bytes(32)
    relabelled = body[:1] + key_id(other) + body[33:]
    for key in (KEY, other, b"short", b""):
        with pytest.raises(UnsealError):
            unseal.unseal_bytes(relabelled, key=key, context=CONTEXT)


def test_every_failure_reads_the_same():
    body = seal.seal_text("x", key=KEY, context=CONTEXT)
    said = set()
    for changed, key in ((b"\x02" + body[1:], KEY), (body[:-1], KEY), (body, bytes(32))):
        with pytest.raises(UnsealError) as failure:
            unseal.unseal_text(changed, key=key, context=CONTEXT)
        said.add(str(failure.value))
        assert failure.value.__cause__ is None
    assert len(said) == 1


def test_what_is_not_utf8_does_not_open_as_text():
    padded = objects.seal_object(b"\xff\x80" + bytes(1022), key=KEY, context=CONTEXT)
    with pytest.raises(UnsealError):
        unseal.unseal_text(padded, key=KEY, context=CONTEXT)
    with pytest.raises(UnsealError):
        open_message(padded, key=KEY, context=CONTEXT)


# Boxes -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def holder() -> PrivateKey:
    return PrivateKey.generate()


def test_a_wrapped_key_comes_back(holder):
    body = seal.wrap_key(KEY, context=CONTEXT, recipient=holder.public)
    assert len(body) == 1 + 48 + 32 + 32
    opened = unseal.unwrap_key(body, context=CONTEXT, holder=holder, key_id=key_id(KEY))
    assert opened == KEY


@pytest.mark.parametrize("context", OTHER_CONTEXTS)
def test_no_wrap_opens_in_another_context(holder, context):
    body = seal.wrap_key(KEY, context=CONTEXT, recipient=holder.public)
    with pytest.raises(UnsealError):
        unseal.unwrap_key(body, context=context, holder=holder, key_id=key_id(KEY))


def test_no_wrap_opens_for_another_holder_or_key(holder):
    body = seal.wrap_key(KEY, context=CONTEXT, recipient=holder.public)
    with pytest.raises(UnsealError):
        unseal.unwrap_key(body, context=CONTEXT, holder=PrivateKey.generate(), key_id=key_id(KEY))
    with pytest.raises(UnsealError):
        unseal.unwrap_key(body, context=CONTEXT, holder=holder, key_id=key_id(bytes(32)))


def test_a_box_whose_content_is_not_the_named_key_does_not_open(holder):
    body = objects.seal_box(bytes(32), context=CONTEXT, name=key_id(KEY), recipient=holder.public)
    with pytest.raises(UnsealError):
        unseal.unwrap_key(body, context=CONTEXT, holder=holder, key_id=key_id(KEY))


def test_a_box_made_for_another_key_and_passed_on_does_not_open(holder):
    # Whoever opens a box may seal its inside to somebody else; the prefix tells.
    inside = objects._prefix(CONTEXT, key_id(KEY), PrivateKey.generate().public) + KEY
    body = b"\x01" + CURRENT.box(holder.public.box, inside)
    with pytest.raises(UnsealError):
        unseal.unwrap_key(body, context=CONTEXT, holder=holder, key_id=key_id(KEY))


def test_no_changed_cut_or_extended_wrap_opens(holder):
    body = seal.wrap_key(KEY, context=CONTEXT, recipient=holder.public)
    flipped = [body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :] for at in range(len(body))]
    cut = [body[:size] for size in range(len(body))]
    for changed in (*flipped, *cut, body + b"\x00"):
        with pytest.raises(UnsealError):
            unseal.unwrap_key(changed, context=CONTEXT, holder=holder, key_id=key_id(KEY))


def test_approvals_bind_request_item_seat_and_requester(holder):
    request = bytes(32)
    good: dict[str, Any] = {"request_digest": request, "item": "i", "seat": 1}
    body = seal.seal_approval(b"pieces", **good, requester=holder.public)
    assert unseal.open_approval(body, **good, requester=holder) == b"pieces"
    for change in ({"request_digest": b"\x01" * 32}, {"item": "j"}, {"seat": 2}):
        with pytest.raises(UnsealError):
            unseal.open_approval(body, **{**good, **change}, requester=holder)
    with pytest.raises(UnsealError):
        unseal.open_approval(body, **good, requester=PrivateKey.generate())


def test_any_bytes_can_be_sealed_for_a_key(holder):
    context = Context("s", "", "settings", "receipt-pepper")
    body = seal.seal_for(b"pepper", context=context, recipient=holder.public)
    assert unseal.unseal_for(body, context=context, holder=holder) == b"pepper"


@pytest.mark.parametrize("box", [bytes(32), b"\x01" + bytes(31), b"short"])
def test_nothing_is_sealed_to_a_key_that_is_none(box):
    with pytest.raises(KeySetError):
        seal.wrap_key(KEY, context=CONTEXT, recipient=PublicKey(box, bytes(32)))


# Keys --------------------------------------------------------------------------


def test_a_public_key_is_read_back_and_has_a_fingerprint(holder):
    public = holder.public
    assert PublicKey.decode(public.encode()) == public
    assert PublicKey.from_hex(public.encode().hex()) == public
    groups = public.fingerprint().split(" ")
    assert [len(group) for group in groups] == [4] * 6
    assert "".join(groups).isdigit()
    for wrong in (b"", public.encode()[:-1], public.encode() + b"x"):
        with pytest.raises(KeySetError):
            PublicKey.decode(wrong)
    with pytest.raises(KeySetError):
        PublicKey.from_hex(public.encode().hex().upper())


def test_secrets_never_show(holder):
    assert holder.secret.hex() not in repr(holder)
    assert repr(holder.secret)[2:-1] not in repr(holder)
    assert holder == PrivateKey(holder.secret)


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(33)])
def test_a_secret_has_32_bytes(secret):
    with pytest.raises(UnsealError):
        PrivateKey(secret)
