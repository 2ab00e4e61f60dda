"""People of the console. What stands here is not believed: the key set and certificates are."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from casework.domain.errors import LoginTakenError, UnknownAccountError
from casework.storage.rows import Lines, Repository, to_json
from casework.storage.staff_tables import account

State = Literal["invited", "active", "left"]

_c = account.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_ID: sa.BindParameter[Any] = sa.bindparam("of_id")
_FIELDS = (
    "id", "login", "display_name", "office", "roles", "state", "salt", "day_box", "deed_box",
    "totp_box", "day_key", "deed_key", "totp_last", "failures", "locked_until",
    "start_code_hash", "start_code_expires_at",
)  # fmt: skip
_SELECT = sa.select(*(_c[name] for name in _FIELDS)).where(_c.site == _SITE)
_GET = _SELECT.where(_c.id == _ID)
_BY_LOGIN = _SELECT.where(_c.login == sa.bindparam("login"))
_OF_OFFICE = _SELECT.where(_c.office == sa.bindparam("office")).order_by(_c.id)
_ALL = (
    _SELECT.where(_c.login > sa.bindparam("after")).order_by(_c.login).limit(sa.bindparam("limit"))
)
_INSERT = sa.insert(account)
_MINE = (_c.id == _ID, _c.site == _SITE)
_SAVE = sa.update(account).where(*_MINE).values(
    {name: sa.bindparam(name) for name in _FIELDS if name != "id"}
)  # fmt: skip
_USE_TOTP = sa.update(account).where(*_MINE, _c.totp_last < sa.bindparam("step")).values(
    totp_last=sa.bindparam("step"), failures=0, locked_until=None
)  # fmt: skip
_FAILED = sa.update(account).where(*_MINE).values(
    failures=_c.failures + 1, locked_until=sa.bindparam("until")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the console; boxes are sealed, keys public."""

    id: str
    login: str
    display_name: str
    office: str
    roles: frozenset[str]
    state: State
    salt: bytes = b""
    day_box: bytes = field(default=b"", repr=False)
    deed_box: bytes = field(default=b"", repr=False)
    totp_box: bytes = field(default=b"", repr=False)
    day_key: str = ""  # PublicKey.encode() in hexadecimal
    deed_key: str = ""
    totp_last: int = 0  # time step of the newest one-time password used
    failures: int = 0
    locked_until: datetime | None = None
    start_code_hash: bytes | None = field(default=None, repr=False)
    start_code_expires_at: datetime | None = None


class Accounts(Repository):
    """The people of a site."""

    def get(self, account_id: str) -> Account:
        """Return an account.

        Raises:
            UnknownAccountError: there is none.
        """
        found = self._first(_GET, of_id=account_id)
        if found is None:
            raise UnknownAccountError(account=account_id)
        return found

    def by_login(self, login: str) -> Account | None:
        """Return the account with a login name."""
        return self._first(_BY_LOGIN, login=login)

    def of_office(self, office: str) -> tuple[Account, ...]:
        """Return everybody of an office, also those who left."""
        return self._all(_OF_OFFICE, office=office)

    def all(self, *, after: str = "", limit: int = 200) -> tuple[Account, ...]:
        """Return accounts by login name, after the name *after*."""
        return self._all(_ALL, after=after, limit=limit)

    def insert(self, new: Account) -> None:
        """Store a new account.

        Raises:
            LoginTakenError: another account has its login name.
        """
        try:
            self._connection.execute(_INSERT, {**_row(new), "id": new.id, "site": self._site})
        except sa.exc.IntegrityError as error:
            if "login" not in str(error.orig):
                raise
            raise LoginTakenError(login=new.login) from error

    def save(self, changed: Account) -> None:
        """Store an account as it has become.

        Raises:
            UnknownAccountError: there is none.
        """
        self._update(_SAVE, changed.id, **_row(changed))

    def use_totp(self, account_id: str, step: int) -> bool:
        """Take a one-time password's time step; False if it, or a later one, was used before."""
        values = {"of_id": account_id, "of_site": self._site, "step": step}
        return self._connection.execute(_USE_TOTP, values).rowcount == 1

    def failed(self, account_id: str, *, locked_until: datetime | None = None) -> None:
        """Count a failed sign-in, and lock the account if *locked_until* says so."""
        self._update(_FAILED, account_id, until=locked_until)

    def _update(self, statement: sa.Update, account_id: str, **values: object) -> None:
        values |= {"of_id": account_id, "of_site": self._site}
        if self._connection.execute(statement, values).rowcount != 1:
            raise UnknownAccountError(account=account_id)

    def _first(self, statement: Lines, **values: object) -> Account | None:
        found = self._all(statement, **values)
        return found[0] if found else None

    def _all(self, statement: Lines, **values: object) -> tuple[Account, ...]:
        found = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(_account(row) for row in found)


def _account(row: sa.Row[*tuple[Any, ...]]) -> Account:
    values = row._asdict()
    values["roles"] = _roles(values["roles"])
    return Account(**values)


def _roles(text: str) -> frozenset[str]:
    """Return the roles of a row; none where somebody wrote something else, which is named."""
    try:
        roles = json.loads(text)
    except ValueError:
        return frozenset()
    is_list = isinstance(roles, list) and all(isinstance(one, str) for one in roles)
    return frozenset(roles) if is_list else frozenset()


def _row(one: Account) -> dict[str, object]:
    values = {name: getattr(one, name) for name in _FIELDS if name != "id"}
    return values | {"roles": to_json(sorted(one.roles))}
