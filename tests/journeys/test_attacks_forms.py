"""Forged and hostile forms at the public site: refused in words, escaped, nothing filed."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from actors import now
from crypto.form_token import issue_form_token
from faults import (
    FORM,
    Prepared,
    ask,
    filled,
    mailbox,
    portal_of,
    prepare,
    stranger,
    world_on,
)
from instance import World
from servers import Server
from visitor import Visitor

TEXT = "这段话写了很久，不能丢。"
HTML = """"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}</textarea></title>"""
OPEN_TO_FORMS = ("/report", "/follow-up", "/follow-up/case", "/follow-up/evidence",
                 "/follow-up/reward", "/follow-up/leave")  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """An instance on each of the two databases."""
    with world_on(request, tmp_path_factory.mktemp("forms")) as made:
        yield made


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[Server]:
    """Its public site."""
    with portal_of(world) as made:
        yield made


@pytest.fixture
def filed(world: World) -> Callable[[], int]:
    """How many reports came in since the test began."""
    before = len(world.store.read(lambda uow: uow.reports.ids()))
    return lambda: len(world.store.read(lambda uow: uow.reports.ids())) - before


@pytest.fixture
def fresh(world: World) -> Callable[[Prepared], Prepared]:
    """Give a form a token that was never used."""
    key = (world.settings.secrets / "portal" / "form-key").read_bytes()
    return lambda form: form.with_values(form_token=issue_form_token(key, now()))


# ---- forms that are not ours --------------------------------------------------------------------


def test_a_form_without_our_token_files_nothing_and_loses_nothing(world, site, filed):
    form = prepare(site.base, narrative=TEXT)
    key = (world.settings.secrets / "portal" / "form-key").read_bytes()
    forged = ["", "x", form.values["csrf_token"][:-4] + "AAAA", "\x00", "é" * 40,
              issue_form_token(bytes(32), now(), purpose="csrf"),
              issue_form_token(key, now(), purpose="console"),
              form.values["form_token"]]  # fmt: skip
    for token in forged:
        answer = form.with_values(csrf_token=token).send(site.base)
        assert answer.status == 422, token
        assert answer.values("/report")["narrative"] == TEXT
    without = filled("/report", {n: v for n, v in form.values.items() if n != "csrf_token"})
    assert without.send(site.base).status == 422
    assert filed() == 0
    assert form.send(site.base).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "SAME-ORIGIN"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "//"},
    ],
)
def test_what_a_browser_says_is_from_elsewhere_is_refused_with_its_token(site, filed, headers):
    form = prepare(site.base)
    answer = form.send(site.base, **headers)
    assert answer.status == 403
    assert "不能从别的网站提交" in answer.text
    assert filed() == 0


def test_an_address_that_takes_forms_does_nothing_otherwise(site, filed):
    """A link, a picture or a prefetch files nothing, ends no session and sends no message."""
    form = prepare(site.base, narrative=TEXT)
    query = urlencode(form.values)
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
        for path in OPEN_TO_FORMS:
            body = form.body if method in ("PUT", "DELETE", "PATCH") else b""
            answer = ask(site.base, method, f"{path}?{query}", body, {"Content-Type": form.kind})
            assert answer.status in (200, 303, 405), (method, path)
            assert TEXT not in answer.text
            assert not answer.code
    assert filed() == 0
    inside = mailbox(site.base, form.send(site.base).code)
    assert inside.get("/follow-up/leave").status == 405
    assert inside.get("/follow-up/case?text=x").status == 200


def test_the_form_of_one_session_does_nothing_in_another(site):
    first, second = (mailbox(site.base, prepare(site.base).send(site.base).code) for _ in "ab")
    stranger_to_both = Visitor(site.base, headers=stranger())
    assert first.page is not None
    form = first.page.form("/follow-up/case", field="text")
    refused = second.send(form, {"text": TEXT})
    assert refused.status == 422
    assert refused.form("/follow-up/case", field="text").fields["text"][0].strip() == TEXT
    ended = stranger_to_both.send(form, {"text": TEXT})
    assert ended.status == 403
    assert TEXT in ended.text
    for visitor in (first, second):
        assert TEXT not in visitor.get("/follow-up/case").text


