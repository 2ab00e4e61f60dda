import json
from dataclasses import replace
from typing import Any

import pytest

from crypto import dossier, shares, unseal
from crypto.context import (
    Context,
    digest,
    file_context,
    item_context,
    key_id,
    part_context,
    piece_context,
    wrap_context,
)
from crypto.errors import EventError, KeySetError, SizeError, UnsealError
from crypto.events import (
    Event,
    KeyWrap,
    SignedEvent,
    check_named,
    check_signature,
    names_in,
    parse_event,
    signing_bytes,
)
from crypto.mailbox import ReporterKey, open_message, seal_message
from crypto.manifest import parse_manifest
from crypto.objects import object_key_id
from crypto.private_key import PrivateKey

FACTS = dossier.Facts(
    region="410329",
    sector="mining",
    matter="hazard",
    about=None,
    channel="web",
    received_on="2026-03-01",
    case_number="410329-2026-K7M2Q9XR",
    lead="A2",
    supervisor="A1",
    offices=("A2", "A1"),
    rule="mining",
)
PARTS = {"narrative": "井下无通风", "enterprise": "某矿", "place": "x", "occurred_on": "2026-02-28"}
WHO = {"name": "张三", "id_number": "410329199001010011"}
CONTENT = b"photo" * 30_000


@pytest.fixture(scope="module")
def sending():
    return dossier.Sending.begin(site="410329", report_id="report", sending_id="sending")


@pytest.fixture(scope="module")
def stored(sending) -> bytes:
    return b"".join(seal_file(sending)[1])


def seal_file(sending, file_id="file"):
    sealer = sending.file_sealer(file_id)
    return sealer, [sealer.header, sealer.push(CONTENT), *sealer.finish()]


@pytest.fixture(scope="module")
def entry(stored) -> dossier.FileEntry:
    return dossier.FileEntry(
        "file", "blob", "矿井.jpg", "image/jpeg", len(CONTENT), "reencoded", len(stored),
        digest(stored),
    )  # fmt: skip


@pytest.fixture(scope="module")
def composed(sending, entry, site, reporter, new_id) -> dossier.Dossier:
    return dossier.compose(
        sending,
        facts=FACTS,
        parts=PARTS,
        identity=dossier.identity_texts(**WHO, phone="13900000000"),
        files=[entry],
        keyset=site.keyset,
        reporter=reporter.public,
        new_id=new_id,
    )


def wrap_of(composed: dossier.Dossier, key_kind: str, recipient: str) -> KeyWrap:
    wraps = [w for w in composed.wraps if (w.key_kind, w.recipient) == (key_kind, recipient)]
    assert len(wraps) == 1
    return wraps[0]


def bound_to(composed: dossier.Dossier, key_kind: str) -> Context:
    manifest = digest(composed.manifest.body)
    return wrap_context("410329", "report", "sending", key_kind, manifest)


def open_wrap(composed: dossier.Dossier, key_kind: str, office: str, site) -> bytes:
    wrap = wrap_of(composed, key_kind, f"office:{office}")
    return unseal.unwrap_key(
        wrap.body,
        context=bound_to(composed, key_kind),
        holder=site.offices[office],
        key_id=wrap.key_id,
    )


@pytest.mark.parametrize("office", ["A1", "A2"])
def test_both_offices_read_every_part(composed, site, office, sending):
    key = open_wrap(composed, "content", office, site)
    assert key == sending.content_key
    read = {
        one.kind: unseal.unseal_text(
            one.body, key=key, context=part_context("410329", "report", one.kind, one.id)
        )
        for one in composed.objects
    }
    info = json.loads(read.pop("file_info"))
    assert read == PARTS
    assert info == {
        "name": "矿井.jpg", "type": "image/jpeg", "size": len(CONTENT), "cleaned": "reencoded",
        "scan": "not_scanned",
    }  # fmt: skip


