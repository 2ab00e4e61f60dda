"""Two persons who put a policy or a calendar in force at the console, page by page."""

from collections.abc import Iterable

from casework.domain.calendar import CalendarRow
from console_words import linked
from moving import Moving
from visitor import Page

FIRST, SECOND = "awb-supervisor", "yjj-leader"


def put_in_force(stage: Moving, policy: str, active_from: str) -> Page:
    """One proposes a policy, the jobs process tries it on all cases, another one confirms.

    Returns:
        The page of the proposal, as the second person sees it after signing.
    """
    first = stage.clerk(FIRST)
    first.visitor.get(f"/rules/policies/{policy}")
    first.follows("提议启用")
    proposed = first.sends("签署并提议", active_from=active_from)
    assert "正在试算" in proposed.text
    assert "签署并启用" not in proposed.text
    stage.jobs()
    second = stage.clerk(SECOND)
    page = second.visitor.get("/rules")
    second.visitor.get(linked(page, "/rules/proposals/"))
    done = second.sends("签署并启用")
    assert "已生效" in done.text
    return done


def change_calendar(
    stage: Moving, text: str, source: str, *, first: str = FIRST, second: str = SECOND
) -> tuple[Page, Page]:
    """One pastes a notice, looks at what it changes and proposes it; another one confirms.

    The jobs process has not yet worked the clocks out anew.

    Returns:
        The preview, and the page of the notice after the second person signed.
    """
    clerk = stage.clerk(first)
    clerk.visitor.get("/rules/calendar/notice")
    preview = clerk.sends("预览", text=text, source=source)
    assert preview.status == 200, preview.text
    proposed = clerk.sends("签署并提议")
    assert "待确认" in proposed.text, proposed.text
    other = stage.clerk(second)
    page = other.visitor.get("/rules/calendar")
    newest = next(at for _text, at in page.links if "/rules/calendar/proposals/" in at)
    other.visitor.get(newest)
    done = other.sends("签署并变更")
    assert "已生效" in done.text, done.text
    return preview, done


def as_csv(rows: Iterable[CalendarRow]) -> str:
    """The days of a year as the console takes them in a CSV file."""
    lines = [f"{row.on.isoformat()},{row.kind},{row.name}" for row in rows]
    return "\n".join(["day,kind,name", *lines])
