"""On-site verifications in a world of services: opened, photographed, recorded, signed."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.domain.checklists import checklist_of
from casework.domain.ids import new_id
from casework.services import visits
from crypto.context import file_context
from crypto.events import SealedFile, SealedObject
from crypto.stream import FileSealer
from people import SITE

if TYPE_CHECKING:
    from world import World

PAIR = ("yjj-officer", "yjj-officer-2")


def open_visit(
    world: "World",
    report: str,
    who: str = "yjj-officer",
    officers: Sequence[str] = PAIR,
    purpose: str = "verify",
    **facts: Any,
) -> Case:
    """Open a visit of two logins."""
    told = {
        "purpose": purpose,
        "officers": [world.people[one].account for one in officers],
        **facts,
    }
    return visits.plan_visit(
        world.store,
        act=world.sign(who, "visit.planned", report, told),
        trust=world.trust,
        now=world.now,
    )


def sealed_photo(world: "World", report: str, content: bytes = b"photo") -> SealedFile:
    """A photo that lies sealed in the blob store, under a key that nobody keeps."""
    photo, name = new_id(), world.blobs.new_name()
    sealer = FileSealer(secrets.token_bytes(32), file_context(SITE, report, photo))
    with world.blobs.writer(name) as writer:
        writer.write(sealer.header + sealer.push(content))
        for more in sealer.finish():
            writer.write(more)
        writer.flush_durable()
    return SealedFile(photo, "", name, sealer.stored_size, sealer.digest())


def add_photos(
    world: "World", report: str, files: Sequence[SealedFile], who: str = "yjj-officer", **facts: Any
) -> Case:
    """Add photos to the visit that is open."""
    infos = [
        SealedObject(one.id, "", visits.PHOTO_INFO, 1, world.sealed_object("x", report).body)
        for one in files
    ]
    told = {
        "visit": world.case(report).visits[-1].ordinal,
        "photos": [one.id for one in files],
        **facts,
    }
    return visits.add_photos(
        world.store,
        act=world.sign(who, "visit.photographed", report, told, [*files, *infos]),
        files=files,
        infos=infos,
        trust=world.trust,
        now=world.now,
    )


def record_visit(
    world: "World",
    report: str,
    who: str = "yjj-officer",
    kind: str = visits.RECORD,
    **facts: Any,
) -> Case:
    """Record what was found."""
    case = world.case(report)
    text, listed = world.sealed_object(kind, report), checklist_of(case.matter)
    told = {
        "visit": case.visits[-1].ordinal,
        "visited_on": world.now.astimezone(SHANGHAI).date().isoformat(),
        "result": "complete",
        "checklist": listed.id,
        "checklist_sha256": listed.sha256,
        **facts,
    }
    return visits.record_visit(
        world.store,
        act=world.sign(who, "visit.recorded", report, told, [text]),
        text=text,
        blobs=world.blobs,
        trust=world.trust,
        now=world.now,
    )


def sign_visit(world: "World", report: str, who: str = "yjj-officer-2", **facts: Any) -> Case:
    """Sign the record that waits."""
    visit = world.case(report).visits[-1]
    digest = visits.record_digest(world.store, report=report, visit=visit)
    told = {"visit": visit.ordinal, "recorded": visit.recorded, "record": digest, **facts}
    return visits.sign_visit(
        world.store,
        act=world.sign(who, "visit.signed", report, told),
        blobs=world.blobs,
        trust=world.trust,
        now=world.now,
    )


def return_visit(world: "World", report: str, who: str = "yjj-officer-2") -> Case:
    """Send the record back."""
    visit, text = world.case(report).visits[-1], world.sealed_object(visits.NOTE, report)
    told = {"visit": visit.ordinal, "recorded": visit.recorded}
    return visits.return_visit(
        world.store,
        act=world.sign(who, "visit.returned", report, told, [text]),
        text=text,
        trust=world.trust,
        now=world.now,
    )


def follow_up(
    world: "World",
    report: str,
    by: str = "awb-supervisor",
    other: str = "yjj-officer",
) -> Case:
    """Visit a listed case for the office above, recorded by the one and signed by the other."""
    open_visit(world, report, by, (by, other), "follow_up")
    record_visit(world, report, by)
    return sign_visit(world, report, other)
