"""`tonggui keys`: the key set, and the ceremony that makes the first one."""

from collections.abc import Iterator

import click

from admin import signing
from admin.auth import PasswordError
from admin.ceremony import (
    CeremonyError,
    Plan,
    SeatWanted,
    Signed,
    conduct,
    keep,
    member_of,
    plan,
    stored_wraps,
)
from admin.commands.keys_recover import recover, wrong_line
from admin.commands.keys_status import status
from admin.commands.keys_trial import drill, hold_trial
from admin.commands.opened import opened
from admin.commands.refusals import CommandError
from admin.commands.staff import fingerprint
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import ask_hidden, note, say, say_json, step, wipe_screen
from admin.extensions import Console
from admin.trial import TrialError, check_possible
from casework.config import Settings
from casework.domain.trial import OPENED
from casework.services import keysets, staff
from crypto.cli import Ceremony, check_paper
from crypto.errors import CodeError, KeySetError
from crypto.events import SignedEvent
from crypto.keyset import KeySet
from crypto.notes import verifier_key

TRIES = 3
THRESHOLD = 2


@click.group(
    cls=Group,
    examples="""
    tonggui keys show
    tonggui keys ceremony --seat 1:a,b --seat 2:c,d --seat 3:e,f
    tonggui keys drill
    tonggui keys recover --office 410329-yjj --reason forgotten_passwords
    """,
)
def keys() -> None:
    """密钥集、仪式、演练与恢复。 / The key set, its ceremony, drills and recovery."""


keys.add_command(drill)
keys.add_command(recover)
keys.add_command(status)


@keys.command(examples="tonggui keys show --json")
@json_option
def show(as_json: bool) -> None:
    """显示当前可信的密钥集及其指纹。 / Show the key set that is believed, with fingerprints."""
    with opened() as here:
        keyset = here.trust().keyset
        names = {one.id: one.login for one in staff.accounts(here.store)}
    told = _told(keyset, names)
    if as_json:
        say_json(told)
        return
    for line in _lines(told):
        say(line)


@keys.command(
    examples="""
    tonggui keys ceremony --seat 1:sfj-a,sfj-b --seat 2:jw-a,jw-b --seat 3:nyncj-a,nyncj-b
    """,
)
@click.option(
    "--seat",
    "seats",
    multiple=True,
    required=True,
    help="席位:保管人,副手（登录名） / number:holder,deputy by login name; repeat",
)
@click.option(
    "--threshold",
    type=click.IntRange(2, 4),
    default=THRESHOLD,
    show_default=True,
    help="几个席位同意才能解封 / how many seats must agree",
)
def ceremony(seats: tuple[str, ...], threshold: int) -> None:
    """在一次会上完成密钥仪式，得到第一个密钥集。 / Hold the key ceremony, in one sitting.

    举报网站须停机；所有人员已首次登录、带着抄下的指纹到场。依次：逐人核对指纹；
    打印恢复密钥的纸质分片，原样敲回，装入编号信封；保管人输入密码签署；
    最后试报一件，做成后举报网站才开放。
    The public site is stopped; everybody has enrolled and brought the fingerprint.
    Fingerprints are typed and compared, paper parts printed and typed back into
    numbered envelopes, custodians sign with their passwords. A trial report, sealed,
    read, released and erased, then opens the site.
    """
    settings = Settings.from_environment()
    with opened(settings) as here:
        if keysets.newest_key_set(here.store) is not None:
            raise CommandError(
                "已有密钥集，没有改动 / there is a key set already; nothing was changed"
            )
        try:
            planned = plan(
                staff.accounts(here.store),
                here.routing,
                [SeatWanted.parse(text) for text in seats],
            )
            check_trial_possible(planned)
            _compare_fingerprints(planned, here)
            with step("生成密钥 / making the keys"):
                made = conduct(
                    planned,
                    site=here.instance.site,
                    demo=here.instance.demo,
                    issued_on=here.clock.today().isoformat(),
                    threshold=threshold,
                )
            _hand_out_paper(made)
            signed = _collect_signatures(planned, made)
            with step("保存密钥集 / storing the key set"):
                keep(settings, here.store, made, signed, now=here.clock.now())
        except (CeremonyError, TrialError, KeySetError) as problem:
            raise CommandError(str(problem)) from None
        say(f"密钥集 1 已生效，指纹 / key set 1 is in force: {made.keyset.fingerprint()}")
        say("请把这 24 位数字抄入会议记录 / copy these digits into the minutes")
    # Opened anew, as every process will: with the keys that were stored, and nothing else.
    with opened(settings) as here:
        case = hold_trial(here, OPENED)
    say(f"试报做成并已销毁，举报网站可以开放 / the trial went through: {case.case_number}")
    say("下一步 next: tonggui serve")


def check_trial_possible(planned: Plan) -> None:
    """Check before anything is typed that the trial at the end can be held.

    Raises:
        TrialError: it cannot.
    """
    seated = {person for seat in planned.seats for person in (seat.holder, seat.deputy)}
    check_possible([member_of(one) for one in planned.members], frozenset(seated))


