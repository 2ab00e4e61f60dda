"""What `tonggui doctor` looks at on the machine: files, disk, clock, memory, programs.

A check is a small function that yields what it found: nothing means all is well.
"""

import ctypes
import os
import shutil
import socket
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from casework import printing
from casework.config import PROCESS_SECRETS, Settings
from casework.instance import FILE_NAME
from casework.private_process import swap_in_the_clear

GIB: Final = 1024**3
Space = tuple[int, float]
DISK_WARN: Final[Space] = (5 * GIB, 0.15)  # bytes, share of the disk; the smaller counts
DISK_WRONG: Final[Space] = (GIB, 0.05)
OPTIONAL_SECRETS: Final = frozenset({"smtp-password", "blob-credentials"})
FROM_CEREMONY: Final = frozenset({"log-key", "first-key-set", "newest-key-set"})
UNFINISHED_SECONDS: Final = 2 * 24 * 3600
CLAMD_SECONDS: Final = 3.0
TIME_ERROR: Final = 5  # what adjtimex answers while no time server is followed
UNITS: Final = "sys/fs/cgroup/system.slice"


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Attributes:
        level: WRONG must be mended, WARN soon; OK is what a check says that found nothing.
        what: what is the matter, Chinese first.
        do: what to do about it.
    """

    level: Level
    what: str
    do: str = ""


def wrong(what: str, do: str) -> Finding:
    """Return a finding that must be mended."""
    return Finding(Level.WRONG, what, do)


def warn(what: str, do: str) -> Finding:
    """Return a finding that can wait a little."""
    return Finding(Level.WARN, what, do)


def check_home(settings: Settings) -> Iterator[Finding]:
    """Others than the owner and the group of the processes have no business in the home."""
    for path in (settings.home, settings.home / FILE_NAME):
        if not path.exists():
            yield wrong(f"{path} 不存在 / is missing", "恢复备份 / restore the backup")
        elif path.stat().st_mode & stat.S_IRWXO & ~(stat.S_IROTH if path.is_file() else 0):
            yield wrong(
                f"其他用户可以进入 {path} / others may enter it",
                f"chmod o-rwx {path}",
            )


def check_secrets(settings: Settings) -> Iterator[Finding]:
    """Each process has a folder of its own, with what it needs and nothing else."""
    owners: dict[int, list[str]] = {}
    for process, names in PROCESS_SECRETS.items():
        folder = settings.secrets / process
        try:
            found = {path.name: path.stat() for path in folder.iterdir()}
            here = folder.stat()
        except FileNotFoundError:
            yield wrong(
                f"{process} 没有密钥目录 {folder} / has no folder of secrets",
                "恢复密钥文件的备份 / restore the backup of the secrets",
            )
            continue
        except PermissionError:
            continue  # as it should be for whoever is not this process; root sees all
        yield from _modes(folder, here, found)
        missing = names - set(found) - OPTIONAL_SECRETS
        if missing - FROM_CEREMONY:
            yield wrong(
                f"{folder} 缺少 / lacks {', '.join(sorted(missing - FROM_CEREMONY))}",
                "恢复密钥文件的备份，不要新建"
                " / restore the backup of the secrets, never make new ones",
            )
        surplus = {name for name in found if not name.startswith(".")} - names
        if surplus:
            yield wrong(
                f"{folder} 有多余的文件 / holds what this process may not have:"
                f" {', '.join(sorted(surplus))}",
                "移走 / move it away",
            )
        owners.setdefault(here.st_uid, []).append(process)
    for together in owners.values():
        if len(together) > 1:
            yield warn(
                f"这些进程是同一个系统用户 / run as one user: {', '.join(together)}",
                "生产环境每个进程用自己的用户，见 deploy/ / give each its own, see deploy/",
            )


def _modes(
    folder: Path, here: os.stat_result, found: dict[str, os.stat_result]
) -> Iterator[Finding]:
    if here.st_mode & 0o077:
        yield wrong(f"{folder} 可被他人进入 / others may enter it", f"chmod 700 {folder}")
    for name, status in sorted(found.items()):
        if status.st_mode & 0o177:
            yield wrong(f"{folder / name} 可被他人读取 / others may read it",
                        f"chmod 600 {folder / name}")  # fmt: skip
        if status.st_uid != here.st_uid:
            yield wrong(
                f"{folder / name} 的属主与目录不同 / belongs to another user than its folder",
                f"chown --reference={folder} {folder / name}",
            )


def check_disk(
    settings: Settings, *, warn_at: Space = DISK_WARN, wrong_at: Space = DISK_WRONG
) -> Iterator[Finding]:
    """A full disk takes no reports."""
    folders = {"数据 data": settings.home}
    if settings.blob_url.startswith("file://"):
        folders["文件 files"] = Path(unquote(urlsplit(settings.blob_url).path))
    seen: set[int] = set()
    for name, folder in folders.items():
        if not folder.exists() or folder.stat().st_dev in seen:
            continue
        seen.add(folder.stat().st_dev)
        disk = shutil.disk_usage(folder)
        told = f"{name}：{folder} 只剩 {disk.free / GIB:.1f} GiB / left"
        do = "清理或扩容；磁盘满了就收不了举报 / free or add space; a full disk takes no reports"
        if disk.free < min(wrong_at[0], wrong_at[1] * disk.total):
            yield wrong(told, do)
        elif disk.free < min(warn_at[0], warn_at[1] * disk.total):
            yield warn(told, do)


def check_time_server() -> Iterator[Finding]:
    """Deadlines are counted by this clock."""
    room = ctypes.create_string_buffer(512)  # struct timex; all zero only asks
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is not None and adjtimex(room) == TIME_ERROR:
        yield warn(
            "本机时钟没有与时间服务器同步 / the clock follows no time server",
            "timedatectl set-ntp true，或设置单位的时间服务器 / or set your own time server",
        )


def check_memory(root: Path = Path("/")) -> Iterator[Finding]:
    """What is in memory must not reach a disk in the clear."""
    swaps = swap_in_the_clear(root)
    if swaps and not _units_never_swap(root):
        yield wrong(
            f"交换区没有加密 / swap is not encrypted: {', '.join(swaps)}",
            "swapoff -a 并从 /etc/fstab 去掉，或加密；deploy/ 的服务单元不使用交换区"
            " / switch it off or encrypt it; the units of deploy/ never swap",
        )


def _units_never_swap(root: Path) -> bool:
    limits = list((root / UNITS).glob("tonggui-*.service/memory.swap.max"))
    return bool(limits) and all(one.read_text().strip() == "0" for one in limits)


def check_programs(settings: Settings) -> Iterator[Finding]:
    """Without these, files are kept as they came and the officer is told so."""
    if shutil.which("ffmpeg") is None:
        yield warn(
            "没有 ffmpeg：音频视频不能去除元数据 / sound and video keep their metadata",
            "apt install ffmpeg",
        )
    lacking = printing.missing()
    if lacking is not printing.Missing.NOTHING:
        packages = {
            printing.Missing.LIBRARY: "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
            printing.Missing.FONT: "fonts-noto-cjk",
        }
        yield warn(
            "不能生成 PDF，文书只能用浏览器打印 / no PDFs; papers print from the browser",
            f"apt install --no-install-recommends {packages[lacking]}",
        )
    if not settings.clamd:
        yield warn(
            "没有设置病毒扫描 / no virus scanner is set",
            "apt install clamav-daemon，再设 TONGGUI_CLAMD / then set TONGGUI_CLAMD",
        )
    elif not _clamd_answers(settings.clamd):
        yield wrong(
            f"病毒扫描没有应答 / the virus scanner does not answer: {settings.clamd}",
            "systemctl start clamav-daemon",
        )


def _clamd_answers(address: str) -> bool:
    parts = urlsplit(address)
    unix = parts.scheme == "unix"
    try:
        with socket.socket(socket.AF_UNIX if unix else socket.AF_INET) as line:
            line.settimeout(CLAMD_SECONDS)
            line.connect(parts.path if unix else (parts.hostname, parts.port))
            line.sendall(b"zPING\0")
            return line.recv(5).startswith(b"PONG")
    except OSError:
        return False


def check_unfinished_files(
    settings: Settings, *, after_seconds: float = UNFINISHED_SECONDS
) -> Iterator[Finding]:
    """The jobs process sweeps what an interrupted upload left; old ones say that it does not."""
    if not settings.blob_url.startswith("file://"):
        return
    folder = Path(unquote(urlsplit(settings.blob_url).path)) / "unfinished"
    before = time.time() - after_seconds
    left = sum(1 for path in folder.glob("*") if path.stat().st_ctime < before)
    if left:
        yield warn(
            f"有 {left} 个超过两天的未完成文件 / unfinished files older than two days",
            "检查后台任务是否在运行 / see whether the jobs process runs",
        )


def check_passwords_in_settings(settings: Settings) -> Iterator[Finding]:
    """A setting is seen by whoever may look at the process; a secret is a file."""
    urls = {
        "TONGGUI_DATABASE_URL": settings.database_url,
        "TONGGUI_LIMITS_URL": settings.limits_url,
    }
    for process, url in settings.database_urls.items():
        urls[f"TONGGUI_DATABASE_URL_{process.upper()}"] = url
    for name, url in urls.items():
        if urlsplit(url).password is not None:
            yield warn(
                f"{name} 里有密码 / holds a password",
                "改用同机 peer 认证，或 ?passfile=/路径/pgpass"
                " / use peer authentication or a passfile",
            )
