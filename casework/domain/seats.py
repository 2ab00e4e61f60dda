"""What a custodian's seat does when it gets a new key: it only seals anew what it held."""

from casework.domain.act_facts import number_of, text_of
from casework.domain.case import Act, Case
from casework.domain.errors import BadActError


def reseal(case: Case, act: Act) -> Case:
    """Hand a seat's boxes of a case over from the old key to the new one.

    Raises:
        BadActError: the new key is the old one.
    """
    if text_of(act, "from") == text_of(act, "to"):
        raise BadActError("to", "another key than the old one")
    return case


def contribute(case: Case, act: Act) -> Case:
    """Help to rebuild a lost seat with the pieces that are due to it as well.

    Raises:
        BadActError: a seat cannot help itself.
    """
    if number_of(act, "seat") == number_of(act, "from_seat"):
        raise BadActError("from_seat", "another seat than the lost one")
    return case
