"""Wrapping a case's keys to the office key in force, after that key was replaced."""

from casework.domain.act_facts import text_of
from casework.domain.case import Act, Case
from casework.domain.errors import BadActError


def rewrap(case: Case, act: Act) -> Case:
    """Return *case* unchanged: who may read it stays the same, only the key is another.

    Raises:
        BadActError: the keys are said to be of another office than the actor's own.
    """
    if text_of(act, "office") != act.office:
        raise BadActError("office", act.office)
    return case
