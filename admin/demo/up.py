"""From nothing to a demo instance with staff, keys, money and cases; idempotent."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar

from admin import auth, signing, trial
from admin.ceremony import Signed, conduct, keep, plan, stored_wraps
from admin.demo.accounts import DemoAccount, DemoFile, new_password
from admin.demo.people import Post, posts_of, seats
from admin.demo.play import days_of, play
from admin.demo.script import DemoCase, read_cases
from admin.demo.stage import RealInstanceError, Stage
from admin.founding import bring_up_to_date, found
from admin.start_code import VALID_FOR, new_start_code
from casework.clock import SHANGHAI
from casework.config import Secrets, Settings
from casework.domain.ids import new_id
from casework.domain.money import yuan
from casework.domain.policy import Policies
from casework.domain.trial import OPENED
from casework.instance import FILE_NAME, Instance
from casework.services import fund, keysets, opening, staff
from casework.services.rules import shipped_routing
from crypto.keyset import KeySet
from crypto.notes import LogKey

REGION: Final = "410329"
SITE: Final = f"{REGION}-demo"
POLICY: Final = "yichuan-2022"
THRESHOLD: Final = 2
OPENED_DAYS: Final = 400  # the demo's staff enrolled this long ago, before any case
FINANCE: Final = "finance"
READER: Final = "yjj-officer"  # who takes part in the trial that opens the site
CASHIER: Final = "cashier"
APPROVING: Final = ("seat1-holder", "seat2-holder")
# Whom content-free notices go to; the domain is reserved, nothing can reach anybody.
MAIL_DOMAIN: Final = "demo.invalid"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Show:
    """How progress is shown."""

    step: Callable[[str], AbstractContextManager[None]]
    tracked: Callable[[Iterable[T], str], Iterator[T]]


def up(settings: Settings, show: Show) -> DemoFile:
    """Make the demo instance, or what of it is missing.

    Raises:
        RealInstanceError: there is an instance here that is no demo.
    """
    file = DemoFile(settings.home)
    make_home(settings, show)
    stage = Stage(settings, file)
    try:
        check_key_set(stage)
        if not file.is_loaded:
            load(stage, show)
        elif not is_open(stage):  # made before a site had to be opened
            with show.step("试报并开放 / holding the trial that opens the site"):
                open_by_trial(stage, datetime.now(UTC))
    finally:
        stage.close()
    return file


def make_home(settings: Settings, show: Show) -> None:
    """Make the demo's home unless it is there.

    Raises:
        RealInstanceError: it is a real instance's.
    """
    if (settings.home / FILE_NAME).exists():
        if not Instance.read(settings.home).demo:
            raise RealInstanceError
        bring_up_to_date(settings, show.step)
        return
    offices = sorted({post.office for post in posts_of(shipped_routing(REGION))})
    addresses = {code: f"{code}@{MAIL_DOMAIN}" for code in offices}
    instance = Instance(site=SITE, region=REGION, demo=True, addresses=addresses)
    found(settings, instance, step=show.step)


def check_key_set(stage: Stage) -> None:
    """Refuse a key set that was made for real.

    Raises:
        RealInstanceError: it was.
    """
    stored = keysets.newest_key_set(stage.here.store)
    if stored is not None and not KeySet.parse(stored.body).demo:
        raise RealInstanceError


def load(stage: Stage, show: Show) -> None:
    """Enrol the staff, hold the ceremony, grant the money, play the cases."""
    if not stage.file.begun_on:
        stage.file.begun_on = stage.here.clock.today().isoformat()
        stage.file.save()
    today = date.fromisoformat(stage.file.begun_on)
    opened = datetime.combine(today - timedelta(days=OPENED_DAYS), time(1), UTC)
    posts = posts_of(stage.here.routing)
    for post in show.tracked(posts, "演示人员首次登录 / enrolling the demo staff"):
        enrol(stage, post, opened)
    if keysets.newest_key_set(stage.here.store) is None:
        with show.step("演示密钥仪式 / holding the demo key ceremony"):
            hold_ceremony(stage, opened)
    if not is_open(stage):
        with show.step("试报并开放 / holding the trial that opens the site"):
            open_by_trial(stage, opened + timedelta(hours=1))
    cases = read_cases()
    with show.step("登记年度资金 / granting the fund"):
        for year in years_of(cases, today):
            grant(stage, year, opened)
    for day in show.tracked(days_of(cases, today), "载入演示案件 / loading the demo cases"):
        play(stage, cases, day, today)
    stage.file.is_loaded = True
    stage.file.save()


def enrol(stage: Stage, post: Post, opened: datetime) -> None:
    """Invite somebody and let them sign in for the first time, as at the console."""
    kept = stage.file.accounts.get(post.login)
    if kept is None:
        kept = _new_account(post)
        stage.file.accounts[post.login] = kept
        stage.file.save()
    account = stage.account(post.login)
    with stage.at(opened) as here:
        if account is None:
            staff.invite(
                here.store,
                account=new_id(),
                login=post.login,
                name=post.name,
                office=post.office,
                roles=post.roles,
                start_code_hash=auth.start_code_hash(kept.start_code),
                expires_at=opened + VALID_FOR,
            )
        if account is None or account.state == "invited":
            secret = auth.from_base32(kept.totp)
            code = auth.totp_at(secret, int(opened.timestamp()) // auth.TOTP_SECONDS)
            auth.enrol(post.login, kept.start_code, kept.password, secret, code)


def hold_ceremony(stage: Stage, opened: datetime) -> None:
    """Make the demo's key set; holders sign with their passwords."""
    with stage.at(opened) as here:
        planned = plan(staff.accounts(here.store), here.routing, seats())
        made = conduct(
            planned,
            site=here.instance.site,
            demo=True,
            issued_on=here.clock.today().isoformat(),
            threshold=THRESHOLD,
        )
        logins = [planned.account(seat.holder).login for seat in made.keyset.seats[:THRESHOLD]]
        signed = [
            signing.sign_first_key_set(
                login, stage.file.accounts[login].password, made.keyset, stored_wraps(made)
            )
            for login in logins
        ]
        signatures = {account: signature for account, signature, _ in signed}
        keep(
            stage.settings, here.store, made, Signed(signatures, signed[-1][2]),
            now=here.clock.now(),
        )  # fmt: skip


