"""Key sets and certificates as they were handed in; crypto.keyset decides what to believe."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from casework.domain.errors import KeyChangeError
from casework.storage.report_tables import event
from casework.storage.rows import Lines, Repository, to_json
from casework.storage.staff_tables import certificate, key_set
from crypto.errors import EventError
from crypto.events import SignedEvent, parse_event

_k, _c, _e = key_set.c, certificate.c, event.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_INSERT = sa.insert(key_set)
_SELECT = sa.select(_k.number, _k.body, _k.signatures).where(_k.site == _SITE)
_NEWEST = _SELECT.order_by(_k.number.desc()).limit(1)
_GET = _SELECT.where(_k.number == sa.bindparam("of_number"))
_ALL = _SELECT.order_by(_k.number)
_INSERT_CERTIFICATE = sa.insert(certificate)
_CERTIFICATES = sa.select(_c.id, _c.account, _c.body, _c.signature).where(_c.site == _SITE)
_ALL_CERTIFICATES = _CERTIFICATES.order_by(_c.account, _c.id)
_CERTIFICATES_OF = _ALL_CERTIFICATES.where(_c.account == sa.bindparam("of_account"))

_NEWEST_NUMBER = sa.select(sa.func.max(_k.number)).where(_k.site == _SITE)
_HOW_MANY_CERTIFICATES = sa.select(sa.func.count()).where(_c.site == _SITE)
_CHANGES = (
    sa.select(_e.body, _e.signature)
    .where(
        _e.site == _SITE,
        _e.report_id == sa.literal_column("''"),
        _e.kind == sa.literal_column("'keyset.changed'"),
    )
    .order_by(_e.at, _e.id)
)


@dataclass(frozen=True, slots=True)
class StoredKeySet:
    """A key set with the signatures of seat holders, by account."""

    number: int
    body: bytes
    signatures: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A certificate of a later member, signed by a colleague."""

    id: str  # digest of the body in hexadecimal
    account: str
    body: bytes
    signature: bytes


class KeySets(Repository):
    """The site's numbered key sets, and certificates beside them."""

    def insert(self, number: int, body: bytes, signatures: Mapping[str, bytes]) -> None:
        """Store a key set.

        Raises:
            KeyChangeError: another one has the number, put in force at the same moment.
        """
        written = to_json({account: one.hex() for account, one in signatures.items()})
        values = {"site": self._site, "number": number, "body": body, "signatures": written}
        try:
            self._connection.execute(_INSERT, values)
        except sa.exc.IntegrityError as error:
            raise KeyChangeError("overtaken") from error

    def newest(self) -> StoredKeySet | None:
        """Return the key set with the highest number."""
        found = self._sets(_NEWEST)
        return found[0] if found else None

    def get(self, number: int) -> StoredKeySet | None:
        """Return the key set of a number."""
        found = self._sets(_GET, of_number=number)
        return found[0] if found else None

    def all(self) -> tuple[StoredKeySet, ...]:
        """Return the chain, the first key set first."""
        return self._sets(_ALL)

    def mark(self) -> tuple[int, int]:
        """Return newest number and count of certificates: another pair means something new."""
        values = {"of_site": self._site}
        number = self._connection.execute(_NEWEST_NUMBER, values).scalar_one()
        count = self._connection.execute(_HOW_MANY_CERTIFICATES, values).scalar_one()
        return number or 0, count

    def changes(self) -> tuple[SignedEvent, ...]:
        """Return the events that put key sets into force, the oldest first; whole ones only."""
        found = []
        for row in self._connection.execute(_CHANGES, {"of_site": self._site}):
            try:
                found.append(SignedEvent(parse_event(row.body), row.signature))
            except EventError:  # somebody wrote there: verification names it
                continue
        return tuple(found)

    def insert_certificate(self, new: StoredCertificate) -> None:
        """Store a certificate."""
        self._connection.execute(
            _INSERT_CERTIFICATE,
            {
                "id": new.id,
                "site": self._site,
                "account": new.account,
                "body": new.body,
                "signature": new.signature,
            },
        )

    def certificates(self, account: str | None = None) -> tuple[StoredCertificate, ...]:
        """Return the certificates of one account, or all."""
        statement = _ALL_CERTIFICATES if account is None else _CERTIFICATES_OF
        values = {"of_site": self._site}
        if account is not None:
            values["of_account"] = account
        return tuple(StoredCertificate(*row) for row in self._connection.execute(statement, values))

    def _sets(self, statement: Lines, **values: object) -> tuple[StoredKeySet, ...]:
        found = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(
            StoredKeySet(row.number, row.body, _signatures(row.signatures)) for row in found
        )


def _signatures(text: str) -> dict[str, bytes]:
    """Return the signatures of a row; none where it cannot be read, so that nobody believes it."""
    try:
        return {account: bytes.fromhex(one) for account, one in json.loads(text).items()}
    except (ValueError, AttributeError, TypeError):
        return {}
