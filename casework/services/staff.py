"""People of the console: invited with a start code, enrolled with keys of their own."""

import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from casework.domain.errors import StartCodeError, UnknownAccountError
from casework.domain.roles import check_roles
from casework.storage.accounts import Account
from casework.storage.unit_of_work import UnitOfWork, query, use_case

FAILURES_BEFORE_LOCK: Final = 5
LOCK: Final = timedelta(minutes=15)


@use_case
def invite(
    uow: UnitOfWork,
    *,
    account: str,
    login: str,
    name: str,
    office: str,
    roles: frozenset[str],
    start_code_hash: bytes,
    expires_at: datetime,
) -> None:
    """Make an account that waits for its owner's first sign-in.

    Raises:
        LoginTakenError: another account has this login name.
        RoleConflictError, UnknownRoleError: the roles cannot be held (together).
    """
    check_roles(roles)
    uow.accounts.insert(
        Account(
            id=account,
            login=login,
            display_name=name,
            office=office,
            roles=roles,
            state="invited",
            start_code_hash=start_code_hash,
            start_code_expires_at=expires_at,
        )
    )


@use_case
def enrol(
    uow: UnitOfWork,
    *,
    login: str,
    start_code_hash: bytes,
    salt: bytes,
    day_box: bytes,
    deed_box: bytes,
    totp_box: bytes,
    totp_step: int,
    day_key: bytes,
    deed_key: bytes,
    now: datetime,
) -> Account:
    """Give an invited account its keys. The start code is used up.

    Args:
        uow: the transaction.
        login: login name of the invited account.
        start_code_hash: hash of what was typed.
        salt: for the password's derivation.
        day_box: the day key, sealed under the password.
        deed_box: the deed key, sealed under the password.
        totp_box: the second-factor secret, sealed under the pepper.
        totp_step: time step of the one-time password shown at enrolment; used up with it.
        day_key: public keys, 64 bytes.
        deed_key: public keys, 64 bytes.
        now: UTC instant.

    Raises:
        StartCodeError: wrong, used or expired; all alike.
    """
    found = uow.accounts.by_login(login)
    if (
        found is None
        or found.state != "invited"
        or found.start_code_hash is None
        or found.start_code_expires_at is None
        or found.start_code_expires_at <= now
        or not hmac.compare_digest(found.start_code_hash, start_code_hash)
    ):
        raise StartCodeError
    enrolled = replace(
        found,
        state="active",
        salt=salt,
        day_box=day_box,
        deed_box=deed_box,
        totp_box=totp_box,
        day_key=day_key.hex(),
        deed_key=deed_key.hex(),
        totp_last=totp_step,
        failures=0,
        start_code_hash=None,
        start_code_expires_at=None,
    )
    uow.accounts.save(enrolled)
    return enrolled


@query
def account_by_login(uow: UnitOfWork, *, login: str) -> Account | None:
    """Return the account of a login name."""
    return uow.accounts.by_login(login)


@query
def account(uow: UnitOfWork, *, account: str) -> Account:
    """Return an account.

    Raises:
        UnknownAccountError: there is none.
    """
    return uow.accounts.get(account)


@query
def accounts(uow: UnitOfWork) -> tuple[Account, ...]:
    """Return every account by login name."""
    found: list[Account] = []
    while page := uow.accounts.all(after=found[-1].login if found else ""):
        found.extend(page)
    return tuple(found)


@use_case
def note_failure(uow: UnitOfWork, *, account: str, now: datetime) -> None:
    """Count a failed sign-in; the fifth in a row locks the account for a quarter of an hour."""
    found = uow.accounts.get(account)
    lock = (found.failures + 1) % FAILURES_BEFORE_LOCK == 0
    uow.accounts.failed(account, locked_until=now + LOCK if lock else None)


@use_case
def note_success(uow: UnitOfWork, *, account: str, totp_step: int) -> bool:
    """Use up a one-time password; False when it, or a later one, was used before."""
    return uow.accounts.use_totp(account, totp_step)


@use_case
def leave(uow: UnitOfWork, *, account: str) -> None:
    """Close an account: it can no longer sign in, its secrets are gone, its login name is free.

    Raises:
        UnknownAccountError: there is none.
    """
    found = uow.accounts.get(account)
    if found.state == "left":
        raise UnknownAccountError(account=account)
    # No login name can hold a "~"; the display name stays for what the person did.
    uow.accounts.save(
        replace(
            found,
            state="left",
            login=f"{found.login}~{account}",
            day_box=b"",
            deed_box=b"",
            totp_box=b"",
            start_code_hash=None,
            start_code_expires_at=None,
        )
    )
