"""Settings from the environment, and secrets from files. Standard library only.

A value that cannot be used raises SettingError, whose text is one line that
names the setting; the programs print it and leave with status 2.
"""

import os
import re
import secrets as randomness
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

UPLOAD_BYTES_MAX = 512 * 1024 * 1024  # a file of 500 MB, and what else a form carries
TRUSTED_PROXIES_MAX = 8
# A database password may stand in its URL; libpq's own password file is better.
DATABASE_SCHEMES = ("sqlite", "postgresql")
# Processes that may have a database role of their own; SQLite knows no roles.
DATABASE_ROLES = ("portal", "console", "jobs")
LIMITS_SCHEMES = ("sqlite", "redis", "rediss", "redis+unix")

# Which secret files each process has: SEALING.md 3. smtp-password is optional, and so is
# blob-credentials, which an S3 store asks for.
PROCESS_SECRETS: Mapping[str, frozenset[str]] = {
    "portal": frozenset(
        {"receipt-pepper", "form-key", "first-key-set", "newest-key-set", "blob-credentials"}
    ),
    "mailgate": frozenset(
        {"receipt-pepper", "first-key-set", "newest-key-set", "blob-credentials"}
    ),
    "console": frozenset(
        {
            "receipt-pepper", "password-pepper", "blind-index-key", "form-key",
            "first-key-set", "newest-key-set", "blob-credentials",
        }
    ),
    "jobs": frozenset(
        {"log-key", "first-key-set", "newest-key-set", "smtp-password", "blob-credentials"}
    ),
}  # fmt: skip
_SECRET_NAMES = frozenset().union(*PROCESS_SECRETS.values())


class SettingError(Exception):
    """A setting or a secret file cannot be used as it is."""

    def __init__(self, setting: str, sentence: str) -> None:
        """Name the *setting*, and say in one *sentence* what is wrong and what would be right."""
        super().__init__(f"{setting}: {sentence}")
        self.setting = setting
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Bind:
    """An address that a server listens on."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return host:port, an IPv6 host in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where sealed files lie in an S3 store."""

    bucket: str
    prefix: str  # "" or a path that ends with a slash
    endpoint: str
    region: str

    @classmethod
    def of(cls, url: str) -> "S3Place":
        """Read s3://bucket/prefix?endpoint=https://host&region=name; the region may be missing.

        Raises:
            ValueError: in one sentence, what is wrong.
        """
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        endpoint = urlsplit(options.get("endpoint", ""))
        local = endpoint.hostname in ("localhost", "127.0.0.1", "::1")
        if not parts.netloc or not re.fullmatch(r"[a-z0-9.-]{3,63}", parts.netloc):
            raise ValueError("no bucket is named; write s3://bucket/prefix?endpoint=https://host")
        if not endpoint.hostname or not (endpoint.scheme == "https" or local) or endpoint.username:
            raise ValueError("no safe endpoint; write s3://bucket/prefix?endpoint=https://host")
        if unknown := sorted(set(options) - {"endpoint", "region"}):
            raise ValueError(f"s3:// takes endpoint and region, not {unknown[0]!r}")
        path = parts.path.strip("/")
        prefix = f"{path}/" if path else ""
        region = options.get("region", "us-east-1")
        return cls(parts.netloc, prefix, options["endpoint"], region)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an instance is told about its machine; nothing here is secret but a database URL."""

    home: Path
    secrets: Path  # holds one folder a process
    public_url: str  # without a slash at the end
    trusted_proxies: int  # how many proxies stand before the sites
    upload_bytes_max: int  # of one request
    clamd: str  # address of the virus scanner; "" = none
    database_url: str  # of the tables' owner, who migrates; of every process on SQLite
    database_urls: Mapping[str, str]  # by process, where one has a database role of its own
    blob_url: str
    limits_url: str
    smtp_url: str  # "" = mails become files in mail_folder
    portal_bind: Bind
    console_bind: Bind
    mail_bind: Bind

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read every TONGGUI_ setting; an empty value counts as not set.

        Raises:
            SettingError: a value cannot be used.
        """
        given = _Given(os.environ if environ is None else environ)
        home = Path(given.text("TONGGUI_HOME", "./var")).expanduser().absolute()
        return cls(
            home=home,
            secrets=Path(given.text("TONGGUI_SECRETS", str(home / "secrets"))).expanduser(),
            public_url=given.public_url("TONGGUI_PUBLIC_URL", "http://127.0.0.1:8000"),
            trusted_proxies=given.number("TONGGUI_TRUSTED_PROXIES", 0, 0, TRUSTED_PROXIES_MAX),
            upload_bytes_max=given.number(
                "TONGGUI_UPLOAD_BYTES_MAX", UPLOAD_BYTES_MAX, 1024 * 1024, 4 * 1024**3
            ),
            clamd=given.clamd("TONGGUI_CLAMD"),
            database_url=given.url(
                "TONGGUI_DATABASE_URL", f"sqlite:///{home / 'tonggui.sqlite'}", DATABASE_SCHEMES
            ),
            database_urls=given.database_urls(),
            blob_url=given.blob_url("TONGGUI_BLOB_URL", f"file://{home / 'blobs'}"),
            limits_url=given.url(
                "TONGGUI_LIMITS_URL", f"sqlite:///{home / 'limits.sqlite'}", LIMITS_SCHEMES
            ),
            smtp_url=given.smtp_url("TONGGUI_SMTP_URL"),
            portal_bind=given.bind("TONGGUI_PORTAL_BIND", "127.0.0.1:8000"),
            console_bind=given.bind("TONGGUI_CONSOLE_BIND", "127.0.0.1:8001"),
            mail_bind=given.bind("TONGGUI_MAIL_BIND", "127.0.0.1:8025"),
        )

    def database_url_of(self, process: str) -> str:
        """Return how one process reaches the database; the mail gateway is a public site."""
        public = "portal" if process == "mailgate" else process
        return self.database_urls.get(public, self.database_url)

    @property
    def mail_folder(self) -> Path:
        """Where mails are written as files while no mail server is set."""
        return self.home / "mail"


