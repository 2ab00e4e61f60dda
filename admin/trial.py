"""The trial of the whole custody: sealed, read, released by k custodians, taken back, erased.

Held once before the site opens and yearly after, by the people themselves, each with
password and one-time code. It uses the very code that the pages use.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from flask import g

from admin import auth, custody, reading, signing
from admin.extensions import console
from admin.signing import Deed
from casework.domain.case import Case, Matter
from casework.domain.ids import new_case_number, new_id
from casework.domain.roles import Role
from casework.domain.transfer import offices_of
from casework.domain.trial import TRIAL
from casework.queries.cases import case as find_case
from casework.services import disclosure, erasing, intake, keeping, opening
from casework.services.disclosure import ItemLine
from crypto.canonical import JSON
from crypto.dossier import Dossier, Facts, Sending, compose, identity_texts
from crypto.events import REPORTER, Event, SignedEvent, signing_bytes
from crypto.keyset import KeySet, Member
from crypto.mailbox import ReporterKey
from crypto.notes import LogKey
from crypto.receipt import derive, draw_code

NARRATIVE: Final = "这是密钥仪式上的试报，没有真实内容。 / A trial report; nothing in it is real."
REASON: Final = "密钥仪式或演练的试报"
NAME: Final = "试报样本（无此人）"
SECTOR: Final = "other"
HOURS: Final = 2
READERS: Final = frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR})
REQUESTERS: Final = frozenset({Role.CASHIER, Role.OPERATOR, Role.SUPERVISOR})

Step = Callable[[str], AbstractContextManager[None]]


class TrialError(Exception):
    """The trial cannot be held, or did not come out right; the text is one sentence for people."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part in a trial, by account id.

    Attributes:
        reader: opens the report for its office.
        requester: asks for the made-up identity and opens it.
        custodians: one of each of k seats.
    """

    reader: str
    requester: str
    custodians: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who has signed in for the sitting."""

    session: auth.Session = field(repr=False)
    deed: Deed = field(repr=False)

    @classmethod
    def sign_in(cls, login: str, password: str, code: str) -> "Acting":
        """Sign somebody in beside those who are.

        Raises:
            SignInError, PasswordError: this is not the right person, or not now.
        """
        g.session = None
        try:
            session = auth.sign_in(login, password, code)
            return cls(session, signing.deed(password))
        finally:
            g.session = None


@contextmanager
def acting(person: Acting) -> Iterator[Deed]:
    """Let *person* be the one who is signed in."""
    g.session = person.session
    try:
        yield person.deed
    finally:
        g.session = None


def sign_out(people: Mapping[str, Acting]) -> None:
    """End everybody's session of this sitting."""
    for person in people.values():
        g.session = person.session
        auth.sign_out()


def readers(keyset: KeySet) -> list[Member]:
    """Return who may read a trial report."""
    return [one for one in keyset.members if READERS.intersection(one.roles)]


def requesters(keyset: KeySet) -> list[Member]:
    """Return who may ask for the identity in a trial report: nobody with a place in a seat."""
    return [
        one
        for one in keyset.members
        if REQUESTERS.intersection(one.roles) and keyset.seat_of(one.account) is None
    ]


def check_possible(members: Sequence[Member], in_seats: frozenset[str]) -> None:
    """Check beforehand that a trial can be held with these members.

    Raises:
        TrialError: nobody can read a report, or nobody can ask for an identity.
    """
    if not any(READERS.intersection(one.roles) for one in members):
        raise TrialError(
            "没有能查阅举报的人员，无法做试报 / nobody can read a report: invite an officer, leader"
            " or supervisor"
        )
    outside = [one for one in members if one.account not in in_seats]
    if not any(REQUESTERS.intersection(one.roles) for one in outside):
        raise TrialError(
            "没有能申请查看身份信息的人员，无法做试报 / nobody can ask for an identity: invite a"
            " cashier, operator or supervisor without a seat"
        )


def hold(
    cast: Cast, people: Mapping[str, Acting], *, log_key: LogKey, kind: str, step: Step
) -> Case:
    """Hold a trial from beginning to end, and record it.

    Args:
        cast: who does what.
        people: everybody in the cast, signed in, by account id.
        log_key: key of the jobs process, with which the trial is erased.
        kind: `trial.OPENED` or `trial.DRILL`.
        step: shows what is being done.

    Raises:
        TrialError: something did not come out as it went in.
        CaseworkError, CryptoError: a rule or a key refused.
    """
    for left in opening.unfinished_trials(console().store):
        _erase(left, log_key)
    with step("试报：封存 / sealing a trial report"):
        report, key = _file(cast)
    try:
        with step("试报：承办单位查阅 / its office reads it"):
            _read(cast, people, report)
        with step("试报：申请、批准并查看身份信息 / its identity is released"):
            _release(cast, people, report)
        with step("试报：撤回身份信息 / the identity is taken back"):
            _withdraw(report, key)
    finally:
        # However far it came: nothing of it stays.
        with step("试报：销毁 / everything of it is erased"):
            _erase(report, log_key)
    case = find_case(console().store, report=report)
    with acting(people[cast.custodians[0]]) as deed:
        facts: dict[str, JSON] = {"report": report, "case_number": case.case_number}
        opening.note_trial(
            console().store,
            act=deed.sign_outside(kind, facts),
            trust=console().trust(),
            now=console().clock.now(),
        )
    return case


