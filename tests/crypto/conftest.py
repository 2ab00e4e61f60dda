"""A small site: offices A1 (supervising), A2, A3 of two members each, one seat an office."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from crypto.keyset import KeySet, Member, Office, SeatKey
from crypto.mailbox import ReporterKey
from crypto.private_key import PrivateKey

SITE = "410329"


@dataclass(frozen=True)
class Site:
    """A key set with the secret half of everything in it."""

    keyset: KeySet
    offices: dict[str, PrivateKey]
    seats: dict[int, PrivateKey]
    days: dict[str, PrivateKey]
    deeds: dict[str, PrivateKey]
    recovery: PrivateKey

    def sign_for_seats(self, message: bytes, seats: int) -> dict[str, bytes]:
        holders = [seat.holder for seat in self.keyset.seats[:seats]]
        return {holder: self.deeds[holder].sign(message) for holder in holders}


def make_site() -> Site:
    codes = ("A1", "A2", "A3")
    accounts = {f"{code}-{person}": code for code in codes for person in ("x", "y")}
    offices = {code: PrivateKey.generate() for code in codes}
    seats = {number: PrivateKey.generate() for number in (1, 2, 3)}
    days = {account: PrivateKey.generate() for account in accounts}
    deeds = {account: PrivateKey.generate() for account in accounts}
    recovery = PrivateKey.generate()
    keyset = KeySet(
        number=1,
        site=SITE,
        demo=True,
        previous="",
        issued_on="2026-01-05",
        offices=tuple(
            Office(code, "" if code == "A1" else "A1", key.public) for code, key in offices.items()
        ),
        seats=tuple(
            SeatKey(number, f"A{number}", f"A{number}-x", f"A{number}-y", key.public)
            for number, key in seats.items()
        ),
        threshold=2,
        members=tuple(
            Member(account, code, ("custodian", "officer"), days[account].public,
                   deeds[account].public)
            for account, code in accounts.items()
        ),
        recovery=recovery.public,
        log=PrivateKey.generate().public.sign,
        suite=1,
        code_opslimit=1,
        code_memlimit=8192,
        code_salt=bytes(range(16)),
        password_opslimit=1,
        password_memlimit=8192,
    )  # fmt: skip
    return Site(keyset, offices, seats, days, deeds, recovery)


@pytest.fixture(scope="session")
def site() -> Site:
    return make_site()


@pytest.fixture(scope="session")
def reporter() -> ReporterKey:
    return ReporterKey(bytes(range(32)))


@pytest.fixture(scope="session")
def new_id() -> Callable[[], str]:
    def draw() -> str:
        return base64.b32encode(secrets.token_bytes(16)).decode().lower().rstrip("=")

    return draw
