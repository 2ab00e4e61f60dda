"""`tonggui keys recover`: k paper parts give an office its key back."""

import click

from admin import recovery
from admin.commands.opened import department_name, opened
from admin.commands.refusals import CommandError
from admin.commands.teaching import Command
from admin.commands.terminal import note, say, step, wipe_screen
from admin.recovery import Recovery
from casework.config import Settings
from casework.domain.trial import RECOVERY_REASONS
from casework.services import staff
from crypto.errors import CodeError, CryptoError
from crypto.paper import read_paper

TRIES = 3


@click.command(
    cls=Command,
    examples="""
    tonggui keys recover --office 410329-yjj --reason forgotten_passwords
    """,
)
@click.option("--office", required=True, help="要恢复的单位代码 / code of the office")
@click.option(
    "--reason",
    required=True,
    type=click.Choice(list(RECOVERY_REASONS)),
    help="；".join(f"{code} {words}" for code, words in RECOVERY_REASONS.items()),
)
def recover(office: str, reason: str) -> None:
    """用纸质分片恢复单位密钥，交给该单位现有人员。 / Give an office its key back.

    够数的信封当场拆开，逐行敲入。先公告（保管人单位和审计员收到通知），后动用；两步都签名留痕，
    并进入公开登记簿。恢复密钥打不开身份信息。用完须更换密钥集，重做纸质分片。
    k envelopes are opened on the spot and typed in. It is announced first, to the
    custodians' offices and the auditors, then used; both are signed and public. The
    recovery key opens no identity. Change the key set afterwards.
    """
    with opened(Settings.from_environment()) as here:
        name = department_name(here, office)
        keyset = here.trust().keyset
        if not keyset.has_office(office):
            raise CommandError(f"{office} 不在密钥集内 / is not in the key set", key="office")
        missing = recovery.lacking(office)
        if not missing:
            raise CommandError(
                f"{name}的现有人员都有单位密钥，没有动用 / nobody of {office} lacks its key;"
                " nothing was used. 新人员先经密钥变更加入 / newcomers join by a key change first"
            )
        logins = {one.id: one.login for one in staff.accounts(here.store)}
        gets = sorted({logins[one.account] for lack in missing for one in lack.members})
        say(f"将交给 to: {'、'.join(gets)}（{name}）")
        key = _typed_key()
        if not click.confirm("现在公告并动用恢复密钥 / announce and use it now", default=False):
            raise click.Abort
        announced = key.announce(office, reason)
        say(f"已公告，事件摘要 announced: {announced[:16]}")
        try:
            with step("交还单位密钥 / giving the key back"):
                count = key.give_back(office, reason, announced, missing)
        except CryptoError:
            raise CommandError(
                "单位密钥打不开，没有改动 / the office key does not open; nothing was changed"
            ) from None
    say(f"已交还 {count} 份 given back: {count}")
    say(
        "请尽快在工作台发起密钥变更，更换这个单位的密钥 / change this office's key in the console"
        " soon；信封已拆，须重新封存或重做 / the envelopes were opened"
    )


def _typed_key() -> Recovery:
    """Have paper parts typed until they are enough.

    Raises:
        CommandError: they do not make this site's recovery key.
    """
    parts: dict[int, str] = {}
    needed = 0
    while not needed or len(parts) < needed:
        text, bundle = _typed_part(len(parts) + 1)
        needed = bundle[1]
        if bundle[2] in parts:
            note(f"第 {bundle[2]} 片已经敲过 / part {bundle[2]} was typed already")
        parts[bundle[2]] = text
    try:
        return Recovery.from_paper(parts.values())
    except CryptoError:
        raise CommandError(
            "这些分片拼不出本站的恢复密钥，没有改动 / these parts do not make the recovery key of"
            " this site; nothing was changed"
        ) from None


def wrong_line(problem: CodeError) -> str:
    """Say where a paper part was typed wrongly."""
    if not problem.line:
        return "不是这一片，请重来 / not this part, again"
    return f"第 {problem.line} 行有误，请整片重敲 / line {problem.line} is wrong, type it all again"


def _typed_part(number: int) -> tuple[str, bytes]:
    for _ in range(TRIES):
        say(f"请敲入第 {number} 个信封里的分片，空行结束 / type a part, then an empty line:")
        lines: list[str] = []
        while line := click.prompt("", prompt_suffix="", default="", show_default=False):
            lines.append(str(line))
        wipe_screen()
        text = "\n".join(lines)
        try:
            bundle = read_paper(text)
        except CodeError as problem:
            note(wrong_line(problem))
            continue
        if len(bundle) > 2:
            return text, bundle
    raise CommandError("分片没有敲对，没有改动 / the part was not right; nothing was changed")
