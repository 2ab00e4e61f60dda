"""Money is an integer number of fen; here it is made, shown, and written in capitals."""

import re
from fractions import Fraction
from typing import NewType

Fen = NewType("Fen", int)

FEN_PER_YUAN = 100
FEN_MAX = 10**14  # one trillion yuan: far above any fund, far below what JSON keeps exactly

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")
_AMOUNT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?\Z")
_GROUPING = str.maketrans("", "", ",，_ 元¥￥")


def yuan(amount: int) -> Fen:
    """Return *amount* whole yuan in fen."""
    return Fen(amount * FEN_PER_YUAN)


def read_yuan(typed: str) -> Fen:
    """Return what a person typed as yuan in fen; grouping and full-width commas are allowed.

    Raises:
        ValueError: it is no amount above zero.
    """
    match = _AMOUNT.match(typed.strip().translate(_GROUPING))
    if match is None:
        raise ValueError(typed)
    amount_fen = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if not 0 < amount_fen < FEN_MAX:
        raise ValueError(typed)
    return Fen(amount_fen)


def round_half_up(amount: Fraction) -> Fen:
    """Return a number of fen, halves away from zero: 0.5 becomes 1."""
    if amount < 0:
        return Fen(-round_half_up(-amount))
    return Fen(int(amount + Fraction(1, 2)))


def plain(amount_fen: int) -> str:
    """Return yuan with separators, decimals only where there are any: "40,000", "1,234.50"."""
    sign, rest = ("-", -amount_fen) if amount_fen < 0 else ("", amount_fen)
    whole, fen = divmod(rest, FEN_PER_YUAN)
    return f"{sign}{whole:,}.{fen:02d}" if fen else f"{sign}{whole:,}"


def shown(amount_fen: int) -> str:
    """Return what people read: "¥60,000.00"."""
    sign, rest = ("-", -amount_fen) if amount_fen < 0 else ("", amount_fen)
    whole, fen = divmod(rest, FEN_PER_YUAN)
    return f"{sign}¥{whole:,}.{fen:02d}"


def capitals(amount_fen: int) -> str:
    """Return the amount in capital numerals, as vouchers write it: 壹拾陆万元整.

    Zeros between digits are one 零; a yuan place of zero before jiao or fen is
    followed by 零; 整 ends an amount without fen.

    Args:
        amount_fen: 0 to FEN_MAX - 1.

    Raises:
        ValueError: the amount is negative or FEN_MAX and above.

    Source: 支付结算办法 (1997), annex on filling in notes; [M], text not at hand.
    """
    if not 0 <= amount_fen < FEN_MAX:
        raise ValueError(f"no capital numerals for {amount_fen} fen")
    whole, rest = divmod(amount_fen, FEN_PER_YUAN)
    jiao, fen = divmod(rest, 10)
    words = f"{_capital_integer(whole)}元" if whole else ""
    if not rest:
        return f"{words or '零元'}整"
    if whole and (jiao == 0 or whole % 10 == 0):
        words += "零"
    words += f"{_DIGITS[jiao]}角" if jiao else ""
    return words + (f"{_DIGITS[fen]}分" if fen else "整")


def _capital_integer(number: int) -> str:
    """Return the numeral of 1 to 999,999,999,999."""
    words = ""
    gap = False  # zeros seen since the last digit that was written
    for group in range(len(_GROUPS) - 1, -1, -1):
        value = number // 10 ** (4 * group) % 10**4
        for place in range(3, -1, -1):
            digit = value // 10**place % 10
            if not digit:
                gap = True
                continue
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        words += _GROUPS[group] if value else ""
    return words
