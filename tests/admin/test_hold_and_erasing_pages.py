"""Holds and early destruction on the console, by the people who may."""

import re
from datetime import date

import pytest

from casework.queries.holds import running_holds
from casework.services import keeping


@pytest.fixture
def refused(world):
    """A report that was read, and refused on 2 March 2026."""
    filed = world.file_report()
    world.read(filed.report)
    world.refuse(filed.report)
    return filed


def sweep(world):
    return keeping.sweep(
        world.store,
        world.blobs,
        policies=world.policies,
        trust=world.trust,
        log_key=world.log_key,
        now=world.now,
    )


def test_a_hold_is_asked_for_agreed_by_two_units_and_lifted(world, sign_in):
    filed = world.file_report()
    where = f"/cases/{filed.report}/holds"
    supervisor = sign_in("awb-supervisor")
    asked = {"reason_code": "criminal_case", "until": "2026-06-30"}
    assert supervisor.deed(f"{where}/new", **{**asked, "until": ""}).status_code == 422
    assert supervisor.deed(f"{where}/new", **{**asked, "until": "2027-03-01"}).status_code == 422
    assert supervisor.deed(f"{where}/new", **asked).status_code == 302
    (hold,) = world.case(filed.report).holds

    for login in ("seat1-holder", "seat2-deputy"):
        custodian = sign_in(login)
        found = custodian.get(f"/holds?number={filed.case_number}")
        assert found.status_code == 302
        assert "司法机关已立案" in custodian.get(found.location).text
        answer = custodian.deed(f"{where}/{hold}", decision="approve")
        assert answer.status_code == 302, answer.text
    assert "暂缓删除中，至 2026-06-30" in supervisor.get(where).text
    assert supervisor.deed(f"{where}/{hold}", decision="lift").status_code == 302
    assert world.case(filed.report).holds[hold].state == "lifted"


def test_a_supervisor_cannot_agree_to_a_hold_in_the_custodians_place(world, sign_in):
    filed = world.file_report()
    where = f"/cases/{filed.report}/holds"
    supervisor = sign_in("awb-supervisor")
    supervisor.deed(f"{where}/new", reason_code="criminal_case", until="2026-06-30")
    (hold,) = world.case(filed.report).holds
    assert supervisor.deed(f"{where}/{hold}", decision="approve").status_code == 422
    assert world.case(filed.report).holds[hold].approvals == ()


def test_two_persons_destroy_a_case_early_and_its_facts_stay_on_the_page(world, sign_in, refused):
    where = f"/cases/{refused.report}/destruction"
    leader, supervisor = sign_in("yjj-leader"), sign_in("awb-supervisor")
    assert supervisor.get(f"{where}/confirmation").status_code == 409
    assert leader.deed(where, reason_code="court_order").status_code == 302
    assert leader.get(f"{where}/confirmation").status_code == 403
    assert "司法机关要求销毁" in supervisor.get(f"{where}/confirmation").text
    assert sweep(world).cases == 0
    assert supervisor.deed(f"{where}/confirmation").status_code == 302
    assert sweep(world).cases == 1
    page = leader.get(f"/cases/{refused.report}").text
    assert "销毁举报内容" in page
    assert "不予受理" in page


def test_what_goes_within_a_month_is_listed_for_its_office_and_the_auditor(world, sign_in, refused):
    sweep(world)
    world.move(days=700)  # 31 January 2028: one day too early
    assert refused.case_number not in sign_in("yjj-leader").get("/erasing").text
    world.move(days=1)
    for login, sees in (("yjj-leader", True), ("auditor", True), ("zjj-leader", False)):
        page = sign_in(login).get("/erasing")
        assert page.status_code == 200
        assert (refused.case_number in page.text) == sees
    [line] = keeping.ending_soon(world.store, until=date(2028, 3, 2))
    assert line.destroy_on == date(2028, 3, 2)


