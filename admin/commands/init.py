"""`tonggui init`: a real instance."""

import re

import click

from admin.commands.refusals import CommandError
from admin.commands.rules import routing_of
from admin.commands.teaching import Command
from admin.commands.terminal import say, step
from admin.founding import InstanceExistsError, found
from casework.config import Settings
from casework.instance import Instance

_SITE = re.compile(r"[a-z0-9][a-z0-9-]{0,30}\Z", re.ASCII)
DEMO_SUFFIX = "-demo"


@click.command(
    cls=Command,
    examples="""
    tonggui init --region 410329
    TONGGUI_HOME=/srv/tonggui tonggui init --region 410329 --site yichuan
    """,
)
@click.option("--region", required=True, help="县级区划代码 / GB/T 2260 code of the county")
@click.option("--site", help="站点标识，写入每个密封件 / bound into every sealed object")
def init(region: str, site: str | None) -> None:
    """建立正式实例：目录、密钥文件、数据库、日历。 / Make a real instance.

    不会覆盖已有的实例。 An instance that exists is never overwritten.
    """
    settings = Settings.from_environment()
    county = routing_of(region).site
    chosen = site or county
    if not _SITE.match(chosen) or chosen.endswith(DEMO_SUFFIX):
        raise CommandError(
            f"站点标识 {chosen!r} 不可用 / cannot be used: lower-case letters, digits and hyphens,"
            f" not ending in {DEMO_SUFFIX}",
            key="site",
            expected="lower-case letters, digits and hyphens",
        )
    try:
        found(settings, Instance(site=chosen, region=county), step=step)
    except InstanceExistsError:
        raise CommandError(
            f"{settings.home} 已有实例，没有改动 / has an instance already; nothing was changed",
            key="TONGGUI_HOME",
        ) from None
    for line in _next_steps(settings):
        say(line)


def _next_steps(settings: Settings) -> list[str]:
    return [
        f"实例已建立 / made: {settings.home}（密钥文件 secrets: {settings.secrets}）",
        "下一步 next:",
        "  1. 邀请人员，每个单位至少两人 / invite staff, two an office at least:",
        "     tonggui staff invite LOGIN --name 姓名 --office 410329-yjj --roles officer",
        "  2. 启动，让他们首次登录并抄下指纹 / serve, let them enrol and note their fingerprint:",
        "     python -m admin.wsgi",
        "  3. 三个保管席位，停机做密钥仪式，最后试报一件才开放 / hold the ceremony; it ends",
        "     with a trial report that opens the site; see docs/operations.md 10:",
        "     tonggui keys ceremony --seat 1:甲,乙 --seat 2:丙,丁 --seat 3:戊,己",
        "  4. 启动 / start: tonggui serve",
        f"  备份 {settings.secrets}，与数据库分开存放 / back it up apart from the database",
    ]
