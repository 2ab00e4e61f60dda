"""A voice that gives the reporter away, and the original of a photograph: for custodians alone."""

from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from sqlalchemy import text

from actors import Clerk, Reporter, Stage
from browsing import photograph
from casework import jobs
from casework.config import Settings
from casework.services import disclosure
from casework.services.disclosure import ItemLine
from casework.storage.sealed_vault import SealedVault
from casework.verify import Problem, verify
from crypto.context import file_context, item_file_context
from crypto.errors import UnsealError
from crypto.unseal import open_stream
from faults import _keys, files_of
from file_items import opened_by_id
from instance import SITE
from visitor import Page

VOICE = b"planted-voice " * 9000
NAME = "我的录音.bin"


@pytest.fixture
def working(stage: Stage) -> Iterator[jobs.Jobs]:
    """The jobs process, worked by hand, under its own role."""
    made = jobs.build(Settings.from_environment(stage.world.environ))
    yield made
    made.store.close()


@pytest.fixture
def reporter(stage: Stage) -> Reporter:
    """An anonymous report with a photograph, its original, and a voice."""
    made = stage.reporter()
    made.opens_the_form()
    page = made.reports(
        files=[("现场.jpg", photograph()), (f"identity_files|{NAME}", VOICE)],
        narrative="储罐区动火作业未办理审批。", anonymous="y",
        keep_originals="y", identity_consent="y",
    )  # fmt: skip
    assert "只交给身份保管人的文件" in page.text
    assert f"{NAME} （没有清理这种格式的办法）" in page.text
    assert "现场.jpg （未清理的原件）" in page.text
    return made


def report_of(stage: Stage, reporter: Reporter) -> str:
    case = stage.world.store.read(lambda uow: uow.reports.by_number(reporter.case_number))
    return case.report_id


def file_items(stage: Stage, report: str) -> list[ItemLine]:
    found = disclosure.items_to_ask_for(stage.world.store, report=report)
    return [one for one in found if one.kind == "file"]


def blobs(stage: Stage) -> int:
    return sum(one.is_file() for one in (stage.world.settings.home / "blobs").rglob("*"))


def rows(stage: Stage, table: str) -> int:
    with stage.world.store.engines()[0].connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def agrees(stage: Stage, login: str, number: str) -> Page:
    custodian = stage.custodian(login)
    page = custodian.visitor.get("/releases")
    assert number in page.text
    page = custodian.follows("审批")
    for words in ("查验能看出举报人的材料", "行政处罚法 第四十六条", "一个文件"):
        assert words in page.text
    return custodian.sends("签署", decision="approve")


def released(stage: Stage, officer: Clerk, number: str, *logins: str) -> None:
    for login in logins or ("seat1-holder", "seat3-deputy"):
        assert agrees(stage, login, number).status == 200
    officer.visitor.get("/releases")
    page = officer.follows("查看（仅一次）")
    assert "签署后直接下载" in page.text


def name_of(page: Page) -> str:
    return unquote(page.headers["Content-Disposition"].partition("''")[2])


def test_no_key_of_a_department_opens_what_custodians_keep(
    stage: Stage, reporter: Reporter
) -> None:
    world, number = stage.world, reporter.case_number
    report = report_of(stage, reporter)

    # The office reads the report, the clean photograph, and that there is more
    page = stage.officer().reads(number)
    assert "现场.jpg" in page.text
    assert "另交了 2 份" in page.text
    assert NAME not in page.text
    [(name, clean)] = files_of(world, report)
    assert name == "现场.jpg"
    assert b"PlantedMaker" not in clean

    # Not even with the database at hand
    logins = ("yjj-officer", "awb-supervisor")
    keys = {key for login in logins for key in _keys(world, report, login).values()}
    items = {one.id for one in file_items(stage, report)}
    sealed = world.store.read(lambda uow: SealedVault(uow).files(report))
    hidden = [one for one in sealed if one.id in items]
    assert (len(keys), len(hidden)) == (2, 2)
    for file in hidden:
        for key in keys:
            for context in (
                file_context(SITE, report, file.id), item_file_context(SITE, report, file.id),
            ):  # fmt: skip
                with pytest.raises(UnsealError):
                    list(open_stream(world.blobs.read(file.blob_name), key=key, context=context))


