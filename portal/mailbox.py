"""Door of the reporter's own side: from the code to the thread key, and signed acts.

The thread key is the only thing that this site can open. What the reporter
types here is sealed before it leaves these functions.
"""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.errors import (
    AlreadyDoneError,
    StaleActError,
    UnknownSignerError,
    WrongStateError,
)
from casework.domain.ids import new_id
from casework.services.erasing import withdraw_identity
from casework.services.mailbox import (
    MailboxView,
    OpenedMailbox,
    add_evidence,
    is_current_key,
    kept_identity,
    mailbox_view,
    open_mailbox,
    post_message,
    urge_report,
)
from casework.services.objections import file_objection, give_satisfaction, right_of
from casework.services.sessions import end_session, find_session, renew_session, save_session
from crypto.canonical import JSON
from crypto.context import Context, digest, key_id, part_context, wrap_context
from crypto.errors import EventError, UnsealError
from crypto.events import (
    REPORTER,
    Event,
    KeyWrap,
    Record,
    SealedObject,
    SignedEvent,
    canonical,
    parse_canonical,
    signing_bytes,
)
from crypto.mailbox import ReporterKey, open_message, seal_message
from crypto.objects import object_key_id
from crypto.receipt import Receipt, look_up, read_code
from crypto.sending import Sending
from crypto.session import new_token, open_session, seal_session, session_id
from portal.config import SESSION_IDLE, SESSION_LENGTH_MAX, SESSION_RENEW_AFTER
from portal.extensions import PublicSite
from portal.sealing import seal_supplement
from portal.uploads import SealedUpload, discarded_if_refused

KIND: Final = "mailbox"
SIGNED_AGAIN_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class ReporterSession:
    """A reporter who typed the right code.

    Attributes:
        token: T, which the cookie carries; the CSRF token is made from it.
        threads: the thread keys that the code opens, by key id; the last is the newest.
        expires_at: when it ends if nothing happens.
        ends_at: when it ends in any case.
        next_code: a new code that was shown and is not in force yet.
    """

    token: bytes = field(repr=False)
    report_id: str
    key: ReporterKey = field(repr=False)
    threads: tuple[bytes, ...] = field(repr=False)
    expires_at: datetime
    ends_at: datetime
    next_code: str = field(default="", repr=False)


# ---- coming and going -----------------------------------------------------------------------


def enter(here: PublicSite, typed: str) -> ReporterSession | None:
    """Open the mailbox of a typed code; None for every code that leads nowhere.

    Raises:
        CodeError: not a code, or a slip of the finger; no key work was done.
        BusyError: too many look-ups at once, told to all alike.
    """
    code = read_code(typed)
    receipts = look_up(code, parameters=here.code_parameters, pepper=here.receipt_pepper)
    found: tuple[Receipt, OpenedMailbox] | None = None
    for receipt in receipts:  # always all of them
        opened = open_mailbox(here.store, locator=receipt.locator)
        if opened is not None:
            found = (receipt, opened)
    if found is None:
        return None
    return _begin(here, *found)


def load(here: PublicSite, cookie: str) -> ReporterSession | None:
    """Return the session behind a cookie, and prolong it; None when there is none."""
    try:
        token = bytes.fromhex(cookie)
    except ValueError:
        return None
    if len(token) != len(new_token()):
        return None
    box = find_session(here.store, session_id=session_id(token), kind=KIND)
    session = None if box is None else _read(box, token)
    now = here.clock.now()
    if session is None or now >= min(session.expires_at, session.ends_at):
        return None
    own = session.key.public.encode()
    if not is_current_key(here.store, report_id=session.report_id, reporter_key=own):
        return None  # the code was changed elsewhere
    if session.expires_at - now < SESSION_IDLE - SESSION_RENEW_AFTER:
        session = replace(session, expires_at=now + SESSION_IDLE)
        keep(here, session)
    return session


def keep(here: PublicSite, session: ReporterSession) -> None:
    """Store what a session has become, unless it ended meanwhile."""
    renew_session(
        here.store, session_id=session_id(session.token), kind=KIND,
        box=sealed_session(session), sweep_after=session.expires_at,
    )  # fmt: skip


def leave(here: PublicSite, session: ReporterSession) -> None:
    """End the session: its row goes, and with it the way to the keys."""
    end_session(here.store, session_id=session_id(session.token), kind=KIND)


def _begin(here: PublicSite, receipt: Receipt, opened: OpenedMailbox) -> ReporterSession | None:
    key = ReporterKey(receipt.secret)
    if not hmac.compare_digest(key.public.encode(), opened.reporter_key):
        return None
    session = new_session(here, opened.report_id, key, _thread_keys(here, key, opened))
    save_session(
        here.store, session_id=session_id(session.token), kind=KIND,
        box=sealed_session(session), sweep_after=session.expires_at,
    )  # fmt: skip
    return session


