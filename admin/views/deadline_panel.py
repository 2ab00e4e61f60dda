"""How the last day of one clock came about, day by day, and what follows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import clock_words
from admin.forms.words import word
from admin.language import weekday_name
from admin.permissions import open_acts, requires
from admin.views.acting import shown_case
from admin.views.clock_buttons import Link, clock_links
from admin.views.deadlines import Light, light_now, line_of
from admin.views.timeline import actor, sentence
from casework.clock import SHANGHAI
from casework.domain.case import AskState, Case
from casework.domain.clock_kinds import KINDS
from casework.domain.day_count import DayLine
from casework.domain.policy_rules import RUNGS, ClockRule
from casework.domain.rectification import paper_day
from casework.domain.running import ClockState, Running, day_of_moment, end_of
from casework.queries.cases import TimelineLine
from casework.services.clock_working import (
    DEEMED,
    LAPSE,
    OVERDUE,
    REMIND,
    ClockWorking,
    clock_working,
    clocks_of_case,
)

bp = Blueprint("deadlines", __name__, url_prefix="/cases/<report_id>")


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock of a case, as its page lists it.

    Attributes:
        light: how a running clock stands; None once it has ended.
        ended: how it ended, in words; "" while it runs.
    """

    key: str
    name: str
    url: str
    due_on: str
    light: Light | None
    ended: str
    is_late: bool
    links: list[Link]


