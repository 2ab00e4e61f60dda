"""How an award is shared, for the pages of who proposes it, who agrees, and who looks at it."""

from collections.abc import Sequence

from admin.auth import current
from admin.extensions import console
from admin.forms.base import BaseForm
from admin.forms.split import Row, parts_of
from admin.signing import Deed
from casework.domain.award_approval import is_last
from casework.domain.award_sharing import SHARED, others_of
from casework.domain.award_values import Award
from casework.domain.case import Case
from casework.domain.ids import new_id
from casework.domain.split import as_facts, given
from casework.queries import cases
from casework.services import merging, splitting
from casework.services.merging import Ranked
from casework.services.splitting import Line, Matter
from crypto.canonical import JSON
from crypto.events import SignedEvent


def matter_of(case: Case) -> Matter | None:
    """Return among whom the award of a case may be shared; None where there is nobody else.

    Raises:
        NoRewardError: its policy has no rule of awards.
    """
    found = splitting.matter_of(console().store, report=case.report_id, policies=console().policies)
    return None if found.is_one else found


def rows_of(matter: Matter | None) -> tuple[Row, ...]:
    """Return what the form asks about each report."""
    if matter is None:
        return ()
    return tuple(
        Row(rank, report, matter.signers[report])
        for rank, report in enumerate(matter.reports, start=1)
    )


def proofs_of(case: Case, matter: Matter | None) -> tuple[Ranked, ...]:
    """Return the reports of a matter with what proves when they came in; none for a single one."""
    if matter is None or len(matter.reports) == 1:
        return ()
    return merging.ranking(console().store, report=case.report_id)


def split_facts(form: BaseForm, matter: Matter | None, rows: Sequence[Row]) -> dict[str, JSON]:
    """Return the fact "split" of a proposal; none where the rules give one person all of it."""
    if matter is None:
        return {}
    parts = parts_of(form, rows, matter.rule)
    usual = given(matter.rule, matter.reports, matter.signers)
    if parts == usual and not matter.usual:
        return {}
    facts: list[JSON] = [dict(one) for one in as_facts(parts)]
    return {"split": facts}


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
