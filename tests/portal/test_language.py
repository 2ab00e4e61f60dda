"""The public pages in the language that their address names; nothing is kept of it."""

import re
from html import unescape

import pytest

from browsing import FORM, Visitor, code_of

PAGES = ["/", "/report", FORM, "/duties", "/protection", "/follow-up", "/register", "/no-such-page"]
HREF = re.compile(r'<a [^>]*href="([^"]+)"')
ACTION = re.compile(r'<form[^>]* method="(get|post)"[^>]* action="([^"]+)"')


def english(path):
    return f"{path}{'&' if '?' in path else '?'}lang=en"


def switch(page):
    """The address that the page offers in the other language, None where it offers none."""
    found = re.search(r'<p class="language[^"]*"><a href="([^"]+)"', page)
    return unescape(found[1]) if found else None


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_chinese_until_the_address_says_otherwise(visitor, path):
    plain = visitor.get(path, headers={"Accept-Language": "en"})
    assert '<html lang="zh-CN">' in plain.text
    assert plain.text.count("lang=en") == (1 if switch(plain.text) else 0)
    said = visitor.get(english(path))
    assert '<html lang="en">' in said.text
    assert said.status_code == plain.status_code
    assert "Set-Cookie" not in said.headers


@pytest.mark.parametrize("code", ["fr", "", "EN", "zh", "en_GB", "%3Cb%3E"])
def test_another_language_is_chinese(visitor, code):
    assert '<html lang="zh-CN">' in visitor.get(f"/?lang={code}").text


@pytest.mark.parametrize("path", PAGES)
def test_an_english_page_leads_to_english_pages(visitor, path):
    page = visitor.get(english(path)).text
    back = switch(page)
    for address in map(unescape, HREF.findall(page)):
        if address.startswith(("tel:", "#")) or address == back:
            continue
        assert "lang=en" in address, address
    for method, address in ACTION.findall(page):
        assert "lang=en" in address
        assert method == "post" or '<input type="hidden" name="lang" value="en">' in page


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/no-such-page"])
def test_each_page_offers_the_other_language_and_the_way_back(visitor, path):
    there = switch(visitor.get(path).text)
    assert '<html lang="en">' in visitor.get(there).text
    back = switch(visitor.get(there).text)
    assert back == path
    assert visitor.get(there).text.count("hreflang=") == 1


def test_what_else_an_address_says_gets_into_no_link(app):
    one, other = Visitor(app), Visitor(app)
    one.get("/duties?planted=planted")
    for path in (FORM, "/duties", "/follow-up"):
        sign = "&" if "?" in path else "?"
        address = f"{path}{sign}planted=planted&region=<planted>&_external=1&endpoint=x"
        assert "planted" not in one.get(address).text
        assert "planted" not in other.get(path).text


def test_a_report_filed_in_english_is_answered_in_english_and_its_code_cannot_be_lost(visitor):
    page = visitor.get(english(FORM)).text
    [(_method, action)] = [one for one in ACTION.findall(page) if one[0] == "post"]
    answer = visitor.post(unescape(action), visitor.report() | visitor.tokens(visitor.get(FORM)))
    assert len(code_of(answer)) == 24
    assert '<html lang="en">' in answer.text
    assert "Your receipt code" in answer.text
    assert switch(answer.text) is None


def test_the_mailbox_stays_english_after_the_code_is_typed(visitor):
    code = visitor.file()
    form = visitor.form(english("/follow-up")) | {"code": code}
    answer = visitor.post(english("/follow-up"), form)
    assert answer.status_code == 303
    assert "lang=en" in answer.location
    assert '<html lang="en">' in visitor.get(answer.location).text


def test_the_two_languages_of_a_prepared_page_do_not_mix(visitor):
    first = visitor.get(FORM).text
    assert "Fill in the report" in visitor.get(english(FORM)).text
    assert "填写举报" in first
    assert "填写举报" in visitor.get(FORM).text


def test_a_sector_is_called_by_its_name_in_the_language(visitor):
    assert "Hazardous chemicals" in visitor.get(english("/duties")).text
    assert "Hazardous chemicals" in visitor.get(english(FORM)).text
    assert "Hazardous chemicals" not in visitor.get(FORM).text