@dataclass(frozen=True, slots=True)
class DayView:
    """One day of a count."""

    on: str
    weekday: str
    number: str
    told: str
    counted: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened, or that comes, with its time."""

    at: str
    words: str


@bp.get("/clocks/<key>/<int:since>")
@requires("case.view")
def panel(report_id: str, key: str, since: int) -> ResponseReturnValue:
    """Explain one clock of a case."""
    case = shown_case(report_id)
    now = console().clock.now()
    found = clock_working(console().store, report=report_id, key=key, since=since, now=now)
    if found is None:
        raise NotFound
    clock = found.clock
    return render_template(
        "clocks/panel.html",
        case=case,
        found=found,
        clock=clock,
        view=_view(case, clock, open_acts(case)),
        limit=limit_words(found.rule),
        own_limit=_own_limit(case, clock),
        begun=f"{day_of_moment(clock.started)}{_('，')}{sentence(found.begun)}",
        due=due_words(clock),
        days=[_day(one) for one in found.days],
        counted=sum(one.counted for one in found.days),
        extensions=_extensions(found),
        pauses=_pauses(found),
        steps=[Told(_when(one.at), _step(one)) for one in found.steps],
        moved=[Told(_when(one.at), sentence(one)) for one in found.moved],
        coming=[Told(_instant(one.at), _coming(one.what)) for one in found.coming],
        hard=console().policies.by_id.get(clock.due.limited_by or ""),
    )


def clock_views(case: Case) -> tuple[list[ClockView], list[ClockView]]:
    """The clocks of a case: those that run, the most urgent first, and those that have ended."""
    found = clocks_of_case(console().store, report=case.report_id, now=console().clock.now())
    acts = open_acts(case)
    running = sorted(
        (one for one in found if one.running),
        key=lambda one: (end_of(one.due), KINDS[one.key].is_right),
    )
    ended = [one for one in found if not one.running]
    return [_view(case, one, acts) for one in running], [_view(case, one, acts) for one in ended]


def due_words(clock: Running) -> str:
    """The last day of a clock, with its time of day where it has one."""
    if clock.due.due_at is None:
        return clock.due.due_on.isoformat()
    return clock.due.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _own_limit(case: Case, clock: Running) -> str:
    """How long the limit is by its policy, or by the paper that was served."""
    paper = paper_day(case, clock.key, clock.since)
    if paper is None:
        return limit_words(clock.rule)
    return _("文书写明 %(on)s 前完成", on=paper)


def limit_words(rule: ClockRule) -> str:
    """How long a limit is."""
    return f"{rule.value} {word(clock_words.UNITS, rule.unit)}"


def _view(case: Case, clock: Running, acts: frozenset[str]) -> ClockView:
    running = clock.running
    return ClockView(
        key=clock.key,
        name=word(clock_words.CLOCKS, clock.key),
        url=url_for("deadlines.panel", report_id=case.report_id, key=clock.key, since=clock.since),
        due_on=due_words(clock),
        light=light_now(line_of(clock)) if running else None,
        ended="" if running else word(clock_words.CLOCK_ENDS, clock.state),
        is_late=clock.state in (ClockState.LATE, ClockState.OVERDUE),
        links=clock_links(case, clock, acts),
    )


def _day(one: DayLine) -> DayView:
    return DayView(
        on=one.on.isoformat(),
        weekday=weekday_name(one.on),
        number=str(one.number) if one.counted and one.number else "",
        told=_why(one),
        counted=one.counted,
    )


def _why(one: DayLine) -> str:
    told = {
        "weekend": _("周末，不计"),
        "holiday": _("%(name)s放假，不计", name=one.name) if one.name else _("放假，不计"),
        "paused": _("暂停计时，不计"),
        "closed": _("没有剩下的工作时间，不计"),
        "make_up": _("%(name)s调休上班，计入", name=one.name) if one.name else _("调休上班，计入"),
        "rolled": _("前一日是休息日，期限顺延到这一日"),
    }.get(one.why, "")
    if one.worked is None or not one.counted:
        return told
    hours = _hours(one.worked)
    return f"{told}{_('，')}{hours}" if told else hours


def _hours(worked: timedelta) -> str:
    minutes = round(worked.total_seconds() / 60)
    if minutes % 60:
        return _("计 %(hours)d 小时 %(minutes)d 分", hours=minutes // 60, minutes=minutes % 60)
    return _("计 %(hours)d 小时", hours=minutes // 60)


def _extensions(found: ClockWorking) -> list[Told]:
    told = []
    for one in found.extensions:
        asked = _(
            "%(who)s申请延长 %(value)d %(unit)s：%(reason)s",
            who=console().person(one.requester),
            value=one.value,
            unit=word(clock_words.UNITS, one.unit),
            reason=word(clock_words.EXTENSION_REASONS, one.reason_code),
        )
        told.append(Told(one.was, f"{asked}{_('。')}{_answer(found, one.ordinal, one.state)}"))
    return told


def _pauses(found: ClockWorking) -> list[Told]:
    told = []
    for one in found.pauses:
        asked = _(
            "%(who)s申请自 %(first)s 起暂停，最长到 %(until)s：%(reason)s，文书 %(document)s",
            who=console().person(one.requester),
            first=one.first,
            until=one.until,
            reason=word(clock_words.PAUSE_REASONS, one.reason_code),
            document=one.document,
        )
        over = _("最后暂停的一日是 %(last)s。", last=one.last) if one.last >= one.first else ""
        answer = _answer(found, one.ordinal, one.state)
        told.append(Told(one.first, f"{asked}{_('。')}{answer}{over}"))
    return told


def _answer(found: ClockWorking, ordinal: int, state: AskState) -> str:
    line = found.decided.get(ordinal)
    if line is None:
        return _("等待决定。")
    return _("%(state)s：%(who)s，%(at)s。", state=word(clock_words.ASK_STATES, state),
             who=actor(line), at=_when(line.at))  # fmt: skip


def _step(line: TimelineLine) -> str:
    """What a step was; a reminder by how much time was left."""
    stage = str(line.facts.get("stage", ""))
    if stage.startswith("T-"):
        return _("提醒：还有 %(days)s 天", days=stage[2:])
    if stage == "100%":
        return _("提醒：今天是最后一日")
    if stage:
        return _("提醒：时间已过 %(part)s", part=stage)
    return sentence(line)


def _coming(what: str) -> str:
    if what in RUNGS:
        return _("上报：%(rung)s", rung=word(clock_words.RUNGS, what))
    told = {
        REMIND: _("提醒承办部门"),
        OVERDUE: _("仍未完成的，记为超期"),
        DEEMED: _("仍未决定的，视为受理"),
        LAPSE: _("期限届满，不再能行使"),
    }
    return told[what]


def _when(at: str) -> str:
    if len(at) == len("2026-01-01"):
        return at
    return _instant(datetime.fromisoformat(at.replace("Z", "+00:00")))


def _instant(at: datetime) -> str:
    """An instant as people here read it; midnight is the day that begins with it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
