"""Files that show the reporter, and originals: for custodians alone, on either database."""

import os
from io import BytesIO
from pathlib import Path

import pytest

from browsing import code_of, photograph, problems
from casework.verify import Problem, verify
from faults import files_of
from file_items import file_items, opened_files
from instance import make_world
from portal.uploads import FILES_MAX

VOICE = b"planted-voice " * 3000


@pytest.fixture
def world(tmp_path: Path, database_url: str):
    """An instance on each of the two databases."""
    made = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


def voice(name="我的录音.bin"):
    return (BytesIO(VOICE), name)


def picture(name="现场.jpg", body=None):
    return (BytesIO(body or photograph()), name)


def reports(world):
    return world.store.read(lambda uow: uow.reports.ids())


def blobs_left(world):
    return [one for one in world.settings.home.glob("blobs/*/*") if one.is_file()]


def test_a_file_in_its_own_field_goes_to_the_custodians_and_to_no_office(world, visitor):
    answer = visitor.post(
        "/report",
        visitor.report(
            files=[picture()], identity_files=[voice(), picture("我.jpg")], identity_consent="y"
        ),
    )
    assert answer.status_code == 200, problems(answer)
    [report] = reports(world)
    assert [name for name, _ in files_of(world, report)] == ["现场.jpg"]
    (me, face), (mine, heard) = opened_files(world, report)
    assert (mine["name"], mine["what"], mine["cleaned"]) == (
        "我的录音.bin", "shows_reporter", "unknown_type",
    )  # fmt: skip
    assert heard == VOICE
    assert (me["type"], me["cleaned"], me["of"]) == ("image/jpeg", "cleaned", "")
    assert b"PlantedMaker" not in face
    assert "只交给身份保管人的文件" in answer.text
    assert answer.text.count("隐藏信息已清除") == 1
    # An ordinary list of what was not cleaned would say that an office can see it.
    assert "这些文件没有清除隐藏信息" not in answer.text
    assert not [one for one in verify(world.store, world.blobs, world.trust)
                if isinstance(one, Problem)]  # fmt: skip


def test_the_original_of_a_cleaned_file_is_kept_on_request_alone(world, visitor):
    original = photograph()
    files = lambda: [picture(body=original), (BytesIO(b"no picture" * 99), "账本.bin")]  # noqa: E731
    visitor.file(files=files())
    [plain] = reports(world)
    assert file_items(world, plain) == []

    page = visitor.post("/report", visitor.report(files=files(), keep_originals="y"))
    [kept] = set(reports(world)) - {plain}
    [(told, content)] = opened_files(world, kept)
    assert content == original
    assert (told["what"], told["cleaned"], told["type"]) == ("original", "original", "image/jpeg")
    clean = dict(files_of(world, kept))["现场.jpg"]
    assert b"PlantedMaker" in content
    assert b"PlantedMaker" not in clean
    assert page.text.count("未清理的原件") == 1


def test_originals_are_kept_of_files_that_came_in_parts(world, visitor):
    client, token, body = visitor.client, os.urandom(32).hex(), photograph()
    headers = {"Upload-Token": token}
    client.post("/uploads", json={"name": "分段.jpg", "size": len(body)}, headers=headers)
    client.post(
        "/uploads/part", data=body, headers=headers | {"Upload-Offset": "0"},
        content_type="application/octet-stream",
    )  # fmt: skip
    visitor.file(upload=token, keep_originals="y")
    [(told, content)] = opened_files(world, reports(world)[0])
    assert (told["name"], content) == ("分段.jpg", body)


def test_without_consent_nothing_is_kept(world, visitor):
    answer = visitor.post("/report", visitor.report(identity_files=[voice()]))
    assert answer.status_code == 422
    assert "请勾选同意封存" in answer.text
    assert "刚才选的文件没有保留" in answer.text
    assert reports(world) == ()
    assert blobs_left(world) == []


def test_a_tick_without_a_file_in_that_field_does_not_send_one_to_the_office(world, visitor):
    wrong = visitor.report(files=[voice()], identity_consent="y")
    answer = visitor.post("/report", wrong)
    assert answer.status_code == 422
    assert "这一栏却没有选文件" in answer.text
    assert reports(world) == ()
    assert blobs_left(world) == []
    # With no file at all the tick means nothing.
    assert visitor.file(identity_consent="y")


def test_the_same_form_again_is_one_report_and_moving_a_file_to_the_other_field_is_another(
    world, visitor
):
    form = visitor.report(identity_consent="y")
    first = visitor.post("/report", form | {"identity_files": [voice()]})
    again = visitor.post("/report", form | {"identity_files": [voice()]})
    assert code_of(first) == code_of(again)
    assert "我的录音.bin" in again.text
    assert len(blobs_left(world)) == 1
    moved = visitor.post(
        "/report", form | {"files": [voice()], "identity_files": [voice("另一个.bin")]}
    )
    assert moved.status_code == 422
    assert len(reports(world)) == 1
    assert len(blobs_left(world)) == 1


@pytest.mark.parametrize("field", ["files", "identity_files"])
def test_both_fields_together_take_no_more_than_the_limit(world, visitor, field):
    some = [picture(f"{n}.bin", b"x%d" % n) for n in range(FILES_MAX)]
    other = "files" if field == "identity_files" else "identity_files"
    form = visitor.report(identity_consent="y", **{other: [voice()], field: some})
    answer = visitor.post("/report", form)
    assert answer.status_code == 422
    assert f"一次最多上传 {FILES_MAX} 个文件" in answer.text
    assert blobs_left(world) == []


def test_later_evidence_takes_both_and_the_reporter_takes_them_back(world, visitor):
    visitor.enter(visitor.file())
    form = visitor.form("/follow-up/evidence")
    refused = visitor.post("/follow-up/evidence", form | {"identity_files": [voice()]})
    assert refused.status_code == 422
    done = visitor.post(
        "/follow-up/evidence",
        form | {"identity_files": [voice()], "identity_consent": "y",
                "files": [picture()], "keep_originals": "y"},
    )  # fmt: skip
    assert done.status_code == 303
    [report] = reports(world)
    assert [told["what"] for told, _ in opened_files(world, report)] == [
        "shows_reporter", "original",
    ]  # fmt: skip
    page = visitor.get("/follow-up/identity").text
    assert "能看出您是谁的文件" in page
    assert "共 2 份，一起撤回" in page
    assert not [one for one in verify(world.store, world.blobs, world.trust)
                if isinstance(one, Problem)]  # fmt: skip


def test_nothing_of_them_is_on_the_disk_in_the_clear(world, visitor):
    visitor.file(
        files=[picture("planted-name.jpg")], keep_originals="y",
        identity_files=[voice("planted-voice.bin")], identity_consent="y",
    )  # fmt: skip
    world.store.close()
    stored = b"".join(p.read_bytes() for p in world.settings.home.rglob("*") if p.is_file())
    assert b"planted" not in stored
    assert b"PlantedMaker" not in stored
