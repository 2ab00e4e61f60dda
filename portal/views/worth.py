"""What a report could be worth: the calculator of the console, for anybody, nothing kept."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from casework.domain.errors import CaseworkError
from casework.domain.money import shown
from casework.domain.policy import Policy
from casework.domain.reward import Quote, quote
from portal.extensions import PublicSite
from portal.forms.wording import RELATIONS
from portal.forms.worth import ANY_SECTOR, NAMED, REWARDED, WorthForm

REASONS: Final[Mapping[str, Any]] = {
    "anonymous": _l("这里的办法只奖励留了姓名的举报人。不留姓名一样可以举报。"),
    "no_deaths": _l("没有瞒报死亡的，这里的办法不奖励。"),
    "clue_grade_missing": _l("要由核查单位认定线索的等级，才能算出数额。"),
    "metric_missing": _l("要看查获的货物有多少（货值、重量），才能算出数额。"),
    "below_threshold": _l("没有达到办法规定的起奖数额。"),
    "no_penalty": _l("没有罚款，办法又没有规定最低奖励。"),
    "class_not_rewarded": _l("这里的办法没有规定奖励这一类事情。"),
}
NO_RULE: Final = _l("这里的办法没有规定奖励。")
NEEDS: Final[Mapping[str, Any]] = {
    "relation_proof": _l("上浮要证明您和该单位的关系；证明只交给身份保管人。"),
    "finance": _l("这个数额要经财政部门同意。"),
}


def worth_form(here: PublicSite, given: Any = None) -> WorthForm:
    """Return the form, with the sectors of today's routing table."""
    form = WorthForm(given).offer(here.choices.sectors.values())
    if form.sector.data is None:
        form.sector.data = ANY_SECTOR
    return form


def worth_of(here: PublicSite, form: WorthForm, *, asked: bool) -> dict[str, Any]:
    """Return what the page shows: the rules it goes by; of what was *asked*, answer and working."""
    always: dict[str, Any] = {
        "form": form, "matters": REWARDED, "relations": RELATIONS, "ways": NAMED, "shown": shown,
    }  # fmt: skip
    policy = _policy(here, form.sector.data or ANY_SECTOR)
    if policy is None:
        return {**always, "policy": None}
    found = {**always, "policy": policy, "source": policy.award and policy.award.cite.shown}
    if not asked:
        return found
    answer = quote(policy, form.facts())
    return {
        **found,
        "answer": _in_words(answer),
        "steps": answer.trace if answer.outcome != "none" else (),
        "needs": [NEEDS[one] for one in answer.needs if one in NEEDS],
    }


def _policy(here: PublicSite, sector: str) -> Policy | None:
    try:
        return here.policies.in_force(here.instance.region, sector, here.clock.today())
    except CaseworkError:
        return None


def _in_words(answer: Quote) -> str:
    if answer.range_fen:
        low, high = answer.range_fen
        return str(_("%(low)s 至 %(high)s，由办理单位核定", low=shown(low), high=shown(high)))
    if answer.outcome == "amount":
        return shown(answer.amount_fen or 0)
    if answer.outcome == "manual":
        return str(_("办法没有写数额，由审批人说明理由决定"))
    return str(REASONS.get(answer.reason or "", NO_RULE))
