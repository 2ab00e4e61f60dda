"""`tonggui serve`."""

import click

from admin import processes
from admin.commands.teaching import Command
from admin.commands.terminal import step
from admin.founding import bring_up_to_date
from casework.config import Settings
from casework.instance import Instance


@click.command(
    cls=Command,
    examples="""
    tonggui serve
    TONGGUI_PORTAL_BIND=127.0.0.1:9000 tonggui serve
    """,
)
def serve() -> None:
    """启动举报网站、工作台、收信网关和后台任务。 / Start both sites, mail gateway and jobs.

    四个进程只听本机地址，一起停止；按 Ctrl-C 结束。任何一个退出，其余的也停。
    Four child processes on loopback; Ctrl-C stops them all, and if one dies, the
    others are stopped and the status is 1. In production each runs under its own
    user (docs/operations.md).
    """
    settings = Settings.from_environment()
    Instance.read(settings.home)  # one clear line here instead of four from the children
    bring_up_to_date(settings, step)
    click.get_current_context().exit(processes.serve(settings))
