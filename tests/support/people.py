"""The staff of a test instance, with all their secrets at hand."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyotp

from crypto.cli import Costs
from crypto.keyset_rows import Member
from crypto.mailbox import ReporterKey
from crypto.private_key import PrivateKey

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai
SITE = "410329-demo"
ROOT = Path(__file__).parents[2]
CHEAP = Costs(code_opslimit=1, code_memlimit=8192, password_opslimit=1, password_memlimit=8192)
PASSWORD = "correct horse battery"

# login → office, roles; two members an office, three seats in three offices.
STAFF: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "yjj-officer": ("410329-yjj", ("officer",)),
    "yjj-officer-2": ("410329-yjj", ("officer",)),
    "yjj-leader": ("410329-yjj", ("leader",)),
    "zjj-officer": ("410329-zjj", ("officer",)),
    "zjj-leader": ("410329-zjj", ("leader",)),
    "jw-officer": ("410329-jw", ("officer",)),
    "jw-leader": ("410329-jw", ("leader",)),
    "awb-supervisor": ("410329-awb", ("supervisor",)),
    "awb-approver": ("410329-awb", ("approver",)),
    "city-supervisor": ("410300-awb", ("supervisor",)),
    "city-supervisor-2": ("410300-awb", ("supervisor",)),
    "finance": ("410329-czj", ("finance",)),
    "cashier": ("410329-czj", ("cashier",)),
    "cashier-2": ("410329-czj", ("cashier",)),
    "seat1-holder": ("410329-sfj", ("custodian",)),
    "seat1-deputy": ("410329-sfj", ("custodian",)),
    "seat2-holder": ("410329-nyncj", ("custodian",)),
    "seat2-deputy": ("410329-nyncj", ("custodian",)),
    "seat3-holder": ("410329-swj", ("custodian",)),
    "seat3-deputy": ("410329-swj", ("custodian",)),
    "operator": ("410329-awb", ("operator",)),
    "auditor": ("410329-awb", ("auditor",)),
    "administrator": ("410329-awb", ("administrator",)),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff with all secrets at hand."""

    account: str
    login: str
    office: str
    roles: tuple[str, ...]
    day: PrivateKey = field(repr=False)
    deed: PrivateKey = field(repr=False)
    totp: bytes = field(repr=False)

    def code(self, now: datetime) -> str:
        """The one-time password that this person's authenticator shows at *now*."""
        return pyotp.TOTP(base64.b32encode(self.totp).decode()).at(now)

    @property
    def member(self) -> Member:
        """The person as the key set has them."""
        return Member(self.account, self.office, self.roles, self.day.public, self.deed.public)


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as its reporter holds it."""

    report: str
    case_number: str
    code: str
    key: ReporterKey = field(repr=False)
    locator: bytes = field(repr=False)
