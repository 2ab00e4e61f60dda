"""`tonggui doctor`: what is wrong and what to do; `tonggui migrate`: tables and rights."""

import click

from admin.commands.refusals import FAILED
from admin.commands.teaching import Command, json_option
from admin.commands.terminal import note, say, say_json, table, tracked
from admin.founding import seed_rules_of_older
from casework.config import Settings
from casework.doctor import CHECKS, Patient, examine
from casework.instance import Instance
from casework.machine import Finding, Level
from casework.services.rules import FIRST_ROUTING, keep_first_routing
from casework.storage.migrate import upgrade

SYMBOLS = {Level.OK: "✓ 正常", Level.WARN: "! 注意", Level.WRONG: "✗ 有误"}
TITLES = {
    "home": "数据目录 home",
    "secrets": "密钥文件 secrets",
    "settings": "设置 settings",
    "disk": "磁盘 disk",
    "memory": "内存 memory",
    "time": "对时 time",
    "programs": "程序 programs",
    "files": "未完成文件 files",
    "tables": "数据库表 tables",
    "roles": "数据库角色 roles",
    "sqlite": "数据库文件 SQLite",
    "clock": "时钟 clocks",
    "log": "审计日志 log",
    "search": "查找索引 search",
    "register": "登记簿 register",
    "mail": "通知 mail",
    "addresses": "通知邮箱 addresses",
    "keys": "密钥 keys",
    "trial": "演练 drill",
    "routing": "分派表 routing",
    "calendar": "工作日历 calendar",
    "auditor": "审计员 auditor",
}


@click.command(
    cls=Command,
    examples="""
    tonggui doctor
    tonggui doctor --json
    """,
)
@json_option
def doctor(as_json: bool) -> None:
    """体检：哪里不对，怎么办。 / What is wrong, and what to do about it.

    只看不改。没有“有误”时状态为 0，否则为 1。 Looks and changes nothing.
    Status 0 when nothing is wrong (warnings allowed), 1 otherwise.
    """
    patient = Patient.of(Settings.from_environment())
    found = dict(tracked(examine(patient), "体检 looking", total=len(CHECKS)))
    patient.store.close()
    (_as_json if as_json else _as_table)(found)
    if any(one.level is Level.WRONG for findings in found.values() for one in findings):
        click.get_current_context().exit(FAILED)


def _as_json(found: dict[str, tuple[Finding, ...]]) -> None:
    say_json(
        [
            {"check": name, "level": str(one.level), "what": one.what, "do": one.do}
            for name, findings in found.items()
            for one in findings
        ]
    )


def _as_table(found: dict[str, tuple[Finding, ...]]) -> None:
    rows = [
        (SYMBOLS[one.level], TITLES[name], one.what, one.do)
        for name, findings in found.items()
        for one in findings
    ]
    table(["", "检查 check", "发现 found", "怎么办 what to do"], rows)
    levels = [one.level for findings in found.values() for one in findings]
    bad, soon = levels.count(Level.WRONG), levels.count(Level.WARN)
    if bad or soon:
        note(f"{bad} 处有误 wrong，{soon} 处注意 to watch；详见 docs/operations.md")
    else:
        note("一切正常 / all is well")


@click.command(
    cls=Command,
    examples="""
    tonggui migrate
    """,
)
def migrate() -> None:
    """更新数据库表和各进程的权限。 / Bring tables, roles and rights up to date.

    升级程序后执行一次；用表的属主连接（TONGGUI_DATABASE_URL）。可以重复执行，
    服务可以开着。 Once after every upgrade, as the owner of the tables; may be
    repeated, and the sites may be running.
    """
    settings = Settings.from_environment()
    instance = Instance.read(settings.home)
    reached = upgrade(settings.database_url, note)
    if seed_rules_of_older(settings, instance):
        note("已将本地区规则写入 instance.toml / the rules of this region are in force now")
    if keep_first_routing(settings.home, instance.region):
        note(f"已将分派表存为 {FIRST_ROUTING} / the routing table is kept as the first version")
    say(f"数据库表 tables: {reached}")
