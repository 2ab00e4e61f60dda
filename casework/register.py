"""The public register as values and as files: what a case's entries say, and the folder.

The folder is a C2SP tlog-tiles log: `checkpoint`, `tile/<L>/<N>`, `tile/entries/<N>`, and
beside it `opened/<quarter>.json`, `opened/at-once.json` and `witness/`. The jobs process
writes it, the public site serves it as it lies; nothing in it is secret.
"""

import base64
import os
import re
import secrets
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from crypto.events import Event
from crypto.register import Record

# A report that nobody decided on in time counts as accepted: two ways to the same clock.
ACCEPTED_BY: Final = frozenset({"report.accepted", "report.deemed_accepted"})
CASE_KINDS: Final = ACCEPTED_BY | {
    "report.received",
    "report.refused",
    "report.transferred",
    "case.merged",
    "merge.undone",
    "clock.overdue",
}
ARRIVALS: Final = frozenset({"report.received", "report.transferred"})  # of a case at an office
# An award is agreed to by one after the other; the register tells of the last yes alone, and of
# every part that somebody else gets of it.
PROPOSED_BY: Final = frozenset({"reward.reserved", "reward.proposed"})
AGREED_BY: Final = frozenset({"reward.approved", "reward.funded", "reward.shared"})
AGREED: Final = "reward.approved"
AWARD_KINDS: Final = AGREED_BY | {"reward.paid", "reward.lapsed"}
RELEASE_KINDS: Final = frozenset({"release.opened"})
FIGURES_FROZEN: Final = "figures.frozen"
REWARDS_FROZEN: Final = "rewards.frozen"
# What is opened as soon as it happens, because it concerns everybody; of figures of rewards
# it is the digest of the file, which is public at once.
AT_ONCE: Final = frozenset({"keyset.changed", "recovery.used", REWARDS_FROZEN})
OUTSIDE_KINDS: Final = frozenset({*AT_ONCE, FIGURES_FROZEN})
PUBLIC_KINDS: Final = CASE_KINDS | AWARD_KINDS | RELEASE_KINDS | OUTSIDE_KINDS
TRIAL: Final = "trial"
VERIFY: Final = "verify"  # the one clock that the register tells of
# The events of a case from which follow the days and the office of a later one, and which yes
# to an award is the last.
TOLD_BY: Final = frozenset(
    {
        *ACCEPTED_BY,
        *PROPOSED_BY,
        *AGREED_BY,
        "report.received",
        "report.transferred",
        "finding.recorded",
        "review.decided",
        "case.redone",
    }
)
BATCH_DAYS: Final = 7
# An entry waits for up to so many days more, drawn at random. The records of a case tell the
# days between its events; with the batch of each, these would pin the day of the report.
SPREAD_DAYS: Final = 7
QUARTERS_FILE: Final = "opened/quarters"  # which were opened, one a line
REWARDS_FILE: Final = "rewards/quarters"  # of which figures of rewards were told, one a line
REPORTS_MIN: Final = 5  # fewer are never told of an office or a quarter

_NUMBER = r"(x[0-9]{3}/)*[0-9]{3}(\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
_SERVED = re.compile(
    rf"(checkpoint|verifier-key|tile/([0-9]|[1-5][0-9]|6[0-3])/{_NUMBER}|tile/entries/{_NUMBER}"
    r"|opened/[0-9]{4}Q[1-4]\.json|opened/at-once\.json|opened/quarters"
    r"|rewards/[0-9]{4}Q[1-4]\.json|rewards/quarters)\Z"
)
_WITNESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_QUARTER_FILE = re.compile(r"[0-9]{4}Q[1-4]\.json\Z")