def new_session(
    here: PublicSite, report_id: str, key: ReporterKey, threads: tuple[bytes, ...]
) -> ReporterSession:
    """Return a session that begins now, under a token of its own; nothing is stored yet."""
    now = here.clock.now()
    return ReporterSession(
        token=new_token(), report_id=report_id, key=key, threads=threads,
        expires_at=now + SESSION_IDLE, ends_at=now + SESSION_LENGTH_MAX,
    )  # fmt: skip


def _thread_keys(here: PublicSite, key: ReporterKey, opened: OpenedMailbox) -> tuple[bytes, ...]:
    keys = [
        key.open_thread_key(wrap.body, context, wrap.key_id)
        for wrap, context in thread_contexts(here, opened)
    ]
    return tuple(dict.fromkeys(keys))


def thread_contexts(here: PublicSite, opened: OpenedMailbox) -> tuple[tuple[KeyWrap, Context], ...]:
    """Return each of the reporter's wraps with what it is bound to."""
    bound = {one.sending: digest(one.body) for one in opened.manifests}
    site, report_id = here.instance.site, opened.report_id
    return tuple(
        (wrap, wrap_context(site, report_id, wrap.sending, "thread", bound.get(wrap.sending, b"")))
        for wrap in opened.wraps
    )


def sealed_session(session: ReporterSession) -> bytes:
    """Seal a session under its token, as its row holds it."""
    payload = canonical(
        {
            "report": session.report_id,
            "secret": session.key.secret.hex(),
            "threads": [thread.hex() for thread in session.threads],
            "expires_at": int(session.expires_at.timestamp()),
            "ends_at": int(session.ends_at.timestamp()),
            "next_code": session.next_code,
        }
    )
    return seal_session(payload, session.token)


def _read(box: bytes, token: bytes) -> ReporterSession | None:
    try:
        payload = parse_canonical(open_session(box, token))
    except (UnsealError, EventError):
        return None
    assert isinstance(payload, Mapping)
    threads = payload["threads"]
    assert isinstance(threads, Sequence)
    return ReporterSession(
        token=token,
        report_id=str(payload["report"]),
        key=ReporterKey(bytes.fromhex(str(payload["secret"]))),
        threads=tuple(bytes.fromhex(str(thread)) for thread in threads),
        expires_at=_instant(payload["expires_at"]),
        ends_at=_instant(payload["ends_at"]),
        next_code=str(payload["next_code"]),
    )


def _instant(seconds: object) -> datetime:
    assert isinstance(seconds, int)
    return datetime.fromtimestamp(seconds, UTC)


# ---- reading --------------------------------------------------------------------------------


def view_of(here: PublicSite, session: ReporterSession) -> MailboxView:
    """Return the case as its reporter may see it."""
    try:
        return mailbox_view(here.store, report_id=session.report_id, trust=here.trust)
    except UnknownSignerError:
        # An officer certified since this process started has acted on the case.
        here.trusted.refresh()
        return mailbox_view(here.store, report_id=session.report_id, trust=here.trust)


def texts_of(here: PublicSite, session: ReporterSession, view: MailboxView) -> dict[str, str]:
    """Open messages and reasons; one that does not open is left out."""
    keys = {key_id(thread): thread for thread in session.threads}
    texts = {}
    for sealed in view.objects.values():
        if sealed.kind not in ("message", "reason"):
            continue
        context = part_context(
            here.instance.site, session.report_id, sealed.kind, sealed.id, sealed.version
        )
        try:
            thread = keys[object_key_id(sealed.body)]
            texts[sealed.id] = open_message(sealed.body, key=thread, context=context)
        except (KeyError, UnsealError):
            continue
    return texts


# ---- acting ---------------------------------------------------------------------------------


def sealed_message(
    here: PublicSite, session: ReporterSession, kind: str, text: str
) -> SealedObject:
    """Seal words of the reporter's under the thread key, for an act of this *kind*."""
    if not session.threads:  # destroyed with the case
        raise WrongStateError(kind=kind, state="destroyed")
    message_id = new_id()
    context = part_context(here.instance.site, session.report_id, "message", message_id)
    body = seal_message(text, key=session.threads[-1], context=context)
    return SealedObject(message_id, "", "message", 1, body)


def write(here: PublicSite, session: ReporterSession, text: str) -> None:
    """Send a message to the office.

    Raises:
        SizeError: the text is too long.
        CaseworkError: the rules refuse.
    """
    message = sealed_message(here, session, "message.sent", text)

    def attempt(ordinal: int) -> None:
        act = signed(here, session, "message.sent", ordinal, {"from": "reporter"}, [message])
        post_message(here.store, act=act, message=message, trust=here.trust, now=here.clock.now())

    in_turn(here, session, attempt)


