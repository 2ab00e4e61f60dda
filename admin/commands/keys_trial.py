"""`tonggui keys drill`, and the trial at the end of the ceremony: people sign in and take part."""

from collections.abc import Callable, Mapping, Sequence

import click

from admin import trial
from admin.auth import PasswordError, SignInError
from admin.commands.opened import opened
from admin.commands.refusals import CommandError
from admin.commands.teaching import Command
from admin.commands.terminal import ask_hidden, note, say, step
from admin.custody import CannotOpenError
from admin.extensions import Console
from admin.reading import UnreadableError
from admin.trial import Acting, Cast, TrialError
from casework.config import Secrets, Settings
from casework.domain.case import Case
from casework.domain.errors import CaseworkError
from casework.domain.trial import DRILL, OPENED
from casework.services import opening, staff
from crypto.errors import CryptoError
from crypto.keyset import KeySet, SeatKey
from crypto.notes import LogKey

TRIES = 3
SignIn = Callable[[str], Acting]


@click.command(
    cls=Command,
    examples="""
    tonggui keys drill
    """,
)
def drill() -> None:
    """年度演练：试报一件，封存、查阅、解封、撤回、销毁。 / The yearly drill.

    承办人、申请人和够数的席位各来一人，在终端输入自己的密码和一次性口令。
    启用之前运行，就是启用前的试报，做成后举报网站开放。不发通知，不进台账和登记簿。
    One person reads, one asks, one of each of k seats approves; each types the own
    password and one-time code. Before the site was opened, this opens it.
    """
    settings = Settings.from_environment()
    with opened(settings) as here:
        kind = DRILL if opening.is_open(here.store, trust=here.trust()) else OPENED
        case = hold_trial(here, kind)
    say(f"演练完成，试报已销毁 / held and erased: {case.case_number}")
    if kind == OPENED:
        say("举报网站现在开放 / the public site is open now")


def hold_trial(here: Console, kind: str) -> Case:
    """Ask who takes part, let each sign in, and hold the trial.

    Raises:
        CommandError: it did not go through; everything of it is erased.
    """
    log_key = LogKey(Secrets(here.settings.secrets / "jobs").read("log-key"))
    logins = {one.id: one.login for one in staff.accounts(here.store)}
    people: dict[str, Acting] = {}
    try:
        cast = _cast(here.trust().keyset, logins)
        for account in dict.fromkeys((cast.reader, cast.requester, *cast.custodians)):
            people[account] = _signed_in(logins[account])
        return trial.hold(cast, people, log_key=log_key, kind=kind, step=step)
    except (TrialError, CaseworkError, CryptoError, UnreadableError, CannotOpenError) as problem:
        why = str(problem) if isinstance(problem, TrialError) else type(problem).__name__
        raise CommandError(
            f"试报没有做成：{why}。查明原因后运行 tonggui keys drill 重做 / the trial failed;"
            " mend the cause and run `tonggui keys drill`"
        ) from None
    finally:
        trial.sign_out(people)


def _cast(keyset: KeySet, logins: Mapping[str, str]) -> Cast:
    trial.check_possible(
        keyset.members, frozenset(p for one in keyset.seats for p in (one.holder, one.deputy))
    )
    say("\n试报：封存、查阅、解封、撤回、销毁，做完后不留内容。 / The trial begins.")
    asking = [one.account for one in trial.requesters(keyset)]
    asking.sort(key=lambda account: logins[account])
    reading = [one.account for one in trial.readers(keyset)]
    # Two people where there are two: reading and asking are kept apart.
    reading.sort(key=lambda account: (account in asking, logins[account]))
    custodians = [_custodian(seat, logins) for seat in keyset.seats[: keyset.threshold]]
    reader = _chosen("由谁查阅试报 / who reads it", reading, logins)
    requester = _chosen("由谁申请查看身份信息 / who asks for the identity", asking, logins)
    return Cast(reader, requester, tuple(custodians))


def _custodian(seat: SeatKey, logins: Mapping[str, str]) -> str:
    what = f"席位 {seat.number} 由谁批准 / who approves for it"
    return _chosen(what, [seat.holder, seat.deputy], logins)


def _chosen(what: str, accounts: Sequence[str], logins: Mapping[str, str]) -> str:
    by_login = {logins[account]: account for account in accounts}
    names = list(by_login)
    return by_login[click.prompt(what, type=click.Choice(names), default=names[0])]


def _signed_in(login: str) -> Acting:
    for _ in range(TRIES):
        password = ask_hidden(f"{login} 的密码 password")
        code = ask_hidden(f"{login} 的一次性口令 one-time code")
        try:
            return Acting.sign_in(login, password, code.replace(" ", ""))
        except (SignInError, PasswordError):
            note(
                "不正确，或口令用过、账户被暂时锁定；请等下一个口令 / wrong, used before, or the"
                " account is locked; wait for the next code"
            )
    raise TrialError(f"{login} 没有登录 / did not sign in")