def _compare_fingerprints(planned: Plan, here: Console) -> None:
    for one in planned.not_enrolled:
        note(
            f"未首次登录，不在密钥集内 / not enrolled, left out: {one.display_name}（{one.login}，"
            f"{here.office_name(one.office)}）"
        )
    total = len(planned.members)
    for number, one in enumerate(planned.members, start=1):
        office = here.office_name(one.office)
        who = f"[{number}/{total}] {one.display_name}（{one.login}，{office}）"
        expected = _digits(fingerprint(one) or "")
        for _ in range(TRIES):
            typed = _digits(click.prompt(f"{who}的指纹 fingerprint", type=str))
            if typed == expected:
                break
            note("与库中的不一致，请重新念一遍 / does not match, read it out again")
        else:
            raise CeremonyError(
                f"{one.login} 的指纹不一致，仪式中止，什么也没有留下；先收回再重新邀请："
                f"tonggui staff withdraw {one.login} / fingerprint does not match"
            )


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _hand_out_paper(made: Ceremony) -> None:
    """Show each paper part, have it typed back, and take it off the screen."""
    for number, part in enumerate(made.paper_parts, start=1):
        say(f"\n恢复密钥第 {number} 片，抄写两份 / recovery key, part {number}:\n\n{part}\n")
        click.prompt(
            "抄好后按回车 / press Enter when it is on paper", default="", show_default=False
        )
        wipe_screen()
        _type_back(number, part)


def _type_back(number: int, part: str) -> None:
    for _ in range(TRIES):
        say(f"请从纸上敲回第 {number} 片 / type part {number} back from the paper:")
        typed = "\n".join(click.prompt("", prompt_suffix="", type=str) for _ in part.splitlines())
        try:
            check_paper(typed, part)
        except CodeError as problem:
            note(wrong_line(problem))
        else:
            wipe_screen()
            say(f"一致。装入 {number} 号信封，封口 / the same; seal it into envelope {number}")
            return
    raise CeremonyError(f"第 {number} 片没有核对成功，仪式中止 / part {number} was not confirmed")


def _collect_signatures(planned: Plan, made: Ceremony) -> Signed:
    """Let one custodian of each of k seats sign; more may not be needed."""
    say(f"\n密钥集指纹，请大家一起核对 / fingerprint of the key set: {made.keyset.fingerprint()}")
    signatures: dict[str, bytes] = {}
    act: SignedEvent | None = None
    for seat in made.keyset.seats[: made.signatures_needed]:
        holder, deputy = planned.account(seat.holder), planned.account(seat.deputy)
        login = click.prompt(
            f"席位 {seat.number} 由谁签署 / who signs for it",
            type=click.Choice([holder.login, deputy.login]),
            default=holder.login,
        )
        account, signature, act = _signed(login, made)
        signatures[account] = signature
    assert act is not None, "a threshold is at least two"
    return Signed(signatures, act)


def _signed(login: str, made: Ceremony) -> tuple[str, bytes, SignedEvent]:
    for _ in range(TRIES):
        password = ask_hidden(f"{login} 的密码 password")
        try:
            return signing.sign_first_key_set(login, password, made.keyset, stored_wraps(made))
        except PasswordError:
            note("密码不正确，或账户被暂时锁定 / wrong password, or the account is locked")
    raise CeremonyError(f"{login} 没有签署，仪式中止 / {login} did not sign")


def _told(keyset: KeySet, names: dict[str, str]) -> dict[str, object]:
    return {
        "number": keyset.number,
        "site": keyset.site,
        "demo": keyset.demo,
        "digest": keyset.digest().hex(),
        "fingerprint": keyset.fingerprint(),
        "issued_on": keyset.issued_on,
        "threshold": keyset.threshold,
        "offices": [
            {"code": one.code, "supervisor": one.supervisor, "fingerprint": one.key.fingerprint()}
            for one in keyset.offices
        ],
        "seats": [
            {
                "number": one.number,
                "office": one.office,
                "holder": names.get(one.holder, one.holder),
                "deputy": names.get(one.deputy, one.deputy),
                "fingerprint": one.key.fingerprint(),
            }
            for one in keyset.seats
        ],
        "members": len(keyset.members),
        "recovery_fingerprint": keyset.recovery.fingerprint(),
        "log_key": verifier_key(keyset.site, keyset.log),
    }


def _lines(told: dict[str, object]) -> Iterator[str]:
    demo = "（演示 demo）" if told["demo"] else ""
    yield f"密钥集 key set {told['number']}，站点 site {told['site']}{demo}，{told['issued_on']}"
    yield f"指纹 fingerprint {told['fingerprint']}"
    yield f"摘要 digest {told['digest']}"
    yield f"人员 members {told['members']}，解封需 {told['threshold']} 个席位 seats"
    for key, title in (("offices", "单位 office"), ("seats", "席位 seat")):
        rows = told[key]
        assert isinstance(rows, list)
        for row in rows:
            words = (str(value) for name, value in row.items() if name != "fingerprint" and value)
            yield f"{title}  {row['fingerprint']}  {'  '.join(words)}"
    yield f"恢复密钥 recovery  {told['recovery_fingerprint']}"
    yield f"日志密钥 log  {told['log_key']}"
