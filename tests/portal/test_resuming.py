"""Files in parts: taken up after a break, repeated without harm, gone after a day."""

import os
from datetime import timedelta
from io import BytesIO

import pytest

from browsing import photograph
from casework.services import uploads as services
from casework.services.blobs import sweep_orphans
from casework.services.uploads import sweep_uploads
from crypto.upload import upload_id
from faults import files_of
from portal.resuming import PART_BYTES_MAX
from portal.uploads import FILES_MAX

MARKER = b"planted-in-the-parts"


class Sender:
    """A browser that sends one file in parts."""

    def __init__(self, visitor, body, *, name="录像.bin", size=None):
        self.client, self.body = visitor.client, body
        self.token = os.urandom(32).hex()
        self.name, self.size = name, len(body) if size is None else size

    def begin(self):
        told = {"name": self.name, "size": self.size}
        return self.client.post("/uploads", json=told, headers={"Upload-Token": self.token})

    def part(self, offset, body):
        headers = {"Upload-Token": self.token, "Upload-Offset": str(offset)}
        return self.client.post(
            "/uploads/part", data=body, headers=headers, content_type="application/octet-stream"
        )

    def find(self):
        return self.client.get("/uploads", headers={"Upload-Token": self.token})

    def send(self, step=100_000):
        assert self.begin().status_code == 201
        for at in range(0, len(self.body), step):
            assert self.part(at, self.body[at : at + step]).status_code == 200
        return self


def only_report(world):
    [report] = world.store.read(lambda uow: uow.reports.ids())
    return report


def test_a_file_in_parts_is_one_file_of_the_report(world, visitor):
    body = os.urandom(250_000)
    sender = Sender(visitor, body).send()
    visitor.file(upload=sender.token)
    assert files_of(world, only_report(world)) == [("录像.bin", body)]


def test_a_photograph_in_parts_is_cleaned_like_any_other(world, visitor):
    sender = Sender(visitor, photograph(), name="照片.jpg").send(step=500)
    visitor.file(upload=sender.token)
    [(_name, body)] = files_of(world, only_report(world))
    assert body.startswith(b"\xff\xd8\xff")
    assert b"PlantedMaker" not in body


def test_a_part_whose_answer_was_lost_may_be_sent_again(visitor, world):
    sender = Sender(visitor, os.urandom(3000))
    sender.begin()
    sender.part(0, sender.body[:2000])
    before = list(world.blobs.names())
    again = sender.part(0, sender.body[:2000])
    assert (again.status_code, again.json["offset"]) == (200, 2000)
    assert list(world.blobs.names()) == before


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b[:-1] + b"x", lambda b: b + b"x"])
def test_another_part_in_the_same_place_is_refused_and_told_where_to_go_on(visitor, change):
    sender = Sender(visitor, bytes(5000))
    sender.begin()
    sender.part(0, bytes(2000))
    again = sender.part(0, change(bytes(2000)))
    assert (again.status_code, again.json["offset"]) == (409, 2000)


@pytest.mark.parametrize("offset", [1, 1999, 2001, 5000])
def test_a_part_that_does_not_follow_is_refused_and_told_where_to_go_on(visitor, world, offset):
    sender = Sender(visitor, bytes(5000))
    sender.begin()
    sender.part(0, bytes(2000))
    answer = sender.part(offset, bytes(100))
    assert (answer.status_code, answer.json["offset"]) == (409, 2000)
    assert len(list(world.blobs.names())) == 1


def test_more_bytes_than_were_announced_are_refused(visitor):
    sender = Sender(visitor, bytes(100))
    sender.begin()
    assert sender.part(0, bytes(101)).status_code == 409
    assert sender.part(0, bytes(100)).status_code == 200


def test_a_part_that_breaks_off_leaves_nothing_and_may_be_sent_again(visitor, world):
    sender = Sender(visitor, os.urandom(200_000))
    sender.begin()
    cut = visitor.client.post(
        "/uploads/part",
        headers={"Upload-Token": sender.token, "Upload-Offset": "0"},
        environ_overrides={
            "wsgi.input": BytesIO(sender.body[:100_000]), "CONTENT_LENGTH": "200000",
        },
    )  # fmt: skip
    assert cut.status_code == 400
    assert sender.find().json["offset"] == 0
    assert not list(world.settings.home.glob("blobs/*/*"))
    assert sender.part(0, sender.body).status_code == 200


