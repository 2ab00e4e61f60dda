"""Somebody who has every public byte of the register and the list of who visited when.

Each round is one week, and a quiet one after it. One reporter visited the site on two days
and filed on one of them, to one of two offices; others filed on other days. The adversary
files reports of its own right before and right after each of the two visits, knows these
entries from the follow-up page, fetches the whole folder every day, and guesses: on which of
the two days, and to which office?

What to make of the bytes is learnt: of all features, the one that told most in the first
half of the rounds is used on the second half.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import fmean

from casework.clock import SHANGHAI
from casework.domain.ids import new_id
from casework.register import RegisterFolder
from casework.services import publishing, register
from casework.services.trust import Trust
from casework.storage.events import StoredEvent
from casework.storage.log import EntryRow
from casework.storage.unit_of_work import Store, UnitOfWork
from crypto.events import NOBODY, RECEIVED, Event
from crypto.notes import LogKey, note_text, parse_checkpoint
from crypto.register import Record, entry_of, office_hash
from crypto.tiles import WIDTH, bundle_path, unpack_entries

OFFICES = ("410329-yjj", "410329-zjj")
FIRST = date(2026, 3, 2)  # a Monday
Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Round:
    """One period: what the adversary could work out, and the truth.

    Attributes:
        by_day: features that speak for the earlier of the two days when large (or small).
        by_office: features that speak for one office when large (or small).
        early: whether the report was filed on the earlier day.
        first_office: whether it went to the first office.
    """

    by_day: Features
    by_office: Features
    early: bool
    first_office: bool


@dataclass(frozen=True, slots=True)
class Field:
    """The register that is played on: real storage, the real log key, the real folder."""

    store: Store
    trust: Trust
    log_key: LogKey
    folder: RegisterFolder
    batch_days: int = 7


def play(field: Field, rounds: int, *, seed: int) -> list[Round]:
    """Let *rounds* fortnights pass and return what each gave away."""
    dice = random.Random(seed)
    return [_week(field, dice, FIRST + timedelta(weeks=2 * at)) for at in range(rounds)]


def success(rounds: Sequence[Round], of: Callable[[Round], tuple[Features, bool]]) -> float:
    """Learn on the first half of *rounds*; return how often the guess is right on the second."""
    half = len(rounds) // 2
    learnt, tested = [of(one) for one in rounds[:half]], [of(one) for one in rounds[half:]]
    name, edge, above = max(
        (
            (name, edge, above)
            for name in learnt[0][0]
            for edge in [fmean(features[name] for features, _ in learnt)]
            for above in (True, False)
        ),
        key=lambda rule: _hits(learnt, *rule),
    )
    return _hits(tested, name, edge, above) / len(tested)


def _hits(rounds: Sequence[tuple[Features, bool]], name: str, edge: float, above: bool) -> float:
    """Count right guesses; at the edge itself there is nothing to go by: half a hit."""
    return sum(
        0.5 if features[name] == edge else float(((features[name] > edge) == above) == truth)
        for features, truth in rounds
    )


# ---- one week: what happens, and what is seen of it ----------------------------------------


def _week(field: Field, dice: random.Random, monday: date) -> Round:
    days = [monday + timedelta(days=at) for at in range(7)]
    visits = sorted(dice.sample(days, 2))
    filed_on, office = dice.choice(visits), dice.choice(OFFICES)
    own: dict[date, tuple[EntryRow, EntryRow]] = {}
    sizes = {monday: _size(field)}
    for day in days:
        if day in visits:
            before = _file(field, day, dice.choice(OFFICES))
            if day == filed_on:
                _file(field, day, office)
            own[day] = before, _file(field, day, dice.choice(OFFICES))
        elif dice.random() < 0.5:
            _file(field, day, dice.choice(OFFICES))
        _publish(field, day + timedelta(days=1))
        sizes[day + timedelta(days=1)] = _size(field)
    # The second week is quiet: everything is in the log at its end.
    _publish(field, monday + timedelta(weeks=2))
    entries = _entries(field, sizes[monday], _size(field))
    seen = _Seen(sizes, entries, own)
    return Round(
        by_day=_difference(seen.of_day(visits[0]), seen.of_day(visits[1])),
        by_office=_difference(seen.of_office(OFFICES[0]), seen.of_office(OFFICES[1]))
        | seen.of_foreign(),
        early=filed_on == visits[0],
        first_office=office == OFFICES[0],
    )


def _file(field: Field, day: date, office: str) -> EntryRow:
    """Let a report come in; return its row, of which reporters see all but the place."""
    event = Event(
        site=field.store.site, report=new_id(), kind=RECEIVED, ordinal=1, at=day.isoformat(),
        actor=NOBODY, signer="",
        facts={"channel": "web", "lead": office, "received_on": day.isoformat()},
    )  # fmt: skip
    digest = event.digest().hex()
    stored = StoredEvent(
        digest, event.report, 1, event.kind, event.actor, event.at, event.encode(), b""
    )

    def enter(uow: UnitOfWork) -> EntryRow:
        register.enter(
            uow, [stored], trust=field.trust, log_key=field.log_key, batch_days=field.batch_days
        )
        found: EntryRow = uow.public_log.of_events([digest])[0]
        return found

    return field.store.write(enter)


def _publish(field: Field, day: date) -> None:
    now = datetime.combine(day, time(9), SHANGHAI)
    register.batch(field.store, log_key=field.log_key, now=now, batch_days=field.batch_days)
    publishing.publish(field.store, field.folder, log=field.log_key.public)


def _size(field: Field) -> int:
    note = field.folder.read("checkpoint")
    return parse_checkpoint(note_text(note.decode())).size if note else 0


def _entries(field: Field, start: int, end: int) -> list[bytes]:
    """Fetch the entries that the week added, as anybody can."""
    found: list[bytes] = []
    for bundle in range(start // WIDTH, (end - 1) // WIDTH + 1):
        body = field.folder.read(bundle_path(bundle, min(WIDTH, end - bundle * WIDTH)))
        assert body is not None
        found += unpack_entries(body)
    return found[start % WIDTH :]


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that the adversary has of one week: sizes by day, entries, and the own rows."""

    sizes: Mapping[date, int]
    entries: Sequence[bytes]
    own: Mapping[date, tuple[EntryRow, EntryRow]]

    def of_day(self, day: date) -> Features:
        """What may speak for one day."""
        before, after = (self.entries.index(row.entry) for row in self.own[day])
        neighbour = self.entries[(before + 1) % len(self.entries)]
        return {
            "growth": self.sizes[day + timedelta(days=1)] - self.sizes[day],
            "between": after - before,
            "apart": abs(after - before),
            "place": before,
            "neighbour": neighbour[0],
            "bits": int.from_bytes(neighbour, "big").bit_count(),
        }

    def of_office(self, office: str) -> Features:
        """What may speak for one office: how many foreign entries a guess without salts opens."""
        pairs = [(int(one.tag, 16), int(other.tag, 16)) for one, other in self.own.values()]
        between = {tag for low, high in pairs for tag in range(low + 1, min(low + 4, high))}
        nothing = bytes(32)
        hashed = office_hash(office, nothing)
        guesses = {
            entry_of(Record(RECEIVED, hashed, f"{tag:032x}").encode(), nothing) for tag in between
        }
        return {"guessed": len(guesses & set(self._foreign()))}

    def of_foreign(self) -> dict[str, float]:
        """What the entries of unknown people look like."""
        foreign = self._foreign()
        return {
            "count": len(foreign),
            "first bytes": sum(one[0] for one in foreign),
            "bits": sum(int.from_bytes(one, "big").bit_count() for one in foreign),
            "smallest": min(foreign)[0],
            "first": foreign[0][0],
            "last": foreign[-1][0],
        }

    def _rows(self) -> list[EntryRow]:
        return [row for pair in self.own.values() for row in pair]

    def _foreign(self) -> list[bytes]:
        own = {row.entry for row in self._rows()}
        return [one for one in self.entries if one not in own]


def _difference(one: Features, other: Features) -> dict[str, float]:
    return {name: one[name] - other[name] for name in one}