def test_the_file_opens_with_the_content_key(composed, stored, sending):
    (file,) = composed.files
    assert file.digest == digest(stored)
    context = file_context("410329", "report", file.id)
    chunks = unseal.open_stream([stored], key=sending.content_key, context=context)
    assert b"".join(chunks) == CONTENT


def test_messages_go_both_ways_under_the_thread_key(composed, site, reporter):
    wrap = wrap_of(composed, "thread", "reporter")
    thread = reporter.open_thread_key(wrap.body, bound_to(composed, "thread"), wrap.key_id)
    assert thread == open_wrap(composed, "thread", "A2", site)
    context = part_context("410329", "report", "message", "m1")
    body = seal_message("收到", key=thread, context=context)
    assert open_message(body, key=thread, context=context) == "收到"


def test_the_reporter_gets_no_content_key(composed, reporter):
    assert all(wrap.key_kind == "thread" for wrap in composed.wraps if wrap.recipient == "reporter")
    secret = PrivateKey(reporter.secret)
    for wrap in composed.wraps:
        if wrap.key_kind == "content":
            with pytest.raises(UnsealError):
                unseal.unwrap_key(
                    wrap.body,
                    context=bound_to(composed, "content"),
                    holder=secret,
                    key_id=wrap.key_id,
                )


def test_the_wraps_open_beside_their_own_manifest_only(composed, site):
    wrap = wrap_of(composed, "content", "office:A2")
    other = wrap_context("410329", "report", "sending", "content", digest(b"other"))
    with pytest.raises(UnsealError):
        unseal.unwrap_key(wrap.body, context=other, holder=site.offices["A2"], key_id=wrap.key_id)


def pieces_of(composed: dossier.Dossier, item, site, seats) -> dict[int, bytes]:
    name = object_key_id(item.body)
    return {
        piece.seat: unseal.open_pieces(
            piece.body,
            context=piece_context("410329", "report", item.id, piece.seat),
            holder=site.seats[piece.seat],
            item_key_id=name,
        )
        for piece in composed.pieces
        if piece.item == item.id and piece.seat in seats
    }


@pytest.mark.parametrize("seats", [{1, 2}, {1, 3}, {2, 3}, {1, 2, 3}])
def test_two_seats_open_an_item_through_approvals(composed, site, seats):
    requester = PrivateKey.generate()
    item = next(one for one in composed.items if one.kind == "who")
    approvals = {}
    for seat, pieces in pieces_of(composed, item, site, seats).items():
        asked = {"request_digest": bytes(32), "item": item.id, "seat": seat}
        body = dossier_approval(pieces, asked, requester)
        approvals[seat] = unseal.open_approval(body, **asked, requester=requester)
    key = shares.combine(approvals, n=3, k=2)
    context = item_context("410329", "report", "who", item.id)
    assert json.loads(unseal.unseal_identity(item.body, key=key, context=context)) == WHO


def dossier_approval(pieces: bytes, asked: dict[str, Any], requester: PrivateKey) -> bytes:
    from crypto.seal import seal_approval

    return seal_approval(pieces, **asked, requester=requester.public)


def test_one_seat_opens_nothing_and_no_office_key_helps(composed, site):
    item = composed.items[0]
    with pytest.raises(UnsealError):
        shares.combine(pieces_of(composed, item, site, {2}), n=3, k=2)
    for piece in composed.pieces:
        for office in site.offices.values():
            with pytest.raises(UnsealError):
                unseal.open_pieces(
                    piece.body,
                    context=piece_context("410329", "report", piece.item, piece.seat),
                    holder=office,
                    item_key_id=object_key_id(item.body),
                )


def test_pieces_of_one_item_do_not_open_as_those_of_the_other(composed, site):
    one, other = composed.items
    piece = next(p for p in composed.pieces if p.item == one.id and p.seat == 1)
    for item_id, name in ((other.id, one), (one.id, other)):
        with pytest.raises(UnsealError):
            unseal.open_pieces(
                piece.body,
                context=piece_context("410329", "report", item_id, 1),
                holder=site.seats[1],
                item_key_id=object_key_id(name.body),
            )


