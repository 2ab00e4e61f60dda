"""A new receipt code: from the next act on, another key signs for the reporter."""

from dataclasses import replace

from casework.domain.act_facts import text_of
from casework.domain.case import Act, Case
from casework.domain.errors import BadActError


def change(case: Case, act: Act) -> Case:
    """Put the reporter's new public keys in the place of the old ones, which signed this act.

    Raises:
        BadActError: a new key is one that the reporter had before.
    """
    box, sign = text_of(act, "reporter_box"), text_of(act, "reporter_sign")
    if box == case.reporter_box:
        raise BadActError("reporter_box", "another key than the present one")
    if sign in (case.reporter_sign, *(ended.partition("/")[2] for ended in case.code_changes)):
        raise BadActError("reporter_sign", "a key that the reporter never had")
    return replace(
        case,
        reporter_box=box,
        reporter_sign=sign,
        code_changes=(*case.code_changes, f"{act.ordinal}/{case.reporter_sign}"),
    )
