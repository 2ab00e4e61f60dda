"""What officers write is sealed here before anything else sees it.

Under the content key K: the account of a finding, for the offices alone. Under
the thread key M: replies and reasons, for the reporter too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from admin.extensions import console
from casework.domain.case import Case
from casework.domain.ids import new_id
from casework.services import (
    closing,
    copies,
    disclosure,
    orders,
    rectification,
    refusals,
    visits,
)
from casework.services.interference import NOTE
from crypto.canonical import JSON, canonical
from crypto.context import digest, file_context, part_context, reason_context, wrap_context
from crypto.dossier import Note, Sending
from crypto.dossier import compose_note as _compose_note
from crypto.events import KeyWrap, SealedObject
from crypto.keyset import Office, SeatKey
from crypto.public_key import PublicKey
from crypto.seal import seal_approval as _seal_approval
from crypto.seal import seal_reason as _seal_reason
from crypto.seal import seal_text, wrap_key
from crypto.stream import FileSealer

ACCOUNT = "account"
MESSAGE = "message"
REASON = "reason"
OPINION, RULING = "opinion", "ruling"


@dataclass(frozen=True, slots=True)
class OpenedKey:
    """One content or thread key of a case, opened for this request."""

    wrap: KeyWrap
    manifest: SealedObject
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """The keys of a case that the officer's office holds."""

    case: Case
    keys: tuple[OpenedKey, ...]

    @property
    def content(self) -> bytes:
        """The content key of the report itself."""
        return self._first("content").key

    @property
    def thread(self) -> bytes:
        """The thread key that messages are sealed under now."""
        return self._first("thread").key

    def _first(self, key_kind: str) -> OpenedKey:
        # The report's own sending is the one its manifest stands for.
        mine = [one for one in self.keys if one.wrap.key_kind == key_kind]
        return min(mine, key=lambda one: one.manifest.digest.hex() != self.case.manifest)


def seal_account(keys: HeldKeys, text: str) -> SealedObject:
    """Seal an investigator's account, which the reporter cannot open."""
    return _seal(keys.case, ACCOUNT, text, keys.content)


def seal_opinion(keys: HeldKeys, text: str) -> SealedObject:
    """Seal what a co-handler thinks, for the offices alone."""
    return _seal(keys.case, OPINION, text, keys.content)


def seal_discipline_answer(keys: HeldKeys, text: str) -> SealedObject:
    """Seal what the discipline body writes back, for the offices alone."""
    return _seal(keys.case, copies.DISCIPLINE_ANSWER, text, keys.content)


def seal_ruling(keys: HeldKeys, text: str) -> SealedObject:
    """Seal why a case is not returned, for the offices alone."""
    return _seal(keys.case, RULING, text, keys.content)


def seal_order(keys: HeldKeys, order: Mapping[str, JSON]) -> SealedObject:
    """Seal an order of the office above: its text, and what it was about on its day."""
    return _seal(keys.case, orders.ORDER, canonical(dict(order)).decode(), keys.content)


def seal_order_answer(keys: HeldKeys, text: str) -> SealedObject:
    """Seal the answer to an order, which the reporter cannot open."""
    return _seal(keys.case, orders.ANSWER, text, keys.content)


def seal_rectification(keys: HeldKeys, text: str) -> SealedObject:
    """Seal what must be put right, for the offices."""
    return _seal(keys.case, rectification.RECTIFICATION, text, keys.content)


def seal_visit_record(keys: HeldKeys, record: Mapping[str, JSON]) -> SealedObject:
    """Seal what two officers found on site, for the offices."""
    return _seal(keys.case, visits.RECORD, canonical(dict(record)).decode(), keys.content)


def seal_visit_note(keys: HeldKeys, text: str) -> SealedObject:
    """Seal why a record of a visit is sent back, for the offices."""
    return _seal(keys.case, visits.NOTE, text, keys.content)


def photo_sealer(keys: HeldKeys, photo_id: str) -> FileSealer:
    """Return a sealer for one photo of a visit."""
    context = file_context(console().store.site, keys.case.report_id, photo_id)
    return FileSealer(keys.content, context)


