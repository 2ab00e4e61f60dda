"""An adversary who holds the whole database and some people's keys, and opens all they lead to.

Every key opens every box it fits, again and again until nothing new opens: what is not found
here is not reachable with these keys, by whichever road.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

import sqlalchemy as sa

from casework.storage.sealed_tables import (
    identity_item,
    identity_piece,
    key_wrap,
    sealed_file,
    sealed_object,
)
from casework.storage.staff_tables import member_wrap
from crypto.context import (
    digest,
    file_context,
    item_context,
    key_id,
    office_wrap_context,
    part_context,
    piece_context,
    seat_wrap_context,
    wrap_context,
)
from crypto.errors import UnsealError
from crypto.mailbox import ReporterKey
from crypto.objects import object_key_id
from crypto.padding import unpad_text
from crypto.private_key import PrivateKey
from crypto.shares import combine
from crypto.unseal import open_pieces, open_stream, unseal_bytes, unseal_identity, unwrap_key
from instance import SITE, World

Row = sa.RowMapping


@dataclass
class Adversary:
    """What has been opened so far, and with what."""

    world: World
    holders: list[PrivateKey] = field(default_factory=list)
    reporters: list[ReporterKey] = field(default_factory=list)
    keys: dict[bytes, bytes] = field(default_factory=dict)  # content and thread keys, by id
    plain: list[str] = field(default_factory=list)

    def opens(self) -> str:
        """Return every plaintext that the keys at hand lead to, in one text."""
        self._open_member_wraps()
        self._open_report_keys()
        self._open_objects()
        self._open_items()
        self._open_files()
        return "\n".join(self.plain)

    def _open_member_wraps(self) -> None:
        """Day and deed keys lead to office and seat keys, and so on."""
        for row in self._rows(member_wrap):
            name, owner = bytes.fromhex(row["key_id"]), row["owner"]
            if row["owner_kind"] == "office":
                place = office_wrap_context(SITE, owner)
            else:
                place = seat_wrap_context(SITE, int(owner))
            for holder in tuple(self.holders):
                try:
                    secret = unwrap_key(row["body"], context=place, holder=holder, key_id=name)
                except UnsealError:
                    continue
                self.holders.append(PrivateKey(secret))

    def _open_report_keys(self) -> None:
        manifests = {
            (row["report_id"], row["sending"]): digest(row["body"])
            for row in self._rows(sealed_object)
            if row["kind"] == "manifest"
        }
        for row in self._rows(key_wrap):
            bound = manifests.get((row["report_id"], row["sending"]), b"")
            for kind in ("content", "thread"):
                place = wrap_context(SITE, row["report_id"], row["sending"], kind, bound)
                for holder in self.holders:
                    self._try_key(partial(
                        unwrap_key, row["body"], context=place, holder=holder, key_id=row["key_id"]
                    ))  # fmt: skip
                for reporter in self.reporters:
                    self._try_key(partial(
                        reporter.open_thread_key, row["body"], place, row["key_id"]
                    ))  # fmt: skip

    def _try_key(self, opened: Callable[[], bytes]) -> None:
        try:
            key = opened()
        except UnsealError:
            return
        self.keys[key_id(key)] = key

    def _open_objects(self) -> None:
        for row in self._rows(sealed_object):
            key = self.keys.get(_named(row["body"]))
            if key is None:
                continue
            place = part_context(SITE, row["report_id"], row["kind"], row["id"], row["version"])
            try:
                self.plain.append(
                    unpad_text(unseal_bytes(row["body"], key=key, context=place)).decode()
                )
            except UnsealError:
                continue

    def _open_items(self) -> None:
        """Every seat's pieces that open, put together; alone they lead to nothing."""
        seats = len(self.world.trust.keyset.seats)
        threshold = self.world.trust.keyset.threshold
        for item in self._rows(identity_item):
            bundles: dict[int, bytes] = {}
            for piece in self._rows(identity_piece):
                if (piece["report_id"], piece["item"]) != (item["report_id"], item["id"]):
                    continue
                place = piece_context(
                    SITE, item["report_id"], item["id"], piece["seat"], item["version"]
                )
                for holder in self.holders:
                    try:
                        bundles[piece["seat"]] = open_pieces(
                            piece["body"], context=place, holder=holder,
                            item_key_id=object_key_id(item["body"]),
                        )  # fmt: skip
                    except UnsealError:
                        continue
            place = item_context(SITE, item["report_id"], item["kind"], item["id"], item["version"])
            try:
                key = combine(bundles, n=seats, k=threshold)
                self.plain.append(unseal_identity(item["body"], key=key, context=place))
            except UnsealError:
                continue

    def _open_files(self) -> None:
        for row in self._rows(sealed_file):
            body = b"".join(self.world.blobs.read(row["blob_name"]))
            key = self.keys.get(_named(body))
            if key is None:
                continue
            place = file_context(SITE, row["report_id"], row["id"])
            try:
                content = b"".join(open_stream([body], key=key, context=place))
            except UnsealError:
                continue
            self.plain.append(content.decode(errors="replace"))

    def _rows(self, table: sa.Table) -> list[Row]:
        with self.world.store.engines()[0].connect() as connection:
            return list(connection.execute(sa.select(table)).mappings())


def with_keys_of(world: World, logins: Iterable[str]) -> Adversary:
    """Return an adversary who knows these people's passwords, so their day and deed keys."""
    people = [world.people[login] for login in logins]
    return Adversary(world, [key for one in people for key in (one.day, one.deed)])


def identity_of(name: str) -> Mapping[str, str]:
    """Return the identity item that says who reported."""
    return {"who": json.dumps({"id_number": "", "name": name}, ensure_ascii=False)}


def _named(body: bytes) -> bytes:
    try:
        return object_key_id(body)
    except UnsealError:
        return b""
