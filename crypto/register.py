"""The public register's records, their entries, and receipts (SEALING.md 8).

An entry is 32 bytes that tell nothing: the hash of a record under a random
salt. The record and its salt are shown to the reporter at once and published
a month after the quarter; then everybody can hash the one and find the other.
"""

import base64
import re
from dataclasses import dataclass
from datetime import date

from crypto.canonical import JSON, canonical, parse_canonical, parse_object
from crypto.context import lp, named_hash
from crypto.errors import EventError, ProofError
from crypto.fields import Fields
from crypto.notes import LogKey, open_note, parse_checkpoint, sign_note
from crypto.randomness import random_bytes

ENTRY_SIZE = 32
SALT_SIZE = 32
TAG_SIZE = 16
DAYS_MAX = 100_000

FILLER = "filler"
AUDIT_ROOT = "audit.root"
OTHERS = "others"
RECEIPT_TITLE = "tonggui-receipt/v1"

_FIELDS = frozenset({"kind", "office", "case", "days_allowed", "days_used"})
_OPENED = frozenset({"site", "quarter", "first", "end", "records"})
_KIND = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)?\Z")
_HEX = re.compile(r"([0-9a-f]{32}|[0-9a-f]{64})\Z")
_QUARTER = re.compile(r"([0-9]{4}Q[1-4]|at-once)\Z")
_OFFICE = re.compile(r"([0-9a-f]{64})?\Z")


@dataclass(frozen=True, slots=True)
class Record:
    """What one entry of the register says; it holds no date, number, matter or name.

    Attributes:
        kind: kind of the event, such as "report.accepted"; "audit.root" or "filler".
        office: hex of `office_hash`, "" where no office acts.
        case: hex of a random tag that the records of one case share (an award and a
            release have tags of their own); of "audit.root" the root of the audit tree.
        days_allowed: how many days the rules gave, None where they give none.
        days_used: how many calendar days it took, None where nothing is counted.
    """

    kind: str
    office: str
    case: str
    days_allowed: int | None = None
    days_used: int | None = None

    def __post_init__(self) -> None:
        """Refuse a record that no reader would take.

        Raises:
            ProofError: a field has not its form.
        """
        days = (self.days_allowed, self.days_used)
        if not (_KIND.match(self.kind) and _OFFICE.match(self.office) and _HEX.match(self.case)):
            raise ProofError("malformed record")
        if not all(one is None or 0 <= one <= DAYS_MAX for one in days):
            raise ProofError("malformed record")

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical(
            {
                "kind": self.kind,
                "office": self.office,
                "case": self.case,
                "days_allowed": self.days_allowed,
                "days_used": self.days_used,
            }
        )

    @classmethod
    def parse(cls, body: bytes) -> "Record":
        """Read what `encode` wrote.

        Raises:
            ProofError: not canonical, or a field has not its form.
        """
        try:
            given = parse_object(body, _FIELDS)
            read = Fields(given)
            days = {
                name: None if given[name] is None else read.integer(name)
                for name in ("days_allowed", "days_used")
            }
            return cls(read.text("kind"), read.text("office"), read.text("case"), **days)
        except EventError as error:
            raise ProofError("malformed record") from error


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the log signed for a reporter: on this day this entry was promised to the register.

    Attributes:
        site: site id.
        day: "YYYY-MM-DD" on which the report came in.
        entry: the 32-byte entry of the record "report.received".
    """

    site: str
    day: str
    entry: bytes


def new_salt() -> bytes:
    """Draw the 32-byte salt of an entry or of an office's hash."""
    return random_bytes(SALT_SIZE)


def new_tag() -> str:
    """Draw the tag of a case, an award or a release, in hex."""
    return random_bytes(TAG_SIZE).hex()


def office_hash(office: str, salt: bytes) -> str:
    """Return the hex that stands for an office in one record.

    The salt belongs to this record alone: where it is not published, nobody can
    tell the office, nor that two records are of the same one.
    """
    return named_hash("tg-office", office.encode(), key=_checked_salt(salt)).hex()


def entry_of(record: bytes, salt: bytes) -> bytes:
    """Return the 32-byte entry of an encoded record under its 32-byte salt.

    Raises:
        ProofError: the salt has another size.
    """
    return named_hash("tg-entry", record, key=_checked_salt(salt))


def filler() -> Record:
    """Return a record that says nothing; its entry looks like every other one."""
    return Record(kind=FILLER, office="", case=new_tag())


def register_origin(site: str) -> str:
    """Return the name of a site's public log, which is also its key's name."""
    return f"{site}/register"


def audit_origin(site: str) -> str:
    """Return the name of a site's private audit log, which is also its key's name."""
    return f"{site}/audit"


