"""`tonggui demo`: an instance to try everything on, with specimen people and published cases."""

import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import click

from admin import processes
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import note, say, say_json, step, table, tracked
from admin.demo.accounts import FOLDER, DemoFile, DemoReport, present_code
from admin.demo.stage import RealInstanceError
from admin.demo.up import SITE, Show, up
from casework.config import Settings
from casework.instance import FILE_NAME, Instance
from casework.services.rules import FIRST_ROUTING
from casework.storage.migrate import current, move
from crypto.receipt import group

MAIN_ACCOUNTS: Final = (
    "yjj-officer", "yjj-leader", "zjj-officer", "gaj-officer", "jw-officer", "awb-supervisor",
    "approver", "finance", "cashier", "seat1-holder", "seat2-holder", "auditor", "administrator",
)  # fmt: skip
# Three reports worth looking up: one with messages, one to claim, one that was paid.
MAIN_REPORTS: Final = ("mem-2025-12-2", "mem-2024-12-1", "mem-2023-08-1")
_MOVE: Final = re.compile(r"\+([0-9]{1,4})([dh])\Z")
_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1)}
YEARS_AHEAD_MAX: Final = timedelta(days=3650)


@click.group(
    cls=Group,
    examples="""
    tonggui demo up                  建好并启动，地址和账号打印在屏幕上
    tonggui demo code yjj-officer    账号此刻的一次性口令
    tonggui demo clock +40d          演示时钟前进 40 天，重启后生效
    tonggui demo reset               删除演示数据
    """,
)
def demo() -> None:
    """演示实例：样本人员、公开案例、真实加密。 / A demo instance with real cryptography."""


@demo.command("up", examples="tonggui demo up --no-serve")
@click.option("--no-serve", is_flag=True, help="只建好，不启动 / make it, start nothing")
def demo_up(no_serve: bool) -> None:
    """建立演示实例（已有则沿用）并启动。 / Make the demo unless it is there, and serve it.

    中断了可以再运行，从停下的地方继续。 Interrupted, it goes on where it stopped.
    """
    settings = Settings.from_environment()
    try:
        file = up(settings, Show(step, tracked))
    except RealInstanceError:
        raise _is_real(settings) from None
    if no_serve:
        _introduce(file)
        return
    status = processes.serve(settings, when_up=lambda: _introduce(file))
    click.get_current_context().exit(status)


@demo.command("code", examples="tonggui demo code cashier")
@click.argument("name")
@json_option
def demo_code(name: str, as_json: bool) -> None:
    """显示演示账号此刻的一次性口令。 / Show an account's current one-time code."""
    home = _demo_home()
    accounts = DemoFile(home).accounts
    if name not in accounts:
        raise CommandError(
            f"没有演示账号 {name} / no such demo account; there are: {', '.join(sorted(accounts))}",
            key="name",
            expected="a demo account, see `tonggui demo accounts`",
        )
    code, seconds = present_code(accounts[name], Instance.read(home).clock.now())
    if as_json:
        say_json({"login": name, "code": code, "seconds_left": seconds})
    else:
        say(f"{code}  还有 {seconds} 秒 / {seconds} seconds left")


@demo.command("accounts", examples="tonggui demo accounts")
@click.option("--all", "every", is_flag=True, help="全部账号 / every account")
@json_option
def demo_accounts(every: bool, as_json: bool) -> None:
    """列出演示账号、密码和查询码。 / List demo accounts, passwords and receipt codes."""
    file = DemoFile(_demo_home())
    chosen = list(file.accounts) if every else [x for x in MAIN_ACCOUNTS if x in file.accounts]
    if as_json:
        rows = [file.accounts[login] for login in chosen]
        say_json(
            [
                {
                    "login": one.login,
                    "password": one.password,
                    "name": one.name,
                    "office": one.office,
                    "roles": one.roles,
                }
                for one in rows
            ]
        )
    else:
        _list_accounts(file, chosen)


