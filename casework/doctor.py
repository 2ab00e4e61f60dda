"""`tonggui doctor`: what is wrong with an instance, in plain words, and what to do about it.

Each check is a small function that yields what it found. One that cannot be made
(the database is away, say) says so and leaves the others alone.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from casework import machine
from casework.clock import SHANGHAI
from casework.config import DATABASE_ROLES, Secrets, SettingError, Settings
from casework.domain.calendar import WorkCalendar
from casework.domain.errors import CaseworkError, NoKeySetError
from casework.domain.roles import Role
from casework.instance import Instance
from casework.machine import Finding, Level, warn, wrong
from casework.private_process import place_of
from casework.services.audit_log import late
from casework.services.key_status import key_status
from casework.services.routing_tables import tables_in_force, version_of
from casework.services.searching import behind
from casework.services.trust import Trust, load_trust
from casework.storage import engine as engines
from casework.storage import health, migrate
from casework.storage.separation import differences
from casework.storage.unit_of_work import Store

LOG_BEHIND: Final = timedelta(minutes=15)  # SEALING.md 8
SEARCH_BEHIND: Final = 1_000  # events; the jobs process keeps up within seconds
BATCH_LATE: Final = timedelta(days=1)
MAIL_TRIES: Final = 5
MAIL_LATE: Final = timedelta(hours=1)
CLOCK_WARN: Final = timedelta(seconds=5)
CLOCK_WRONG: Final = timedelta(minutes=1)
DRILL_EVERY: Final = timedelta(days=366)
WAL_BYTES_MAX: Final = 256 * 1024 * 1024
NEXT_YEAR_FROM_MONTH: Final = 12  # the State Council announces a year's holidays in November
SHOWN: Final = 5
DRILLS: Final = frozenset({"instance.opened", "drill.held"})


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined.

    Attributes:
        settings: of the machine.
        instance: of the home.
        store: the database.
        trust: returns whom to believe; raises NoKeySetError before the ceremony.
        now: UTC instant.
    """

    settings: Settings
    instance: Instance
    store: Store
    trust: Callable[[], Trust]
    now: datetime

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Put together what is needed, and open nothing yet.

        Raises:
            SettingError: there is no instance in the home.
        """
        instance = Instance.read(settings.home)
        store = Store.open(settings.database_url_of("console"), site=instance.site)

        def trust() -> Trust:
            secrets = Secrets(settings.secrets / "console")
            if not secrets.has("first-key-set"):
                raise NoKeySetError(site=instance.site)
            return load_trust(
                store,
                first_digest=secrets.read("first-key-set"),
                newest_number=secrets.number("newest-key-set"),
            )

        return cls(settings, instance, store, trust, instance.clock.now())


Check = Callable[[Patient], Iterator[Finding]]


def check_tables(patient: Patient) -> Iterator[Finding]:
    """The tables are those that this program knows."""
    reached = migrate.current(patient.settings.database_url_of("console"))
    if reached != migrate.head():
        yield wrong(
            f"数据库表停在 {reached or '空'}，程序需要 / tables are at {reached}, the program wants"
            f" {migrate.head()}",
            "tonggui migrate",
        )


def check_separation(patient: Patient) -> Iterator[Finding]:
    """On PostgreSQL every process has a role of its own, with exactly its rights."""
    if patient.store.dialect != "postgresql":
        return
    found = differences(patient.settings.database_url_of("console"))
    if found:
        more = f"（共 {len(found)} 处）" if len(found) > SHOWN else ""
        yield wrong(
            f"数据库角色权限不符 / rights differ{more}: {'; '.join(found[:SHOWN])}",
            "tonggui migrate",
        )
    shared = [one for one in DATABASE_ROLES if one not in patient.settings.database_urls]
    if shared and not patient.instance.demo:
        names = ", ".join(f"TONGGUI_DATABASE_URL_{one.upper()}" for one in shared)
        yield warn(
            "这些进程没有自己的数据库角色 / processes without a role of their own:"
            f" {', '.join(shared)}",
            f"设置 / set {names}；见 docs/operations.md",
        )


def check_sqlite(patient: Patient) -> Iterator[Finding]:
    """The one file is whole, and what was deleted does not stay in its log."""
    if patient.store.dialect != "sqlite":
        return
    url = engines.database_url(patient.settings.database_url_of("console"))
    path = engines.sqlite_path(url)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
        told = [row[0] for row in raw.execute("PRAGMA quick_check(5)")]
    if told != ["ok"]:
        yield wrong(
            f"数据库文件损坏 / the database file is damaged: {len(told)}",
            "停止服务，保留原文件，恢复备份 / stop, keep the file, restore the backup",
        )
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > WAL_BYTES_MAX:
        yield warn(
            f"{log.name} 有 {log.stat().st_size // 1024**2} MiB，已删除的内容还在里面"
            " / what was deleted stays in it",
            "重启后台任务；检查是否有备份程序一直开着数据库"
            " / restart jobs; does a backup keep it open?",
        )


def check_clock(patient: Patient) -> Iterator[Finding]:
    """The database and this machine agree on the time."""
    if patient.store.dialect != "postgresql":
        return
    apart = abs(patient.store.read(health.database_time) - datetime.now(UTC))
    told = f"数据库与本机时钟相差 {apart.total_seconds():.0f} 秒 / seconds between the clocks"
    do = "让两台机器都跟随时间服务器 / have both follow a time server"
    if apart > CLOCK_WRONG:
        yield wrong(told, do)
    elif apart > CLOCK_WARN:
        yield warn(told, do)


def check_log(patient: Patient) -> Iterator[Finding]:
    """The jobs process takes events into the tree within a quarter of an hour."""
    behind = late(patient.store, before=patient.now - LOG_BEHIND)
    if behind:
        yield wrong(
            f"有 {len(behind)} 项操作超过 15 分钟没有进入审计日志 / events wait for the log",
            "启动后台任务 / start the jobs process: systemctl start tonggui-jobs",
        )


def check_search(patient: Patient) -> Iterator[Finding]:
    """The search index follows the audit tree, so that officers find what has changed."""
    number = behind(patient.store)
    if number > SEARCH_BEHIND:
        yield warn(
            f"查找索引还差 {number} 项操作 / the search index is so many events behind",
            "升级之后要等一会儿；一直不减少，就看后台任务的日志 / after an upgrade it takes a"
            " while; if it does not shrink, look at the log of the jobs process",
        )


def check_register(patient: Patient) -> Iterator[Finding]:
    """The public register grows on its days."""
    today = patient.now.astimezone(SHANGHAI).date()
    due = patient.store.read(lambda uow: health.first_waiting_batch(uow))
    if due is not None and due + BATCH_LATE < today:
        yield wrong(
            f"公开登记簿 {due} 的批次还没有发布 / the batch of that day is not published",
            "启动后台任务，查看它的日志 / start the jobs process and look at its log",
        )


def check_mail(patient: Patient) -> Iterator[Finding]:
    """Notices arrive."""
    waiting = patient.store.read(lambda uow: uow.outbox.oldest_due())
    tried = patient.store.read(lambda uow: health.mail_tried(uow, MAIL_TRIES))
    if tried:
        yield wrong(
            f"有 {tried} 封通知多次发送失败 / notices failed again and again",
            "检查 TONGGUI_SMTP_URL 和密钥文件 jobs/smtp-password / check both",
        )
    elif waiting is not None and waiting < patient.now - MAIL_LATE:
        yield wrong(
            f"通知从 {waiting:%Y-%m-%d %H:%M} UTC 起没有发出 / notices wait since",
            "启动后台任务 / start the jobs process",
        )
    if not patient.settings.smtp_url and not patient.instance.demo:
        yield warn("没有邮件服务器，通知写成文件 / no mail server is set",
                   "设置 TONGGUI_SMTP_URL / set it")  # fmt: skip


def check_addresses(patient: Patient) -> Iterator[Finding]:
    """Every office can be told."""
    offices = {one.code for one in patient.trust().keyset.offices}
    mute = sorted(offices - set(patient.instance.addresses))
    if mute:
        yield warn(
            f"这些单位没有通知邮箱 / offices without an address: {', '.join(mute)}",
            "写入 instance.toml 的 [addresses] / write them there",
        )


def check_keys(patient: Patient) -> Iterator[Finding]:
    """Keys are as old as they may be, and nothing is left under those that were replaced."""
    status = key_status(patient.store, trust=patient.trust(), now=patient.now)
    today = patient.now.astimezone(SHANGHAI).date()
    due = status.rotation_due(today)
    if due:
        names = ", ".join(f"{one.kind} {one.owner}" for one in due[:SHOWN])
        yield warn(
            f"有 {len(due)} 把密钥用满一年 / keys in use for a year: {names}",
            "控制台“人员与密钥”中更换 / rotate them in the console, /keys",
        )
    for code, (left, _) in status.rewrap.items():
        if left:
            yield warn(
                f"{code} 有 {left} 件案件还在旧密钥下 / cases under an old key",
                "该单位成员在“人员与密钥”点重新封装 / a member re-wraps them, /keys",
            )
    for seat, (left, _) in status.reseal.items():
        if left:
            yield warn(
                f"第 {seat} 席有 {left} 份碎片还用旧密钥封存 / boxes under an old seat key",
                "保有旧密钥的人在“保管席位”点移交 / who keeps the old key reseals them, /seats",
            )
    if status.waiting:
        names = ", ".join(one.login for one in status.waiting[:SHOWN])
        yield warn(
            f"{len(status.waiting)} 人还没有同事认证 / people without a certificate: {names}",
            "同单位同事核对 24 位指纹 / a colleague types the fingerprint, /keys",
        )


def check_trial(patient: Patient) -> Iterator[Finding]:
    """The site was tried before it opened, and is tried yearly."""
    last = _last_trial(patient.store)
    if last is None:
        yield wrong(
            "还没有做过试运行，网站不接收举报 / no trial was held; the site takes no reports",
            "tonggui keys ceremony",
        )
    elif patient.now - last > DRILL_EVERY:
        yield warn(f"上次演练是 {last:%Y-%m-%d} / the last drill", "tonggui keys drill")


def _last_trial(store: Store) -> datetime | None:
    after, last = ("", ""), None
    while page := store.read(lambda uow, after=after: uow.events.outside(after=after)):  # type: ignore[misc]
        last = next((one.at for one in reversed(page) if one.kind in DRILLS), last)
        after = (page[-1].at, page[-1].id)
    if last is None:
        return None
    return datetime.fromisoformat(last.replace("Z", "+00:00")).replace(tzinfo=UTC)


def check_routing(patient: Patient) -> Iterator[Finding]:
    """Every routing table that was put in force can be used, and is the one that was signed."""
    for row in tables_in_force(patient.store):
        try:
            version_of(patient.store, row=row, trust=patient.trust())
        except CaseworkError as problem:
            yield wrong(
                f"自 {row.active_from} 起的分派表（第 {row.number + 1} 版）不能使用"
                f" / the routing table of that day cannot be used: {type(problem).__name__}",
                "不要重启网站；运行 / do not restart the sites; run: tonggui register verify",
            )


def check_calendar(patient: Patient) -> Iterator[Finding]:
    """Working days are counted by announced holidays."""
    today = patient.now.astimezone(SHANGHAI).date()
    calendar = WorkCalendar(patient.store.read(lambda uow: uow.calendar.rows()))
    wanted = [today.year] + [today.year + 1] * (today.month >= NEXT_YEAR_FROM_MONTH)
    for year in wanted:
        if not calendar.is_known(year):
            level = wrong if year == today.year else warn
            yield level(
                f"工作日历没有 {year} 年的正式安排 / no announced holidays for {year}",
                "在办理台“规则”里粘贴国务院的通知，由第二人确认 / paste the State Council's notice"
                " under 规则 on the console; a second person confirms it",
            )


def check_auditor(patient: Patient) -> Iterator[Finding]:
    """Somebody looks at who opened what."""
    roles = {role for one in patient.trust().members.values() for role in one.roles}
    if Role.AUDITOR not in roles:
        yield warn(
            "没有审计员 / nobody has the auditor's role",
            "邀请一位 / invite one: tonggui staff invite --roles auditor",
        )


CHECKS: Final[dict[str, Check]] = {
    "home": lambda patient: machine.check_home(patient.settings),
    "secrets": lambda patient: machine.check_secrets(patient.settings),
    "settings": lambda patient: machine.check_passwords_in_settings(patient.settings),
    "disk": lambda patient: machine.check_disk(patient.settings),
    "memory": lambda _patient: machine.check_memory(),
    "time": lambda _patient: machine.check_time_server(),
    "programs": lambda patient: machine.check_programs(patient.settings),
    "files": lambda patient: machine.check_unfinished_files(patient.settings),
    "tables": check_tables,
    "roles": check_separation,
    "sqlite": check_sqlite,
    "clock": check_clock,
    "log": check_log,
    "search": check_search,
    "register": check_register,
    "mail": check_mail,
    "addresses": check_addresses,
    "keys": check_keys,
    "trial": check_trial,
    "routing": check_routing,
    "calendar": check_calendar,
    "auditor": check_auditor,
}


def examine(patient: Patient) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Yield the name of every check and what it found; a check that is well finds OK."""
    for name, check in CHECKS.items():
        yield name, _made(check, patient) or (Finding(Level.OK, ""),)


def _made(check: Check, patient: Patient) -> tuple[Finding, ...]:
    try:
        return tuple(check(patient))
    except NoKeySetError:
        return (wrong("还没有密钥集 / there is no key set", "tonggui keys ceremony"),)
    except (CaseworkError, SettingError, OSError) as problem:
        return (
            wrong(
                f"查不了 / cannot be looked at: {type(problem).__name__} {problem}",
                "先解决上面的问题再查 / mend what stands above, then look again",
            ),
        )
    except Exception as problem:
        return (
            wrong(f"查不了 / cannot be looked at: {place_of(problem)}", "请报告 / please report"),
        )
