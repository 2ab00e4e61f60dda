"""The reporter's side of an award: declared, claimed, objected to, each under the code's key."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework.services.award_reviews import FILED, file_award_objection
from casework.services.mailbox import claim_reward, declare_for_award
from crypto.canonical import JSON
from crypto.claim_number import claim_hash, confirm_hash, draw_claim_number, draw_confirmation
from crypto.sending import Sending
from portal.extensions import PublicSite
from portal.mailbox import ReporterSession, in_turn, sealed_message, signed
from portal.sealing import seal_mandate, seal_payee
from portal.uploads import SealedUpload, discarded_if_refused

CLAIMED = "reward.claimed"
DECLARED = "reward.declared"
ACCOUNT, AGENT = "account", "agent"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is shown once: a later claim replaces both.

    Attributes:
        claim: 16 digits, by which whoever pays finds the claim.
        confirmation: 8 digits, for which the second officer asks.
    """

    claim: str = field(repr=False)
    confirmation: str = field(repr=False)


def claim_to_account(
    here: PublicSite, session: ReporterSession, award: str, payee: Mapping[str, str]
) -> None:
    """Ask for the money on an account; who and where is sealed like identity.

    Raises:
        CaseworkError: the rules refuse.
    """

    def attempt(ordinal: int) -> None:
        # Each claim brings an item of its own: an event may not name one id twice.
        item, pieces = seal_payee(here, session.report_id, payee)
        facts: dict[str, JSON] = {
            "award": award, "how": ACCOUNT, "item": item.id, "version": item.version,
        }  # fmt: skip
        act = signed(here, session, CLAIMED, ordinal, facts, [item, *pieces])
        claim_reward(
            here.store, act=act, item=item, pieces=pieces, trust=here.trust, now=here.clock.now()
        )

    in_turn(here, session, attempt)


def claim_in_person(here: PublicSite, session: ReporterSession, award: str, how: str) -> Numbers:
    """Draw the numbers for the counter, or for a voucher.

    Raises:
        CaseworkError: the rules refuse.
    """
    numbers, facts = _drawn(here)

    def attempt(ordinal: int) -> None:
        act = signed(here, session, CLAIMED, ordinal, {"award": award, "how": how, **facts}, [])
        claim_reward(
            here.store, act=act, item=None, pieces=(), trust=here.trust, now=here.clock.now()
        )

    in_turn(here, session, attempt)
    return numbers


def claim_through_agent(
    here: PublicSite, session: ReporterSession, award: str,
    agent: Mapping[str, str], upload: SealedUpload, sending: Sending,
) -> Numbers:  # fmt: skip
    """Name who comes in the reporter's place; that and the mandate are sealed like identity.

    Raises:
        StorageUnavailableError: nothing was stored.
        CaseworkError: the rules refuse.
    """
    numbers, hashes = _drawn(here)

    def attempt(ordinal: int) -> None:
        item, pieces, file = seal_mandate(here, sending, agent, upload)
        facts: dict[str, JSON] = {
            "award": award, "how": AGENT, "item": item.id, "version": item.version, **hashes,
        }  # fmt: skip
        act = signed(here, session, CLAIMED, ordinal, facts, [item, *pieces, file])
        claim_reward(
            here.store, act=act, item=item, pieces=pieces, file=file,
            trust=here.trust, now=here.clock.now(),
        )  # fmt: skip

    with discarded_if_refused([upload]):
        upload.make_durable()
        in_turn(here, session, attempt)
    return numbers


def _drawn(here: PublicSite) -> tuple[Numbers, dict[str, JSON]]:
    """Draw both numbers, with the facts that stand for them."""
    numbers = Numbers(draw_claim_number(), draw_confirmation())
    claimed = claim_hash(numbers.claim, pepper=here.receipt_pepper)
    confirmed = confirm_hash(numbers.confirmation, claimed, pepper=here.receipt_pepper)
    return numbers, {"claim_hash": claimed, "confirm_hash": confirmed}


def declare(here: PublicSite, session: ReporterSession, said: Mapping[str, JSON]) -> None:
    """Declare relation and earlier awards; a later declaration replaces an earlier one.

    Raises:
        WrongStateError: the award has been agreed to.
        CaseworkError: the rules refuse.
    """

    def attempt(ordinal: int) -> None:
        act = signed(here, session, DECLARED, ordinal, said, [])
        declare_for_award(here.store, act=act, trust=here.trust, now=here.clock.now())

    in_turn(here, session, attempt)


def object_to_award(here: PublicSite, session: ReporterSession, award: str, text: str) -> None:
    """Object to a sum, or to getting none, with the reason in words.

    Raises:
        AwardObjectionTooLateError: the right has ended; it names its last day.
        AlreadyDoneError: one waits for its review.
        SizeError: the text is too long.
        CaseworkError: the rules refuse.
    """
    message = sealed_message(here, session, FILED, text)

    def attempt(ordinal: int) -> None:
        act = signed(here, session, FILED, ordinal, {"award": award}, [message])
        file_award_objection(
            here.store, act=act, message=message, trust=here.trust, now=here.clock.now()
        )

    in_turn(here, session, attempt)
