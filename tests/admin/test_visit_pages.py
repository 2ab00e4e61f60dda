"""The door for photos: in memory, pictures alone, from whom the visit names, and not too much."""

import io
import tempfile
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from admin.photos import AT_ONCE_MAX, PHOTOS_BYTES_MAX
from browsing import photograph
from casework.domain.errors import StorageUnavailableError
from casework.storage.blobs import FileWriter
from casework.storage.sealed_vault import SealedVault
from instance import World
from visiting import open_visit, record_visit, sign_visit

ORIGIN = "https://console.test"
JPEG = photograph()


@pytest.fixture
def report(world: World) -> str:
    """An accepted report whose visit is open."""
    filed = world.file_report()
    world.accept(filed.report)
    open_visit(world, filed.report)
    return filed.report


def send(desk, report: str, *photos: tuple[str, bytes]) -> TestResponse:
    path = f"/cases/{report}/visits/photos"
    files = [(io.BytesIO(content), name) for name, content in photos]
    data = {"csrf_token": desk.token(path), "files": files}
    answer: TestResponse = desk.client.post(path, data=data, base_url=ORIGIN)
    return answer


def blobs(world: World) -> list[str]:
    return list(world.blobs.names())


def test_a_photo_never_reaches_a_disk_in_the_clear(
    world, sign_in, report, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_args: object, **_named: object) -> None:
        raise AssertionError("a file in the clear")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    large = photograph("PNG", (900, 700))
    assert len(large) > 600_000
    answer = send(sign_in("yjj-officer"), report, ("large.png", large))
    assert (answer.status_code, answer.location.endswith("done=photos_added")) == (302, True)
    [file] = world.store.read(lambda uow: SealedVault(uow).files(report))
    stored = b"".join(world.blobs.read(file.blob_name))
    assert b"PNG" not in stored[:64]
    assert file.holds(world.blobs.read(file.blob_name))


@pytest.mark.parametrize(
    ("photos", "words"),
    [
        ([], "请选择 1 到 10 张照片。"),
        ([("a.jpg", JPEG)] * (AT_ONCE_MAX + 1), "请选择 1 到 10 张照片。"),
        ([("a.jpg", JPEG[:90])], "没有保存"),
        ([("a.pdf", b"%PDF-1.4\n%%EOF\n")], "没有保存"),
        ([("a.jpg", JPEG), ("b.zip", b"PK\x05\x06" + bytes(18))], "没有保存"),
    ],
)
def test_one_that_is_no_clean_picture_keeps_all_out(world, sign_in, report, photos, words):
    answer = send(sign_in("yjj-officer"), report, *photos)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert world.case(report).visits[-1].photos == ()
    assert blobs(world) == []


def test_photos_of_whom_the_visit_does_not_name_leave_nothing(world, sign_in, report):
    open_again = world.file_report().report
    world.accept(open_again)
    answer = send(sign_in("awb-supervisor"), report, ("a.jpg", JPEG))
    assert answer.status_code in (403, 422)
    assert "您不是这次现场核查指定的执法人员。" in answer.text
    assert blobs(world) == []


def test_too_much_at_once_is_refused_and_elsewhere_the_old_bound_stands(world, sign_in, report):
    desk = sign_in("yjj-officer")
    answer = send(desk, report, ("a.jpg", bytes(PHOTOS_BYTES_MAX + 1)))
    assert answer.status_code == 413
    token = desk.token(f"/cases/{report}/reply")
    answer = desk.client.post(
        f"/cases/{report}/reply",
        data={"csrf_token": token, "files": [(io.BytesIO(bytes(600_000)), "a.jpg")]},
        base_url=ORIGIN,
    )
    assert answer.status_code == 413


def test_nobody_who_is_not_signed_in_sends_photos(visit: Callable, report):
    answer = visit().client.post(
        f"/cases/{report}/visits/photos",
        data={"files": [(io.BytesIO(bytes(600_000)), "a.jpg")]},
        base_url=ORIGIN,
    )
    assert answer.status_code == 413


def test_a_visit_of_another_case_or_none_is_not_there(world, sign_in, report):
    desk = sign_in("yjj-officer")
    assert desk.get(f"/cases/{report}/visits/99").status_code == 404
    assert desk.get(f"/cases/{report}/visits/sign").status_code == 404
    record_visit(world, report)
    sign_visit(world, report)
    for page in ("photos", "record", "sign", "return"):
        assert desk.get(f"/cases/{report}/visits/{page}").status_code == 404


@pytest.mark.parametrize("failing", [1, 2])
def test_a_full_disk_leaves_nothing_of_any_photo(
    world, sign_in, report, monkeypatch: pytest.MonkeyPatch, failing: int
):
    desk, made, real = sign_in("yjj-officer"), [], FileWriter.flush_durable

    def full(self: FileWriter) -> None:
        made.append(self)
        if len(made) == failing:
            self.discard()
            raise StorageUnavailableError
        real(self)

    monkeypatch.setattr(FileWriter, "flush_durable", full)
    answer = send(desk, report, ("a.jpg", JPEG), ("b.jpg", JPEG))
    assert (answer.status_code, "照片" in answer.text) == (422, True)
    assert len(made) == failing
    assert blobs(world) == []
    assert world.case(report).visits[-1].photos == ()
