"""The command `tonggui`: one group, one module a subject in admin/commands.

Subjects are loaded when they are asked for, so that the rule commands start
without a web framework and a database.
"""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

import click

from admin.commands.refusals import FAILED, WRONG_INPUT, Refusal, refusal_of
from admin.commands.teaching import JSON_OPTION, Group


def _calendar() -> click.Command:
    from admin.commands.calendar import calendar

    return calendar


def _deadline() -> click.Command:
    from admin.commands.deadline import deadline

    return deadline


def _demo() -> click.Command:
    from admin.commands.demo import demo

    return demo


def _doctor() -> click.Command:
    from admin.commands.doctor import doctor

    return doctor


def _fund() -> click.Command:
    from admin.commands.fund import fund

    return fund


def _init() -> click.Command:
    from admin.commands.init import init

    return init


def _keys() -> click.Command:
    from admin.commands.keys import keys

    return keys


def _migrate() -> click.Command:
    from admin.commands.doctor import migrate

    return migrate


def _policy() -> click.Command:
    from admin.commands.policy import policy

    return policy


def _register() -> click.Command:
    from admin.commands.register import register

    return register


def _reward() -> click.Command:
    from admin.commands.reward import reward

    return reward


def _route() -> click.Command:
    from admin.commands.route import route

    return route


def _serve() -> click.Command:
    from admin.commands.serve import serve

    return serve


def _staff() -> click.Command:
    from admin.commands.staff import staff

    return staff


LOADERS: dict[str, Callable[[], click.Command]] = {
    "demo": _demo,
    "serve": _serve,
    "init": _init,
    "staff": _staff,
    "keys": _keys,
    "fund": _fund,
    "policy": _policy,
    "route": _route,
    "deadline": _deadline,
    "calendar": _calendar,
    "reward": _reward,
    "register": _register,
    "doctor": _doctor,
    "migrate": _migrate,
}


def _version() -> str:
    """Return the installed version; a checkout that was not installed has none."""
    try:
        return version("tonggui")
    except PackageNotFoundError:
        return "(checkout)"


class Subjects(Group):
    """The commands, in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        return list(LOADERS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        loader = LOADERS.get(cmd_name)
        return loader() if loader else None


@click.group(
    cls=Subjects,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    examples="""
    tonggui demo up                      演示：建好数据并启动 / make the demo and serve it
    tonggui demo code yjj-officer        演示账号的一次性口令 / an account's one-time code
    tonggui init --region 410329         建一个正式实例 / make a real instance
    tonggui route explain --region 410329 --sector town_gas --matter violation
    tonggui deadline explain --policy yichuan-2022 --clock verify --start 2026-11-02
    tonggui <命令> --help                每条命令都有例子 / every command has examples
    """,
)
@click.version_option(_version(), message="tonggui %(version)s", help="显示版本 / Show the version")
def tonggui() -> None:
    """铜匦：安全生产举报与奖励。 / Tonggui: work-safety reports, sealed, routed, rewarded.

    设置来自环境变量 TONGGUI_*（默认数据目录 ./var）；加 --json 的命令供程序读取。
    Settings come from TONGGUI_* variables (data in ./var by default).
    Exit status: 0 done, 1 failed or something was found, 2 wrong input.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; nothing but that ever comes out."""
    as_json = JSON_OPTION in arguments
    try:
        status = tonggui.main(list(arguments), prog_name="tonggui", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        click.echo(help_wanted.format_message(), err=True)
        return WRONG_INPUT
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断 / interrupted", err=True)
        return 130
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        refusal = refusal_of(error) or _fault(error)
        click.echo(refusal.text(as_json=as_json), err=True)
        return refusal.status
    return status if isinstance(status, int) else 0


def _fault(error: Exception) -> Refusal:
    """Name the place of a mistake of ours; a traceback might carry what somebody typed."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119
    sentence = (
        f"程序出错，请报告 / a fault of ours, please report: {type(error).__name__} at {where}"
    )
    return Refusal("fault", sentence, FAILED)


def main() -> None:
    """Be the console script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
