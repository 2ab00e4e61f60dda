"""The reporter withdraws identity items; the jobs process erases them (SEALING.md 9)."""

from dataclasses import replace

from casework.domain import award_claim, disclosure, hold
from casework.domain.act_facts import text_of, texts_of
from casework.domain.case import Act, Case
from casework.domain.errors import AlreadyDoneError, RetentionError
from casework.domain.retention import why_kept

WITHDRAWN = "item_withdrawn"  # why a release became void


def withdraw(case: Case, act: Act) -> Case:
    """Take identity items back: what would have released them dies with the same act.

    An award that waits for the payee item goes back to where it was before the
    claim; a paid one stays paid. Whether the items exist, the service checks.

    Args:
        case: the case before the act.
        act: the reporter's; its fact `items` lists ids of items.

    Raises:
        AlreadyDoneError: one of the items was withdrawn or erased before.
    """
    items = texts_of(act, "items")
    gone = [item for item in items if item in (*case.withdrawn, *case.erased)]
    if gone:
        raise AlreadyDoneError(item=gone[0])
    case = disclosure.void_of_items(case, items, WITHDRAWN)
    case = award_claim.unclaimed(case, frozenset(items))
    return replace(case, withdrawn=(*case.withdrawn, *items))


def erase(case: Case, act: Act) -> Case:
    """Note that the jobs process has deleted items with every piece of their keys.

    Args:
        case: the case before the act.
        act: of the jobs process; with the digest of a withdrawal in `asked` it erases what was
            withdrawn, with an empty one what nobody may keep any longer.

    Raises:
        HeldError: a hold stands.
        AlreadyDoneError: an item was not withdrawn, or is erased already.
        RetentionError: nobody asked, and the case is open, unread or its award unpaid.
    """
    hold.check_free(case, act)
    items = texts_of(act, "items")
    asked = bool(text_of(act, "asked"))
    if any(item in case.erased or (asked and item not in case.withdrawn) for item in items):
        raise AlreadyDoneError(items=items)
    if not asked and why_kept(case):
        raise RetentionError(why_kept(case))
    case = disclosure.void_of_items(case, items, WITHDRAWN)
    return replace(
        case,
        withdrawn=tuple(item for item in case.withdrawn if item not in items),
        erased=(*case.erased, *items),
        unforgotten=case.unforgotten + 1,
    )


def forget(case: Case, _act: Act) -> Case:
    """Note that the running database holds nothing any more of one erasure.

    Raises:
        AlreadyDoneError: no erasure waits for it.
    """
    if not case.unforgotten:
        raise AlreadyDoneError(report=case.report_id)
    return replace(case, unforgotten=case.unforgotten - 1)
