"""The papers of an award in a real browser: they fit a phone, and on A4 nothing but the paper."""

import pytest

from at_the_console import broken_rules, come_in, fits
from banking import released
from casework.services import bank
from instance import PASSWORD
from pages import follow

KINDS = ("notice", "voucher")


@pytest.fixture
def papers(world):
    """The addresses of the papers of an award that is paid at the counter."""
    world.appropriate()
    filed = world.approved()
    world.claim(filed, how="counter")
    award = world.case(filed.report).award
    return [f"/cases/{filed.report}/papers/awards/{award.id}/{kind}" for kind in KINDS]


def test_they_fit_a_phone_and_a_desk_without_scripts(world, console_url, watched, papers):
    for width in (360, 1440):
        page, complaints = watched(
            viewport={"width": width, "height": 900}, java_script_enabled=False
        )
        come_in(page, console_url, world, "cashier")
        for path in papers:
            page.goto(f"{console_url}{path}")
            assert page.locator("h1").count() == 1
            assert fits(page), (path, width)
        assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(world, console_url, watched, papers, scheme):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, color_scheme=scheme)
    come_in(page, console_url, world, "cashier")
    for path in papers:
        page.goto(f"{console_url}{path}")
        assert broken_rules(page) == [], path


def test_on_paper_there_is_the_paper_alone(world, console_url, watched, papers):
    page, _complaints = watched(viewport={"width": 794, "height": 1123})
    come_in(page, console_url, world, "cashier")
    page.emulate_media(media="print")
    for path in papers:
        page.goto(f"{console_url}{path}")
        assert page.locator("article").is_visible()
        for hidden in (".top", ".foot", ".buttons"):
            assert not any(one.is_visible() for one in page.locator(hidden).all()), (path, hidden)
        assert fits(page), path


def test_the_cashier_finds_the_voucher_in_the_case_and_takes_it_home_as_pdf(
    world, console_url, watched, papers
):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "cashier")
    page.goto(f"{console_url}{papers[1].partition('/papers/')[0]}")
    follow(page.get_by_role("link", name="支付凭单"))
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载 PDF").click()
    assert taken.value.suggested_filename.startswith("voucher-")
    assert taken.value.path().read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_of_a_batch_fits_a_phone_and_prints_alone(world, console_url, watched, scheme):
    world.appropriate()
    filed = world.approved()
    released(world, filed)
    page, _complaints = watched(viewport={"width": 360, "height": 900}, color_scheme=scheme)
    come_in(page, console_url, world, "cashier")
    page.goto(f"{console_url}/bank")
    page.locator("input[name=line]").first.check()
    page.fill("#password", PASSWORD)
    follow(page.locator("main form button[type=submit]").first)
    page.locator("input[name=line]").first.check()
    page.fill("#password", PASSWORD)
    with page.expect_download():
        page.locator("main form button[type=submit]").first.click()
    [batch] = bank.batches(world.store)
    page.goto(f"{console_url}/bank/{batch.name}")
    follow(page.get_by_role("link", name="打印批次清单"))
    assert fits(page)
    assert broken_rules(page) == []
    page.emulate_media(media="print")
    assert page.locator("article").is_visible()
    assert not any(one.is_visible() for one in page.locator(".top, .foot, .buttons").all())