def test_items_have_keys_of_their_own_and_one_size(composed):
    who, contact = composed.items
    assert object_key_id(who.body) != object_key_id(contact.body)
    assert len(who.body) == len(contact.body) == 1 + 32 + 24 + 2048 + 16


def test_the_event_names_every_record(composed):
    event = composed.event
    everything = [
        composed.manifest, *composed.objects, *composed.wraps, *composed.items,
        *composed.pieces, *composed.files,
    ]  # fmt: skip
    assert {one.named for one in everything} == set(event.added)
    assert len(event.added) == len(everything) == 1 + 5 + 5 + 2 + 6 + 1
    check_named(everything, names_in([event]))
    assert (event.ordinal, event.at, event.actor) == (1, "2026-03-01", "nobody")
    assert event.facts["manifest"] == digest(composed.manifest.body).hex()
    assert parse_event(event.encode()).encode() == event.encode()
    check_signature(SignedEvent(event, b""))


def test_the_manifest_names_everything_but_itself_and_the_wraps(composed, reporter):
    manifest = parse_manifest(composed.manifest.body)
    sealed = [*composed.objects, *composed.items, *composed.pieces, *composed.files]
    manifest.check_records(sealed)
    assert {one.named for one in sealed} == set(manifest.records)
    assert manifest.reporter == reporter.public
    assert manifest.facts == FACTS.as_json()
    with pytest.raises(EventError):
        manifest.check_records([replace(composed.objects[0], version=2)])


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("objects", {"sending": "x"}), ("objects", {"kind": "x"}), ("objects", {"version": 2}),
    ("objects", {"body": b"x"}), ("objects", {"id": "x"}),
    ("wraps", {"sending": "x"}), ("wraps", {"key_kind": "x"}), ("wraps", {"recipient": "x"}),
    ("wraps", {"key_id": b"x"}), ("wraps", {"recipient_key": "x"}), ("wraps", {"body": b"x"}),
    ("items", {"kind": "x"}), ("items", {"version": 2}), ("items", {"body": b"x"}),
    ("pieces", {"item": "x"}), ("pieces", {"seat": 7}), ("pieces", {"seat_key": "x"}),
    ("pieces", {"body": b"x"}),
    ("files", {"sending": "x"}), ("files", {"blob_name": "x"}), ("files", {"stored_size": 1}),
    ("files", {"digest": b"x"}),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "change"), CHANGES)
def test_no_column_can_be_changed(composed, rows, change):
    record = replace(getattr(composed, rows)[0], **change)
    with pytest.raises(EventError):
        check_named([record], names_in([composed.event]))


def test_rows_cannot_be_swapped(composed):
    one, other = composed.objects[:2]
    swapped = [replace(one, body=other.body), replace(other, body=one.body)]
    for record in swapped:
        with pytest.raises(EventError):
            check_named([record], names_in([composed.event]))


def test_nothing_typed_is_stored_in_the_clear(composed, stored):
    stored_bytes = b"".join(
        [stored, composed.event.encode(), composed.manifest.body]
        + [
            row.body
            for rows in (composed.objects, composed.wraps, composed.items, composed.pieces)
            for row in rows
        ]
    )
    typed = [*PARTS.values(), *WHO.values(), "13900000000", "矿井.jpg", "image/jpeg"]
    typed.remove("x")
    for text in typed:
        assert text.encode() not in stored_bytes
    assert "张三" not in repr(composed)


def test_a_report_is_never_sealed_to_whom_it_accuses(sending, site, reporter, new_id):
    def compose(**change):
        return dossier.compose(
            sending, facts=replace(FACTS, **change), parts={}, identity={}, files=[],
            keyset=site.keyset, reporter=reporter.public, new_id=new_id,
        )  # fmt: skip

    for change in ({"about": "A2"}, {"barred": ("A2",)}, {"offices": ()}, {"offices": ("A9",)}):
        with pytest.raises(KeySetError):
            compose(**change)
    offices = tuple(one.code for one in site.keyset.recipients("A2", "A1", about="A2"))
    alone = compose(about="A2", offices=offices)
    assert {one.recipient for one in alone.wraps} == {"office:A1", "reporter"}