def test_the_list_of_what_goes_names_no_report_of_another_office_in_its_next_page(
    world, sign_in, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("admin.views.erasing.PAGE", 1)
    filed = [world.file_report() for _ in range(3)]
    for one in filed:
        world.refuse(one.report)
    sweep(world)
    world.move(days=701)
    assert "after=" not in sign_in("zjj-leader").get("/erasing").text
    ids = sorted(one.report for one in filed)
    first = sign_in("yjj-leader").get("/erasing").text
    assert f"after=2028-03-02.{ids[0]}" in first
    second = sign_in("yjj-leader").get(f"/erasing?after=2028-03-02.{ids[0]}").text
    assert f"/cases/{ids[1]}" in second
    monkeypatch.setattr("admin.views.interests.met", lambda: frozenset(ids[1:]))
    assert "after=" not in sign_in("yjj-leader").get("/erasing").text


def asked_for(world, sign_in, until="2026-06-30"):
    """A report whose hold waits for the custodians; returns it with the hold's id."""
    filed = world.file_report()
    where = f"/cases/{filed.report}/holds"
    answer = sign_in("awb-supervisor").deed(
        f"{where}/new", reason_code="criminal_case", until=until
    )
    assert answer.status_code == 302
    (hold,) = world.case(filed.report).holds
    return filed, hold


def test_holds_are_listed_so_that_nobody_must_know_a_case_number(world, sign_in):
    assert "目前没有。" in sign_in("seat1-holder").get("/holds").text
    filed, hold = asked_for(world, sign_in)
    page = sign_in("seat3-deputy").get("/holds").text
    assert filed.case_number in page
    assert "0 席，需要 2 席" in page
    assert f"/cases/{filed.report}/holds" in page
    for login in ("seat1-holder", "seat2-deputy"):
        sign_in(login).deed(f"/cases/{filed.report}/holds/{hold}", decision="approve")
    for login in ("awb-supervisor", "seat1-deputy", "yjj-leader"):
        assert "2 席，需要 2 席" in sign_in(login).get("/holds").text


def test_a_hold_leaves_the_list_when_it_is_lifted_or_over(world, sign_in):
    lifted, hold = asked_for(world, sign_in)
    sign_in("awb-supervisor").deed(f"/cases/{lifted.report}/holds/{hold}", decision="lift")
    ending, _ = asked_for(world, sign_in, until="2026-03-02")
    standing, _ = asked_for(world, sign_in, until="2026-03-03")
    page = sign_in("seat1-holder").get("/holds").text
    assert lifted.case_number not in page
    assert ending.case_number in page
    tomorrow = date(2026, 3, 3)
    listed = [one.case.case_number for one in running_holds(world.store, today=tomorrow)]
    assert listed == [standing.case_number]


def test_a_leader_sees_no_hold_of_another_offices_case(world, sign_in):
    filed, _ = asked_for(world, sign_in)
    assert filed.case_number not in sign_in("zjj-leader").get("/holds").text


def test_a_custodian_of_the_accused_office_hears_nothing_of_holds_and_releases(world, sign_in):
    """The two others are enough; what the accused does not know it cannot pass on."""
    filed = world.file_report(about="410329-sfj", identity={"contact": "13800000000"})
    where = f"/cases/{filed.report}"
    supervisor = sign_in("awb-supervisor")
    asked = {"reason_code": "discipline_case", "until": "2026-06-30"}
    assert supervisor.deed(f"{where}/holds/new", **asked).status_code == 302
    page = supervisor.get(f"{where}/releases")
    wish = re.search(r'name="what"[^>]*value="([^"]+)"', page.text)
    assert wish is not None, page.text
    answer = supervisor.deed(
        f"{where}/releases", what=wish[1], valid_hours="24", reason="需要当面核实"
    )
    assert answer.status_code == 302, answer.text
    (hold,), (release,) = (world.case(filed.report).holds, world.case(filed.report).releases)
    pages = ("/holds", "/releases")

    accused, other = sign_in("seat1-holder"), sign_in("seat2-holder")
    for page in pages:
        assert filed.case_number in other.get(page).text
        assert filed.case_number not in accused.get(page).text
    for page in (f"{where}/holds", f"{where}/holds/{hold}", f"{where}/releases/{release}/decision"):
        assert other.get(page).status_code == 200
        assert accused.get(page).status_code == 404