def _file(cast: Cast) -> tuple[str, ReporterKey]:
    here, keyset = console(), console().trust().keyset
    report = new_id()
    receipt = derive(
        draw_code(), parameters=keyset.code_parameters, pepper=here.secrets.receipt_pepper
    )
    key = ReporterKey(receipt.secret)
    dossier = _composed(report, key, console().trust().member(cast.reader), keyset)
    intake.submit_report(
        here.store,
        new=intake.NewReport(
            event=dossier.event,
            objects=(dossier.manifest, *dossier.objects),
            wraps=dossier.wraps,
            items=dossier.items,
            pieces=dossier.pieces,
            files=(),
            locator=receipt.locator,
            reporter_key=key.public.encode(),
            retry_id=b"",
            retry_box=b"",
            retry_expires_at=here.clock.now(),
        ),
        now=here.clock.now(),
    )
    return report, key


def _composed(report: str, key: ReporterKey, reader: Member, keyset: KeySet) -> Dossier:
    here, today = console(), console().clock.today()
    supervisor = keyset.office(reader.office).supervisor
    facts = Facts(
        region=here.instance.region,
        sector=SECTOR,
        matter=Matter.GENERAL_HAZARD.value,
        about=None,
        channel=TRIAL,
        received_on=today.isoformat(),
        case_number=new_case_number(here.instance.region, today.year),
        lead=reader.office,
        supervisor=supervisor,
        offices=offices_of(reader.office, supervisor),
        rule=TRIAL,
    )
    return compose(
        Sending.begin(site=here.store.site, report_id=report, sending_id=new_id()),
        facts=facts,
        parts={"narrative": NARRATIVE},
        identity=identity_texts(name=NAME, phone="", contact=""),
        files=(),
        keyset=keyset,
        reporter=key.public,
        new_id=new_id,
    )


def _read(cast: Cast, people: Mapping[str, Acting], report: str) -> None:
    with acting(people[cast.reader]):
        found = reading.open_report(report)
    if [part.text for part in found.parts] != [NARRATIVE]:
        raise TrialError("读出的内容与封存的不同 / what was read is not what was sealed")


def _release(cast: Cast, people: Mapping[str, Acting], report: str) -> None:
    release = new_id()
    item = disclosure.items_to_ask_for(console().store, report=report)[0]
    with acting(people[cast.requester]) as deed:
        custody.request(report, release, _wish(item), deed)
    for custodian in cast.custodians:
        with acting(people[custodian]) as deed:
            custody.approve(report, release, deed)
    with acting(people[cast.requester]) as deed:
        seen = custody.open_once(report, release, deed)
    if NAME not in seen.lines.values():
        raise TrialError("开封的内容与封存的不同 / what was opened is not what was sealed")


def _wish(item: ItemLine) -> custody.Wish:
    until = console().clock.now() + timedelta(hours=HOURS)
    return custody.Wish(
        item=item.id,
        version=item.version,
        purpose=TRIAL,
        reason=REASON,
        expires_at=until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _withdraw(report: str, key: ReporterKey) -> None:
    here = console()
    items = sorted(one.id for one in disclosure.items_to_ask_for(here.store, report=report))
    event = Event(
        site=here.store.site,
        report=report,
        kind=erasing.WITHDRAWN,
        ordinal=find_case(here.store, report=report).events + 1,
        at=here.clock.stamp(),
        actor=REPORTER,
        signer=key.public.sign.hex(),
        facts={"items": list(items)},
    )
    act = SignedEvent(event, key.sign(signing_bytes(event)))
    erasing.withdraw_identity(here.store, act=act, trust=here.trust(), now=here.clock.now())


def _erase(report: str, log_key: LogKey) -> None:
    here = console()
    keeping.destroy_trial(
        here.store, report=report, trust=here.trust(), log_key=log_key, now=here.clock.now()
    )
    if disclosure.items_to_ask_for(here.store, report=report):
        raise TrialError("试报没有清除干净 / something of the trial report is left")