def test_two_who_send_the_same_part_at_once_add_it_once(site, visitor, world):
    sender = Sender(visitor, bytes(3000))
    sender.begin()
    key = upload_id(bytes.fromhex(sender.token))
    row = services.find(site.store, upload_id=key, now=world.now)
    assert row is not None
    names = [site.blobs.new_name() for _ in range(2)]
    added = [
        services.add_part(
            site.store, upload_id=key, number=1, blob_name=name, stored_size=1, box=row.box
        )
        for name in names
    ]
    assert added == [True, False]
    assert services.parts(site.store, upload_id=key) == (names[0],)


@pytest.mark.parametrize("size", [PART_BYTES_MAX, PART_BYTES_MAX + 1])
def test_a_part_has_a_largest_size(visitor, size):
    sender = Sender(visitor, b"", size=10_000_000)
    sender.begin()
    answer = sender.part(0, bytes(size))
    assert answer.status_code == (200 if size == PART_BYTES_MAX else 413)


def test_a_file_above_the_limit_is_refused_before_it_is_sent(visitor, world):
    limit = world.settings.upload_bytes_max
    assert Sender(visitor, b"", size=limit).begin().status_code == 201
    refused = Sender(visitor, b"", size=limit + 1).begin()
    assert refused.status_code == 413
    assert "不能超过 512 MB" in refused.json["error"]


NAMELESS: list[object] = [
    None, [], {}, {"name": "a"}, {"name": "a", "size": 0}, {"name": 1, "size": 1},
    {"name": "a", "size": True},
]  # fmt: skip


@pytest.mark.parametrize("told", NAMELESS)
def test_what_begins_an_upload_names_it_and_its_size(visitor, told):
    headers = {"Upload-Token": "00" * 32}
    assert visitor.client.post("/uploads", json=told, headers=headers).status_code == 400


@pytest.mark.parametrize("token", ["", "00" * 31, "00" * 33, "zz" * 32, "ff" * 32])
def test_a_token_that_leads_nowhere_is_answered_alike(visitor, token):
    answer = visitor.client.get("/uploads", headers={"Upload-Token": token})
    assert answer.status_code == 404


def test_nothing_stored_tells_token_name_or_content(world, visitor):
    sender = Sender(visitor, MARKER * 5000, name="planted-name.mp4").send()
    world.store.close()
    stored = b"".join(
        path.read_bytes() for path in world.settings.home.rglob("*") if path.is_file()
    )
    for planted in (MARKER, b"planted-name", bytes.fromhex(sender.token), sender.token.encode()):
        assert planted not in stored


def test_an_unfinished_upload_is_not_filed_and_the_text_is_kept(world, visitor):
    sender = Sender(visitor, bytes(3000))
    sender.begin()
    sender.part(0, bytes(2000))
    answer = visitor.post("/report", visitor.report(upload=sender.token))
    assert answer.status_code == 422
    assert "有文件没有传完" in answer.text
    assert 'value="样本化工有限公司"' in answer.text
    assert world.store.read(lambda uow: uow.reports.ids()) == ()
    assert sender.find().json["offset"] == 2000  # it may still go on


@pytest.mark.parametrize("token", ["", "no token", "ab" * 32])
def test_a_form_that_names_what_is_not_there_is_refused(world, visitor, token):
    answer = visitor.post("/report", visitor.report(upload=token))
    assert answer.status_code == 422
    assert world.store.read(lambda uow: uow.reports.ids()) == ()


def test_the_same_form_sent_again_shows_the_same_code_and_files_nothing_twice(world, visitor):
    sender = Sender(visitor, os.urandom(150_000)).send()
    form = visitor.report(upload=sender.token)
    first, second = visitor.post("/report", dict(form)), visitor.post("/report", dict(form))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.text == second.text
    assert len(files_of(world, only_report(world))) == 1


def test_an_upload_that_was_used_cannot_be_continued_and_goes_after_an_hour(world, visitor):
    sender = Sender(visitor, os.urandom(150_000)).send()
    visitor.file(upload=sender.token)
    assert sender.find().status_code == 404
    assert len(list(world.blobs.names())) == 3
    assert sweep_uploads(world.store, world.blobs, now=world.now + timedelta(minutes=59)) == 0
    assert sweep_uploads(world.store, world.blobs, now=world.now + timedelta(hours=2)) == 1
    assert len(list(world.blobs.names())) == 1
    assert len(files_of(world, only_report(world))) == 1


