"""Secrets of offices and seats, wrapped to their members (and to the recovery key)."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from casework.storage.rows import InsertRows, Lines, Repository
from casework.storage.staff_tables import member_wrap
from crypto.events import TO_RECOVERY
from crypto.events import MemberWrap as MemberWrap
from crypto.events import OwnerKind as OwnerKind

RECOVERY = TO_RECOVERY

_c = member_wrap.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_INSERT = InsertRows(member_wrap)
_SELECT = sa.select(_c.owner_kind, _c.owner, _c.key_id, _c.account, _c.body).where(_c.site == _SITE)
_ORDERED = _SELECT.order_by(_c.owner_kind, _c.owner, _c.key_id, _c.account)
_IS_ACCOUNT = _c.account == sa.bindparam("of_account")
_IS_OWNER = (_c.owner_kind == sa.bindparam("of_kind"), _c.owner == sa.bindparam("of_owner"))
_OF_ACCOUNT = _ORDERED.where(_IS_ACCOUNT)
_OF_OWNER = _ORDERED.where(*_IS_OWNER)
_OF_BOTH = _OF_OWNER.where(_IS_ACCOUNT)
_ALL = _ORDERED
_DELETE = sa.delete(member_wrap).where(_c.site == _SITE, *_IS_OWNER, _IS_ACCOUNT)
_DELETE_KEY = sa.delete(member_wrap).where(
    _c.site == _SITE, *_IS_OWNER, _c.key_id == sa.bindparam("of_key")
)
_DELETE_ALL = sa.delete(member_wrap).where(_c.site == _SITE, _IS_ACCOUNT)


class KeyWraps(Repository):
    """Wrapped secrets of offices and seats."""

    def insert(self, wraps: Iterable[MemberWrap]) -> None:
        """Store wraps, in one statement."""
        rows = [
            {
                "site": self._site,
                "owner_kind": one.owner_kind,
                "owner": one.owner,
                "key_id": one.key_id,
                "account": one.account,
                "body": one.body,
            }
            for one in wraps
        ]
        _INSERT(self._connection, rows)

    def of_account(self, account: str) -> tuple[MemberWrap, ...]:
        """Return what a member can open."""
        return self._read(_OF_ACCOUNT, of_account=account)

    def of_owner(self, kind: OwnerKind, owner: str) -> tuple[MemberWrap, ...]:
        """Return who can open an office's or a seat's secret."""
        return self._read(_OF_OWNER, of_kind=kind, of_owner=owner)

    def get(self, kind: OwnerKind, owner: str, account: str) -> tuple[MemberWrap, ...]:
        """Return one member's wraps of one office or seat: several while a key is replaced."""
        return self._read(_OF_BOTH, of_kind=kind, of_owner=owner, of_account=account)

    def all(self) -> tuple[MemberWrap, ...]:
        """Return every wrap, for verification."""
        return self._read(_ALL)

    def delete(self, kind: OwnerKind, owner: str, account: str) -> int:
        """Take an office's or seat's secret from a member; return how many wraps that were."""
        values = {
            "of_site": self._site,
            "of_kind": kind,
            "of_owner": owner,
            "of_account": account,
        }
        return self._connection.execute(_DELETE, values).rowcount

    def delete_all(self, account: str) -> int:
        """Take every office's and seat's secret from a member; return how many wraps that were."""
        values = {"of_site": self._site, "of_account": account}
        return self._connection.execute(_DELETE_ALL, values).rowcount

    def delete_key(self, kind: OwnerKind, owner: str, key_id: str) -> int:
        """Take one key of an office or a seat from everybody; return how many wraps that were."""
        values = {"of_site": self._site, "of_kind": kind, "of_owner": owner, "of_key": key_id}
        return self._connection.execute(_DELETE_KEY, values).rowcount

    def _read(self, statement: Lines, **values: object) -> tuple[MemberWrap, ...]:
        found = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(MemberWrap(*row) for row in found)
