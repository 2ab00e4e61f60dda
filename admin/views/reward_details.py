"""What matters about each act on an award, in words beside its name in the timeline."""

from collections.abc import Callable, Mapping
from typing import Final

from admin.extensions import gettext as _
from admin.forms import claim_words, words
from admin.forms.stopping import STOPPED
from admin.forms.words import Words, word
from casework.domain.money import shown

Facts = Mapping[str, object]


def amount(facts: Facts) -> str:
    """The sum that an act is about."""
    return shown(_fen(facts))


def _fen(facts: Facts, name: str = "amount_fen") -> int:
    return int(str(facts[name]))


def _with(facts: Facts, why: str) -> str:
    return _("%(amount)s，%(why)s", amount=amount(facts), why=why)


def _computed(facts: Facts) -> str:
    """The sum that is set aside; of a range both ends; why there is none."""
    if facts.get("reason"):
        why = word(claim_words.TOLD, str(facts["reason"]))
        return _with(facts, why) if _fen(facts) else why
    if not facts.get("low_fen"):
        return amount(facts)
    low = shown(_fen(facts, "low_fen"))
    return _("%(low)s 至 %(high)s，先按上限预留", low=low, high=amount(facts))


def _declared(facts: Facts) -> str:
    relation = word(claim_words.RELATIONS, str(facts["relation"]))
    prior = facts["prior"]
    assert isinstance(prior, list | tuple)
    told = _("%(relation)s，已得奖励 %(n)s 次", relation=relation, n=len(prior))
    signers = _fen(facts, "signers")
    return told + _("，%(n)s 人联名", n=signers) if signers > 1 else told


def _proposed(facts: Facts) -> str:
    """The sum; where no rule gives it, why it is that."""
    because = facts.get("because")
    return (
        _("%(amount)s，理由：%(why)s", amount=amount(facts), why=because)
        if because
        else amount(facts)
    )


def _coded(known: Words) -> Callable[[Facts], str]:
    """A reason that is a code, where one was given."""
    return lambda facts: word(known, str(facts["reason_code"])) if "reason_code" in facts else ""


def _amount_coded(known: Words) -> Callable[[Facts], str]:
    return lambda facts: _with(facts, word(known, str(facts["reason_code"])))


def _notified(facts: Facts) -> str:
    how = word(claim_words.NOTIFIED, str(facts["how"]))
    return _("%(how)s，%(document)s", how=how, document=facts["document"])


def _claimed(facts: Facts) -> str:
    return word(words.CLAIM_WAYS, str(facts["how"]))


def _reviewed(facts: Facts) -> str:
    if facts["outcome"] == "kept":
        return _("维持")
    return _("重新核定，增加的部分另立一笔") if facts.get("beside") else _("重新核定")


def _recalled(facts: Facts) -> str:
    why = word(claim_words.RECALLED, str(facts["reason_code"]))
    return _with(facts, _("%(how)s，%(document)s", how=why, document=facts["document"]))


DETAILS: Final[Mapping[str, Callable[[Facts], str]]] = {
    "reward.computed": _computed,
    "reward.declared": _declared,
    "reward.reserved": _proposed,
    "reward.proposed": _proposed,
    "reward.approved": amount,
    "reward.funded": amount,
    "reward.shared": amount,
    "reward.sent_back": _coded(claim_words.SENT_BACK),
    "reward.rejected": _coded(claim_words.REFUSED),
    "reward.notified": _notified,
    "reward.claimed": _claimed,
    "reward.ordered": amount,
    "reward.stopped": _coded(STOPPED),
    "reward.undone": _coded(claim_words.BANK),
    "reward.paid": amount,
    "reward.returned": _amount_coded(claim_words.BANK),
    "reward.reopened": _coded(claim_words.REOPENED),
    "reward.reviewed": _reviewed,
    "reward.recalled": _recalled,
}
