"""What every answer carries, and what a fault looks like."""

import pytest

from admin.app import POLICY

ORIGIN = "https://console.test"


@pytest.mark.parametrize("page", ["/sign-in", "/enrol", "/nowhere"])
def test_every_page_has_the_strict_headers(visit, page):
    headers = visit().get(page).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "script" not in POLICY  # none runs: default-src is 'none'
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_style_sheets_come_from_here_and_are_kept(visit):
    desk = visit()
    page = desk.get("/sign-in").text
    sheets = [part.split('"')[0] for part in page.split('rel="stylesheet" href="')[1:]]
    assert len(sheets) == 2
    for sheet in sheets:
        answer = desk.get(sheet.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_demo_says_so_on_every_page(visit, sign_in):
    assert "演示系统" in visit().get("/sign-in").text
    assert "演示系统" in sign_in("yjj-officer").get("/").text


@pytest.mark.parametrize("page", ["/", "/cases/x", "/fund", "/audit", "/worklist/inbox"])
def test_without_a_session_one_is_asked_to_sign_in(visit, page):
    answer = visit().get(page)
    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next={page}"


@pytest.mark.parametrize("cookie", ["", "x", "00" * 32, "é", "00" * 5000])
def test_a_made_up_cookie_is_no_session(visit, cookie):
    desk = visit()
    headers = {"Cookie": f"__Host-tonggui_console={cookie}"}
    answer = desk.client.get("/", base_url=ORIGIN, headers=headers)
    assert answer.status_code == 302


def test_a_form_that_is_too_large_is_told_so(sign_in, world):
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}/reply"
    answer = desk.post(path, text="长" * 400_000)
    assert answer.status_code == 413
    assert "超过了上限" in answer.text


def test_a_database_that_is_away_is_told_and_the_text_stays(sign_in, world, monkeypatch):
    from casework.domain.errors import StorageUnavailableError
    from casework.services import verification

    filed = world.file_report()
    desk = sign_in("yjj-officer")

    def away(*_args, **_kwargs):
        raise StorageUnavailableError

    monkeypatch.setattr(verification, "send_message", away)
    answer = desk.post(f"/cases/{filed.report}/reply", text="不能丢的一段话")
    assert answer.status_code == 422
    assert "数据库暂时不可用或磁盘已满，没有保存。" in answer.text
    assert "不能丢的一段话" in answer.text


def test_a_database_that_is_away_before_anything_is_read_loses_no_text(sign_in, world, monkeypatch):
    from admin import auth
    from casework.domain.errors import StorageUnavailableError

    filed = world.file_report()
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}/reply"
    token = desk.token(path)

    def away():
        raise StorageUnavailableError

    with monkeypatch.context() as broken:
        broken.setattr(auth, "enter", away)
        answer = desk.client.post(
            path, data={"csrf_token": token, "text": "不能丢的一段话"}, base_url=ORIGIN
        )
    assert answer.status_code == 503
    assert 'name="text" value="不能丢的一段话"' in answer.text
    assert f'name="csrf_token" value="{token}"' in answer.text
    assert desk.post(path, csrf_token=token, text="不能丢的一段话").status_code == 302


def test_a_full_disk_keeps_nobody_from_reading(sign_in, world, monkeypatch):
    from casework.domain.errors import StorageUnavailableError
    from casework.services import sessions

    filed = world.file_report()
    desk = sign_in("yjj-officer")

    def full(*_args, **_kwargs):
        raise StorageUnavailableError

    monkeypatch.setattr(sessions, "renew_session", full)
    world.move(minutes=5)
    assert desk.get(f"/cases/{filed.report}").status_code == 200


def test_a_fault_is_a_page_in_words_and_logs_no_arguments(sign_in, world, monkeypatch, caplog):
    from admin import reading

    filed = world.file_report()
    desk = sign_in("yjj-officer")
    desk.client.application.testing = False

    def broken(*_args, **_kwargs):
        raise RuntimeError("张三 13800000000")

    monkeypatch.setattr(reading, "open_report", broken)
    answer = desk.post(f"/cases/{filed.report}/open", page=f"/cases/{filed.report}")
    assert answer.status_code == 500
    assert "系统出错" in answer.text
    assert "RuntimeError" in caplog.text
    assert "张三" not in caplog.text
    assert "13800000000" not in caplog.text


def test_the_administrator_opens_nothing(sign_in, world):
    filed = world.file_report()
    desk = sign_in("administrator")
    assert "您的角色没有待办列表" in desk.get("/").text
    assert desk.get(f"/cases/{filed.report}").status_code == 403
