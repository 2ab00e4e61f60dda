"""How an award is shared, for the pages of who proposes it, who agrees, and who looks at it."""

from dataclasses import dataclass
from typing import TypeVar

from admin.auth import current
from admin.extensions import console
from admin.forms.base import BaseForm
from admin.forms.split import Row, parts_of, with_split
from admin.signing import Deed
from casework.domain.award_approval import is_last
from casework.domain.award_sharing import SHARED, others_of
from casework.domain.award_values import Award
from casework.domain.case import Case
from casework.domain.errors import NoRewardError
from casework.domain.ids import new_id
from casework.domain.split import as_facts, given
from casework.queries import cases
from casework.services import merging, splitting
from casework.services.merging import Ranked
from casework.services.splitting import Line, Matter
from crypto.canonical import JSON
from crypto.events import SignedEvent

F = TypeVar("F", bound=BaseForm)


@dataclass(frozen=True, slots=True)
class Sharing:
    """Among whom an award may be shared, as the page of its proposal has it.

    Attributes:
        rows: what the form asks about each report, the first first.
        proofs: the same reports with what proves when they came in; none for a single one.
    """

    matter: Matter
    rows: tuple[Row, ...]
    proofs: tuple[Ranked, ...]

    def form(self, base: type[F]) -> type[F]:
        """Return a form with a field for each weight that the rules leave to a person."""
        return with_split(base, self.rows, self.matter.rule)

    def facts(self, form: BaseForm) -> dict[str, JSON]:
        """Return the fact "split" of a proposal; none where the rules give one person all."""
        parts = parts_of(form, self.rows, self.matter.rule)
        usual = given(self.matter.rule, self.matter.reports, self.matter.signers)
        if parts == usual and not self.matter.usual:
            return {}
        facts: list[JSON] = [dict(one) for one in as_facts(parts)]
        return {"split": facts}


def sharing_of(case: Case, award: Award | None) -> Sharing | None:
    """Return among whom an award may be shared; None where there is nobody else.

    Args:
        case: the one that leads the matter.
        award: the claim that is to be proposed; None for a new one.
    """
    if award is not None and award in case.shares:
        return None
    store = console().store
    try:
        matter = splitting.matter_of(store, report=case.report_id, policies=console().policies)
    except NoRewardError:
        return None
    if matter.is_one:
        return None
    rows = tuple(
        Row(rank, report, matter.signers[report])
        for rank, report in enumerate(matter.reports, start=1)
    )
    is_one = len(rows) == 1
    return Sharing(matter, rows, () if is_one else merging.ranking(store, report=case.report_id))


def lines_of(case: Case, award: Award) -> tuple[Line, ...]:
    """Return who gets what of an award; none where it is not shared."""
    return splitting.lines_of(console().store, report=case.report_id, award=award.id)


def sign_parts(pen: Deed, case: Case, award: Award) -> list[SignedEvent]:
    """Sign each part that others get, if the next yes is the last; the yes itself comes first.

    Args:
        pen: the key of who agrees.
        case: the one that leads, before the yes.
        award: its award, before the yes.
    """
    if not award.split or not is_last(award):
        return []
    others, by = others_of(case, award), current().account
    known = cases.several(console().store, reports=[one.report for one in others])
    events = {report: one.events for report, one in known.items()} | {
        case.report_id: case.events + 1
    }
    signed = []
    for share in others:
        facts = {"award": new_id(), **splitting.share_facts(case, award, share, by)}
        of = known.get(share.report, case)
        signed.append(pen.sign_at(of.report_id, events[share.report] + 1, SHARED, facts))
        events[share.report] += 1
    return signed
