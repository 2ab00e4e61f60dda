"""The questions before the form: plain GET, nothing personal, nothing stored."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from casework.domain.act_facts import SCOPE_CODES
from casework.domain.urgency import SCOPES, scope_of
from portal.extensions import public_site
from portal.forms.report import MISCONDUCT
from portal.forms.wording import MATTERS, Choice
from portal.language import in_words

UNSURE: Final = "unsure"  # which department: not known
KIND: Final = "kind"
URGENT: Final = "urgent"
ORDINARY: Final = "work_safety"
GO_ON: Final = "on"  # pressed where a page told whom to call, or who handles the matter
CALLS: Final = (
    ("119", _l("火警、救援 119")),
    ("110", _l("报警 110")),
    ("120", _l("急救 120")),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One page with one choice."""

    name: str
    words: Any
    hint: Any
    missing: Any
    options: Callable[[], Iterable[Any]]
    wide: bool = True


def _plain(options: Iterable[Any]) -> list[Choice]:
    return [Choice(option.code, option.name) for option in options]


def _region(option: Any) -> Choice:
    whole = option.code == public_site().instance.region
    hint = _l("跨几个乡镇，或者说不清在哪里") if whole else ""
    return Choice(option.code, option.name, hint)


def _kinds() -> list[Choice]:
    return [
        Choice(
            ORDINARY, _l("安全生产隐患、违法行为、瞒报事故等"),
            _l("生产经营单位的安全问题；监管人员失职；举报后遭到打击报复。"),
        ),
        Choice(
            URGENT, _l("正在发生：着火、爆炸、泄漏，有人被困或者伤亡"),
            _l("先告诉您打什么电话，之后可以继续填写。"),
        ),
        *(Choice(one.code, in_words(one)) for one in SCOPES),
    ]  # fmt: skip


QUESTIONS: Final = (
    Question(
        KIND, _l("您要反映的是哪一种情况？"),
        _l("不属于安全生产的，会告诉您该找哪个部门。"),
        _l("请选择是哪一种情况；拿不准就选第一项。"),
        _kinds,
        wide=False,
    ),
    Question(
        "region", _l("事情发生在哪里？"),
        _l("选乡镇或者街道。"),
        _l("请选择事情发生在哪个乡镇、街道。"),
        lambda: [_region(one) for one in public_site().choices.regions.values()],
    ),
    Question(
        "sector", _l("属于哪个行业？"),
        _l("选最接近的一个。不确定就选“其他”，工作人员会分给合适的部门。"),
        _l("请选择所属行业；不确定就选“其他”。"),
        lambda: _plain(public_site().choices.sectors.values()),
    ),
    Question(
        "matter", _l("您要举报什么？"),
        _l("工资纠纷请拨 12333，其他投诉咨询请拨 12345。"),
        _l("请选择举报的是哪一类事情。"),
        lambda: MATTERS,
        wide=False,
    ),
)  # fmt: skip
ABOUT: Final = Question(
    "about", _l("被举报的工作人员在哪个部门？"),
    _l("举报内容不会转给这个部门，它也看不到。"),
    _l("请选择一个部门；不清楚可以选“不清楚”。"),
    lambda: [
        *_plain(public_site().choices.departments.values()),
        Choice(UNSURE, _l("不清楚")),
    ],
)  # fmt: skip


ANSWERS: Final = tuple(one.name for one in (*QUESTIONS, ABOUT) if one.name != KIND)


def questions_for(args: Mapping[str, str]) -> tuple[Question, ...]:
    """Return the questions of this report; who is accused matters for staff alone."""
    return (*QUESTIONS, ABOUT) if args.get("matter") == MISCONDUCT else QUESTIONS


def next_question(args: Mapping[str, str]) -> Question | None:
    """Return the first question that has no valid answer, or None for the form."""
    for question in questions_for(args):
        if question.name == KIND and _is_past_kind(args):
            continue
        if not _answered(question, args.get(question.name, "")):
            return question
    return None


def sorted_as(args: Mapping[str, str]) -> dict[str, str]:
    """Return what the first question makes of a report: "urgent" and "scope", each "" if not."""
    kind = args.get(KIND, "")
    return {
        "urgent": "y" if kind == URGENT else "",
        "scope": kind if kind in SCOPE_CODES else "",
    }


def to_be_told(args: Mapping[str, str]) -> bool:
    """Whether somebody has to hear first whom to call, or who handles the matter."""
    return any(sorted_as(args).values()) and args.get("go") != GO_ON


def tell(args: Mapping[str, str]) -> ResponseReturnValue:
    """Name the telephone numbers, or the proper channel; nothing is stored by reading on."""
    return render_template(
        "report/first.html",
        calls=CALLS if args.get(KIND) == URGENT else (),
        elsewhere=scope_of(args.get(KIND, "")),
        carried=[(name, args[name]) for name in (KIND, *ANSWERS) if name in args],
    )


def _is_past_kind(args: Mapping[str, str]) -> bool:
    """Who comes by an address with later answers in it has skipped the first question."""
    later = args.get("asked") in ANSWERS or any(name in args for name in ANSWERS)
    return later and KIND not in args


def ask(question: Question, args: Mapping[str, str]) -> ResponseReturnValue:
    """Show one question; answers given so far travel along in hidden fields."""
    asked = questions_for(args)
    step = asked.index(question) + 1
    carried = [(one.name, args[one.name]) for one in asked[: step - 1] if one.name in args]
    carried += [("go", GO_ON)] if any(sorted_as(args).values()) else []
    return render_template(
        "report/step.html",
        question=question.words, hint=question.hint, field=question.name, wide=question.wide,
        options=question.options(), chosen=args.get(question.name, ""), carried=carried,
        step=step, steps=len(asked) + 1,
        problem=question.missing if question.name in args or _asked_again(question, args) else "",
    )  # fmt: skip


def _answered(question: Question, answer: str) -> bool:
    choices = public_site().choices
    if question.name == KIND:
        return answer in (ORDINARY, URGENT, *SCOPE_CODES)
    if question.name == "region":
        return answer in choices.regions
    if question.name == "sector":
        return answer in choices.sectors
    if question.name == "matter":
        return any(answer == one.code for one in MATTERS)
    return answer == UNSURE or answer in choices.departments


def _asked_again(question: Question, args: Mapping[str, str]) -> bool:
    # A form sent without a choice carries no trace of the question: its button does.
    return args.get("asked") == question.name
