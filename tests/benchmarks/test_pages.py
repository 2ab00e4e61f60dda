"""What the benchmark reads out of pages, and how it writes a form."""

import io

import pytest
from werkzeug.formparser import parse_form_data

from benchmarks.pages import FIELDS, TOKENS, Form, form_tokens, input_value, receipt_code, title
from portal.forms import identity

CODE = "1234 5678 9012 3456 7890 1234"


@pytest.mark.parametrize(
    "tag",
    [
        '<input name="form_token" type="hidden" value="a&amp;b=">',
        "<input type='hidden' value='a&amp;b=' name='form_token'>",
        '<INPUT\n  name=form_token\n  value="a&amp;b=" />',
    ],
)
def test_a_field_is_found_however_its_tag_is_written(tag):
    assert input_value(f"<form>{tag}</form>", "form_token") == "a&b="


def test_a_field_of_another_name_is_not_taken():
    page = '<input name="form_token_old" value="1"><input name="token" value="form_token">'
    assert input_value(page, "form_token") is None


def test_a_form_without_a_token_is_no_form():
    with pytest.raises(ValueError, match="csrf_token"):
        form_tokens('<input name="form_token" value="x"><input name="csrf_token" value="">')


def test_a_code_is_six_groups_of_four_digits():
    assert receipt_code(f"<p>查询码 <strong>{CODE}</strong></p>") == CODE.replace(" ", "")


def test_the_groups_of_a_code_may_stand_in_tags_of_their_own():
    groups = "".join(f"<span>{group}</span>\n" for group in CODE.split())
    assert receipt_code(f"<p>{groups}</p>") == CODE.replace(" ", "")


def test_hard_spaces_between_the_groups_are_spaces():
    assert receipt_code(CODE.replace(" ", "&nbsp;")) == CODE.replace(" ", "")


@pytest.mark.parametrize("text", ["1234 5678 9012 3456 7890", f"{CODE} 5678", f"5{CODE}", "12350"])
def test_fewer_or_more_digits_are_no_code(text):
    assert receipt_code(f"<p>{text}</p>") is None


def test_a_page_is_named_by_its_title():
    assert title("<title>\n 错误：填写举报 </title>") == "错误：填写举报"
    assert title("gateway down") == ""


def test_the_form_carries_every_field_both_tokens_and_the_file():
    tokens = dict.fromkeys(TOKENS, "t")
    form = Form(b"\r\n--\x00", "附件.bin", "application/octet-stream")
    body = form.body(tokens)
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": form.content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    _, fields, files = parse_form_data(environ)
    assert fields.to_dict() == {**FIELDS, **tokens}
    assert (files["files"].filename, files["files"].read()) == ("附件.bin", b"\r\n--\x00")


def test_the_person_of_the_form_is_a_specimen_that_the_site_accepts():
    assert identity.is_id_number(FIELDS["id_number"])
    assert identity.is_phone(FIELDS["phone"])
    assert FIELDS["name"].startswith("样本")
