"""What the pages say is said through _(), so that it can be said in another language."""

import pytest

from chinese import in_python, in_template
from source import files, relative

# The command line says both languages at once; the demo's people speak Chinese.
COMMAND_LINE = ("admin/commands/", "admin/demo/")
COMMAND_LINE_FILES = {
    "admin/ceremony.py",
    "admin/cli.py",
    "admin/founding.py",
    "admin/processes.py",
    "admin/trial.py",
}
# Chinese that is read or written as it is, whatever the language of the page.
DATA = {
    ("admin/forms/fields.py", ",，_ 元¥￥"): "what people type in amounts",
    ("admin/language.py", "中文"): "a language's name for itself",
    ("admin/language.py", "y年M月d日"): "a form of dates, for Chinese pages",
    ("admin/language.py", "M月d日 EEE"): "a form of dates, for Chinese pages",
    ("admin/language.py", "y年M月d日 EEE"): "a form of dates, for Chinese pages",
    ("portal/language.py", "中文"): "a language's name for itself",
    ("portal/mailgate.py", "（邮件无法解析，原文见附件。）"): "what officers read in a report",
}
PATTERNS = {"portal/forms/dates.py", "portal/forms/identity.py"}


def python():
    """The modules that speak to people at a page."""
    return [
        path
        for path in files("admin", "portal")
        if not relative(path).startswith(COMMAND_LINE)
        and relative(path) not in COMMAND_LINE_FILES | PATTERNS
    ]


def test_no_module_of_a_site_says_chinese_outside_the_catalogue():
    found = [
        f"{relative(path)}:{line}: {text}"
        for path in python()
        for line, text in in_python(path)
        if (relative(path), text) not in DATA
    ]
    assert found == []


def test_no_template_says_chinese_outside_the_catalogue():
    templates = files("admin/templates", "portal/templates", suffixes=(".html", ".txt", ".svg"))
    found = [
        f"{relative(path)}:{line}: {text}" for path in templates for line, text in in_template(path)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('"""文档"""\nx = _("举报")', []),
        ('x = "举报"', ["举报"]),
        ('x = f"{a}（{b}）"', ["（", "）"]),
        ('x = _("%(a)s", a="、".join(b))', ["、"]),
    ],
)
def test_chinese_in_a_module_is_seen(tmp_path, text, seen):
    path = tmp_path / "module.py"
    path.write_text(text, encoding="utf-8")
    assert [found for _line, found in in_python(path)] == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('<p>{{ _("举报") }}{# 注 #}</p>', []),
        ("<p>举报</p>", ["<p>举报</p>"]),
        ('{{ a }}{{ "、" if b }}', ["、"]),
        ('{{ _("%(a)s", a=b|join("、")) }}', ["、"]),
    ],
)
def test_chinese_in_a_template_is_seen(tmp_path, text, seen):
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    assert [found for _line, found in in_template(path)] == seen