def is_open(stage: Stage) -> bool:
    """Whether the trial was held."""
    return opening.is_open(stage.here.store, trust=stage.here.trust())


def open_by_trial(stage: Stage, when: datetime) -> None:
    """Hold the trial with which every site opens; the demo's staff sign in with their passwords."""
    log_key = LogKey(Secrets(stage.settings.secrets / "jobs").read("log-key"))
    with stage.at(when):
        people = {login: _acting(stage, login, when) for login in (READER, CASHIER, *APPROVING)}
        accounts = {login: one.session.account for login, one in people.items()}
        cast = trial.Cast(
            accounts[READER], accounts[CASHIER], tuple(accounts[login] for login in APPROVING)
        )
        by_account = {accounts[login]: one for login, one in people.items()}
        try:
            trial.hold(cast, by_account, log_key=log_key, kind=OPENED, step=_silently)
        finally:
            trial.sign_out(by_account)


def _acting(stage: Stage, login: str, when: datetime) -> trial.Acting:
    kept = stage.file.accounts[login]
    step = int(when.timestamp()) // auth.TOTP_SECONDS
    code = auth.totp_at(auth.from_base32(kept.totp), step)
    return trial.Acting.sign_in(login, kept.password, code)


def _silently(_what: str) -> AbstractContextManager[None]:
    return nullcontext()


def years_of(cases: Iterable[DemoCase], today: date) -> tuple[int, ...]:
    """Return the budget years in which awards are proposed, and this year."""
    found = {today.year}
    for told in cases:
        if "reserve" in told.steps:
            found.add(told.when("reserve", today).astimezone(SHANGHAI).year)
    return tuple(sorted(found))


def grant(stage: Stage, year: int, opened: datetime) -> None:
    """Book the yearly fund of the policy, signed by finance, unless it was."""
    if fund.fund_balance(stage.here.store, year=year).appropriated_fen:
        return
    first = datetime(year, 1, 1, 9, tzinfo=SHANGHAI).astimezone(UTC)
    with stage.officer(FINANCE, max(first, opened + timedelta(days=1))) as here:
        facts = {"year": year, "amount_fen": yearly_fen(here.policies)}
        fund.appropriate(
            here.store,
            act=stage.deed(FINANCE).sign_outside(fund.APPROPRIATED, facts),
            trust=here.trust(),
            now=here.clock.now(),
        )


def yearly_fen(policies: Policies) -> int:
    """Return the fund that the county's policy names."""
    budget = policies.get(POLICY).budget
    return budget.yearly_fen if budget else yuan(1_000_000)


def _new_account(post: Post) -> DemoAccount:
    return DemoAccount(
        login=post.login,
        name=post.name,
        office=post.office,
        roles=sorted(post.roles),
        password=new_password(),
        totp=auth.base32(auth.new_totp_secret()),
        start_code=new_start_code(),
    )
