"""Deeds about notes of interference: written past the office that works on the case, and read."""

from casework.domain.ids import new_id
from casework.services import interference, reading
from crypto.dossier import Sending, compose_note
from deed import AWB, CITY, JW, Deed
from people import SITE


def note(deed: Deed) -> None:
    """Write one for an office that neither works on the case nor must not know of it."""
    world, case = deed.world, deed.case
    shut = {case.lead, *case.co_handlers, *case.kept_out}
    readers = [deed.one_of([one for one in (AWB, JW, CITY) if one not in shut])]
    made = compose_note(
        Sending.begin(site=SITE, report_id=case.report_id, sending_id=new_id()),
        kind=interference.INTERFERENCE,
        text="有人打电话要求从轻处理。",
        key_kind=interference.NOTE,
        offices=readers,
        keyset=world.trust.keyset,
        reporter=deed.filed.key.public,
        new_id=new_id,
    )
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
