"""Which lines of the fund's books each signed event makes: one table, and nothing else books."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace

from casework.domain.case import Award
from casework.domain.errors import LedgerError
from casework.domain.fact_forms import is_whole
from casework.domain.ledger import MOVES, Line, LineKind
from casework.domain.money import FEN_MAX
from casework.domain.pots import FIRST, is_pot

Facts = Mapping[str, object]

# Kinds of events that move money, and the one line each makes.
LINE_OF: Mapping[str, LineKind] = {
    "fund.appropriated": LineKind.APPROPRIATION,
    "fund.supplemented": LineKind.SUPPLEMENT,
    "fund.covered": LineKind.COVER,
    "reward.reserved": LineKind.RESERVATION,
    "reward.rejected": LineKind.RELEASE,
    "reward.paid": LineKind.DISBURSEMENT,
}
AGREED = "fund.agreed"
# What a second person agreed to: the lines of each move, and whose fact names the other end.
LINES_OF_MOVE: Mapping[str, tuple[LineKind, ...]] = {
    "virement": (LineKind.VIREMENT_OUT, LineKind.VIREMENT_IN),
    "overdraft": (LineKind.OVERDRAFT,),
    "clawback": (LineKind.CLAWBACK,),
    "carry": (LineKind.CARRY_OUT, LineKind.CARRY_IN),
    "lapse": (LineKind.LAPSE,),
}


def lines_of(
    kind: str, facts: Facts, event: str, *, award: Award | None = None
) -> tuple[Line, ...]:
    """Return exactly the lines that one event makes; none for an event that moves no money.

    Args:
        kind: of the event.
        facts: of the event; amount_fen, year and award where they are in it.
        event: digest of the event, hexadecimal.
        award: the award before the event; needed for reward.rejected, whose facts name just
            its id, and read for reward.paid, which draws on the pot of the reservation.

    Raises:
        LedgerError: an amount or year is missing or no positive integer, the pot cannot be,
            or the award is not the one that the event rejects.
    """
    if kind == AGREED:
        made = _of_move(facts)
    elif kind in LINE_OF:
        made = (_of_event(LINE_OF[kind], facts, award),)
    else:
        return ()
    return tuple(
        replace(line, id=_line_id(event, number), event=event) for number, line in enumerate(made)
    )


def _of_event(kind: LineKind, facts: Facts, award: Award | None) -> Line:
    amount, year, award_id = facts.get("amount_fen"), facts.get("year"), facts.get("award", "")
    pot = facts.get("pot", FIRST)
    if kind is LineKind.RELEASE:
        if award is None or award.id != award_id:
            raise LedgerError(kind=kind, award=award_id)
        amount, year = award.amount_fen, award.year
    if kind in (LineKind.RELEASE, LineKind.DISBURSEMENT) and award is not None:
        pot = award.pot or FIRST
    return _line(kind, amount, year, pot, str(award_id))


def _of_move(facts: Facts) -> tuple[Line, ...]:
    kinds = LINES_OF_MOVE.get(str(facts.get("move")))
    if kinds is None:
        raise LedgerError(move=facts.get("move"))
    amount, year, pot = facts.get("amount_fen"), facts.get("year"), facts.get("pot")
    award, turn = str(facts.get("award", "")), facts.get("turn", 1)
    found = [_line(kinds[0], amount, year, pot, award, turn)]
    if LineKind.VIREMENT_IN in kinds:
        found.append(_line(kinds[1], amount, year, facts.get("to_pot"), award))
    if LineKind.CARRY_IN in kinds:
        next_year = year + 1 if isinstance(year, int) else None
        found.append(_line(kinds[1], amount, next_year, pot, award))
    return tuple(found)


def _line(
    kind: LineKind, amount: object, year: object, pot: object, award: str, turn: object = 1
) -> Line:
    whole = is_whole(amount, 1, FEN_MAX) and is_whole(year, 2000, 2201) and is_whole(turn, 1, 1000)
    if not whole or not is_pot(pot):
        raise LedgerError(kind=kind, amount_fen=amount, year=year, pot=pot)
    assert isinstance(amount, int)
    assert isinstance(year, int)
    assert isinstance(turn, int)
    return Line("", kind, *MOVES[kind], amount, year, award, "", pot=str(pot), turn=turn)


def _line_id(event: str, number: int) -> str:
    hashed = hashlib.sha256(f"tg-ledger-line:{event}:{number}".encode()).digest()
    return base64.b32encode(hashed[:16]).decode("ascii").rstrip("=").lower()
