"""What every answer carries, and what it must not."""

import re

import pytest

PAGES = ["/", "/report", "/duties", "/protection", "/follow-up", "/health", "/no-such-page"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_strict_and_is_not_kept(visitor, path):
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


def test_only_files_of_the_theme_may_be_kept(visitor):
    page = visitor.get("/").text
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert len(sheets) == 2
    for sheet in sheets:
        assert sheet.startswith("/")
        answer = visitor.get(sheet)
        assert answer.status_code == 200
        assert "no-store" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_code_or_anything_from_elsewhere(visitor, path):
    page = visitor.get(path).text
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", page)


def test_the_pages_say_that_this_is_a_demo(visitor):
    assert "演示系统" in visitor.get("/").text


def test_the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(visitor):
    answer = visitor.enter(visitor.file())
    line = answer.headers["Set-Cookie"]
    assert line.startswith("__Host-tonggui_mailbox=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(line.split("; "))
    assert "Domain" not in line
    assert "Expires" not in line
