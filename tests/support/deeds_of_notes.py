"""Deeds of texts under a key of their own: notes of interference, and what a township saw."""

from collections.abc import Iterable

from casework.domain.ids import new_id
from casework.services import copies, interference, reading
from crypto.dossier import Note, Sending, compose_note
from deed import AWB, CITY, JW, Deed
from people import SITE


def note(deed: Deed) -> None:
    """Write one for an office that neither works on the case nor must not know of it."""
    world, case = deed.world, deed.case
    shut = {case.lead, *case.co_handlers, *case.kept_out}
    readers = [deed.one_of([one for one in (AWB, JW, CITY) if one not in shut])]
    made = _composed(deed, interference.INTERFERENCE, interference.NOTE, readers)
    rows = [made.manifest, made.sealed, *made.wraps]
    interference.note_interference(
        world.store,
        act=world.sign("", "interference.noted", case.report_id, {"readers": readers}, rows),
        objects=(made.manifest, made.sealed),
        wraps=made.wraps,
        trust=world.trust,
        now=world.now,
    )


def read(deed: Deed) -> None:
    """Open the newest."""
    facts = {"asked": deed.asked(deed.case.interference)}
    deed.do(reading.open_note, "interference.read", facts)


def observe(deed: Deed) -> None:
    """Write to the offices that have the case."""
    world, case = deed.world, deed.case
    made = _composed(deed, copies.OBSERVATION, "content", case.offices)
    rows = [made.manifest, made.sealed, *made.wraps]
    copies.give_observation(
        world.store,
        act=world.sign("", "observation.given", case.report_id, {}, rows),
        objects=(made.manifest, made.sealed),
        wraps=made.wraps,
        trust=world.trust,
        now=world.now,
    )


def _composed(deed: Deed, kind: str, key_kind: str, offices: Iterable[str]) -> Note:
    report = deed.report
    return compose_note(
        Sending.begin(site=SITE, report_id=report, sending_id=new_id()),
        kind=kind,
        text="样本文字",
        key_kind=key_kind,
        offices=offices,
        keyset=deed.world.trust.keyset,
        reporter=deed.filed.key.public,
        new_id=new_id,
    )
