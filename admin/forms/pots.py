"""Pots of the fund's money, as the console names and checks them."""

from admin.extensions import console
from admin.forms import words
from casework.domain.errors import UnknownDepartmentError
from casework.domain.pots import is_pot, parse_pot


def pot_name(pot: str) -> str:
    """What a pot is called: its source, and the office that alone may use it."""
    if not is_pot(pot):
        return pot
    found = parse_pot(pot)
    source = str(words.FUND_SOURCES[found.source])
    return f"{source}·{console().office_name(found.office)}" if found.office else source


def check_office(pot: str) -> None:
    """Refuse a pot of an office that there is not.

    Raises:
        UnknownDepartmentError: the routing table in force has none of this code.
        BadActError: it can be no pot.
    """
    office = parse_pot(pot).office
    if office and office not in console().routing.departments:
        raise UnknownDepartmentError(office=office)
