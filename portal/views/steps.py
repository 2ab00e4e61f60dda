"""The questions before the form: plain GET, nothing personal, nothing stored."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal.extensions import public_site
from portal.forms.report import MISCONDUCT
from portal.forms.wording import MATTERS, Choice

UNSURE: Final = "unsure"  # which department: not known


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


QUESTIONS: Final = (
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


def questions_for(args: Mapping[str, str]) -> tuple[Question, ...]:
    """Return the questions of this report; who is accused matters for staff alone."""
    return (*QUESTIONS, ABOUT) if args.get("matter") == MISCONDUCT else QUESTIONS


def next_question(args: Mapping[str, str]) -> Question | None:
    """Return the first question that has no valid answer, or None for the form."""
    for question in questions_for(args):
        if not _answered(question, args.get(question.name, "")):
            return question
    return None


def ask(question: Question, args: Mapping[str, str]) -> ResponseReturnValue:
    """Show one question; answers given so far travel along in hidden fields."""
    asked = questions_for(args)
    step = asked.index(question) + 1
    carried = [(one.name, args[one.name]) for one in asked[: step - 1]]
    return render_template(
        "report/step.html",
        question=question.words, hint=question.hint, field=question.name, wide=question.wide,
        options=question.options(), chosen=args.get(question.name, ""), carried=carried,
        step=step, steps=len(asked) + 1,
        problem=question.missing if question.name in args or _asked_again(question, args) else "",
    )  # fmt: skip


def _answered(question: Question, answer: str) -> bool:
    choices = public_site().choices
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
