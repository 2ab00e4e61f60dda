"""Files that custodians alone open: sent as the public site does, opened as two seats can."""

import json
from typing import Any

from casework.domain.ids import new_id
from casework.services import keysets, mailbox
from casework.storage.blobs import Blobs
from casework.storage.sealed_vault import SealedVault
from crypto.context import item_context, item_file_context, piece_context, seat_wrap_context
from crypto.dossier import compose_supplement
from crypto.events import IdentityItem, SignedEvent, signing_bytes
from crypto.objects import object_key_id
from crypto.private_key import PrivateKey
from crypto.sending import SHOWS_REPORTER, FileEntry, IdentityFile, Sending
from crypto.shares import combine
from crypto.unseal import open_pieces, open_stream, unseal_identity, unwrap_key
from instance import SITE, Filed, World

SEATS = (1, 3)


def file_items(world: World, report: str) -> list[IdentityItem]:
    """The identity items of a report that are files."""
    found = world.store.read(lambda uow: SealedVault(uow).items(report))
    return [one for one in found if one.kind == "file"]


def opened_files(world: World, report: str) -> list[tuple[dict[str, Any], bytes]]:
    """What is known of each such file, and its content, as two custodians see it; by name."""
    return sorted(opened_by_id(world, report).values(), key=lambda one: str(one[0]["name"]))


def opened_by_id(world: World, report: str) -> dict[str, tuple[dict[str, Any], bytes]]:
    """The same by the id of the item."""
    stored = world.store.read(lambda uow: SealedVault(uow).files(report))
    blobs = {one.id: one.blob_name for one in stored}
    opened = {}
    for item in file_items(world, report):
        key = combine({n: _bundle(world, report, item, n) for n in SEATS}, n=3, k=2)
        context = item_context(SITE, report, "file", item.id)
        told = json.loads(unseal_identity(item.body, key=key, context=context))
        where = item_file_context(SITE, report, item.id)
        content = open_stream(world.blobs.read(blobs[item.id]), key=key, context=where)
        opened[item.id] = (told, b"".join(content))
    return opened


def add_voice(world: World, filed: Filed, body: bytes = b"voice" * 1000) -> str:
    """Add evidence that shows the reporter; return the id of the item."""
    sending = Sending.begin(site=SITE, report_id=filed.report, sending_id=new_id())
    item, blob = new_id(), Blobs.new_name()
    key, sealer = sending.item_file_sealer(item)
    with world.blobs.writer(blob) as writer:
        writer.write(b"".join([sealer.header, sealer.push(body), *sealer.finish()]))
        writer.flush_durable()
    entry = FileEntry(
        item, blob, "录音.m4a", "audio/mp4", len(body), "cleaned", sealer.stored_size,
        sealer.digest(),
    )  # fmt: skip
    case = world.store.read(lambda uow: uow.reports.get(filed.report))
    dossier = compose_supplement(
        sending, ordinal=case.events + 1, at=world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        offices=case.offices, parts={}, files=[], keyset=world.trust.keyset,
        reporter=filed.key.public, new_id=new_id,
        identity_files=[IdentityFile(key, entry, SHOWS_REPORTER)],
    )  # fmt: skip
    mailbox.add_evidence(
        world.store,
        act=SignedEvent(dossier.event, filed.key.sign(signing_bytes(dossier.event))),
        objects=(dossier.manifest, *dossier.objects),
        wraps=dossier.wraps,
        files=dossier.files,
        items=dossier.items,
        pieces=dossier.pieces,
        trust=world.trust,
        now=world.now,
    )
    return item


def _bundle(world: World, report: str, item: IdentityItem, seat: int) -> bytes:
    person = world.people[f"seat{seat}-holder"]
    [wrap] = keysets.member_wraps(world.store, account=person.account, kind="seat", owner=str(seat))
    holder = PrivateKey(
        unwrap_key(
            wrap.body,
            context=seat_wrap_context(SITE, seat),
            holder=person.deed,
            key_id=bytes.fromhex(wrap.key_id),
        )
    )
    pieces = world.store.read(lambda uow: SealedVault(uow).pieces_of(report, item.id))
    [piece] = [one for one in pieces if one.seat == seat]
    return open_pieces(
        piece.body,
        context=piece_context(SITE, report, item.id, seat),
        holder=holder,
        item_key_id=object_key_id(item.body),
    )