@demo.command("clock", examples="tonggui demo clock +40d")
@click.argument("by", required=False)
def demo_clock(by: str | None) -> None:
    """把演示时钟往前拨，如 +40d、+12h。 / Move the demo's clock forward, such as +40d.

    只能往前：签过名的操作不能早于前一个。 Forward only: signed acts follow one another.
    """
    home = _demo_home()
    instance = Instance.read(home)
    if by is not None:
        match = _MOVE.match(by)
        moved = int(match[1]) * _UNITS[match[2]] if match else timedelta()
        if not moved or timedelta(seconds=instance.clock_offset_seconds) + moved > YEARS_AHEAD_MAX:
            raise CommandError(
                f"{by!r} 不可用，请写如 +40d 或 +12h / cannot be used: write +40d or +12h,"
                " ten years ahead at most",
                key="by",
                expected="+40d or +12h",
            )
        offset = instance.clock_offset_seconds + int(moved.total_seconds())
        instance = replace(instance, clock_offset_seconds=offset)
        instance.write(home)
    say(f"演示今天是 {instance.clock.today()} / the demo's date")
    if by is not None:
        say("重新运行 tonggui demo up 后生效 / takes effect when the demo is started again")


@demo.command("reset", examples="tonggui demo reset --yes")
@click.option("--yes", is_flag=True, help="不再询问 / ask nothing")
def demo_reset(yes: bool) -> None:
    """删除演示实例的数据；正式实例一律拒绝。 / Delete the demo; a real instance is refused.

    不会停止正在运行的进程，请先按 Ctrl-C。 It stops nothing: end the demo first.
    """
    settings = Settings.from_environment()
    path = settings.home / FILE_NAME
    is_demo = Instance.read(settings.home).demo if path.exists() else _begun(settings.home)
    if not is_demo:
        if path.exists():
            raise _is_real(settings)
        say(f"{settings.home} 没有演示实例，无需删除 / holds no demo; nothing to delete")
        return
    if not yes:
        click.confirm(f"删除 {settings.home} 里的演示数据 / delete the demo in it?", abort=True)
    _delete(settings)
    say("已删除 / deleted")


def _introduce(file: DemoFile) -> None:
    say("\n演示账号 demo accounts（全部 all: tonggui demo accounts --all）")
    _list_accounts(file, [login for login in MAIN_ACCOUNTS if login in file.accounts])
    say("一次性口令 one-time code: tonggui demo code 登录名")
    say("\n可在“查询进度”页试用的演示举报 demo reports to look up, with their receipt codes:")
    table(
        ("查询码 code", "状态 state", "案件 case"),
        [_report_row(file.reports[case]) for case in MAIN_REPORTS if case in file.reports],
    )


def _list_accounts(file: DemoFile, logins: list[str]) -> None:
    table(
        ("登录名 login", "密码 password", "姓名 name", "角色 roles"),
        [
            (one.login, one.password, one.name, ",".join(one.roles))
            for one in (file.accounts[login] for login in logins)
        ],
    )


def _report_row(report: DemoReport) -> tuple[str, str, str]:
    return (group(report.code), report.state, report.title)


def _demo_home() -> Path:
    """Return the home of a demo.

    Raises:
        CommandError: there is no demo in it.
    """
    settings = Settings.from_environment()
    if not (settings.home / FILE_NAME).exists():
        raise CommandError("还没有演示实例，请先运行 / there is no demo yet; run: tonggui demo up")
    if not Instance.read(settings.home).demo:
        raise _is_real(settings)
    return settings.home


def _is_real(settings: Settings) -> CommandError:
    return CommandError(
        f"{settings.home} 是正式实例，演示命令不会动它 / is a real instance, not a demo",
        key="TONGGUI_HOME",
        expected="the home of a demo",
    )


def _begun(home: Path) -> bool:
    """Say whether a demo was begun here and interrupted before it had its instance file."""
    return (home / FOLDER).exists()


def _delete(settings: Settings) -> None:
    """Delete what a demo makes, and nothing else that may lie in its home."""
    home = settings.home
    if settings.database_url.startswith("postgresql") and current(settings.database_url):
        with step("清空数据库 / emptying the database"):
            move(settings.database_url, "base")
    # The instance file goes first: what is left without it is begun anew, never half used.
    for name in (FILE_NAME, FIRST_ROUTING, "secrets", "blobs", "mail", "log", "register", FOLDER):
        _remove(home / name)
    for stem in ("tonggui.sqlite", "limits.sqlite"):
        for path in home.glob(f"{stem}*"):
            _remove(path)
    if home.exists() and not any(home.iterdir()):
        home.rmdir()
    elif home.exists():
        note(f"{home} 里还有别的文件，没有动 / other files in it were left alone")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


assert SITE.endswith("-demo"), "what is sealed for a demo must open nowhere else"