class _Given:
    """The environment, read with a sentence for whatever does not fit."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        value = self._environ.get(name, "").strip()
        if "\0" in value or "\n" in value:
            raise SettingError(name, "holds a line break; write one line")
        return value or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,12}", value) or not low <= int(value) <= high:
            raise SettingError(
                name, f"{value!r} cannot be used; write a whole number from {low} to {high}"
            )
        return int(value)

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name, default)
        scheme, separator, rest = value.partition("://")
        if scheme not in schemes or not separator:
            wanted = " or ".join(f"{scheme}://" for scheme in schemes)
            raise SettingError(name, f"the address must begin with {wanted}")
        # A relative file would be another one for a process started elsewhere.
        start = {"file": "/", "sqlite": "//"}.get(scheme)
        if start is not None and not re.match(rf"{start}[^/]", rest):
            raise SettingError(name, f"write a full path, as in {scheme}://{start}srv/tonggui/name")
        if not rest:
            raise SettingError(name, f"nothing follows {scheme}://; write host and name")
        return value

    def database_urls(self) -> dict[str, str]:
        names = {process: f"TONGGUI_DATABASE_URL_{process.upper()}" for process in DATABASE_ROLES}
        return {
            process: self.url(name, "", ("postgresql",))
            for process, name in names.items()
            if self.text(name, "")
        }

    def blob_url(self, name: str, default: str) -> str:
        value = self.url(name, default, ("file", "s3"))
        if value.startswith("s3://"):
            try:
                S3Place.of(value)
            except ValueError as error:
                raise SettingError(name, str(error)) from None
        return value

    def public_url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        example = "write it as in https://report.example.gov.cn"
        try:
            parts = urlsplit(value)
            host = parts.hostname or ""
            whole = f"{parts.scheme}://{parts.netloc}" == value and parts.port != 0
        except ValueError:
            raise SettingError(name, f"{value!r} is no address; {example}") from None
        if parts.scheme not in ("http", "https") or not host or not whole or parts.username:
            raise SettingError(name, f"{value!r} is not scheme and host alone; {example}")
        safe = host in ("localhost", "127.0.0.1", "::1") or host.endswith(".onion")
        if parts.scheme == "http" and not safe:
            raise SettingError(name, f"{value!r} would carry reports in the clear; {example}")
        return value

    def smtp_url(self, name: str) -> str:
        value = self.text(name, "")
        if not value:
            return ""
        example = "write smtp://user@host:587 or smtps://user@host:465"
        try:
            parts = urlsplit(value)
            fits = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
        except ValueError:
            raise SettingError(name, f"this is no address; {example}") from None
        if parts.password is not None:
            raise SettingError(
                name, "a password does not belong here; put it in the secret file smtp-password"
            )
        if not fits or parts.path not in ("", "/"):
            raise SettingError(name, f"this is no address of a mail server; {example}")
        return value.rstrip("/")

    def clamd(self, name: str) -> str:
        value = self.text(name, "")
        if not value:
            return ""
        example = "write unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310"
        try:
            parts = urlsplit(value)
            is_file = parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/")
            is_port = parts.scheme == "tcp" and parts.hostname and parts.port
        except ValueError:
            raise SettingError(name, f"{value!r} is no address; {example}") from None
        if is_port and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise SettingError(
                name, f"files are not sent to another machine in the clear; {example}"
            )
        if not is_file and not is_port:
            raise SettingError(name, f"{value!r} is no address; {example}")
        return value

    def bind(self, name: str, default: str) -> Bind:
        value = self.text(name, default)
        match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})", value)
        if not match or not 1 <= int(match[2]) <= 65535:
            raise SettingError(
                name, f"{value!r} cannot be listened on; write host:port, as in {default}"
            )
        return Bind(host=match[1].strip("[]"), port=int(match[2]))


class Secrets:
    """The secret files of one process, in a folder that only its user may enter."""

    def __init__(self, folder: Path) -> None:
        """Look at *folder*, which need not exist until something is read.

        Raises:
            SettingError: others may enter it, or it is not a folder.
        """
        self.folder = folder
        if folder.exists():
            _refuse_wider(folder, stat.S_IFDIR, 0o700)

    def has(self, name: str) -> bool:
        """Say whether the file *name* is there."""
        return self._path(name).exists()

    def read(self, name: str) -> bytes:
        """Return what write_secret() was given.

        Raises:
            SettingError: the file is missing, empty, or others may read it.
        """
        path = self._path(name)
        try:
            _refuse_wider(path, stat.S_IFREG, 0o600)
            body = path.read_bytes()
        except FileNotFoundError:
            raise SettingError(
                "TONGGUI_SECRETS", f"{path} is missing; `tonggui init` makes it"
            ) from None
        except OSError as error:
            raise SettingError(
                "TONGGUI_SECRETS", f"{path} cannot be read: {error.strerror}"
            ) from None
        if not body:
            raise SettingError("TONGGUI_SECRETS", f"{path} is empty; put it back from its backup")
        return body

    def number(self, name: str) -> int:
        """Return the number that a text file such as newest-key-set holds."""
        text = self.read(name).strip()
        if not re.fullmatch(rb"[0-9]{1,9}", text):
            raise SettingError("TONGGUI_SECRETS", f"{self._path(name)} must hold one whole number")
        return int(text)

    def note_newest(self, name: str, number: int) -> None:
        """Keep *number* unless the file already holds a higher one."""
        if not self.has(name) or self.number(name) < number:
            write_secret(self.folder, name, b"%d\n" % number)

    def _path(self, name: str) -> Path:
        if name not in _SECRET_NAMES:
            raise ValueError(f"no secret is called {name!r}")
        return self.folder / name


def write_secret(folder: Path, name: str, body: bytes) -> None:
    """Put *body* whole into the file *name*, 0600, in *folder*, 0700, or change nothing."""
    if name not in _SECRET_NAMES:
        raise ValueError(f"no secret is called {name!r}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_wider(folder, stat.S_IFDIR, 0o700)
    unfinished = folder / f".{name}.{randomness.token_hex(8)}"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            if os.geteuid() == 0:  # a command run as root must not lock the process out
                owner = folder.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            os.fsync(file.fileno())
        unfinished.replace(folder / name)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    above = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(above)
    finally:
        os.close(above)


def _refuse_wider(path: Path, kind: int, mode: int) -> None:
    found = path.stat()
    what = "folder" if kind == stat.S_IFDIR else "file"
    if stat.S_IFMT(found.st_mode) != kind:
        raise SettingError("TONGGUI_SECRETS", f"{path} is not a {what}")
    if found.st_mode & 0o7777 & ~mode:
        raise SettingError(
            "TONGGUI_SECRETS",
            f"{path} may be read by others (mode {found.st_mode & 0o7777:04o});"
            f" run chmod {mode:o} on it",
        )
