"""Door in: what a reporter typed becomes a sealed dossier, within one request.

The plain text lives in the arguments of these functions and nowhere else. The
web form and the mail gateway are two callers of `file_submission`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.domain.co_handling import offices_of
from casework.domain.copies import is_discipline
from casework.domain.errors import NoOfficeLeftError
from casework.domain.ids import IdSource, new_case_number
from casework.domain.routing import Routed, route
from casework.services.intake import (
    FormTakenError,
    LocatorTakenError,
    NewReport,
    find_retry,
    submit_report,
)
from casework.storage.unit_of_work import UnitOfWork, query
from cleaning.inspection import CLEANED
from crypto.canonical import canonical
from crypto.context import lp
from crypto.dossier import (
    Dossier,
    Facts,
    FileEntry,
    IdentityFile,
    Sending,
    compose,
    compose_supplement,
    seal_item,
)
from crypto.errors import UnsealError
from crypto.events import IdentityItem, IdentityPiece, SealedFile
from crypto.public_key import PublicKey
from crypto.receipt import derive, open_code, retry_id, seal_code
from crypto.receipt_pool import PreparedReceipt
from crypto.sending import ORIGINAL
from portal.config import RETRY_KEPT
from portal.extensions import PublicSite
from portal.uploads import SealedUpload, discard_all, discarded_if_refused

CODES_TRIED_MAX: Final = 3
MANDATE_NAME_MAX: Final = 80  # characters of the file's name; its end tells what kind it is
UNDETERMINED: Final = "other"  # sector and matter of what nobody has sorted yet


class UsedFormError(Exception):
    """This form was sent before, with another text."""


class SpentFormError(Exception):
    """This form was sent before, and its code is no longer shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A report as it was typed, files sealed already.

    Attributes:
        parts: kind to text, sealed for the offices.
        identity: kind to text, sealed for the custodians.
        form_secret: S, the same for the same form or message sent again.
        typed: canonical bytes of all that was typed, files by digest.
        retry_kept: for how long the same form is answered the same way.
        urgent: whether lives are at stake right now, by what was ticked.
        scope: as what it was sorted, where it is no matter of work safety; "" else.
        barred: offices that must never have it, though it accuses none of them.
    """

    region: str
    sector: str
    matter: str
    about: str | None
    channel: str
    parts: Mapping[str, str] = field(repr=False)
    identity: Mapping[str, str] = field(repr=False)
    sending: Sending
    uploads: Sequence[SealedUpload] = ()
    form_secret: bytes = field(repr=False)
    typed: bytes = field(repr=False)
    retry_kept: timedelta = RETRY_KEPT
    urgent: bool = False
    scope: str = ""
    barred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotCleaned:
    """A file that still holds hidden information, and why; see cleaning/inspection.py."""

    name: str = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True)
class ForCustodians:
    """A file that only custodians open, and what it is: ORIGINAL, CLEANED or why it is not."""

    name: str = field(repr=False)
    what: str


@dataclass(frozen=True, slots=True)
class Filed:
    """What the receipt page shows."""

    code: str = field(repr=False)
    case_number: str
    lead: str
    supervisor: str
    received_on: str
    not_cleaned: tuple[NotCleaned, ...] = field(repr=False)
    for_custodians: tuple[ForCustodians, ...] = field(repr=False)
    discipline: str = ""


@dataclass(frozen=True, slots=True)
class Destination:
    """Who gets a report: codes, the offices that it is sealed to, and who should help them.

    Attributes:
        discipline: the body that it is sealed to because it accuses staff, "" for none.
    """

    lead: str
    supervisor: str
    offices: tuple[str, ...]
    rule: str
    co: tuple[str, ...] = ()
    discipline: str = ""

    @property
    def copied(self) -> str:
        """The discipline body where it has the report beside lead and supervisor, "" else."""
        return "" if self.discipline in (self.lead, self.supervisor) else self.discipline


def destination(
    here: PublicSite, *, region: str, sector: str, matter: str, about: str | None,
    barred: tuple[str, ...] = (),
) -> Destination:  # fmt: skip
    """Ask the routing table, and keep to offices that have keys.

    Raises:
        NoOfficeLeftError: nobody with a key may receive it.
    """
    routed: Routed = route(
        here.routing, region, sector, matter, about=about, on=here.clock.today(), barred=barred
    )
    lead, supervisor = routed.lead, routed.supervisor
    shut = {about, *barred}
    known = [
        code
        for code in dict.fromkeys((lead, supervisor))
        if code and code not in shut and here.keyset.has_office(code)
    ]
    if barred and not known and here.keyset.has_office(here.routing.discipline):
        # Who else would be left: a body that has no part in handling reports.
        known = [code for code in (here.routing.discipline,) if code not in shut]
    if not known:
        raise NoOfficeLeftError(lead=lead, supervisor=supervisor)
    if lead not in known:
        # A department without keys cannot read: its supervisor takes the case.
        lead = known[0]
    if supervisor not in known:
        supervisor = lead
    discipline = routed.discipline or ""
    if discipline in shut or not here.keyset.has_office(discipline):
        discipline = ""
    offices = offices_of(lead, supervisor, discipline=discipline)
    co = tuple(
        code
        for code in routed.co_handlers
        if code not in shut.union(offices) and here.keyset.has_office(code)
    )
    return Destination(lead, supervisor, offices, routed.rule or "", co, discipline)


def file_submission(here: PublicSite, submission: Submission) -> Filed:
    """Seal and store a report; when this returns, it is on the disk.

    The same form sent again gives the same answer and stores nothing.

    Raises:
        UsedFormError: the form was sent before with another text.
        SpentFormError: it was sent before, and its code is no longer shown.
        StorageUnavailableError: nothing was stored.
        CaseworkError: whatever else the rules refuse.
    """
    with discarded_if_refused(submission.uploads):
        goal = destination(
            here, region=submission.region, sector=submission.sector,
            matter=submission.matter, about=submission.about, barred=submission.barred,
        )  # fmt: skip
        facts = _facts(here, submission, goal)
        for upload in submission.uploads:
            upload.make_durable()
        prepared = _store(here, submission, facts)
    if prepared is None:
        discard_all(submission.uploads)
        return _filed_before(here, submission)
    return Filed(
        code=prepared.code,
        case_number=facts.case_number,
        lead=department_name(here, goal.lead),
        supervisor=department_name(here, goal.supervisor),
        received_on=facts.received_on,
        not_cleaned=_not_cleaned(submission.uploads),
        for_custodians=_for_custodians(submission.uploads),
        discipline=department_name(here, goal.copied),
    )


def seal_supplement(
    here: PublicSite, sending: Sending, *, ordinal: int, offices: Sequence[str],
    parts: Mapping[str, str], uploads: Sequence[SealedUpload], reporter: PublicKey,
) -> Dossier:  # fmt: skip
    """Compose later evidence; the reporter still has to sign its event."""
    files, identity_files = _sealed_files(uploads)
    return compose_supplement(
        sending, ordinal=ordinal, at=here.clock.stamp(), offices=offices, parts=parts,
        files=files, keyset=here.keyset, reporter=reporter,
        new_id=IdSource(), identity_files=identity_files,
    )  # fmt: skip


def seal_payee(
    here: PublicSite, report_id: str, payee: Mapping[str, str]
) -> tuple[IdentityItem, tuple[IdentityPiece, ...]]:
    """Seal who is to be paid, and where, for the custodians."""
    ids = IdSource()
    return seal_item(
        canonical(dict(payee)).decode(), site=here.instance.site, report=report_id,
        kind="payee", item_id=ids(), keyset=here.keyset, new_id=ids,
    )  # fmt: skip


def seal_mandate(
    here: PublicSite, sending: Sending, agent: Mapping[str, str], upload: SealedUpload
) -> tuple[IdentityItem, tuple[IdentityPiece, ...], SealedFile]:
    """Seal who comes in the reporter's place; the mandate itself is sealed under the same key.

    Raises:
        ValueError: the upload is not sealed for the custodians.
    """
    found = upload.identity_file()
    if found is None or not upload.shows_reporter:
        raise ValueError("a mandate is a file for the custodians")
    entry, ids = found.entry, IdSource()
    told = {**entry.as_json(), "name": entry.name[-MANDATE_NAME_MAX:], **agent}
    item, pieces = seal_item(
        canonical(told).decode(), site=here.instance.site, report=sending.report_id,
        kind="mandate", item_id=entry.file_id, keyset=here.keyset, new_id=ids, key=found.key,
    )  # fmt: skip
    row = (entry.file_id, sending.sending_id, entry.blob_name, entry.stored_size, entry.digest)
    return item, pieces, SealedFile(*row)


def _copied(case: Case) -> str:
    return case.discipline if is_discipline(case, case.discipline) else ""


def department_name(here: PublicSite, code: str) -> str:
    """Return the name of a department, or its code when no table has one."""
    return here.routes.name("department", code)


def typed_bytes(values: Mapping[str, str], uploads: Sequence[SealedUpload]) -> bytes:
    """Write all that was typed the one way, files by name and digest."""
    fields = [text.encode() for pair in sorted(values.items()) for text in pair]
    files = [part for one in uploads for part in (one.name.encode(), one.received_check)]
    return lp(*fields, *files)


def _sealed_files(
    uploads: Sequence[SealedUpload],
) -> tuple[list[FileEntry], list[IdentityFile]]:
    """Describe the files for the offices, and those that only custodians open."""
    return (
        [one.entry() for one in uploads if not one.shows_reporter],
        [found for one in uploads if (found := one.identity_file()) is not None],
    )


def _not_cleaned(uploads: Sequence[SealedUpload]) -> tuple[NotCleaned, ...]:
    return tuple(
        NotCleaned(one.name, one.cleaned)
        for one in uploads
        if one.cleaned != CLEANED and not one.shows_reporter
    )


def _for_custodians(uploads: Sequence[SealedUpload]) -> tuple[ForCustodians, ...]:
    return tuple(
        ForCustodians(one.name, ORIGINAL if one.has_original else one.cleaned)
        for one in uploads
        if one.shows_reporter or one.has_original
    )


def _facts(here: PublicSite, submission: Submission, goal: Destination) -> Facts:
    now = here.clock.now()
    today = now.astimezone(SHANGHAI).date()
    return Facts(
        region=submission.region, sector=submission.sector, matter=submission.matter,
        about=submission.about, channel=submission.channel, received_on=today.isoformat(),
        case_number=new_case_number(submission.region, today.year),
        lead=goal.lead, supervisor=goal.supervisor, offices=goal.offices, rule=goal.rule,
        urgent_from=f"{now:%Y-%m-%dT%H}:00:00Z" if submission.urgent else "",
        scope=submission.scope,
        co=goal.co, barred=submission.barred, discipline=goal.discipline,
    )  # fmt: skip


def _store(here: PublicSite, submission: Submission, facts: Facts) -> PreparedReceipt | None:
    """Store the report under a fresh code; None when the same form was stored before."""
    files, identity_files = _sealed_files(submission.uploads)
    for _ in range(CODES_TRIED_MAX):
        prepared = here.pool.take()
        dossier = compose(
            submission.sending, facts=facts, parts=submission.parts,
            identity=submission.identity, files=files, keyset=here.keyset,
            reporter=prepared.public, new_id=IdSource(), identity_files=identity_files,
        )  # fmt: skip
        new = _new_report(here, submission, dossier, prepared)
        try:
            submit_report(here.store, new=new, now=here.clock.now())
        except LocatorTakenError:
            continue
        except FormTakenError:
            return None
        return prepared
    raise LocatorTakenError


def _new_report(
    here: PublicSite, submission: Submission, dossier: Dossier, prepared: PreparedReceipt
) -> NewReport:
    return NewReport(
        event=dossier.event,
        objects=(dossier.manifest, *dossier.objects),
        wraps=dossier.wraps,
        items=dossier.items,
        pieces=dossier.pieces,
        files=dossier.files,
        locator=prepared.locator,
        reporter_key=prepared.public.encode(),
        retry_id=retry_id(submission.form_secret),
        retry_box=seal_code(prepared.code, submission.form_secret, submission.typed),
        retry_expires_at=here.clock.now() + submission.retry_kept,
    )


def was_filed(here: PublicSite, form_secret: bytes) -> bool:
    """Whether the form of this secret was stored before, and sending it again files nothing."""
    found = find_retry(here.store, retry_id=retry_id(form_secret), now=here.clock.now())
    return found is not None


def _filed_before(here: PublicSite, submission: Submission) -> Filed:
    """Answer a form sent again as it was answered the first time."""
    box = find_retry(here.store, retry_id=retry_id(submission.form_secret), now=here.clock.now())
    if not box:
        raise SpentFormError
    try:
        code = open_code(box, submission.form_secret, submission.typed)
    except UnsealError:
        raise UsedFormError from None
    for parameters in here.code_parameters:
        receipt = derive(code, parameters=parameters, pepper=here.receipt_pepper)
        case = _case_at(here.store, locator=receipt.locator)
        if case is not None:
            return Filed(
                code=code,
                case_number=case.case_number,
                lead=department_name(here, case.lead),
                supervisor=department_name(here, case.supervisor),
                received_on=case.received_on.isoformat(),
                not_cleaned=_not_cleaned(submission.uploads),
                for_custodians=_for_custodians(submission.uploads),
                discipline=department_name(here, _copied(case)),
            )
    raise SpentFormError


@query
def _case_at(uow: UnitOfWork, *, locator: bytes) -> Case | None:
    found = uow.mailboxes.find(locator)
    return None if found is None else uow.reports.get(found.report_id)
