"""Handing a case over, with its keys: by transfer, assignment or an upheld return."""

from collections.abc import Iterable, Mapping

from admin import desk, reading
from admin.extensions import console
from admin.extensions import gettext as _
from admin.signing import attempt, sign_act
from casework.domain.case import Case
from casework.domain.co_handling import offices_of
from casework.domain.copies import may_be_sent
from casework.domain.errors import CaseworkError
from casework.domain.routing import route
from casework.services import verification
from crypto.canonical import JSON
from crypto.events import KeyWrap


def receivers(case: Case) -> list[tuple[str, str]]:
    """The offices that could have the case: never one that is kept out of it, nor its own lead."""
    offices = console().trust().keyset.offices
    codes = [one.code for one in offices if one.code not in case.kept_out | {case.lead}]
    return [(code, console().office_name(code)) for code in codes]


def one_of(offices: Iterable[tuple[str, str]], first: str = "") -> list[tuple[str, str]]:
    """The same behind an empty first line, to choose one."""
    return [("", first or _("请选择")), *offices]


def helpers(case: Case) -> list[tuple[str, str]]:
    """The offices that could help: those that could have it, but for the supervising one."""
    return [one for one in receivers(case) if one[0] != case.supervisor]


def copy_receivers(case: Case) -> list[tuple[str, str]]:
    """The bodies near the place that the routing copies an order to and that have no copy yet."""
    here = console()
    if not may_be_sent(case):
        return []
    try:
        routed = route(
            here.routing, case.region, case.sector, case.matter,
            on=case.received_on, barred=case.barred,
        )  # fmt: skip
    except CaseworkError:
        return []  # codes that the table of today does not know any more
    known = {*case.offices, *case.kept_out, *case.copies}
    keyset = here.trust().keyset
    codes = [one for one in routed.copies if one not in known and keyset.has_office(one)]
    return [(code, here.office_name(code)) for code in codes]


def wraps_to(case: Case, offices: Iterable[str]) -> tuple[KeyWrap, ...]:
    """Wrap the keys of the case to those of *offices* that lack them.

    Raises:
        UnreadableError: this person's office does not hold them.
    """
    gaining = [code for code in offices if code not in case.offices]
    keys = reading.keys_of(case) if gaining else None
    keyset = console().trust().keyset
    return tuple(
        wrap
        for code in gaining
        for wrap in (desk.wraps_for(keys, keyset.office(code)) if keys else ())
    )


def hand_over(
    report_id: str, lead: str, reason_code: str, co: Iterable[str], more: Mapping[str, JSON]
) -> None:
    """Make *lead* the lead office, by an act that is signed on the case as it stands.

    Args:
        report_id: the case.
        lead: code of an office of the key set.
        reason_code: one of transfer.REASONS.
        co: co-handlers that are named with it; none leaves those that there are.
        more: further facts: the proposal that is carried out, the return that is upheld.
    """
    supervisor = console().trust().keyset.office(lead).supervisor or lead
    named = list(co)
    facts: dict[str, JSON] = {
        "lead": lead,
        "supervisor": supervisor,
        "reason_code": reason_code,
        **({"co": [*named]} if named else {}),
        **more,
    }

    def act(case: Case) -> Case:
        staying = [one for one in case.co_handlers if one != lead]
        wraps = wraps_to(
            case, offices_of(lead, supervisor, named or staying, discipline=case.discipline)
        )
        return verification.transfer_report(
            console().store,
            act=sign_act(case, "report.transferred", facts, added=wraps),
            wraps=wraps,
            trust=console().trust(),
            now=console().clock.now(),
        )

    attempt(report_id, act)
