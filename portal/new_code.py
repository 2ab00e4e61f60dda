"""Door of a change of code: two steps, so that a lost answer locks nobody out.

First the new code is shown, and the old one still works. Only when the reporter says that
it is copied does the new one take its place; from then on the old one leads nowhere.
"""

from dataclasses import replace

from casework.domain.ids import new_id
from casework.services.mailbox import LocatorTakenError, NewCode, change_code, reporter_wraps
from crypto.mailbox import ReporterKey, wrap_anew
from crypto.receipt import derive
from crypto.session import session_id
from portal import mailbox
from portal.extensions import PublicSite
from portal.mailbox import ReporterSession


class NoCodeShownError(Exception):
    """There is no new code to put in force: it was never drawn, or has been dropped."""


def offer(here: PublicSite, session: ReporterSession) -> None:
    """Draw a new code and keep it in the session; one that was drawn already stays."""
    if not session.next_code:
        mailbox.keep(here, replace(session, next_code=here.pool.take().code))


def drop(here: PublicSite, session: ReporterSession) -> None:
    """Forget a new code that is not in force; the old one goes on."""
    mailbox.keep(here, replace(session, next_code=""))


def put_in_force(here: PublicSite, session: ReporterSession) -> ReporterSession:
    """Let the new code lead to the mailbox and the old one nowhere; every other session ends.

    Returns:
        the one session that goes on, under a new token.

    Raises:
        NoCodeShownError: no new code was shown, or another report has it; draw one.
        StorageUnavailableError: nothing changed, unless nobody can know (OutcomeUnknownError).
        CaseworkError: the rules refuse.
    """
    if not session.next_code:
        raise NoCodeShownError
    receipt = derive(
        session.next_code, parameters=here.code_parameters[0], pepper=here.receipt_pepper
    )
    key = ReporterKey(receipt.secret)
    following = mailbox.new_session(here, session.report_id, key, session.threads)

    def attempt(ordinal: int) -> None:
        opened = reporter_wraps(here.store, report_id=session.report_id)
        wraps = tuple(
            wrap_anew(wrap, wrap_id=new_id(), context=context, key=session.key, to=key.public)
            for wrap, context in mailbox.thread_contexts(here, opened)
        )
        facts = {"reporter_box": key.public.box.hex(), "reporter_sign": key.public.sign.hex()}
        act = mailbox.signed(
            here, session, "code.changed", ordinal, facts, wraps, removed=opened.wraps
        )
        new = NewCode(
            locator=receipt.locator,
            reporter_key=key.public.encode(),
            wraps=wraps,
            ended_session=session_id(session.token),
            session=session_id(following.token),
            box=mailbox.sealed_session(following),
            sweep_after=following.expires_at,
        )
        change_code(here.store, act=act, new=new, trust=here.trust, now=here.clock.now())

    try:
        mailbox.in_turn(here, session, attempt)
    except LocatorTakenError:
        drop(here, session)
        raise NoCodeShownError from None
    return following
