"""Which lines of the fund's books each signed event makes: one table, and nothing else books."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace

from casework.domain.award_values import Award
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
    "reward.shared": LineKind.RESERVATION,
    "reward.paid": LineKind.DISBURSEMENT,
    "reward.returned": LineKind.RETURN,
}
# What gives back all that is set aside for an award.
RELEASED_BY = frozenset({"reward.rejected", "reward.lapsed"})
# What sets more aside, or less; the event says how much.
MOVED_BY = frozenset(
    {
        "reward.computed",
        "reward.proposed",
        "reward.approved",
        "reward.funded",
        "reward.reopened",
    }
)
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
        award: the award before the event: its year, its pot, what is set aside for it, and how
            many lines of each kind it has had; None before it is opened.

    Raises:
        LedgerError: an amount or year is missing or no positive integer, the pot cannot be,
            or the award is not the one that the event gives up.
    """
    if kind == AGREED:
        made = _of_move(facts)
    elif kind in LINE_OF:
        made = (_of_event(LINE_OF[kind], facts, award),)
    elif kind in RELEASED_BY:
        made = _released(kind, facts, award)
    elif kind in MOVED_BY:
        made = _moved(facts, award)
    else:
        return ()
    return tuple(
        replace(line, id=_line_id(event, number), event=event) for number, line in enumerate(made)
    )


def _of_event(kind: LineKind, facts: Facts, award: Award | None) -> Line:
    pot = facts.get("pot", FIRST) if award is None else award.pot or FIRST
    turn = 1 if award is None else award.times(kind) + 1
    award_id = str(facts.get("award", ""))
    return _line(kind, facts.get("amount_fen"), facts.get("year"), pot, award_id, turn)


def _released(kind: str, facts: Facts, award: Award | None) -> tuple[Line, ...]:
    if award is None or award.id != facts.get("award"):
        raise LedgerError(kind=kind, award=facts.get("award"))
    if not award.reserved_fen:
        return ()
    return (_of_award(LineKind.RELEASE, award.reserved_fen, award, award.pot),)


def _moved(facts: Facts, award: Award | None) -> tuple[Line, ...]:
    more, less = facts.get("more_fen"), facts.get("less_fen")
    if more is None and less is None:
        return ()
    if award is None:
        pot = facts.get("pot", FIRST)
        return (_line(LineKind.RESERVATION, more, facts.get("year"), pot, str(facts["award"])),)
    if less is not None:
        return (_of_award(LineKind.RELEASE, less, award, award.pot),)
    # What nothing is set aside for yet may be taken from another pot, or another year.
    pot = award.pot if award.reserved_fen else facts.get("pot", award.pot)
    year = award.year if award.reserved_fen else facts.get("year", award.year)
    turn = award.times(LineKind.RESERVATION) + 1
    return (_line(LineKind.RESERVATION, more, year, pot or FIRST, award.id, turn),)


def _of_award(kind: LineKind, amount: object, award: Award, pot: object) -> Line:
    return _line(kind, amount, award.year, pot or FIRST, award.id, award.times(kind) + 1)


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
