"""The rows of a key set."""

from dataclasses import dataclass

from crypto.argon import CodeParameters
from crypto.errors import KeySetError
from crypto.public_key import PublicKey


@dataclass(frozen=True, slots=True)
class Office:
    """A department or supervising office and its key.

    Attributes:
        code: short code, unique in the site.
        supervisor: code of the supervising office, "" for none.
        key: office key.
    """

    code: str
    supervisor: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class SeatKey:
    """A custodian seat.

    Attributes:
        number: from 1.
        office: code of the office that both persons belong to; no two seats share one.
        holder: account id.
        deputy: account id.
        key: seat key.
    """

    number: int
    office: str
    holder: str
    deputy: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Member:
    """A certified officer.

    Attributes:
        account: account id.
        office: code of the officer's office.
        roles: what the officer may do, in alphabetical order; a role that stands only in
            the database counts for nothing.
        day: day key.
        deed: deed key.
    """

    account: str
    office: str
    roles: tuple[str, ...]
    day: PublicKey
    deed: PublicKey


@dataclass(frozen=True, slots=True)
class ReplacedKey:
    """A key that an earlier key set named, for old boxes and signatures.

    Attributes:
        holder: "office:CODE", "seat:N", "account:ID", "recovery" or "log".
        key: hex of the public key, 128 characters, of the log key 64.
        last_day: last civil day on which it counted.
    """

    holder: str
    key: str
    last_day: str


@dataclass(frozen=True, slots=True)
class KeySetBody:
    """The fields of one numbered key set.

    Attributes:
        number: 1, 2, 3 ...
        site: site id.
        demo: a demo instance, whose keys cannot be carried into a real one.
        previous: hex digest of the key set before, "" for the first.
        issued_on: civil date.
        offices: in the order of their codes.
        seats: in the order of their numbers, 1 to n.
        threshold: k, how many seats open an identity item.
        members: each office's first members, in the order of their accounts.
        recovery: recovery key.
        log: Ed25519 key of the log, 32 bytes.
        suite: suite for new objects.
        code_opslimit: Argon2id passes for receipt codes.
        code_memlimit: bytes of memory for receipt codes.
        code_salt: 16 bytes.
        password_opslimit: Argon2id passes for passwords.
        password_memlimit: bytes of memory for passwords.
        replaced: keys that no longer count.
    """

    number: int
    site: str
    demo: bool
    previous: str
    issued_on: str
    offices: tuple[Office, ...]
    seats: tuple[SeatKey, ...]
    threshold: int
    members: tuple[Member, ...]
    recovery: PublicKey
    log: bytes
    suite: int
    code_opslimit: int
    code_memlimit: int
    code_salt: bytes
    password_opslimit: int
    password_memlimit: int
    replaced: tuple[ReplacedKey, ...] = ()

    @property
    def code_parameters(self) -> CodeParameters:
        """How receipt codes are derived under this key set."""
        return CodeParameters(self.code_salt, self.code_opslimit, self.code_memlimit)

    def has_office(self, code: str) -> bool:
        """Whether there is an office of this code."""
        return any(one.code == code for one in self.offices)

    def office(self, code: str) -> Office:
        """Return the office of this code.

        Raises:
            KeySetError: there is none.
        """
        for one in self.offices:
            if one.code == code:
                return one
        raise KeySetError(f"no such office: {code}")

    def seat(self, number: int) -> SeatKey:
        """Return the seat of this number.

        Raises:
            KeySetError: there is none.
        """
        if not 1 <= number <= len(self.seats):
            raise KeySetError(f"no such seat: {number}")
        return self.seats[number - 1]

    def member(self, account: str) -> Member:
        """Return the first member of this account.

        Raises:
            KeySetError: there is none; certificates may still name one.
        """
        for one in self.members:
            if one.account == account:
                return one
        raise KeySetError(f"no such member: {account}")

    def seat_of(self, account: str) -> SeatKey | None:
        """Return the seat that *account* holds or deputises, if any."""
        for seat in self.seats:
            if account in (seat.holder, seat.deputy):
                return seat
        return None

    def recipients(
        self, lead: str, supervisor: str, about: str | None = None
    ) -> tuple[Office, ...]:
        """Return the offices a report is sealed to.

        Args:
            lead: code of the lead office.
            supervisor: code of its supervising office, "" for none.
            about: code of the office that the report accuses; it gets nothing.

        Raises:
            KeySetError: an unknown office, or none is left.
        """
        codes = dict.fromkeys(code for code in (lead, supervisor) if code and code != about)
        if not codes:
            raise KeySetError("no office is left to seal to")
        return tuple(self.office(code) for code in codes)