def test_an_anonymous_report_has_no_items(sending, site, reporter, new_id):
    assert dossier.identity_texts() == {}
    assert set(dossier.identity_texts(contact="x@y")) == {"contact"}
    anonymous = dossier.compose(
        sending, facts=FACTS, parts={"narrative": "x"}, identity=dossier.identity_texts(),
        files=[], keyset=site.keyset, reporter=reporter.public, new_id=new_id,
    )  # fmt: skip
    assert not anonymous.items
    assert not anonymous.pieces


def test_too_long_a_narrative_is_refused(sending, site, reporter, new_id):
    with pytest.raises(SizeError):
        dossier.compose(
            sending, facts=FACTS, parts={"narrative": "x" * 65_536}, identity={}, files=[],
            keyset=site.keyset, reporter=reporter.public, new_id=new_id,
        )  # fmt: skip


# Later evidence --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def supplement(site, reporter, new_id) -> dossier.Dossier:
    later = dossier.Sending.begin(site="410329", report_id="report", sending_id="later")
    sealer, chunks = seal_file(later, "file2")
    entry = dossier.FileEntry(
        "file2", "blob2", "b.jpg", "image/jpeg", len(CONTENT), "no", sealer.stored_size,
        sealer.digest(),
    )  # fmt: skip
    assert sum(map(len, chunks)) == sealer.stored_size
    return dossier.compose_supplement(
        later, ordinal=4, at="2026-03-05", offices=["A2", "A1"], parts={"narrative": "more"},
        files=[entry], keyset=site.keyset, reporter=reporter.public, new_id=new_id,
    )  # fmt: skip


def test_the_reporter_signs_later_evidence(supplement: dossier.Dossier, reporter: ReporterKey):
    event = supplement.event
    assert (event.kind, event.ordinal, event.actor) == ("evidence.added", 4, "reporter")
    check_signature(SignedEvent(event, reporter.sign(signing_bytes(event))))
    for signature in (b"", bytes(64), PrivateKey.generate().sign(signing_bytes(event))):
        with pytest.raises(EventError):
            check_signature(SignedEvent(event, signature))


def test_later_evidence_has_its_own_key(supplement, composed, site, sending):
    (wrap,) = [one for one in supplement.wraps if one.recipient == "office:A2"]
    context = wrap_context("410329", "report", "later", "content", digest(supplement.manifest.body))
    key = unseal.unwrap_key(
        wrap.body, context=context, holder=site.offices["A2"], key_id=wrap.key_id
    )
    assert key != sending.content_key
    assert wrap.key_id == key_id(key)
    assert {one.key_kind for one in supplement.wraps} == {"content"}
    assert {one.kind for one in supplement.objects} == {"narrative", "file_info"}
    with pytest.raises(UnsealError):
        unseal.unwrap_key(
            wrap_of(composed, "content", "office:A2").body,
            context=context,
            holder=site.offices["A2"],
            key_id=wrap.key_id,
        )


def test_an_old_row_put_back_is_seen(composed, supplement):
    removed = replace(supplement.event, added=(), removed=(composed.objects[0].named,), ordinal=5)
    standing = names_in([composed.event, supplement.event, removed])
    assert isinstance(removed, Event)
    check_named([*composed.objects[1:], *supplement.objects], standing)
    with pytest.raises(EventError):
        check_named([composed.objects[0]], standing)


def test_an_event_cannot_replace_what_stands(composed, supplement):
    again = replace(supplement.event, added=(composed.objects[0].named,))
    with pytest.raises(EventError):
        names_in([composed.event, again])
    newer = replace(composed.items[0], version=2)
    renewed = replace(again, added=(newer.named,), removed=(composed.items[0].named,))
    check_named([newer], names_in([composed.event, renewed]))