def test_two_custodians_open_an_original_once_for_who_examines_it(
    stage: Stage, reporter: Reporter
) -> None:
    number = reporter.case_number
    officer = stage.officer()
    officer.reads(number)
    officer.follows("申请查看原件")
    officer.sends("签署并提交申请", reason="照片的拍摄时间有争议。")
    released(stage, officer, number)
    asking = officer.visitor.page
    seen = officer.sends("签署并查看（仅一次）")
    assert b"PlantedMaker" in seen.body
    assert name_of(seen) == "现场.jpg"
    assert seen.headers["Content-Disposition"].startswith("attachment;")
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Content-Type"] == "image/jpeg"

    officer.visitor.page = asking
    twice = officer.sends("签署并查看（仅一次）")
    assert twice.status == 422
    assert b"PlantedMaker" not in twice.body

    # An officer of another office may not even ask
    other = stage.officer("zjj-officer")
    assert other.visitor.get(f"/cases/{report_of(stage, reporter)}/releases").status == 404


def test_a_leader_hears_the_voice_and_its_reporter_takes_it_back(
    stage: Stage, reporter: Reporter, working: jobs.Jobs
) -> None:
    world, number = stage.world, reporter.case_number
    report = report_of(stage, reporter)
    photograph_left = files_of(world, report)
    leader = stage.leader()
    leader.opens_case(number)
    page = leader.follows("申请查看")
    assert "能看出举报人的文件（第 1 份）" in page.text
    kept = opened_by_id(world, report).items()
    [voice] = [item for item, (told, _) in kept if told["what"] == "shows_reporter"]
    leader.sends("签署并提交申请", what=f"examine_evidence.{voice}", reason="核对录音内容。")
    released(stage, leader, number, "seat2-holder", "seat3-holder")
    heard = leader.sends("签署并查看（仅一次）")
    assert heard.body == VOICE
    assert name_of(heard) == NAME
    assert heard.headers["Content-Type"] == "application/octet-stream"

    # The reporter sees the opening, and takes the files back
    reporter.looks_in()
    page = reporter.visitor.get("/follow-up/identity")
    assert page.text.count("查验能看出举报人的材料") == 1
    before = blobs(stage)
    reporter.visitor.send(
        page.form("/follow-up/identity", button="撤回并删除"), {"kinds": "file", "understood": "y"}
    )
    working.erase()
    assert blobs(stage) == before - 2
    assert (rows(stage, "identity_item"), rows(stage, "identity_piece")) == (0, 0)
    assert rows(stage, "sealed_file") == 1
    certificate = reporter.visitor.get("/follow-up/identity/certificate/1")
    assert "能看出您是谁的文件" in certificate.text
    assert files_of(world, report) == photograph_left
    found = verify(world.store, world.blobs, world.trust)
    assert not [one for one in found if isinstance(one, Problem)]


def case_item(case: object) -> str:
    """The item of the case's first release."""
    return str(next(iter(case.releases.values())).item)  # type: ignore[attr-defined]


def test_a_file_that_is_damaged_costs_no_approval(stage: Stage, reporter: Reporter) -> None:
    report, number = report_of(stage, reporter), reporter.case_number
    officer: Clerk = stage.officer()
    officer.opens_case(number)
    officer.follows("申请查看")
    officer.sends("签署并提交申请", reason="核对录音内容。")
    released(stage, officer, number)
    case = stage.world.store.read(lambda uow: uow.reports.get(report))
    file = stage.world.store.read(lambda uow: SealedVault(uow).file(report, case_item(case)))
    assert file is not None
    [path] = (stage.world.settings.home / "blobs").rglob(file.blob_name)
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-1])
    refused = officer.sends("签署并查看（仅一次）")
    assert refused.status == 422
    assert "打不开这项身份信息" in refused.text
    path.write_bytes(whole)
    assert officer.sends("签署并查看（仅一次）").status == 200


def test_later_evidence_takes_such_files_too(stage: Stage, reporter: Reporter) -> None:
    reporter.looks_in()
    page = reporter.visitor.get("/follow-up/evidence")
    form = page.form("/follow-up/evidence", field="text")
    told = reporter.visitor.send(
        form, {"identity_consent": "y"}, files=[("identity_files|手写信.jpg", photograph())]
    )
    assert "只交身份保管人的文件已加密封存" in told.text
    assert len(file_items(stage, report_of(stage, reporter))) == 3
    world = stage.world
    found = verify(world.store, world.blobs, world.trust)
    assert not [one for one in found if isinstance(one, Problem)]
