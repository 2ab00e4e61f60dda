"""`tonggui staff`: who may come in."""

import re

import click

from admin import auth
from admin.commands.opened import department_name, opened, trust_or_none
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import say, say_json, table
from admin.start_code import VALID_FOR, new_start_code
from casework.clock import SHANGHAI
from casework.domain.errors import LoginTakenError
from casework.domain.ids import new_id
from casework.domain.roles import check_roles
from casework.services import staff as people
from casework.storage.accounts import Account
from crypto.public_key import PublicKey

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,30}\Z", re.ASCII)


@click.group(
    cls=Group,
    examples="""
    tonggui staff invite officer1 --name 承办人甲 --office 410329-yjj --roles officer
    tonggui staff list
    """,
)
def staff() -> None:
    """人员：邀请、名单。 / People of the console."""


@staff.command(
    examples="""
    tonggui staff invite officer1 --name 承办人甲 --office 410329-yjj --roles officer
    tonggui staff invite supervisor1 --name 督办人甲 --office 410329-awb --roles supervisor
    tonggui staff invite seat1 --name 保管人甲 --office 410329-sfj --roles custodian --json
    """,
)
@click.argument("login")
@click.option("--name", required=True, help="姓名 / display name")
@click.option("--office", required=True, help="单位代码 / code, such as 410329-yjj")
@click.option("--roles", required=True, help="角色，逗号分隔 / comma-separated roles")
@json_option
def invite(login: str, name: str, office: str, roles: str, as_json: bool) -> None:
    """邀请一人，打印一次性启动码。 / Invite somebody; prints a one-time start code.

    启动码 72 小时内有效，只保存它的散列，请当面或电话告知本人。
    The code is valid for 72 hours; only its hash is kept. Hand it over in person.
    """
    if not _LOGIN.match(login):
        raise CommandError(
            f"登录名 {login!r} 不可用 / cannot be used: 2 to 31 of a-z, 0-9, dot, hyphen",
            key="login",
            expected="2 to 31 lower-case letters, digits, dots, hyphens",
        )
    held = check_roles(filter(None, (role.strip() for role in roles.split(","))))
    code = new_start_code()
    with opened() as here:
        office_name = department_name(here, office)
        expires_at = here.clock.now() + VALID_FOR
        has_key_set = trust_or_none(here) is not None
        if people.account_by_login(here.store, login=login) is not None:
            raise _taken(login)
        try:
            people.invite(
                here.store,
                account=new_id(),
                login=login,
                name=name.strip(),
                office=office,
                roles=frozenset(str(role) for role in held),
                start_code_hash=auth.start_code_hash(code),
                expires_at=expires_at,
            )
        except LoginTakenError:  # by another command at the same moment
            raise _taken(login) from None
    until = expires_at.astimezone(SHANGHAI)
    if as_json:
        say_json({"login": login, "start_code": code, "expires_at": until.isoformat()})
        return
    say(f"{name}（{office_name}）的启动码 start code: {code}")
    say(f"有效至 valid until {until:%Y-%m-%d %H:%M}；首次登录时输入 / for the first sign-in")
    if has_key_set:
        say("之后由本单位同事在“人员与密钥”页认证 / then a colleague certifies on the page /keys")


@staff.command("list", examples="tonggui staff list --json")
@json_option
def list_all(as_json: bool) -> None:
    """列出人员、角色、状态和密钥指纹。 / List people, roles, state and fingerprints."""
    with opened() as here:
        trust = trust_or_none(here)
        rows = [
            {
                "login": one.login,
                "name": one.display_name,
                "office": one.office,
                "roles": sorted(one.roles),
                "state": one.state,
                "certified": trust is not None and one.id in trust.members,
                "fingerprint": fingerprint(one),
            }
            for one in people.accounts(here.store)
        ]
    if as_json:
        say_json(rows)
        return
    words = {"invited": "待首次登录", "active": "在用", "left": "已离开"}
    table(
        ("登录名 login", "姓名 name", "单位 office", "角色 roles", "状态 state", "已认证", "指纹"),
        [
            (
                str(row["login"]),
                str(row["name"]),
                str(row["office"]),
                ",".join(map(str, row["roles"])) if isinstance(row["roles"], list) else "",
                words.get(str(row["state"]), str(row["state"])),
                "是 yes" if row["certified"] else "否 no",
                str(row["fingerprint"] or ""),
            )
            for row in rows
        ],
    )


def _taken(login: str) -> CommandError:
    return CommandError(
        f"登录名 {login} 已有人使用 / is taken", key="login", expected="another login name"
    )


def fingerprint(account: Account) -> str | None:
    """Return the digits that stand for a person's two keys; None before the first sign-in."""
    if not account.day_key:
        return None
    return auth.fingerprint(
        PublicKey.from_hex(account.day_key), PublicKey.from_hex(account.deed_key)
    )
