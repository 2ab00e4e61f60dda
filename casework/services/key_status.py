"""What is to be done about keys: newcomers, proposals, cases and boxes under old keys, age."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from casework.services.certifying import waiting_for_certificate
from casework.services.key_changes import is_open
from casework.services.rewrapping import progress
from casework.services.seats import seat_state
from casework.services.trust import Trust
from casework.storage.accounts import Account
from casework.storage.key_changes import KeyChange
from casework.storage.unit_of_work import UnitOfWork, query
from crypto.keyset import KeySet

ROTATED_EVERY: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class KeyAge:
    """How old an office's or a seat's key is.

    Attributes:
        kind: "office" or "seat".
        owner: code of the office, number of the seat.
        since: day of issue of the first key set that had it.
        due_on: day by which it should be replaced.
    """

    kind: str
    owner: str
    since: date
    due_on: date


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What stands and what is to be done.

    Attributes:
        number: of the key set in force.
        issued_on: its day.
        waiting: people whom nobody has certified.
        open_changes: proposals that can still be signed.
        rewrap: code of an office to (open cases under an earlier key, open cases).
        reseal: number of a seat to (boxes under an earlier key, boxes).
        ages: of every office's and seat's key.
    """

    number: int
    issued_on: str
    waiting: tuple[Account, ...]
    open_changes: tuple[KeyChange, ...]
    rewrap: dict[str, tuple[int, int]]
    reseal: dict[int, tuple[int, int]]
    ages: tuple[KeyAge, ...]

    def rotation_due(self, today: date) -> tuple[KeyAge, ...]:
        """Return the keys that are older than a year."""
        return tuple(one for one in self.ages if one.due_on <= today)


@query
def key_status(uow: UnitOfWork, *, trust: Trust, now: datetime) -> KeyStatus:
    """Return what is to be done about keys."""
    rewrap = {}
    for office in trust.keyset.offices:
        done = progress(uow, office=office.code, trust=trust)
        rewrap[office.code] = (done.left, done.total)
    reseal = {}
    for seat in trust.keyset.seats:
        state = seat_state(uow, seat=seat)
        reseal[seat.number] = (state.old, state.total)
    return KeyStatus(
        number=trust.keyset.number,
        issued_on=trust.keyset.issued_on,
        waiting=waiting_for_certificate(uow, trust=trust),
        open_changes=tuple(one for one in uow.key_changes.newest() if is_open(one, trust, now)),
        rewrap=rewrap,
        reseal=reseal,
        ages=key_ages(trust),
    )


def key_ages(trust: Trust) -> tuple[KeyAge, ...]:
    """Return since when each office's and each seat's present key has been in use."""
    ages = []
    for kind, owner, key in _keys(trust.chain[-1].keyset):
        since = next(
            link.keyset.issued_on
            for link in trust.chain
            if (kind, owner, key) in set(_keys(link.keyset))
        )
        first = date.fromisoformat(since)
        ages.append(KeyAge(kind, owner, first, first + ROTATED_EVERY))
    return tuple(ages)


def _keys(keyset: KeySet) -> list[tuple[str, str, bytes]]:
    offices = [("office", one.code, one.key.box) for one in keyset.offices]
    return offices + [("seat", str(one.number), one.key.box) for one in keyset.seats]
