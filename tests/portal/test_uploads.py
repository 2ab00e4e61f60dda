"""Files are sealed while they come in; nothing of them is ever on the disk in the clear."""

import os
import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from browsing import Visitor, photograph
from casework.domain.errors import StorageUnavailableError
from casework.domain.ids import new_id
from cleaning.inspection import CLEANED, DAMAGED, PICTURE_BYTES_MAX, TOO_LARGE, UNKNOWN
from cleaning.media_types import media_type
from cleaning.ports import Cleaned
from crypto.context import file_context
from crypto.sending import Sending
from crypto.unseal import open_stream
from portal import uploads
from portal.app import create_app
from portal.uploads import FILES_MAX

MARKER = b"planted-in-the-file"


def sent(site, body, name="a.bin", step=1000):
    """One file as it would come in, in steps."""
    sending = Sending.begin(site=site.instance.site, report_id=new_id(), sending_id=new_id())
    upload = uploads.new_upload(site, sending, name)
    for at in range(0, len(body), step):
        upload.write(body[at : at + step])
    upload.seek(0)
    return sending, upload


def opened(site, sending, upload):
    upload.make_durable()
    context = file_context(sending.site, sending.report_id, upload.file_id)
    stored = site.blobs.read(upload.blob_name)
    return b"".join(open_stream(stored, key=sending.content_key, context=context))


def written_below(folder):
    return b"".join(path.read_bytes() for path in Path(folder).rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [1, 15, 16, 17, 65536, 200_000])
def test_a_file_opens_to_what_was_sent(site, size):
    body = os.urandom(size)
    sending, upload = sent(site, body)
    assert opened(site, sending, upload) == body
    assert upload.entry().plain_size == size
    assert upload.cleaned == UNKNOWN


def test_a_photograph_is_cleaned_before_it_is_sealed(site):
    sending, upload = sent(site, photograph())
    body = opened(site, sending, upload)
    assert upload.cleaned == CLEANED
    assert upload.media_type == "image/jpeg"
    assert body.startswith(b"\xff\xd8\xff")
    assert b"PlantedMaker" not in body


def test_a_photograph_that_cannot_be_cleaned_is_kept_and_marked(site):
    body = b"\xff\xd8\xff" + os.urandom(500)
    sending, upload = sent(site, body)
    assert upload.cleaned == DAMAGED
    assert upload.media_type == "application/octet-stream"
    assert opened(site, sending, upload) == body


def test_a_photograph_up_to_the_cap_is_held_and_one_byte_more_is_let_through(site):
    sizes = []

    class Asked:
        def clean(self, raw, _media_type):
            sizes.append(len(raw))
            return Cleaned(None, DAMAGED)

    counting = replace(site, cleaner=Asked())
    head = b"\xff\xd8\xff"
    sent(counting, head + bytes(PICTURE_BYTES_MAX - 3), step=1_000_000)
    _, above = sent(counting, head + bytes(PICTURE_BYTES_MAX - 2), step=1_000_000)
    assert above.cleaned == TOO_LARGE
    assert sizes == [PICTURE_BYTES_MAX]


def test_a_name_does_not_make_a_picture():
    assert media_type(b"MZ not a jpeg....") == "application/octet-stream"
    assert media_type(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert media_type(b"RIFF\0\0\0\0WAVEfmt ") == "audio/wav"


def test_a_filed_report_leaves_no_plain_byte_of_its_files_anywhere(world, visitor, monkeypatch):
    spool = world.settings.home / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    body = MARKER + os.urandom(700_000) + MARKER

    visitor.file(files=(BytesIO(body), "planted-name.bin"))

    world.store.close()
    on_disk = written_below(world.settings.home)
    assert MARKER not in on_disk
    assert b"planted-name" not in on_disk
    assert not list(spool.iterdir())
    assert len(list(world.blobs.names())) == 1


def test_an_empty_file_field_leaves_no_blob(world, visitor):
    visitor.file(files=(BytesIO(b""), ""))
    assert not list(world.blobs.names())


def test_a_refused_form_leaves_no_blob_and_says_that_files_must_be_chosen_again(world, visitor):
    form = visitor.report(narrative="", files=(BytesIO(b"x" * 2000), "a.txt"))
    answer = visitor.post("/report", form)
    assert answer.status_code == 422
    assert "刚才选的文件没有保留" in answer.text
    assert not list(world.blobs.names())
    assert not list(world.settings.home.glob("blobs/**/*.part"))


def test_as_many_files_as_allowed_are_taken_and_one_more_is_told(world, visitor):
    def files(count):
        return [(BytesIO(b"x"), f"{number}.txt") for number in range(count)]

    visitor.file(files=files(FILES_MAX))
    assert len(list(world.blobs.names())) == FILES_MAX
    answer = visitor.post("/report", visitor.report(files=files(FILES_MAX + 1)))
    assert answer.status_code == 422
    assert f"一次最多上传 {FILES_MAX} 个文件" in answer.text
    assert len(list(world.blobs.names())) == FILES_MAX


def test_files_sent_where_none_are_taken_are_dropped(world, visitor):
    visitor.post("/follow-up", {"code": "1", "files": (BytesIO(b"x" * 100), "a.txt")})
    assert not list(world.blobs.names())


def test_a_body_above_the_limit_is_refused_unread_and_the_limit_is_named(app, visitor):
    app.config["MAX_CONTENT_LENGTH"] = 3 * 1024 * 1024

    class Unread(BytesIO):
        def read(self, *_args):
            raise AssertionError("the body was read")

        def close(self):
            """Nothing to close."""

    answer = visitor.client.post(
        "/report",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(3 * 1024 * 1024 + 1)},
    )
    assert answer.status_code == 413
    assert "不能超过 3 MB" in answer.text


def test_a_body_without_a_length_is_cut_off_at_the_limit(app, visitor, world):
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
    body = head + b"a" * 200_000 + b"\r\n--x--\r\n"
    answer = visitor.client.post(
        "/report",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={
            "wsgi.input": BytesIO(body), "CONTENT_LENGTH": "", "wsgi.input_terminated": True,
        },
    )  # fmt: skip
    assert answer.status_code == 413
    assert not list(world.blobs.names())


def test_a_text_field_that_is_far_too_long_is_told_as_text(visitor):
    answer = visitor.post("/report", visitor.report(narrative="a" * (uploads.FORM_BYTES_MAX + 1)))
    assert answer.status_code == 413
    assert "文字太长" in answer.text


class FullDisk:
    """A blob store on a disk that takes the first bytes and no more."""

    def __init__(self, blobs):
        self.new_name, self._blobs = blobs.new_name, blobs

    def writer(self, name):
        self.inner, self.written = self._blobs.writer(name), 0
        return self

    def delete(self, name):
        self._blobs.delete(name)

    def write(self, data):
        self.written += len(data)
        if self.written > 1000:
            raise StorageUnavailableError
        self.inner.write(data)

    def discard(self):
        self.inner.discard()


def test_a_disk_that_fills_in_mid_file_costs_no_text_and_files_nothing(world, site):
    full = create_app(world.settings, site=replace(site, blobs=FullDisk(site.blobs)))
    visitor = Visitor(full)
    form = visitor.report(narrative="这段话不能丢。", files=(BytesIO(b"x" * 200_000), "a.txt"))
    answer = visitor.post("/report", form)
    assert answer.status_code == 503
    assert "这段话不能丢。" in answer.text
    assert "原样再提交" in answer.text
    assert 'value="样本化工有限公司"' in answer.text
    assert world.store.read(lambda uow: uow.reports.ids()) == ()
    assert not list(world.blobs.names())
