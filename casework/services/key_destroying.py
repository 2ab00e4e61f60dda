"""Old keys of offices and seats are destroyed after their last use (SEALING.md 9).

While one row is sealed to an old key, its members keep it: a closed case is read until its
retention ends. When the last such row is gone, the jobs process deletes the key's wraps, the
recovery key's too, in the transaction of the signed event that names them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from casework.domain.errors import StaleActError
from casework.domain.key_events import KEYS_DESTROYED
from casework.services.acts import check_act
from casework.services.jobs_acts import jobs_act_outside
from casework.services.member_wraps import OldKey, box_keys, old_keys
from casework.services.trust import Trust
from casework.storage.key_use import KeyUse
from casework.storage.key_wraps import MemberWrap
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.notes import LogKey

# A process that has not noticed the change seals to the old key for seconds; a day is plenty.
KEPT_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What one sweep did.

    Attributes:
        keys: how many keys were destroyed.
        wraps: how many rows that were.
    """

    keys: int = 0
    wraps: int = 0


def destroy_spent(store: Store, *, trust: Trust, log_key: LogKey, now: datetime) -> Destroyed:
    """Destroy every old key that nothing needs any more, each in a transaction of its own."""
    done = Destroyed()
    for key in spent_keys(store, trust=trust, now=now):
        wraps = destroy_key(store, key=key, trust=trust, log_key=log_key, now=now)
        done = Destroyed(done.keys + (wraps > 0), done.wraps + wraps)
    return done


@query
def spent_keys(uow: UnitOfWork, *, trust: Trust, now: datetime) -> tuple[OldKey, ...]:
    """Return the old keys that somebody still holds and that no row needs, the oldest first."""
    old = [one for one in old_keys(trust) if one.replaced_at + KEPT_FOR <= now]
    if not old:
        return ()
    held = _held(uow, trust)
    waiting = [one for one in old if held.get((*one.owner, one.box))]
    used = KeyUse(uow).keys() if waiting else frozenset()
    return tuple(one for one in waiting if (*one.owner, one.box) not in used)


@use_case
def destroy_key(
    uow: UnitOfWork, *, key: OldKey, trust: Trust, log_key: LogKey, now: datetime
) -> int:
    """Delete the wraps of one old key; return how many. None while a row needs it.

    Raises:
        StaleActError: another process did the same at this moment; nothing is stored.
    """
    kind, owner = key.owner
    wraps = _held(uow, trust).get((kind, owner, key.box), [])
    if not wraps or _is_needed(uow, key):
        return 0
    act = jobs_act_outside(
        uow.site,
        KEYS_DESTROYED,
        {"owner_kind": kind, "owner": owner, "key": key.box},
        log_key,
        now,
        removed=[one.named for one in wraps],
    )
    check_act(act, site=uow.site, now=now)
    uow.events.append(act)
    for one in {(wrap.owner_kind, wrap.key_id): wrap for wrap in wraps}.values():
        expected = sum(wrap.key_id == one.key_id for wrap in wraps)
        deleted = uow.key_wraps.delete_key(one.owner_kind, one.owner, one.key_id)
        if deleted != expected:
            raise StaleActError(expected, deleted)
    return len(wraps)


def _held(uow: UnitOfWork, trust: Trust) -> dict[tuple[str, str, str], list[MemberWrap]]:
    """Return who holds which key: owner's kind, owner, box key to wraps."""
    boxes = box_keys([link.keyset for link in trust.chain], uow.keysets.changes())
    found: dict[tuple[str, str, str], list[MemberWrap]] = {}
    for wrap in uow.key_wraps.all():
        box = boxes.get((wrap.owner_kind, wrap.owner, wrap.key_id))
        if box is not None:  # what no key set made is left to verification
            found.setdefault((wrap.owner_kind, wrap.owner, box), []).append(wrap)
    return found


def _is_needed(uow: UnitOfWork, key: OldKey) -> bool:
    kind, owner = key.owner
    use = KeyUse(uow)
    if use.rows(kind, owner, key.box):
        return True
    # Rows of reasons do not tell their key: any from before the change may be of this one.
    return kind == "seat" and use.reasons(int(owner), key.replaced_at + KEPT_FOR)
