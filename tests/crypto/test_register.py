"""Records, entries and receipts of the public register."""

import metamorphic_log as judge
import pytest

from crypto import notes, register
from crypto.errors import ProofError
from crypto.merkle import tree_hash
from crypto.register import OpenedFile, OpenedRecord, Receipt, Record

KEY = notes.LogKey(bytes(range(32)))
SALT = bytes(range(32))
RECORD = Record("report.accepted", "ab" * 32, "cd" * 16, None, 3)


def test_a_record_is_read_back_and_its_bytes_are_canonical():
    assert RECORD.encode() == (
        b'{"case":"' + b"cd" * 16 + b'","days_allowed":null,"days_used":3,'
        b'"kind":"report.accepted","office":"' + b"ab" * 32 + b'"}'
    )
    assert Record.parse(RECORD.encode()) == RECORD


@pytest.mark.parametrize(
    "change",
    [("report.accepted", "Report"), ("ab" * 32, "ab" * 31), ("cd" * 16, "cd" * 15), (":3,", ":-1,"),
     (":3,", ":100001,"), (":3,", ':"3",'), (":3,", ":true,"), (":null,", ": null,"),
     ('"case"', '"cases"')],
)  # fmt: skip
def test_other_records_are_refused(change):
    with pytest.raises(ProofError):
        Record.parse(RECORD.encode().decode().replace(*change).encode())


def test_an_entry_tells_nothing_without_its_salt():
    entry = register.entry_of(RECORD.encode(), SALT)
    assert len(entry) == 32
    assert entry == register.entry_of(RECORD.encode(), SALT)
    assert entry != register.entry_of(RECORD.encode(), bytes(32))
    assert entry != register.entry_of(RECORD.encode() + b" ", SALT)
    for size in (0, 31, 33):
        with pytest.raises(ProofError):
            register.entry_of(RECORD.encode(), bytes(size))


def test_one_office_has_another_hash_in_every_record():
    one, other = register.new_salt(), register.new_salt()
    assert register.office_hash("410329-yjj", one) == register.office_hash("410329-yjj", one)
    assert register.office_hash("410329-yjj", one) != register.office_hash("410329-yjj", other)
    assert register.office_hash("410329-yjj", one) != register.office_hash("410329-awb", one)


def test_a_filler_is_a_record_like_others_and_never_the_same_twice():
    one, other = register.filler(), register.filler()
    assert Record.parse(one.encode()) == one
    assert one != other


def test_a_receipt_is_a_note_that_an_outside_verifier_takes():
    receipt = Receipt("410329", "2026-03-02", register.entry_of(RECORD.encode(), SALT))
    note = register.sign_receipt(receipt, key=KEY)
    assert register.open_receipt(note, site="410329", public=KEY.public) == receipt
    key = notes.verifier_key("410329/receipt", KEY.public)
    assert judge.verify_signed_note(note, [key]) == 1


def test_a_changed_receipt_is_refused():
    receipt = Receipt("410329", "2026-03-02", bytes(32))
    note = register.sign_receipt(receipt, key=KEY)
    other = notes.LogKey.generate()
    wrong = [
        "", note[:-1], note.replace("2026-03-02", "2026-03-03"), note.replace("410329\n", "1\n"),
        note.replace("AAAA", "AAAB", 1), note.replace("v1", "v2"),
        notes.sign_note("tonggui-receipt/v1\n410329\n2026-02-30\n" + "A" * 43 + "=\n",
                        name="410329/receipt", key=KEY),
        notes.sign_note("tonggui-receipt/v1\n410329\n2026-03-02\nAAAA\n",
                        name="410329/receipt", key=KEY),
        notes.sign_note("410329/register\n410329\n2026-03-02\n" + "A" * 43 + "=\n",
                        name="410329/receipt", key=KEY),
    ]  # fmt: skip
    for one in wrong:
        with pytest.raises(ProofError):
            register.open_receipt(one, site="410329", public=KEY.public)
    for site, public in (("410330", KEY.public), ("410329", other.public)):
        with pytest.raises(ProofError):
            register.open_receipt(note, site=site, public=public)


@pytest.mark.parametrize(
    "receipt",
    [Receipt("", "2026-03-02", bytes(32)), Receipt("s", "2026-3-2", bytes(32)),
     Receipt("s", "20260302", bytes(32)), Receipt("s", "2026-03-02", bytes(31))],
)  # fmt: skip
def test_what_is_no_receipt_is_not_signed(receipt):
    with pytest.raises(ProofError):
        register.sign_receipt(receipt, key=KEY)


def test_a_fingerprint_tells_checkpoints_apart_and_not_their_signatures():
    text = notes.Checkpoint("410329/register", 16, tree_hash([])).text()
    shown = register.fingerprint(text)
    assert len(shown.replace(" ", "")) == 24
    assert len(shown.split(" ")) == 6
    others = [
        notes.Checkpoint("410330/register", 16, tree_hash([])),
        notes.Checkpoint("410329/register", 17, tree_hash([])),
        notes.Checkpoint("410329/register", 16, bytes(32)),
    ]
    assert shown not in {register.fingerprint(one.text()) for one in others}
    with pytest.raises(ProofError):
        register.fingerprint("x\n")


def encoded(record: OpenedRecord) -> bytes:
    return OpenedFile("s", "2026Q1", 0, 1, (record,)).encode()


def opened(office: str, code: str, salt: bytes) -> OpenedRecord:
    record = Record("report.received", register.office_hash(office, SALT), "cd" * 16)
    return OpenedRecord(record, bytes(32), code, salt)


def test_an_opened_file_is_read_back():
    records = (
        opened("410329-yjj", "410329-yjj", SALT), opened("410329-awb", register.OTHERS, b""),
        OpenedRecord(register.filler(), register.new_salt()),
    )  # fmt: skip
    file = OpenedFile("410329", "2026Q1", 0, 16, records)
    read = OpenedFile.parse(file.encode())
    assert sorted(read.records, key=repr) == sorted(records, key=repr)
    assert (read.site, read.quarter, read.first, read.end) == ("410329", "2026Q1", 0, 16)
    # The order of the file is that of the entries, whatever order they were made in.
    again = OpenedFile("410329", "2026Q1", 0, 16, records[::-1])
    assert again.encode() == file.encode()


@pytest.mark.parametrize(
    "wrong",
    [opened("410329-yjj", "410329-awb", SALT), opened("410329-yjj", register.OTHERS, SALT),
     opened("410329-yjj", "", b""), OpenedRecord(register.filler(), SALT, "410329-yjj", SALT),
     OpenedRecord(register.filler(), SALT, register.OTHERS)],
)  # fmt: skip
def test_an_office_that_is_not_the_records_is_refused(wrong):
    with pytest.raises(ProofError):
        OpenedFile.parse(encoded(wrong))
