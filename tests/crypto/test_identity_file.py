"""A file as an identity item: sealed under the item's own key, which no office can open."""

import json

import pytest

from crypto import dossier
from crypto.canonical import parse_canonical
from crypto.context import Context, digest, file_context, item_context, item_file_context
from crypto.errors import UnsealError
from crypto.events import Record
from crypto.mailbox import ReporterKey
from crypto.objects import object_key_id
from crypto.padding import IDENTITY_BYTES_MAX
from crypto.sending import SHOWS_REPORTER, FileEntry, IdentityFile, Sending
from crypto.shares import combine
from crypto.unseal import open_pieces, open_stream, unseal_identity

CONTENT = b"a voice" * 20_000
FACTS = dossier.Facts(
    region="410329", sector="mine", matter="violation", about=None, channel="web",
    received_on="2026-03-02", case_number="410329-2026-AAAAAAAA", lead="A2", supervisor="A1",
    offices=("A2", "A1"),
)  # fmt: skip


@pytest.fixture(scope="module")
def sending():
    return Sending.begin(site="410329", report_id="report", sending_id="sending")


@pytest.fixture(scope="module")
def sealed(sending):
    """The identity file, and its stored bytes."""
    key, sealer = sending.item_file_sealer("voice")
    stored = b"".join([sealer.header, sealer.push(CONTENT), *sealer.finish()])
    entry = FileEntry(
        "voice", "blob", "录音.m4a", "audio/mp4", len(CONTENT), "cleaned", len(stored),
        sealer.digest(),
    )  # fmt: skip
    return IdentityFile(key, entry, SHOWS_REPORTER), stored


def composed(sending, files, site, new_id):
    return dossier.compose(
        sending, facts=FACTS, parts={"narrative": "样本"}, identity={}, files=[],
        keyset=site.keyset, reporter=ReporterKey(b"r" * 32).public, new_id=new_id,
        identity_files=files,
    )  # fmt: skip


def test_it_is_one_item_one_piece_a_seat_and_one_file_all_named(sending, sealed, site, new_id):
    made = composed(sending, [sealed[0]], site, new_id)
    [item] = made.items
    assert (item.id, item.kind, item.version) == ("voice", "file", 1)
    assert [one.seat for one in made.pieces] == [1, 2, 3]
    [file] = made.files
    assert (file.id, file.blob_name) == ("voice", "blob")
    assert file.holds([sealed[1]])
    for record in (item, file, *made.pieces):
        assert record.named in made.event.added
    # Its name and type are nowhere an office reads.
    assert {one.kind for one in made.objects} == {"narrative"}


def test_two_seats_open_name_and_content_and_the_offices_key_opens_neither(
    sending, sealed, site, new_id
):
    made = composed(sending, [sealed[0]], site, new_id)
    [item], stored = made.items, sealed[1]
    bundles = {
        piece.seat: open_pieces(
            piece.body,
            context=Context("410329", "report", f"piece:{piece.seat}", "voice"),
            holder=site.seats[piece.seat],
            item_key_id=object_key_id(item.body),
        )
        for piece in made.pieces
    }
    with pytest.raises(UnsealError):
        combine({1: bundles[1]}, n=3, k=2)
    key = combine({seat: bundles[seat] for seat in (1, 3)}, n=3, k=2)
    context = item_context("410329", "report", "file", "voice")
    told = json.loads(unseal_identity(item.body, key=key, context=context))
    assert told == {
        "name": "录音.m4a", "type": "audio/mp4", "size": len(CONTENT), "cleaned": "cleaned",
        "scan": "not_scanned", "what": "shows_reporter", "of": "",
    }  # fmt: skip
    where = item_file_context("410329", "report", "voice")
    assert b"".join(open_stream([stored], key=key, context=where)) == CONTENT

    for wrong_key, wrong_place in (
        (sending.content_key, where),
        (sending.content_key, file_context("410329", "report", "voice")),
        (key, file_context("410329", "report", "voice")),
        (key, item_file_context("410329", "report", "another")),
        (key, context),
    ):
        with pytest.raises(UnsealError):
            list(open_stream([stored], key=wrong_key, context=wrong_place))


@pytest.mark.parametrize("name", ["音" * 4000 + ".m4a", "\x01" * 4000 + ".m4a", "短.m4a"])
def test_a_long_name_keeps_its_end_and_fits_the_item(sealed, name):
    entry = FileEntry("voice", "blob", name, "audio/mp4", 2**40, "cleaned", 1, digest(b""))
    text = IdentityFile(b"k" * 32, entry, SHOWS_REPORTER).text().encode()
    assert len(text) <= IDENTITY_BYTES_MAX
    assert len(text) > IDENTITY_BYTES_MAX - 16 or len(name) < 10
    told = parse_canonical(text)
    assert isinstance(told, dict)
    kept = str(told["name"])
    assert name.endswith(kept)
    assert kept.endswith(".m4a")


def test_later_evidence_brings_such_files_too(sending, sealed, site, new_id):
    made = dossier.compose_supplement(
        sending, ordinal=2, at="2026-03-03T00:00:00Z", offices=["A2", "A1"], parts={}, files=[],
        keyset=site.keyset, reporter=ReporterKey(b"r" * 32).public, new_id=new_id,
        identity_files=[sealed[0]],
    )  # fmt: skip
    assert [one.kind for one in made.items] == ["file"]
    assert len(made.pieces) == 3
    rows: list[Record] = [*made.items, *made.pieces, *made.files]
    assert {one.named for one in rows} <= set(made.event.added)
