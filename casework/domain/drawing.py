"""Which officer of the lead office handles a case: drawn, so that nobody picks who looks away.

The draw follows from a seed that nobody at the office chooses: the hash of the report's own
manifest, which its reporter's device made, and the number of draws before. Who has the event
can run it again and comes to the same officer.

Source: 000 (14), 002 3 (8), 004 3 (3) (双随机).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from casework.domain.act_facts import DRAW_REASONS, text_of, texts_of
from casework.domain.case import Act, Case
from casework.domain.case_turns import OfficerDraw
from casework.domain.errors import BadActError


@dataclass(frozen=True, slots=True)
class DrawReason:
    """A coded reason to draw another officer."""

    code: str
    zh: str
    en: str


REASONS: tuple[DrawReason, ...] = (
    DrawReason("recused", "应当回避", "Recused"),
    DrawReason("on_leave", "请假或者出差", "On leave or away"),
    DrawReason("left", "已调离", "Has left"),
)
assert tuple(one.code for one in REASONS) == DRAW_REASONS


def seed_of(case: Case) -> str:
    """Return the seed of the case's next draw, 64 hexadecimal digits."""
    return hashlib.sha256(f"tg-draw:{case.manifest}:{len(case.draws)}".encode()).hexdigest()


def draw(seed: str, candidates: Sequence[str]) -> str:
    """Return whom a seed draws of *candidates*, whatever their order."""
    ordered = sorted(candidates)
    return ordered[int(seed, 16) % len(ordered)]


def drawn(case: Case) -> OfficerDraw | None:
    """Return the draw that stands; None where the present lead office has not drawn."""
    last = case.draws[-1] if case.draws else None
    return last if last is not None and last.office == case.lead else None


def left_out(case: Case) -> frozenset[str]:
    """Return who is drawn no more: drawn before, recused, or having acted for who supervises."""
    return case.supervised_by | case.recused | {one.officer for one in case.draws}


def record(case: Case, act: Act) -> Case:
    """Note who was drawn.

    Raises:
        BadActError: another seed or officer than the rules give; candidates out of order or
            with somebody who is left out; an office's second draw without a reason, or its
            first with one.
    """
    seed, candidates = text_of(act, "seed"), texts_of(act, "candidates")
    reason, before = text_of(act, "reason_code"), drawn(case)
    if bool(reason) != (before is not None):
        raise BadActError("reason_code", "a reason to draw anew, and only then")
    if seed != seed_of(case):
        raise BadActError("seed", seed_of(case))
    if candidates != tuple(sorted(set(candidates) - left_out(case))):
        raise BadActError("candidates", "in order, without who is left out")
    if text_of(act, "officer") != draw(seed, candidates):
        raise BadActError("officer", draw(seed, candidates))
    made = OfficerDraw(act.ordinal, case.lead, text_of(act, "officer"), seed, reason)
    return replace(case, draws=(*case.draws, made))
