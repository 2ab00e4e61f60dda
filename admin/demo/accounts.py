"""What a demo keeps in the clear so that people can try it: passwords, one-time codes, receipts.

A real instance has no such file. It lies in the demo's home, readable by its owner alone.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from admin import auth

FOLDER: Final = "demo"
FILE: Final = "accounts.json"
NOTE: Final = "演示材料，不含任何真实人员 / demo material, no real persons"
WORDS_A_PASSWORD: Final = 3
WORDS: Final = (
    "bai", "bei", "cao", "chen", "chun", "cui", "dan", "dong", "feng", "gang", "gui", "hai",
    "han", "he", "hong", "hua", "huang", "hui", "jiang", "jin", "ju", "lan", "lei", "li",
    "liang", "lin", "ling", "liu", "lu", "luo", "mei", "ming", "mo", "mu", "nan", "ning",
    "ping", "qing", "qiu", "quan", "ruo", "shan", "shi", "shu", "shui", "song", "su", "tai",
    "tang", "tao", "tian", "tong", "wan", "wei", "wen", "xi", "xia", "xiang", "xue", "yan",
    "yang", "yi", "yin", "ying", "you", "yu", "yuan", "yue", "yun", "zhe", "zhi", "zhong",
    "zhou", "zhu", "zi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One demo login."""

    login: str
    name: str
    office: str
    roles: list[str]
    password: str = field(repr=False)
    totp: str = field(repr=False)  # as authenticators take it
    start_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DemoReport:
    """One demo report, with the receipt code that a real instance never keeps."""

    case: str  # id in cases.toml
    report_id: str
    code: str = field(repr=False)
    title: str = ""
    state: str = ""
    claim_number: str = field(default="", repr=False)
    confirmation: str = field(default="", repr=False)  # told to the second officer


class DemoFile:
    """The file, read once and written whole."""

    def __init__(self, home: Path) -> None:
        """Read the file in *home*, if there is one."""
        self.path = home / FOLDER / FILE
        kept: dict[str, Any] = {}
        if self.path.exists():
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        self.accounts = {one["login"]: DemoAccount(**one) for one in kept.get("accounts", [])}
        self.reports = {one["case"]: DemoReport(**one) for one in kept.get("reports", [])}
        self.is_loaded: bool = kept.get("loaded", False)
        # The day that all dates of the play count from, also if it is taken up days later.
        self.begun_on: str = kept.get("begun_on", "")

    def save(self) -> None:
        """Write everything, or change nothing."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".unfinished")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self._as_json(), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)

    def _as_json(self) -> Mapping[str, object]:
        return {
            "note": NOTE,
            "loaded": self.is_loaded,
            "begun_on": self.begun_on,
            "accounts": [asdict(one) for one in self.accounts.values()],
            "reports": [asdict(one) for one in self.reports.values()],
        }


def new_password() -> str:
    """Draw a password of words that are easily typed."""
    words = [secrets.choice(WORDS) for _ in range(WORDS_A_PASSWORD)]
    return "-".join([*words, f"{secrets.randbelow(10_000):04d}"])


def present_code(account: DemoAccount, now: datetime) -> tuple[str, int]:
    """Return the one-time code that an authenticator shows now, and its seconds left."""
    seconds = int(now.timestamp())
    step, passed = divmod(seconds, auth.TOTP_SECONDS)
    return auth.totp_at(auth.from_base32(account.totp), step), auth.TOTP_SECONDS - passed
