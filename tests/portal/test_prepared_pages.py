"""Prepared pages carry each visitor's own texts, and nobody else's."""

from browsing import FORM, Visitor, code_of
from portal.views.prepared import filled, mark


def test_texts_are_escaped_and_never_looked_through_for_marks(site):
    def render():
        return f"<p>{mark('name')}</p><p>{mark('code')}</p>"

    page = filled(site, "key", render, {"name": f"<b>{mark('code')}", "code": "1234"})
    assert page == "<p>&lt;b&gt;\x02code\x03</p><p>1234</p>"


def test_two_visitors_get_the_same_form_with_tokens_of_their_own(app):
    one, other = Visitor(app), Visitor(app)
    first, second = one.get(FORM), other.get(FORM)
    assert one.tokens(first)["form_token"] != other.tokens(second)["form_token"]
    assert one.tokens(first)["csrf_token"] != other.tokens(second)["csrf_token"]
    assert "\x02" not in first.text + second.text


def test_a_receipt_never_shows_the_one_before(app, visitor):
    one = visitor.post("/report", visitor.report())
    other = visitor.post("/report", visitor.report())
    assert code_of(one) != code_of(other)
    assert code_of(one)[:8] not in other.text.replace(" ", "")


def test_the_names_of_uncleaned_files_are_on_the_receipt_escaped(visitor):
    from io import BytesIO

    files = [(BytesIO(b"x"), "甲<乙>.doc"), (BytesIO(b"y"), "丙.doc")]
    page = visitor.post("/report", visitor.report(files=files)).text
    assert "<li>甲&lt;乙&gt;.doc <span" in page
    assert "<li>丙.doc <span" in page


def test_what_is_not_asked_for_cannot_fill_the_store_of_pages(site, visitor):
    before = len(site.rendered)
    for number in range(5):
        visitor.get(f"{FORM}&about=x{number}&other={number}")
    assert len(site.rendered) == before + 1
