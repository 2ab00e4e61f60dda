"""What the register says of one case, for its follow-up page."""

from casework.register import CaseEntry, CaseRegister, proof_file
from casework.storage.log import EntryRow
from casework.storage.unit_of_work import UnitOfWork, query
from crypto.errors import ProofError
from crypto.notes import note_text
from crypto.register import Record, fingerprint
from crypto.tiles import Tree


@query
def register_of_case(uow: UnitOfWork, *, report_id: str) -> CaseRegister:
    """Return the case's records at once, and their proofs after the batch.

    The proofs are for the newest checkpoint. Nothing is believed here: who wants to know
    checks the receipt and the proofs with the log's key.
    """
    rows = uow.public_log.of_report(report_id)
    head = uow.public_log.newest_batch()
    note, size = ("", 0) if head is None else (head.note, head.size)
    tree = Tree(uow.public_log.tile, size)
    entries = tuple(_entry(row, tree, note) for row in rows)
    receipts = [row.receipt for row in rows if row.receipt]
    return CaseRegister(entries, receipts[0] if receipts else "")


def _entry(row: EntryRow, tree: Tree, note: str) -> CaseEntry:
    waiting = CaseEntry(
        record=Record.parse(row.record),
        salt=row.salt.hex(),
        office=row.office,
        office_salt=row.office_salt.hex(),
        entry=row.entry.hex(),
        due_on=row.due_on,
    )
    if row.position is None or row.position >= tree.size:
        return waiting
    try:
        proof = tree.inclusion(row.position, tree.size)
    except ProofError:  # a damaged tile: verification names it, the page goes on
        return waiting
    return CaseEntry(
        record=waiting.record,
        salt=waiting.salt,
        office=waiting.office,
        office_salt=waiting.office_salt,
        entry=waiting.entry,
        due_on=waiting.due_on,
        index=row.position,
        size=tree.size,
        proof=tuple(one.hex() for one in proof),
        checkpoint=note,
        fingerprint=fingerprint(note_text(note)),
        proof_file=proof_file(
            index=row.position, proof=proof, checkpoint=note, record=row.record, salt=row.salt
        ),
    )
