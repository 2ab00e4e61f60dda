"""`tonggui fund`: the reward fund of a year."""

from decimal import Decimal, InvalidOperation

import click

from admin import auth, signing
from admin.auth import PasswordError, SignInError
from admin.commands.fund_report import report
from admin.commands.opened import opened
from admin.commands.refusals import CommandError
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import ask_hidden, say, say_json, table
from admin.extensions import Console
from casework.domain.ledger import Balance
from casework.domain.money import FEN_MAX, shown
from casework.services import fund as funds

YEAR = click.IntRange(2000, 2200)


@click.group(
    cls=Group,
    examples="""
    tonggui fund show --year 2026
    tonggui fund appropriate --year 2026 --yuan 1000000 --login finance
    tonggui fund report --year 2026 --xlsx fund-2026.xlsx
    """,
)
def fund() -> None:
    """专项奖励资金：余额、登记拨款、年度账目。 / The reward fund."""


@fund.command(examples="tonggui fund show --year 2026 --json")
@click.option("--year", type=YEAR, help="预算年度，默认今年 / budget year, by default this one")
@json_option
def show(year: int | None, as_json: bool) -> None:
    """显示一个年度的资金。 / Show the fund of a year."""
    with opened() as here:
        chosen = year or here.clock.today().year
        balance = funds.fund_balance(here.store, year=chosen)
    if as_json:
        say_json(balance.as_json(chosen))
    else:
        _tell(balance, chosen)


@fund.command(examples="tonggui fund appropriate --year 2027 --yuan 1000000 --login finance")
@click.option("--year", type=YEAR, required=True, help="预算年度 / budget year")
@click.option("--yuan", required=True, help="金额，元，可有两位小数 / amount in yuan")
@click.option("--login", required=True, help="财政人员的登录名 / login name, role finance")
def appropriate(year: int, yuan: str, login: str) -> None:
    """登记一笔拨款，由财政人员签署。 / Book money that was granted; finance signs it.

    要求输入密码和一次性口令；金额用签署密钥签名。
    Asks for the password and the one-time code; the deed key signs the amount.
    """
    amount_fen = _fen(yuan)
    with opened() as here:
        deed = _deed_of(login)
        balance = book(here, deed, year=year, amount_fen=amount_fen)
        auth.sign_out()
    say(f"已登记 booked: {shown(amount_fen)}")
    _tell(balance, year)


def book(here: Console, deed: signing.Deed, *, year: int, amount_fen: int) -> Balance:
    """Sign and store an appropriation."""
    return funds.appropriate(
        here.store,
        act=deed.sign_outside(funds.APPROPRIATED, {"year": year, "amount_fen": amount_fen}),
        trust=here.trust(),
        now=here.clock.now(),
    )


def _fen(yuan: str) -> int:
    try:
        amount = Decimal(yuan.replace(",", "")) * 100
        fits = amount == amount.to_integral_value() and 0 < amount <= FEN_MAX
    except InvalidOperation:
        fits = False
    if not fits:
        raise CommandError(
            f"金额 {yuan!r} 不可用 / cannot be used: yuan above 0, at most two decimals",
            key="yuan",
            expected="yuan above 0, at most two decimals",
        )
    return int(amount)


def _deed_of(login: str) -> signing.Deed:
    password = ask_hidden("密码 password")
    code = ask_hidden("一次性口令 one-time code")
    try:
        auth.sign_in(login, password, code.replace(" ", ""))
        return signing.deed(password)
    except (SignInError, PasswordError):
        raise CommandError(
            "登录名、密码或一次性口令不正确，或账户被暂时锁定 / wrong login, password or code,"
            " or the account is locked"
        ) from None


def _tell(balance: Balance, year: int) -> None:
    table(
        ("年度 year", "拨款 granted", "预留 reserved", "已付 paid", "可用 available"),
        [
            (
                str(year),
                shown(balance.appropriated_fen),
                shown(balance.reserved_fen),
                shown(balance.paid_fen),
                shown(balance.available_fen),
            )
        ],
    )


fund.add_command(report)
