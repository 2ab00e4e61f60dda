"""The rules that every key set must keep, each with its own refusal."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable

from crypto.argon import SALT_SIZE
from crypto.context import KEY_SIZE
from crypto.errors import KeySetError
from crypto.keyset_rows import KeySetBody
from crypto.shares import check_numbers
from crypto.suite import SUITES

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_ROLE = re.compile(r"[a-z]{1,20}\Z")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_REPLACED = re.compile(
    r"((office|account):[A-Za-z0-9._-]{1,64}|seat:[1-7]|recovery) [0-9a-f]{128}\Z"
)
_REPLACED_LOG = re.compile(r"log [0-9a-f]{64}\Z")


def check_rules(keyset: KeySetBody) -> None:
    """Check every rule.

    * The first has no predecessor, every other names one.
    * k of n seats as in `shares`; the seats are numbered 1 to n.
    * Codes, accounts and keys are unique.
    * A supervisor is another office of the set, and nobody supervises in a circle.
    * Members belong to an office of the set; holder and deputy of a seat are two
      members of the seat's office; nobody has two seats, no office either.
    * A replaced key names its holder and has the form of a public key.

    Raises:
        KeySetError: a rule is broken.
    """
    _check_head(keyset)
    _check_offices(keyset)
    _check_members(keyset)
    _check_seats(keyset)
    _check_replaced(keyset)
    keys = [one.key for one in keyset.offices] + [one.key for one in keyset.seats]
    keys += [key for one in keyset.members for key in (one.day, one.deed)]
    keys.append(keyset.recovery)
    _unique((one.box for one in keys), "a key")
    _unique([*(one.sign for one in keys), keyset.log], "a key")


def _check_head(keyset: KeySetBody) -> None:
    if keyset.number < 1 or (keyset.number == 1) != (keyset.previous == ""):
        raise KeySetError("number and previous key set do not fit")
    if keyset.previous and not _DIGEST.match(keyset.previous):
        raise KeySetError("previous is not a digest")
    if not _CODE.match(keyset.site) or not _DATE.match(keyset.issued_on):
        raise KeySetError("malformed site or date")
    if keyset.suite not in SUITES:
        raise KeySetError("unknown suite")
    if len(keyset.log) != KEY_SIZE or len(keyset.code_salt) != SALT_SIZE:
        raise KeySetError("log key or salt has the wrong size")
    costs = (
        keyset.code_opslimit, keyset.code_memlimit,
        keyset.password_opslimit, keyset.password_memlimit,
    )  # fmt: skip
    if min(costs) < 1:
        raise KeySetError("Argon2id parameters must be positive")


def _check_offices(keyset: KeySetBody) -> None:
    codes = [one.code for one in keyset.offices]
    _unique(codes, "an office")
    _well_formed(codes)
    above = {one.code: one.supervisor for one in keyset.offices}
    for code in codes:
        seen = {code}
        while above[code]:
            code = above[code]
            if code not in above or code in seen:
                raise KeySetError("supervisor is unknown or goes in a circle")
            seen.add(code)


def _check_members(keyset: KeySetBody) -> None:
    accounts = [one.account for one in keyset.members]
    _unique(accounts, "a member")
    _well_formed(accounts)
    codes = {one.code for one in keyset.offices}
    if not codes.issuperset(one.office for one in keyset.members):
        raise KeySetError("a member of an unknown office")
    for one in keyset.members:
        check_roles(one.roles)


def check_roles(roles: tuple[str, ...]) -> None:
    """Check that *roles* are names in alphabetical order, none twice, at least one.

    Raises:
        KeySetError: they are not.
    """
    if not roles or list(roles) != sorted(set(roles)) or not all(map(_ROLE.match, roles)):
        raise KeySetError("roles must be names in alphabetical order, none twice")


def _check_seats(keyset: KeySetBody) -> None:
    check_numbers(len(keyset.seats), keyset.threshold)
    if [one.number for one in keyset.seats] != list(range(1, len(keyset.seats) + 1)):
        raise KeySetError("seats are not numbered from 1")
    _unique((one.office for one in keyset.seats), "the office of a seat")
    persons = [person for one in keyset.seats for person in (one.holder, one.deputy)]
    _unique(persons, "a seat's holder or deputy")
    office_of = {one.account: one.office for one in keyset.members}
    for seat in keyset.seats:
        if any(office_of.get(one) != seat.office for one in (seat.holder, seat.deputy)):
            raise KeySetError("holder or deputy is no member of the seat's office")


def _check_replaced(keyset: KeySetBody) -> None:
    for one in keyset.replaced:
        told = f"{one.holder} {one.key}"
        if not (_REPLACED.match(told) or _REPLACED_LOG.match(told)):
            raise KeySetError("malformed row of a replaced key")


def _unique(values: Iterable[Hashable], what: str) -> None:
    if any(count > 1 for count in Counter(values).values()):
        raise KeySetError(f"{what} stands twice in the key set")


def _well_formed(values: list[str]) -> None:
    if not all(_CODE.match(one) for one in values):
        raise KeySetError("malformed code or account")
