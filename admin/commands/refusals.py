"""Whatever goes wrong becomes one sentence on stderr (one JSON object with --json) and a status.

2 is for what the person can put right by typing something else, 1 for the rest.
"""

import json
from dataclasses import dataclass, field

import click

from casework.config import SettingError
from casework.domain import errors as domain
from casework.domain.case import Matter
from casework.domain.roles import Role
from crypto.errors import CryptoError

WRONG_INPUT = 2
FAILED = 1


class CommandError(click.ClickException):
    """A command cannot do what was asked; the text is one sentence for people."""

    exit_code = WRONG_INPUT

    def __init__(self, sentence: str, **details: object) -> None:
        """Say in one *sentence* what is wrong and what would be right; details go into JSON."""
        super().__init__(sentence)
        self.details = details


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is told, and the exit status."""

    code: str
    sentence: str
    status: int = WRONG_INPUT
    details: dict[str, object] = field(default_factory=dict)

    def text(self, *, as_json: bool) -> str:
        """Return the line to print."""
        if not as_json:
            return f"错误：{self.sentence}"
        told = {"error": self.code, **self.details, "message": self.sentence}
        return json.dumps(told, ensure_ascii=False, default=str)


def refusal_of(error: Exception) -> Refusal | None:
    """Return what to tell about *error*; None if it is a fault of ours."""
    if isinstance(error, CommandError):
        return Refusal("refused", error.message, error.exit_code, error.details)
    if isinstance(error, click.ClickException):
        return Refusal("usage", _usage(error), error.exit_code, _parameter(error))
    if isinstance(error, SettingError):
        return Refusal("setting", str(error), details={"key": error.setting})
    if isinstance(error, domain.CaseworkError):
        return _casework(error)
    if isinstance(error, CryptoError):
        code = type(error).__name__.removesuffix("Error")
        return Refusal(code, f"密钥运算失败 / {error or 'a key operation failed'}")
    if isinstance(error, OSError):
        named = f"{error.filename}: " if error.filename else ""
        return Refusal("system", f"{named}{error.strerror or error}", FAILED)
    return None


def _usage(error: click.ClickException) -> str:
    told = error.format_message().rstrip(".")
    if not isinstance(error, click.UsageError):
        return told
    where = f"{error.ctx.command_path} --help" if error.ctx else "tonggui --help"
    return f"{_in_chinese(error)}{told}。见 `{where}`"


def _parameter(error: click.ClickException) -> dict[str, object]:
    """Name the option that a usage error is about."""
    if isinstance(error, click.BadParameter) and error.param is not None:
        return {"key": error.param.opts[0].lstrip("-"), "expected": error.message}
    if isinstance(error, click.NoSuchOption):
        return {"key": error.option_name.lstrip("-"), "expected": "an option of this command"}
    return {}


def _in_chinese(error: click.UsageError) -> str:
    match error:
        case click.NoSuchOption():
            return f"没有选项 {error.option_name} / "
        case click.MissingParameter():
            return "缺少必填项 / "
        case click.BadParameter():
            return "取值不对 / "
        case _:
            return "用法不对 / "


# Which option such a refusal is about, and what would be right, for programs.
_EXPECTED: dict[type[domain.CaseworkError], tuple[str, str]] = {
    domain.UnknownPolicyError: ("policy", "an id from `tonggui policy list`"),
    domain.UnknownClockError: ("clock", "a clock of the policy, see `tonggui policy show`"),
    domain.UnknownRegionError: ("region", "a region of the routing table"),
    domain.UnknownSectorError: ("sector", "a code from `tonggui route sectors`"),
    domain.UnknownMatterError: ("matter", f"one of {', '.join(Matter)}"),
    domain.UnknownDepartmentError: ("about", "a department of the routing table"),
    domain.UnknownRoleError: ("roles", f"one of {', '.join(Role)}"),
}

# Refusals that a command line meets and whose class alone would tell too little.
_SENTENCES: dict[type[domain.CaseworkError], str] = {
    domain.UnknownPolicyError: "没有这个规则文件 / no such policy; see `tonggui policy list`",
    domain.UnknownClockError: "该规则没有这个时限 / the policy has no such clock",
    domain.UnknownRegionError: "分派表没有这个区域 / no such region; write a GB/T 2260 code",
    domain.UnknownSectorError: "没有这个行业 / no such sector; see `tonggui route sectors`",
    domain.UnknownMatterError: "没有这类事项 / no such kind of matter",
    domain.UnknownDepartmentError: "没有这个单位 / no such department",
    domain.NoOfficeLeftError: "可以接收的单位都是被举报的单位 / the report is about every receiver",
    domain.UnknownRoleError: "没有这个角色 / no such role",
    domain.RoleConflictError: "这些角色不能由一人兼任 / one person may not hold these roles",
    domain.UnknownAccountError: "没有这个账号 / no such account; see `tonggui staff list`",
    domain.UnknownSignerError: "该账号不在密钥集内 / the account is outside the key set",
    domain.NoKeySetError: (
        "还没有可信的密钥集，请先做密钥仪式 / no key set yet; see `tonggui keys ceremony`"
    ),
    domain.NotPermittedError: "该账号的角色不允许这样做 / the account's roles do not allow this",
    domain.ExtensionError: "规则不允许这样延长 / the rule allows no such extension",
    domain.DeadlineError: "期限无法计算 / the last day cannot be computed",
    domain.BudgetExceededError: "资金不足 / the fund is short",
    domain.StorageUnavailableError: "数据库或文件存储不可用，什么都没有保存 / storage is away",
}


def _casework(error: domain.CaseworkError) -> Refusal:
    status = FAILED if isinstance(error, domain.StorageUnavailableError) else WRONG_INPUT
    if isinstance(error, domain.RuleFileError):
        return _rule_file(error)
    named = next((_SENTENCES[kind] for kind in type(error).__mro__ if kind in _SENTENCES), "")
    told = str(error)
    sentence = f"{named} ({told})" if named and told else named or told
    code = type(error).__name__.removesuffix("Error")
    key, expected = _EXPECTED.get(type(error), ("", ""))
    wanted = {"key": key, "expected": expected} if key else {}
    return Refusal(code, sentence or code, status, wanted | error.details)


def _rule_file(error: domain.RuleFileError) -> Refusal:
    """Name file, line and key; what was expected is said in the words of the file itself."""
    line, at = (f" 第 {error.line} 行", f"line {error.line}: ") if error.line else ("", "")
    sentence = f"{error.file}{line}，{error.key} 不对 / {at}{error.key}: expected {error.expected}"
    return Refusal(type(error).__name__.removesuffix("Error"), sentence, details=error.details)
