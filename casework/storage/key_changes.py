"""Key changes that somebody proposed: the draft, what goes with it, and who has signed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from casework.storage.key_wraps import MemberWrap
from casework.storage.rows import Lines, Repository, to_json
from casework.storage.staff_tables import key_change

State = Literal["proposed", "in_force", "withdrawn"]

_c = key_change.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_ID: sa.BindParameter[Any] = sa.bindparam("of_id")
_FIELDS = (
    "id", "number", "body", "wraps", "signatures", "state", "proposer", "created_at", "expires_at",
)  # fmt: skip
_SELECT = sa.select(*(_c[name] for name in _FIELDS)).where(_c.site == _SITE)
_GET = _SELECT.where(_c.id == _ID)
_LOCK = _GET.with_for_update()
_NEWEST = _SELECT.order_by(_c.created_at.desc(), _c.id).limit(sa.bindparam("limit"))
_INSERT = sa.insert(key_change)
_MINE = (_c.id == _ID, _c.site == _SITE)
_SAVE = sa.update(key_change).where(*_MINE).values(
    signatures=sa.bindparam("signed"), state=sa.bindparam("now_state")
)  # fmt: skip
_WITHDRAW_OTHERS = sa.update(key_change).where(
    _c.site == _SITE, _c.id != _ID, _c.state == sa.literal_column("'proposed'")
).values(state="withdrawn")  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A proposed key set.

    Attributes:
        id: id of the proposal.
        number: of the key set it would be.
        body: the encoded key set.
        wraps: new office and seat keys, stored when it comes into force.
        signatures: account of a custodian to signature.
        state: "proposed", "in_force" or "withdrawn".
        proposer: account id.
        created_at: when it was proposed.
        expires_at: after this it can no longer be signed.
    """

    id: str
    number: int
    body: bytes
    wraps: tuple[MemberWrap, ...] = field(repr=False)
    signatures: Mapping[str, bytes]
    state: State
    proposer: str
    created_at: datetime
    expires_at: datetime


class KeyChanges(Repository):
    """The proposals of a site."""

    def insert(self, new: KeyChange) -> None:
        """Store a proposal."""
        self._connection.execute(
            _INSERT,
            {
                "id": new.id,
                "site": self._site,
                "number": new.number,
                "body": new.body,
                "wraps": _wraps_text(new.wraps),
                "signatures": _signatures_text(new.signatures),
                "state": new.state,
                "proposer": new.proposer,
                "created_at": new.created_at,
                "expires_at": new.expires_at,
            },
        )

    def get(self, change_id: str, *, lock: bool = False) -> KeyChange | None:
        """Return a proposal, kept from others until this transaction ends if *lock*."""
        found = self._all(_LOCK if lock else _GET, of_id=change_id)
        return found[0] if found else None

    def newest(self, limit: int = 20) -> tuple[KeyChange, ...]:
        """Return proposals, the last one first."""
        return self._all(_NEWEST, limit=limit)

    def save(self, changed: KeyChange) -> None:
        """Store signatures and state as they have become."""
        values = {
            "of_id": changed.id,
            "of_site": self._site,
            "signed": _signatures_text(changed.signatures),
            "now_state": changed.state,
        }
        self._connection.execute(_SAVE, values)

    def withdraw_others(self, but: str) -> None:
        """Withdraw every open proposal but one: none of them can come into force any more."""
        self._connection.execute(_WITHDRAW_OTHERS, {"of_site": self._site, "of_id": but})

    def _all(self, statement: Lines, **values: object) -> tuple[KeyChange, ...]:
        found = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(_change(row) for row in found)


def _change(row: sa.Row[*tuple[Any, ...]]) -> KeyChange:
    values = row._asdict()
    signed = json.loads(values["signatures"])
    wraps = (
        MemberWrap(kind, owner, key_id, account, bytes.fromhex(body))
        for kind, owner, key_id, account, body in json.loads(values["wraps"])
    )
    values["signatures"] = {account: bytes.fromhex(one) for account, one in signed.items()}
    return KeyChange(**(values | {"wraps": tuple(wraps)}))


def _wraps_text(wraps: tuple[MemberWrap, ...]) -> str:
    return to_json(
        [[one.owner_kind, one.owner, one.key_id, one.account, one.body.hex()] for one in wraps]
    )


def _signatures_text(signatures: Mapping[str, bytes]) -> str:
    return to_json({account: one.hex() for account, one in signatures.items()})