def test_an_upload_sent_once_does_not_fill_the_disk_with_form_after_form(world, visitor):
    sender = Sender(visitor, os.urandom(150_000)).send()
    visitor.file(upload=sender.token)
    second = visitor.post("/report", visitor.report(upload=sender.token))
    assert second.status_code == 422
    assert len(files_of(world, only_report(world))) == 1


def test_a_token_in_several_spellings_is_one_file(world, visitor):
    token = Sender(visitor, os.urandom(1000)).send().token
    visitor.file(upload=[token, token.upper(), f"{token[:8]} {token[8:]}"])
    assert len(files_of(world, only_report(world))) == 1


def test_too_many_tokens_are_refused_before_one_is_looked_for(world, visitor, monkeypatch):
    looked_for = []
    monkeypatch.setattr(services, "find", lambda *_given, **named: looked_for.append(named))
    many = [os.urandom(32).hex() for _ in range(FILES_MAX + 1)]
    answer = visitor.post("/report", visitor.report(upload=many))
    assert answer.status_code == 422
    assert looked_for == []


def test_what_no_form_names_is_swept_after_a_day(world, visitor):
    Sender(visitor, bytes(1000)).send()
    day = timedelta(days=1)
    assert sweep_uploads(world.store, world.blobs, now=world.now + day) == 0
    sweep_orphans(world.store, world.blobs, now=world.now + day + timedelta(hours=1))
    assert not list(world.blobs.names())


def test_parts_of_an_upload_under_way_are_no_orphans(world, site, visitor, monkeypatch):
    Sender(visitor, bytes(1000)).send()
    monkeypatch.setattr("casework.services.blobs.sweep_uploads", lambda *_a, **_k: 0)
    far = world.now.replace(year=2100)  # every blob is older than that
    assert sweep_orphans(world.store, world.blobs, now=far) == 0
    assert len(list(world.blobs.names())) == 1


def test_an_upload_past_its_day_is_gone_even_before_the_sweep(world, visitor):
    sender = Sender(visitor, bytes(1000)).send()
    world.now += timedelta(days=1, hours=1)
    assert sender.find().status_code == 404
    assert visitor.post("/report", visitor.report(upload=sender.token)).status_code == 422


def test_who_gives_up_leaves_nothing(world, visitor):
    sender = Sender(visitor, bytes(1000)).send()
    headers = {"Upload-Token": sender.token}
    assert visitor.client.delete("/uploads", headers=headers).status_code == 204
    assert not list(world.blobs.names())
    assert sender.find().status_code == 404


def test_all_uploads_together_have_a_largest_size(visitor, monkeypatch):
    sender = Sender(visitor, bytes(200))
    sender.begin()
    monkeypatch.setattr(services, "STORED_BYTES_MAX", 100_000)
    assert sender.part(0, bytes(100)).status_code == 200
    assert sender.part(100, bytes(100)).status_code == 507
    monkeypatch.setattr(services, "STORED_BYTES_MAX", 1)
    assert Sender(visitor, bytes(1)).begin().status_code == 507


def test_a_token_of_another_file_is_refused(visitor):
    sender = Sender(visitor, bytes(1000)).send()
    assert sender.begin().status_code == 201  # a lost answer
    sender.name = "another.bin"
    assert sender.begin().status_code == 404


def test_uploads_and_files_together_are_counted(world, visitor):
    tokens = [Sender(visitor, b"x").send().token for _ in range(FILES_MAX)]
    form = visitor.report(upload=tokens, files=(BytesIO(b"x"), "a.txt"))
    assert visitor.post("/report", form).status_code == 422
    visitor.file(upload=tokens)
    assert len(files_of(world, only_report(world))) == FILES_MAX


def test_another_site_cannot_send_parts(visitor):
    sender = Sender(visitor, bytes(100))
    headers = {"Upload-Token": sender.token, "Sec-Fetch-Site": "cross-site"}
    told = {"name": "a", "size": 1}
    assert visitor.client.post("/uploads", json=told, headers=headers).status_code == 403