def fingerprint(checkpoint: str) -> str:
    """Return 24 digits, in six groups, by which people compare two checkpoints.

    Args:
        checkpoint: the text of the checkpoint, without its signatures.

    Raises:
        ProofError: it is no checkpoint.
    """
    head = parse_checkpoint(checkpoint)
    told = lp(head.origin.encode(), head.size.to_bytes(8, "big"), head.root)
    number = int.from_bytes(named_hash("tg-checkpoint", told), "big") % 10**24
    digits = f"{number:024d}"
    return " ".join(digits[at : at + 4] for at in range(0, 24, 4))


def sign_receipt(receipt: Receipt, *, key: LogKey) -> str:
    """Return the receipt as a C2SP signed note, signed by the log key.

    Raises:
        ProofError: site, day or entry cannot stand in a receipt.
    """
    _check_receipt(receipt)
    entry = base64.b64encode(receipt.entry).decode()
    text = f"{RECEIPT_TITLE}\n{receipt.site}\n{receipt.day}\n{entry}\n"
    return sign_note(text, name=_receipt_name(receipt.site), key=key)


def open_receipt(note: str, *, site: str, public: bytes) -> Receipt:
    """Return what the log key of *site* signed.

    Raises:
        ProofError: malformed, of another site, or not signed by this key.
    """
    lines = open_note(note, name=_receipt_name(site), public=public).split("\n")
    if len(lines) != 5 or lines[0] != RECEIPT_TITLE or lines[1] != site:
        raise ProofError("not a receipt of this site")
    try:
        entry = base64.b64decode(lines[3], validate=True)
    except ValueError as error:
        raise ProofError("malformed receipt") from error
    receipt = Receipt(site, lines[2], entry)
    _check_receipt(receipt)
    if base64.b64encode(entry).decode() != lines[3]:
        raise ProofError("malformed receipt")
    return receipt


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """A record with what it takes to check it.

    Attributes:
        record: what the entry says.
        salt: 32 bytes, of the entry.
        office: code of the office, `OTHERS` where it is not told, "" for none.
        office_salt: 32 bytes, b"" where the office is not told.
    """

    record: Record
    salt: bytes
    office: str = ""
    office_salt: bytes = b""

    def entry(self) -> bytes:
        """Return the entry that this opens."""
        return entry_of(self.record.encode(), self.salt)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """Records that were published, of the entries *first* to *end* (exclusive).

    Attributes:
        site: site id.
        quarter: "2026Q1", or "at-once" for what is opened as it happens.
        first, end: places in the log; 0 and 0 of "at-once".
        records: in the order of their entries, which tells nothing.
    """

    site: str
    quarter: str
    first: int
    end: int
    records: tuple[OpenedRecord, ...]

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        rows: list[JSON] = [
            {
                "record": parse_canonical(one.record.encode()),
                "salt": one.salt.hex(),
                "office": one.office,
                "office_salt": one.office_salt.hex(),
            }
            for one in sorted(self.records, key=OpenedRecord.entry)
        ]
        return canonical(
            {
                "site": self.site,
                "quarter": self.quarter,
                "first": self.first,
                "end": self.end,
                "records": rows,
            }
        )

    @classmethod
    def parse(cls, body: bytes) -> "OpenedFile":
        """Read what `encode` wrote.

        Raises:
            ProofError: not canonical, a field malformed, or an office that is not the record's.
        """
        try:
            read = Fields(parse_object(body, _OPENED))
            rows = read.rows("records", {"record", "salt", "office", "office_salt"})
            records = tuple(_opened_record(row) for row in rows)
            first, end, quarter = read.integer("first"), read.integer("end"), read.text("quarter")
            if not (0 <= first <= end and _QUARTER.match(quarter)):
                raise ProofError("malformed file of opened records")
            return cls(read.text("site"), quarter, first, end, records)
        except EventError as error:
            raise ProofError("malformed file of opened records") from error


def _opened_record(row: Fields) -> OpenedRecord:
    record = Record.parse(canonical(row.mapping("record")))
    opened = OpenedRecord(record, row.hexed("salt"), row.text("office"), row.hexed("office_salt"))
    told = opened.office not in ("", OTHERS)
    if told and office_hash(opened.office, opened.office_salt) != record.office:
        raise ProofError("an office that is not the record's")
    if not told and (opened.office_salt or (opened.office == "") != (record.office == "")):
        raise ProofError("an office that is not told")
    _checked_salt(opened.salt)
    return opened


def _receipt_name(site: str) -> str:
    return f"{site}/receipt"


def _check_receipt(receipt: Receipt) -> None:
    try:
        real = date.fromisoformat(receipt.day).isoformat() == receipt.day
    except ValueError as error:
        raise ProofError("malformed receipt") from error
    if not real or len(receipt.entry) != ENTRY_SIZE or not receipt.site:
        raise ProofError("malformed receipt")


def _checked_salt(salt: bytes) -> bytes:
    if len(salt) != SALT_SIZE:
        raise ProofError("a salt has 32 bytes")
    return salt
