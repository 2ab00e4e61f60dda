"""What the signed events about keys say that belong to no report."""

from collections.abc import Mapping

from casework.domain.act_facts import check_facts
from casework.domain.errors import BadActError
from casework.domain.fact_forms import COUNT, SHA256, TEXT, TOKEN, Form

KEY_SET_CHANGED = "keyset.changed"
MEMBER_CERTIFIED = "member.certified"
KEYS_DESTROYED = "keys.destroyed"

_PREVIOUS = Form(
    "64 lower-case hexadecimal digits, or empty before the first key set",
    lambda value: value == "" or SHA256.test(value),
)
_OWNER_KIND = Form("office or seat", lambda value: value in ("office", "seat"))

FORMS: Mapping[str, Mapping[str, Form]] = {
    KEY_SET_CHANGED: {"number": COUNT, "digest": SHA256, "previous": _PREVIOUS},
    MEMBER_CERTIFIED: {
        "account": TOKEN,
        "office": TOKEN,
        "fingerprint": TEXT,
        "certificate": SHA256,
    },
    KEYS_DESTROYED: {"owner_kind": _OWNER_KIND, "owner": TOKEN, "key": SHA256},
}


def check_key_facts(kind: str, facts: Mapping[str, object]) -> None:
    """Check that *facts* are exactly those of an event about keys of this *kind*.

    Raises:
        UnknownActError: no such event about keys.
        BadActError: a fact is missing, unknown or of the wrong form; it is named.
    """
    check_facts(kind, facts, FORMS)
    if kind == KEY_SET_CHANGED and (facts["number"] == 1) != (facts["previous"] == ""):
        raise BadActError("previous", "the digest of the key set before it")
