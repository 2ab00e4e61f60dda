"""The mark of the enterprise that a report names, made as the report is accepted."""

from admin import auth, reading
from admin.extensions import console
from casework.domain.case import Case
from casework.domain.protection import APART
from casework.services import reading as stored
from crypto.blind_index import mark_of

ENTERPRISE = frozenset({"enterprise"})


def mark_for(case: Case) -> str:
    """Return the mark of the reported enterprise, hexadecimal; "" where none can be made.

    The name is opened for this alone and shown to nobody. That it cannot be opened must not keep
    a report from being accepted. No reading is recorded: the acceptance stands for it (docs/adr/
    0020). Reports of retaliation, or that accuse staff, get none.
    """
    if case.matter in APART:
        return ""
    found = stored.texts_of(
        console().store, report_id=case.report_id, office=auth.current().office, kinds=ENTERPRISE
    )
    try:
        names = reading.open_texts(found)
    except reading.UnreadableError:
        return ""
    return next((mark for mark in map(mark_of_name, names.values()) if mark), "")


def mark_of_name(name: str) -> str:
    """Return the mark of an enterprise's name, hexadecimal; "" where it holds no name."""
    here = console()
    places = [region.name for region in here.routing.regions.by_code.values()]
    key, site = here.secrets.blind_index_key, here.store.site
    return mark_of(name, key=key, site=site, places=places).hex()
