"""The first question: what is burning now (S03), and what is no matter of work safety (S04)."""

import json
import re

import pytest
import sqlalchemy as sa

from browsing import FORM, Visitor, code_of, problems
from casework.domain.act_facts import SCOPE_CODES
from casework.domain.urgency import scope_of

TYPED = {
    "enterprise": "样本化工有限公司",
    "place": "样本路",
    "narrative": "样本情况。",
    "anonymous": "y",
}


def reports(world):
    return world.store.read(lambda uow: uow.reports.ids())


def only_case(world):
    [report] = reports(world)
    return world.case(report)


def first_event(world):
    [report] = reports(world)
    return world.store.read(lambda uow: uow.events.of_report(report))[0].event


def notices(world):
    rows = world.store.read(
        lambda uow: uow.connection.execute(sa.text("SELECT payload FROM outbox")).all()
    )
    told = [json.loads(one.payload) for one in rows]
    return sorted((one["notice"], one["office"]) for one in told if "notice" in one)


def sent(visitor: Visitor, path: str, **fields: str):
    """Open the form at an address, fill it in and send it."""
    return visitor.post("/report", hidden(visitor.get(path).text) | TYPED | fields)


def hidden(page: str) -> dict[str, str]:
    """What the page's own fields carry."""
    found = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page)
    pairs = [
        (re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in found
    ]
    return {name[1]: value[1] if value else "" for name, value in pairs if name}


def test_a_choice_is_needed_and_everything_can_be_chosen(visitor):
    for path in ("/report?kind=", "/report?kind=moon", "/report?asked=kind"):
        page = visitor.get(path).text
        assert "<title>错误：" in page
        assert "拿不准就选第一项" in page
    page = visitor.get("/report").text
    for code in ("work_safety", "urgent", *SCOPE_CODES):
        assert f'value="{code}"' in page


def test_what_is_burning_now_hears_whom_to_call_before_anything_is_asked(world, visitor):
    page = visitor.get("/report?kind=urgent")
    for number in ("119", "110", "120"):
        assert f'href="tel:{number}"' in page.text
    assert "事情发生在哪里" not in page.text
    assert "继续填写举报" in page.text
    assert "Set-Cookie" not in page.headers
    asked = visitor.get("/report?kind=urgent&go=on").text
    assert "事情发生在哪里" in asked
    assert 'name="go" value="on"' in asked, "whom to call is told once"
    assert reports(world) == ()


def test_who_skips_the_page_hears_it_all_the_same(visitor):
    assert 'href="tel:119"' in visitor.get(f"{FORM}&kind=urgent").text
    assert 'name="narrative"' not in visitor.get(f"{FORM}&kind=urgent").text
    form = visitor.get(f"{FORM}&kind=urgent&go=on").text
    assert 'name="narrative"' in form
    assert 'href="tel:119"' in form


def test_an_urgent_report_tells_its_hour_and_both_offices_at_once(world, visitor):
    world.move(seconds=47 * 60 + 11)  # past the full hour
    answer = sent(visitor, f"{FORM}&kind=urgent&go=on", urgent="y")
    assert answer.status_code == 200, problems(answer)
    assert code_of(answer)
    assert "已标为紧急" in answer.text
    assert 'href="tel:119"' in answer.text
    case, facts = only_case(world), first_event(world).facts
    assert (case.urgent, case.scope) == (True, "")
    assert facts["urgent"] == 1
    assert facts["urgent_from"] == "2026-03-02T02:00:00Z"
    assert first_event(world).at == "2026-03-02", "of the event itself no hour is told"
    assert notices(world) == sorted(("report.urgent", one) for one in case.offices)
    assert len(case.offices) == 2


def test_the_box_on_the_form_alone_is_enough_and_may_be_taken_out_again(world, visitor):
    assert 'name="urgent" value="y" checked' not in visitor.get(FORM).text
    answer = sent(visitor, FORM, urgent="y")
    assert only_case(world).urgent
    assert "已标为紧急" in answer.text


def test_an_ordinary_report_tells_nothing_of_the_kind(world, visitor):
    answer = sent(visitor, f"{FORM}&kind=work_safety")
    assert "已标为紧急" not in answer.text
    case, facts = only_case(world), first_event(world).facts
    assert (case.urgent, case.scope) == (False, "")
    assert not {"urgent", "urgent_from", "scope"} & set(facts)
    assert notices(world) == [("report.received", case.lead)]


@pytest.mark.parametrize("kind", SCOPE_CODES)
def test_the_proper_channel_is_named_and_nothing_is_stored(world, visitor, kind):
    found = scope_of(kind)
    assert found is not None
    page = visitor.get(f"/report?kind={kind}")
    assert found.body in page.text
    assert f'href="tel:{found.phone}"' in page.text
    assert f"依据：{found.cite}。" in page.text
    assert "没有保存任何内容" in page.text
    assert "Set-Cookie" not in page.headers
    assert "事情发生在哪里" in visitor.get(f"/report?kind={kind}&go=on").text
    assert reports(world) == ()


def test_who_goes_on_is_heard_and_what_was_chosen_is_noted(world, visitor):
    path = f"{FORM}&kind=labour&go=on"
    form = visitor.get(path).text
    assert "主管部门：人力资源和社会保障部门" in form
    answer = sent(visitor, path)
    assert answer.status_code == 200, problems(answer)
    assert only_case(world).scope == "labour"
    assert first_event(world).facts["scope"] == "labour"


@pytest.mark.parametrize("planted", ["moon", "<b>", "labour "])
def test_a_planted_scope_is_none(world, visitor, planted):
    sent(visitor, FORM, scope=planted)
    assert only_case(world).scope == ""


def test_a_form_with_mistakes_keeps_both(visitor):
    page = sent(visitor, f"{FORM}&kind=labour&go=on", urgent="y", narrative="").text
    assert 'name="urgent" value="y" checked' in page
    assert 'value="labour"' in page


def test_the_same_form_sent_twice_files_one_and_ticking_urgent_makes_it_another(world, visitor):
    form = hidden(visitor.get(FORM).text) | TYPED
    codes = {code_of(visitor.post("/report", form)) for _ in range(2)}
    assert len(codes) == 1
    answer = visitor.post("/report", form | {"urgent": "y"})
    assert answer.status_code == 422
    assert len(reports(world)) == 1