def seal_photo_info(keys: HeldKeys, photo_id: str, info: str) -> SealedObject:
    """Seal what is told of a photo, under the photo's own id."""
    return _seal(keys.case, visits.PHOTO_INFO, info, keys.content, photo_id)


def seal_closing_note(keys: HeldKeys, text: str) -> SealedObject:
    """Seal why a proposal to close is sent back, for the offices."""
    return _seal(keys.case, closing.NOTE, text, keys.content)


def seal_refusal(keys: HeldKeys, text: str) -> SealedObject:
    """Seal the words of a proposed refusal; the reporter's code does not open them yet."""
    return _seal(keys.case, refusals.WORDS, text, keys.content)


def seal_message(keys: HeldKeys, text: str) -> SealedObject:
    """Seal a reply to the reporter."""
    return _seal(keys.case, MESSAGE, text, keys.thread)


def seal_reason(keys: HeldKeys, text: str) -> SealedObject:
    """Seal why a report is not accepted, or needs more time, for the reporter to read."""
    return _seal(keys.case, REASON, text, keys.thread)


def wraps_for(keys: HeldKeys, office: Office) -> tuple[KeyWrap, ...]:
    """Wrap every key of the case to an office that is to handle it, each once.

    An office that had the case before holds some of them twice.
    """
    once = {
        (one.wrap.sending, one.wrap.key_kind, one.wrap.key_id): one
        for one in keys.keys
        if one.wrap.key_kind != NOTE  # stays with those whom its writer chose
    }
    return tuple(_wrap(keys.case, one, office) for one in once.values())


def compose_note(
    case: Case, kind: str, text: str, *, key_kind: str, offices: Iterable[str]
) -> Note:
    """Seal a text under a key of its own, for *offices* alone or for all that get the keys."""
    reporter = PublicKey(bytes.fromhex(case.reporter_box), bytes.fromhex(case.reporter_sign))
    return _compose_note(
        Sending.begin(site=console().store.site, report_id=case.report_id, sending_id=new_id()),
        kind=kind,
        text=text.replace("\r\n", "\n"),
        key_kind=key_kind,
        offices=offices,
        keyset=console().trust().keyset,
        reporter=reporter,
        new_id=new_id,
    )


def seal_release_reason(
    text: str, *, report_id: str, release_id: str, seats: Iterable[SeatKey]
) -> tuple[SealedObject, ...]:
    """Seal why an identity item is asked for, one box a seat."""
    plain = text.replace("\r\n", "\n")
    return tuple(
        disclosure.reason_object(
            release_id,
            seat.number,
            _seal_reason(
                plain,
                context=reason_context(console().store.site, report_id, release_id, seat.number),
                recipient=seat.key,
            ),
        )
        for seat in seats
    )


def seal_approval(
    pieces: bytes, *, request_digest: bytes, item: str, seat: int, requester: PublicKey
) -> bytes:
    """Seal a seat's pieces to whom a custodian's approval is for."""
    return _seal_approval(
        pieces, request_digest=request_digest, item=item, seat=seat, requester=requester
    )


def _seal(case: Case, kind: str, text: str, key: bytes, known_id: str = "") -> SealedObject:
    object_id = known_id or new_id()
    context = part_context(console().store.site, case.report_id, kind, object_id)
    plain = text.replace("\r\n", "\n")
    return SealedObject(object_id, "", kind, 1, seal_text(plain, key=key, context=context))


def _wrap(case: Case, one: OpenedKey, office: Office) -> KeyWrap:
    context = wrap_context(
        console().store.site,
        case.report_id,
        one.wrap.sending,
        one.wrap.key_kind,
        digest(one.manifest.body),
    )
    return KeyWrap(
        id=new_id(),
        sending=one.wrap.sending,
        key_kind=one.wrap.key_kind,
        recipient=f"office:{office.code}",
        key_id=one.wrap.key_id,
        recipient_key=office.key.box.hex(),
        body=wrap_key(one.key, context=context, recipient=office.key),
    )
