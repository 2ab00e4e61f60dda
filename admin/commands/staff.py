"""`tonggui staff`: who may come in."""

import re

import click

from admin import auth
from admin.commands.opened import department_name, opened, trust_or_none
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import say, say_json, table
from admin.extensions import Console
from admin.start_code import VALID_FOR, new_start_code
from casework.clock import SHANGHAI
from casework.domain.errors import LoginTakenError
from casework.domain.ids import new_id
from casework.domain.roles import check_roles
from casework.services import key_changes
from casework.services import staff as people
from casework.services.trust import Trust
from casework.storage.accounts import Account
from crypto.keyset import KeySet
from crypto.public_key import PublicKey

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,30}\Z", re.ASCII)


@click.group(
    cls=Group,
    examples="""
    tonggui staff invite officer1 --name 承办人甲 --office 410329-yjj --roles officer
    tonggui staff withdraw officer1
    tonggui staff list
    """,
)
def staff() -> None:
    """人员：邀请、收回邀请、名单。 / People of the console."""


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


@staff.command(examples="tonggui staff withdraw officer1")
@click.argument("login")
def withdraw(login: str) -> None:
    """收回邀请：启动码过期、用错或没有认证的账户作废。 / Take an invitation back.

    只用于还没有进入密钥集、也没有同事认证的人；登录名随即可以重新邀请。在任人员离开走密钥变更。
    Only for people whom neither the key set nor a colleague vouches for; the login
    name is free again. Members leave by a key change.
    """
    with opened() as here:
        trust = trust_or_none(here)
        found = people.account_by_login(here.store, login=login)
        if found is None:
            raise CommandError(f"没有登录名 {login} / nobody has this login name", key="login")
        if trust is not None and found.id in trust.members:
            raise CommandError(
                f"{login} 是密钥集认可的人员，没有改动；离开请在“人员与密钥”提议变更"
                " / is a member; nothing was changed. Members leave by a key change",
                key="login",
            )
        if trust is not None and _is_proposed(here, trust, found.id):
            raise CommandError(
                f"有一份待签署的密钥变更要让 {login} 加入，请先撤回那份提议，没有改动"
                " / a key change to be signed names this person; withdraw it first",
                key="login",
            )
        people.leave(here.store, account=found.id)
    say(f"已收回 withdrawn: {login}；可以重新邀请 / may be invited again")


def _is_proposed(here: Console, trust: Trust, account: str) -> bool:
    """Whether a key change that is still open would make the person a member."""
    return any(
        account in {one.account for one in KeySet.parse(change.body).members}
        for change in key_changes.key_changes(here.store)
        if key_changes.is_open(change, trust, here.clock.now())
    )


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
        f"登录名 {login} 已有人使用；还没有认证的可以先收回：tonggui staff withdraw {login}"
        " / is taken; who is not certified yet can be withdrawn",
        key="login",
        expected="another login name",
    )


def fingerprint(account: Account) -> str | None:
    """Return the digits that stand for a person's two keys; None before the first sign-in."""
    if not account.day_key:
        return None
    return auth.fingerprint(
        PublicKey.from_hex(account.day_key), PublicKey.from_hex(account.deed_key)
    )
