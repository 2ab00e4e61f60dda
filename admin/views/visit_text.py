"""What the sealed rows of a visit say, for its pages and for the paper."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from admin import reading
from admin.auth import current
from admin.extensions import console
from casework.domain.case import Case
from casework.domain.case_turns import Visit
from casework.services import reading as stored
from casework.services import visits
from casework.services.visits import NOTE, PHOTO_INFO, RECORD, VisitText

KINDS: Final = frozenset({RECORD, NOTE, PHOTO_INFO})


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a visit.

    Attributes:
        caption: as the record has it, "" for none.
        is_same: whether the record names the very photo that was added.
    """

    id: str
    name: str = field(repr=False)
    size: int
    caption: str = field(default="", repr=False)
    is_same: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A record in the clear: what was told, and its photos.

    Attributes:
        ordinal: of the act that brought it.
        actor: account of the officer who made it.
    """

    ordinal: int
    actor: str
    at: str
    told: Mapping[str, Any] = field(repr=False)
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Why a record was sent back."""

    actor: str
    at: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VisitTexts:
    """All that two officers wrote in a visit, oldest first.

    Attributes:
        note: why the newest record was sent back; None where it was not.
    """

    records: tuple[Record, ...]
    note: Note | None
    photos: tuple[Photo, ...]

    def record_of(self, visit: Visit) -> Record | None:
        """The record that stands."""
        return next((one for one in self.records if one.ordinal == visit.recorded), None)


def texts_of_visit(case: Case, visit: Visit) -> VisitTexts:
    """Open the records, notes and photo names of a visit; the reporter's own words stay sealed.

    Raises:
        UnreadableError: this person's office does not hold the keys, or a text is damaged.
    """
    store, report = console().store, case.report_id
    found = reading.open_texts(
        stored.texts_of(store, report_id=report, office=current().office, kinds=KINDS)
    )
    digests = visits.photo_digests(store, report=report)
    lines = visits.texts_of(store, report=report, visit=visit)
    photos = {one: _photo(one, found.get(one, "{}")) for one in visit.photos}
    records = tuple(
        _record(line, json.loads(found[line.id]), photos, digests)
        for line in lines
        if line.kind == "visit.recorded" and line.id in found
    )
    last = lines[-1] if lines else None
    note = None
    if last is not None and last.kind == "visit.returned":
        note = Note(last.actor, last.at, found.get(last.id, ""))
    return VisitTexts(records, note, tuple(photos.values()))


def _photo(photo_id: str, info: str) -> Photo:
    told = json.loads(info)
    return Photo(photo_id, str(told.get("name", "")), int(told.get("size", 0)))


def _record(
    line: VisitText,
    told: Mapping[str, Any],
    photos: Mapping[str, Photo],
    digests: Mapping[str, str],
) -> Record:
    named = tuple(
        Photo(
            one["id"],
            photos[one["id"]].name,
            photos[one["id"]].size,
            one["caption"],
            is_same=digests.get(one["id"]) == one["digest"],
        )
        for one in told["photos"]
        if one["id"] in photos
    )
    return Record(line.ordinal, line.actor.removeprefix("officer:"), line.at, told, named)