def supplement(
    here: PublicSite, session: ReporterSession, sending: Sending,
    parts: Mapping[str, str], uploads: Sequence[SealedUpload],
) -> None:  # fmt: skip
    """Add evidence: text and files under a content key of its own.

    Raises:
        StorageUnavailableError: nothing was stored.
        CaseworkError: the rules refuse.
    """
    offices = view_of(here, session).case.offices

    def attempt(ordinal: int) -> None:
        dossier = seal_supplement(
            here, sending, ordinal=ordinal, offices=offices, parts=parts, uploads=uploads,
            reporter=session.key.public,
        )  # fmt: skip
        act = SignedEvent(dossier.event, session.key.sign(signing_bytes(dossier.event)))
        add_evidence(
            here.store, act=act, objects=(dossier.manifest, *dossier.objects),
            wraps=dossier.wraps, files=dossier.files, items=dossier.items, pieces=dossier.pieces,
            trust=here.trust, now=here.clock.now(),
        )  # fmt: skip

    with discarded_if_refused(uploads):
        for upload in uploads:
            upload.make_durable()
        in_turn(here, session, attempt)


def urge(here: PublicSite, session: ReporterSession) -> None:
    """Ask the office to hurry.

    Raises:
        UrgedLatelyError: less than a week ago.
        CaseworkError: the rules refuse.
    """

    def attempt(ordinal: int) -> None:
        now = here.clock.now()
        facts = {"urged_on": now.astimezone(SHANGHAI).date().isoformat()}
        at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        act = signed(here, session, "report.urged", ordinal, facts, [], at=at)
        urge_report(here.store, act=act, trust=here.trust, now=now)

    in_turn(here, session, attempt)


def object_to_result(here: PublicSite, session: ReporterSession, text: str) -> None:
    """Object to the result that was told, with the reason in words.

    Raises:
        ObjectionTooLateError: the right has lapsed; it names its last day.
        ObjectionOpenError: one waits for its review.
        SizeError: the text is too long.
        CaseworkError: the rules refuse.
    """
    message = sealed_message(here, session, "objection.filed", text)

    def attempt(ordinal: int) -> None:
        now = here.clock.now()
        right = right_of(here.rules.current(), view_of(here, session).case, now)
        if right is None:
            raise WrongStateError(kind="objection.filed", state="nothing told")
        facts: dict[str, JSON] = {"since": right.since, "until": right.until.isoformat()}
        at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        act = signed(here, session, "objection.filed", ordinal, facts, [message], at=at)
        file_objection(here.store, act=act, message=message, trust=here.trust, now=now)

    in_turn(here, session, attempt)


def answer_question(
    here: PublicSite, session: ReporterSession,
    *, month: int, answer: str, text: str,
) -> None:  # fmt: skip
    """Say whether it was solved; words are sealed, and needed where it was not.

    Raises:
        AlreadyDoneError, WrongStateError: nothing is asked, or it is answered.
        SizeError: the text is too long.
        CaseworkError: the rules refuse.
    """
    kind = "satisfaction.given"
    message = sealed_message(here, session, kind, text) if text else None
    facts: dict[str, JSON] = {"month": month, "answer": answer}

    def attempt(ordinal: int) -> None:
        act = signed(here, session, kind, ordinal, facts, [message] if message else [])
        give_satisfaction(
            here.store, act=act, message=message, trust=here.trust, now=here.clock.now()
        )

    in_turn(here, session, attempt)


def withdraw(here: PublicSite, session: ReporterSession, kinds: Collection[str]) -> None:
    """Take the identity items of these kinds back; the jobs process erases them.

    Raises:
        AlreadyDoneError: there is none of these kinds.
        CaseworkError: the rules refuse.
    """

    def attempt(ordinal: int) -> None:
        kept = kept_identity(here.store, report_id=session.report_id)
        items = {item: kind for item, kind in kept.items.items() if kind in kinds}
        if not items:
            raise AlreadyDoneError(kinds=sorted(kinds))
        facts: dict[str, JSON] = {"items": list(items), "kinds": list(items.values())}
        act = signed(here, session, "identity.withdrawn", ordinal, facts, [])
        withdraw_identity(here.store, act=act, trust=here.trust, now=here.clock.now())

    in_turn(here, session, attempt)


def signed(
    here: PublicSite, session: ReporterSession, kind: str, ordinal: int,
    facts: Mapping[str, JSON], records: Sequence[Record],
    *, removed: Sequence[Record] = (), at: str = "",
) -> SignedEvent:  # fmt: skip
    """Sign an act as the reporter, at the instant *at* or now."""
    event = Event(
        site=here.instance.site, report=session.report_id, kind=kind, ordinal=ordinal,
        at=at or here.clock.stamp(), actor=REPORTER, signer=session.key.public.sign.hex(),
        facts=dict(facts), added=tuple(one.named for one in records),
        removed=tuple(one.named for one in removed),
    )  # fmt: skip
    return SignedEvent(event, session.key.sign(signing_bytes(event)))


def in_turn(here: PublicSite, session: ReporterSession, attempt: Callable[[int], None]) -> None:
    """Sign with the next ordinal; when somebody was faster, sign anew: nothing was overruled."""
    for tried in range(1, SIGNED_AGAIN_MAX + 1):
        try:
            attempt(view_of(here, session).case.events + 1)
        except StaleActError:
            if tried == SIGNED_AGAIN_MAX:
                raise
        else:
            return