@dataclass(frozen=True, slots=True)
class PublicFact:
    """What the register will say of one event, before it is salted.

    Attributes:
        kind: kind of the event.
        office: code of the office it is about, "" for none.
        owner: whose tag the record carries: "case:…", "award:…", "release:…", or "" for one
            of its own.
        days_allowed, days_used: see `crypto.register.Record`.
        tag: the tag itself where it is no random one (the digest of a key set), else "".
    """

    kind: str
    office: str
    owner: str
    days_allowed: int | None = None
    days_used: int | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One record of a case, with all that is needed to find it in the public log.

    Attributes:
        record: what the register says.
        salt, office_salt: hex; `entry_of(record.encode(), salt)` is the entry and
            `office_hash(office, office_salt)` is record.office.
        office: code of the office.
        entry: hex of the 32 bytes in the log.
        due_on: day of the batch that takes it into the public log.
        index: place in the log, None until the batch.
        size: leaves of the tree that the proof is for, 0 until the batch.
        proof: hex of the hashes from the leaf to the root.
        checkpoint: signed note of that tree, "" until the batch.
        fingerprint: 24 digits of that checkpoint, "" until the batch.
        proof_file: the whole as a C2SP tlog-proof, to be downloaded; "" until the batch.
    """

    record: Record
    salt: str
    office: str
    office_salt: str
    entry: str
    due_on: date
    index: int | None = None
    size: int = 0
    proof: tuple[str, ...] = ()
    checkpoint: str = ""
    fingerprint: str = ""
    proof_file: str = ""


@dataclass(frozen=True, slots=True)
class CaseRegister:
    """What the follow-up page shows of the register.

    Attributes:
        entries: oldest first; empty until the jobs process has taken the report in
            (seconds), and for ever in a trial.
        receipt: the signed receipt, a text of five lines and a signature; "" until then.
    """

    entries: tuple[CaseEntry, ...]
    receipt: str


def public_fact(event: Event, earlier: Sequence[Event], *, office: str) -> PublicFact | None:
    """Return what the register says of *event*; None where it says nothing.

    Args:
        event: the event.
        earlier: the events of its report before it, in order; empty outside a report.
        office: code of the office of who signed *event*, "" for none.
    """
    if event.kind not in PUBLIC_KINDS:
        return None
    if event.kind in OUTSIDE_KINDS:
        return PublicFact(event.kind, "", "", tag=str(event.facts.get("digest", "")))
    history = [*earlier, event]
    if history[0].facts["channel"] == TRIAL:
        return None
    # A case is late when its verification is: other clocks are between the offices.
    if event.kind == "clock.overdue" and event.facts["clock"] != VERIFY:
        return None
    if event.kind in RELEASE_KINDS:
        return PublicFact(event.kind, office, f"release:{event.facts['release']}")
    if event.kind in AGREED_BY and not _is_last_yes(event, earlier):
        return None
    allowed, used = _days(event, history)
    kind, owner = event.kind, f"case:{event.report}"
    if kind in AWARD_KINDS:
        kind = AGREED if kind in AGREED_BY else kind
        owner = f"award:{event.facts['award']}"
    return PublicFact(kind, _lead(history), owner, allowed, used)


def _is_last_yes(event: Event, earlier: Sequence[Event]) -> bool:
    """Tell whether nobody else is on the ladder of the award as it was proposed last."""
    of_award = [one for one in earlier if one.facts.get("award") == event.facts["award"]]
    proposed = [at for at, one in enumerate(of_award) if one.kind in PROPOSED_BY]
    if not proposed:
        return True
    # Before there were ladders one person agreed, and the proposal names nobody.
    rungs = of_award[proposed[-1]].facts.get("rungs")
    given = sum(one.kind in AGREED_BY for one in of_award[proposed[-1] :])
    return given + 1 == (len(rungs) if isinstance(rungs, list | tuple) else 1)


def _lead(history: Sequence[Event]) -> str:
    """Return which office led when the last of *history* had happened."""
    told = [one for one in history if one.kind in ("report.received", "report.transferred")]
    return str(told[-1].facts["lead"])


def _days(event: Event, history: Sequence[Event]) -> tuple[int | None, int | None]:
    """Return days allowed and used. Nothing is looked up in calendars, which may change."""
    received = _fact_day(history, {"report.received"}, "received_on")
    assert received is not None
    if event.kind == "report.received":
        return None, None
    if event.kind == "clock.overdue":
        # The last day as extensions, pauses and a changed calendar have moved it.
        due = _day(str(event.facts["due_on"]))
        begun = _verified_from(history) or received
        return _between(begun, due), _between(begun, _day(str(event.facts["on"])))
    if event.kind in AWARD_KINDS:
        begun = _fact_day(history, {"finding.recorded"}, "concluded_on") or received
        return None, _between(begun, day_of(event))
    return None, _between(received, day_of(event))


def _verified_from(history: Sequence[Event]) -> date | None:
    """Return the day from which the present verification counts: acceptance, or the last redo."""
    redone = [
        one
        for one in history
        if one.kind == "case.redone"
        # Of a case that joined another one, it is that one which is redone.
        or (one.facts.get("outcome") == "redo" and "verify_due_on" in one.facts)
    ]
    if redone:
        return day_of(redone[-1])
    return _fact_day(history, ACCEPTED_BY, "accepted_on")


def _fact_day(history: Sequence[Event], kinds: Set[str], fact: str) -> date | None:
    told = [one for one in history if one.kind in kinds]
    return _day(str(told[-1].facts[fact])) if told else None


def _between(first: date, last: date | None) -> int | None:
    return None if last is None else max((last - first).days, 0)


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def day_of(event: Event) -> date:
    """Return the day of an event in Asia/Shanghai."""
    return day_at(event.at)


def day_at(at: str) -> date:
    """Return the day in Asia/Shanghai of a day or an instant (UTC) as events write them."""
    # 16:00 UTC is midnight there.
    late = len(at) > 10 and int(at[11:13]) >= 16
    return _day(at) + timedelta(days=1 if late else 0)


def batch_day(taken_on: date, *, every: int) -> date:
    """Return the day of the batch that an entry of *taken_on* goes into.

    A batch of a day holds whole days before it. With 7 it is a Monday.
    """
    return taken_on + timedelta(days=every - (taken_on.toordinal() - 1) % every)


def quarter_of(day: date) -> str:
    """Return the quarter of a day, as in "2026Q1"."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def opens_on(quarter: str) -> date:
    """Return the day on which a quarter's records may be published: a month after its end."""
    year, number = int(quarter[:4]), int(quarter[5])
    month = number * 3 + 2
    return date(year + month // 13, (month - 1) % 12 + 1, 1)


def first_day(quarter: str) -> date:
    """Return the day on which a quarter begins."""
    return date(int(quarter[:4]), int(quarter[5]) * 3 - 2, 1)


def following(quarter: str) -> str:
    """Return the quarter after this one."""
    return quarter_of(first_day(quarter) + timedelta(days=100))


def batch_size(entries: int) -> int:
    """Return how many entries a batch has with its fillers: a power of two, at least 16."""
    return max(16, 1 << max(entries - 1, 0).bit_length())


def proof_file(
    *, index: int, proof: Sequence[bytes], checkpoint: str, record: bytes, salt: bytes
) -> str:
    """Return a C2SP tlog-proof whose extra data is the record behind its salt."""
    extra = base64.b64encode(salt + record).decode()
    lines = ["c2sp.org/tlog-proof@v1", f"extra {extra}", f"index {index}"]
    lines += [base64.b64encode(one).decode() for one in proof]
    return "\n".join(lines) + "\n\n" + checkpoint


class RegisterFolder:
    """The public files below one folder."""

    def __init__(self, path: Path) -> None:
        """Look at *path*, which need not exist yet."""
        self.path = path

    def read(self, relative: str) -> bytes | None:
        """Return a public file by its path below /register/; None for anything else."""
        if not _SERVED.match(relative):
            return None
        try:
            return (self.path / relative).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def quarters(self, of: str = "opened") -> tuple[str, ...]:
        """Return the quarters that were opened, or told in the folder *of*, the oldest first."""
        try:
            names = sorted(one.name for one in (self.path / of).iterdir())
        except FileNotFoundError:
            return ()
        return tuple(name[:6] for name in names if _QUARTER_FILE.match(name))

    def narrower(self, full: str, width: int) -> tuple[int, ...]:
        """Return the widths of a tile's earlier files, whose path when full is *full*."""
        try:
            names = [one.name for one in (self.path / f"{full}.p").iterdir()]
        except FileNotFoundError:
            return ()
        return tuple(sorted(int(one) for one in names if one.isdecimal() and int(one) < width))

    def write(self, relative: str, body: bytes) -> None:
        """Put a public file in place, whole and durable, or change nothing."""
        if not _SERVED.match(relative):
            raise ValueError(f"no file of the register: {relative}")
        write_whole(self.path / relative, body)

    def put_cosignature(self, name: str, note: str) -> None:
        """Put a cosigned checkpoint where the jobs process finds it.

        Raises:
            ValueError: *name* has a letter that no file should have.
        """
        safe = name.replace("/", "_")
        if not _WITNESS.match(safe):
            raise ValueError(f"no name for a witness: {name}")
        write_whole(self.path / "witness" / safe, note.encode())

    def cosignatures(self) -> Iterator[str]:
        """Yield what witnesses put into `witness/`: notes with their signatures."""
        try:
            found = sorted((self.path / "witness").iterdir())
        except FileNotFoundError:
            return
        for one in found:
            if _WITNESS.match(one.name) and one.is_file() and one.stat().st_size <= 64 * 1024:
                yield one.read_bytes().decode(errors="replace")


def write_whole(path: Path, body: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole and durable: a reader sees the old bytes or the new ones."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = path.parent / f".{secrets.token_hex(8)}"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    above = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(above)
    finally:
        os.close(above)


def append_line(path: Path, line: str) -> None:
    """Add a line to a file of which nothing is ever taken away, durably."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
