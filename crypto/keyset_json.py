"""The canonical JSON form of a key set."""

from typing import TypeVar

from crypto.canonical import JSON
from crypto.fields import Fields
from crypto.keyset_rows import KeySetBody, Member, Office, ReplacedKey, SeatKey

K = TypeVar("K", bound=KeySetBody)

FIELDS = frozenset(
    {
        "number", "site", "demo", "previous", "issued_on", "offices", "seats", "threshold",
        "members", "recovery", "log", "suite", "code_opslimit", "code_memlimit", "code_salt",
        "password_opslimit", "password_memlimit", "replaced",
    }
)  # fmt: skip


def as_json(keyset: KeySetBody) -> dict[str, JSON]:
    """Return the plain form of *keyset*."""
    return {
        "number": keyset.number,
        "site": keyset.site,
        "demo": keyset.demo,
        "previous": keyset.previous,
        "issued_on": keyset.issued_on,
        "offices": [
            {"code": one.code, "supervisor": one.supervisor, "key": one.key.encode().hex()}
            for one in keyset.offices
        ],
        "seats": [
            {
                "number": one.number,
                "office": one.office,
                "holder": one.holder,
                "deputy": one.deputy,
                "key": one.key.encode().hex(),
            }
            for one in keyset.seats
        ],
        "threshold": keyset.threshold,
        "members": [
            {
                "account": one.account,
                "office": one.office,
                "roles": list(one.roles),
                "day": one.day.encode().hex(),
                "deed": one.deed.encode().hex(),
            }
            for one in keyset.members
        ],
        "recovery": keyset.recovery.encode().hex(),
        "log": keyset.log.hex(),
        "suite": keyset.suite,
        "code_opslimit": keyset.code_opslimit,
        "code_memlimit": keyset.code_memlimit,
        "code_salt": keyset.code_salt.hex(),
        "password_opslimit": keyset.password_opslimit,
        "password_memlimit": keyset.password_memlimit,
        "replaced": [
            {"holder": one.holder, "key": one.key, "last_day": one.last_day}
            for one in keyset.replaced
        ],
    }


def from_json(make: type[K], read: Fields) -> K:
    """Make a key set of the plain form.

    Raises:
        EventError: a field is missing or of the wrong type.
        KeySetError: a key is malformed or a rule broken.
    """
    return make(
        number=read.integer("number"),
        site=read.text("site"),
        demo=read.boolean("demo"),
        previous=read.text("previous"),
        issued_on=read.day("issued_on"),
        offices=tuple(
            Office(one.text("code"), one.text("supervisor"), one.public_key("key"))
            for one in read.rows("offices", {"code", "supervisor", "key"})
        ),
        seats=tuple(
            SeatKey(
                one.integer("number"), one.text("office"), one.text("holder"),
                one.text("deputy"), one.public_key("key"),
            )
            for one in read.rows("seats", {"number", "office", "holder", "deputy", "key"})
        ),
        threshold=read.integer("threshold"),
        members=tuple(
            Member(
                one.text("account"), one.text("office"), one.strings("roles"),
                one.public_key("day"), one.public_key("deed"),
            )
            for one in read.rows("members", {"account", "office", "roles", "day", "deed"})
        ),
        recovery=read.public_key("recovery"),
        log=read.hexed("log"),
        suite=read.integer("suite"),
        code_opslimit=read.integer("code_opslimit"),
        code_memlimit=read.integer("code_memlimit"),
        code_salt=read.hexed("code_salt"),
        password_opslimit=read.integer("password_opslimit"),
        password_memlimit=read.integer("password_memlimit"),
        replaced=tuple(
            ReplacedKey(one.text("holder"), one.text("key"), one.day("last_day"))
            for one in read.rows("replaced", {"holder", "key", "last_day"})
        ),
    )  # fmt: skip