# ---- bad input ------------------------------------------------------------------------------

WRONG = [
    ("region", "110000"), ("region", ""), ("region", "410329\x00"),
    ("sector", "spaceships"), ("matter", "everything"), ("occurred_on", "2026-02-30"),
    ("occurred_on", "2999-01-01"), ("occurred_on", "٢٠٢٦-٠١-٠١"), ("enterprise", ""),
    ("enterprise", "字" * 101), ("place", "字" * 201), ("narrative", " \r\n "),
    ("narrative", "字" * 20_001), ("name", "字" * 101), ("phone", "12345"), ("phone", "²³¹" * 4),
    ("id_number", "410329194903070417"), ("contact", "字" * 201),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_field_is_named_and_everything_typed_comes_back(site, filed, name, value):
    form = prepare(site.base, **{"consent": "y", "narrative": TEXT, "contact": "样本", name: value})
    answer = form.send(site.base)
    assert answer.status == 422
    assert "error-summary" in answer.text
    assert f'href="#{name}"' in answer.text
    again = answer.values("/report")
    for field, typed in form.values.items():
        if field == "narrative":
            assert again[field].strip() == typed.strip()
        elif field not in ("csrf_token", "form_token", name):
            assert again[field] == typed, field
    assert filed() == 0


def test_a_report_of_misconduct_must_name_a_body_that_exists(site, filed):
    form = prepare(site.base, matter="staff_misconduct", about="410329-nobody")
    answer = form.send(site.base)
    assert answer.status == 422
    assert 'href="#about"' in answer.text
    assert filed() == 0


HOSTILE = [
    HTML, "\x00", "a\x00b", "\x08\x1b[31m", "\u202eabc", "%00%0d%0a", "a\r\nSet-Cookie: x=y",
    "\ufeff", "\u2028x", "\U00020000" * 40, "\ufdfa" * 30, "1e9", "NaN", "{{7*7}}",
]  # fmt: skip
TYPED = ("enterprise", "place", "occurred_on", "narrative", "relation", "about", "name", "phone",
         "id_number", "contact", "region", "sector", "matter", "csrf_token", "form_token",
         "anonymous", "consent")  # fmt: skip


def test_no_hostile_value_breaks_a_page_or_comes_back_raw(site, fresh):
    base = prepare(site.base, consent="y", contact="样本")
    for name in TYPED:
        for value in HOSTILE:
            form = fresh(base) if name != "form_token" else base
            answer = form.with_values(**{name: value}).send(site.base)
            assert answer.status in (200, 422), (name, value)
            check_harmless(answer.text, answer.headers["Set-Cookie"], name)


def check_harmless(text: str, cookie: str | None, name: str) -> None:
    """Nothing that was typed became markup, template or header."""
    assert "<script>alert" not in text, name
    assert "<img src=x" not in text, name
    assert "49</textarea>" not in text, name
    assert text.count("</title>") == 1, name
    assert cookie is None


def test_html_in_every_question_and_note_comes_back_escaped(site):
    for path in (
        f"/report?{urlencode({'region': HTML, 'sector': HTML, 'matter': HTML, 'about': HTML})}",
        f"{FORM}&{urlencode({'about': HTML, 'narrative': HTML, HTML: HTML})}",
        f"/follow-up?{urlencode({'note': HTML})}",
        f"/{urlencode({HTML: HTML})}",
    ):
        answer = ask(site.base, "GET", path)
        assert answer.status in (200, 404)
        check_harmless(answer.text, answer.headers["Set-Cookie"], path)


def test_html_in_the_mailbox_comes_back_escaped(site):
    inside = mailbox(site.base, prepare(site.base).send(site.base).code)
    assert inside.page is not None
    page = inside.send(inside.page.form("/follow-up/case", field="text"), {"text": HTML})
    assert HTML in page.text
    check_harmless(page.body.decode(), None, "message")
    code = Visitor(site.base, headers=stranger())
    page = code.send(code.get("/follow-up").form("/follow-up", field="code"), {"code": HTML[:80]})
    assert page.status == 422
    check_harmless(page.body.decode(), page.headers.get("Set-Cookie"), "code")
