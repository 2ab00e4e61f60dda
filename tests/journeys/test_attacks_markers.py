"""P1: whoever takes the disk, the database, the logs and the mails learns nothing that was typed.

Two reports go through the whole main job with planted, unique words in every field. Afterwards
every file under the instance's home, every row of the database and every line that a process
wrote is searched for them, in every encoding that they could have been written in.
"""

import base64
import html
import json
import quopri
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from actors import Approver, Reporter, Stage
from faults import jobs_running, until
from instance import PASSWORD, World

CODECS = ("utf-8", "gbk", "gb18030", "utf-16-le", "utf-16-be")
UNWRAPPED = ("blobs/", "tonggui.sqlite")  # where nothing is broken into lines
DATE = re.compile(r"20\d\d-\d\d-\d\d")
# What a person types: name of the place where it is typed to words that stand nowhere else.
PLANTED = {
    "name": "甄密印",
    "id_number": "410329194903070418",
    "phone": "13907041603",
    "contact": "微信 mi-yin-7041",
    "enterprise": "密印第七化工厂",
    "place": "密印路七千零四十一号",
    "narrative": "密印叙述：三号罐区 Qx7041 动火无人监护。",
    "file_name": "密印现场-Qf7041.bin",
    "file_text": "密印文件内容 Qc7041",
    "message": "密印留言 Qm7041 请尽快来看",
    "evidence": "密印补充 Qe7041 又拍到一张",
    "more_name": "密印补充-Qg7041.bin",
    "reply": "密印回复 Qr7041 请问是哪一个罐",
    "account": "密印核查 Qh7041 现场属实",
    "payee_name": "甄密印收",
    "bank": "密印银行七零四一支行",
    "number": "62220704160370411",
    "payee_phone": "13907041604",
}


def encodings(planted: str | bytes) -> Iterator[bytes]:
    """Every way in which a text, or secret bytes, may have been written down."""
    if isinstance(planted, str):
        yield json.dumps(planted)[1:-1].encode()
        yield json.dumps(planted)[1:-1].upper().encode().replace(b"\\U", b"\\u")
        yield html.escape(planted).encode()
        for spelled in ("&#{};", "&#x{:x};", "&#x{:X};"):
            yield "".join(spelled.format(ord(sign)) for sign in planted).encode()
        raws = [planted.encode(codec) for codec in CODECS]
    else:
        raws = [planted]
    for raw in raws:
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for safe in ("", "/ -_.~:,"):
            quoted = quote(raw, safe=safe)
            yield quoted.encode()
            yield re.sub("%..", lambda found: found.group(0).lower(), quoted).encode()
        for every in ("%{:02X}", "%{:02x}", "={:02X}", "\\x{:02x}"):
            yield "".join(every.format(byte) for byte in raw).encode()
        yield quopri.encodestring(raw).replace(b"=\n", b"")
        yield repr(raw)[2:-1].encode()
        for shift in range(3):
            # What stands before and after blurs the first and the last signs.
            cut = base64.b64encode(bytes(shift) + raw)[(0, 2, 3)[shift] :].rstrip(b"=")
            cut = cut if (shift + len(raw)) % 3 == 0 else cut[:-1]
            yield cut
            yield cut.translate(bytes.maketrans(b"+/", b"-_"))


def test_the_search_finds_what_is_written_in_any_encoding():
    text = PLANTED["narrative"]
    for codec in CODECS:
        raw = text.encode(codec)
        for written in (
            raw, raw.hex().encode(), quote(raw).encode(), quopri.encodestring(b"x" * 9 + raw),
            base64.b64encode(b"xy" + raw + b"z"), base64.urlsafe_b64encode(b"x" + raw),
            base64.encodebytes(b"x" * 60 + raw), repr(raw).encode(),
        ):  # fmt: skip
            assert found({"here": b"..." + written + b"..."}, {"narrative": text}), written
    assert not found({"here": text[:-1].encode()}, {"narrative": text})


def found(places: dict[str, bytes], planted: dict[str, str | bytes]) -> list[tuple[str, str]]:
    """Name each place that holds something planted, and which."""
    needles = {needle: name for name, one in planted.items() for needle in encodings(one)}
    joined = {f"{place}, lines joined": re.sub(rb"=?\r?\n", b"", body)
              for place, body in places.items() if not place.startswith(UNWRAPPED)}  # fmt: skip
    assert min(len(needle) for needle in needles) >= 5
    return [
        (place, name)
        for place, body in {**places, **joined}.items()
        for needle, name in needles.items()
        if needle in body
    ]


def written_below(folder: Path) -> dict[str, bytes]:
    """All files of an instance, and their names: database, WAL, blobs, logs, mails, limits."""
    paths = sorted(folder.rglob("*"))
    files = {str(one.relative_to(folder)): one.read_bytes() for one in paths if one.is_file()}
    return {**files, "names": "\n".join(map(str, paths)).encode()}


def rows_of(url: str) -> dict[str, bytes]:
    """Every value of every row of every table of a PostgreSQL database."""
    places = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for table in tables:
            rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(*table)))
            values = (value for row in rows for value in row)
            places[".".join(table)] = b"\n".join(
                bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode()
                for one in values
            )
    assert len(places) > 15
    return places


def mails_of(world: World, number: str) -> list[str]:
    """Every mail about a case, subject and text, without its number and the dates in it."""
    read = [message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in world.settings.mail_folder.glob("*.eml")]  # fmt: skip
    texts = [f"{mail['Subject']}\n{mail.get_content()}" for mail in read]
    return [DATE.sub("", one.replace(number, "")) for one in texts if number in one]


def files_a_named_report(reporter: Reporter) -> None:
    """Everything that the form asks for; the first try has a mistake in it."""
    reporter.opens_the_form()
    typed = {
        name: PLANTED[name]
        for name in ("name", "id_number", "phone", "contact", "enterprise", "place", "narrative")
    }
    body = b"\x00" + PLANTED["file_text"].encode() + b"\x01" * 3000
    files = [(PLANTED["file_name"], body)]
    wrong = reporter.reports(**{**typed, "occurred_on": "2999-01-01"}, consent="y", files=files)
    assert wrong.status == 422
    assert reporter.reports(**typed, occurred_on="", consent="y", files=files).status == 200


def claims_to_an_account(reporter: Reporter) -> None:
    """Payee details."""
    page = reporter.visitor.get("/follow-up/reward")
    values = {"how": "account", "payee_name": PLANTED["payee_name"], "bank": PLANTED["bank"],
              "account": PLANTED["number"], "payee_phone": PLANTED["payee_phone"]}  # fmt: skip
    assert reporter.visitor.send(page.form(field="how"), values).status == 200


def is_paid_to_an_account(stage: Stage, reporter: Reporter, approver: Approver) -> list[str]:
    """The main job to its end; returns the cookies that were given."""
    officer, number = stage.officer(), reporter.case_number
    officer.reads(number)
    page = officer.visitor.page
    assert page is not None
    assert PLANTED["file_name"] in page.text
    sent = officer.sends("下载")
    assert PLANTED["file_text"].encode() in sent.body
    officer.accepts(number)
    officer.replies(number, PLANTED["reply"])
    assert PLANTED["reply"] in reporter.looks_in().text
    assert PLANTED["message"] in reporter.writes(PLANTED["message"]).text
    body = PLANTED["file_text"].encode() * 3
    reporter.adds(PLANTED["evidence"], files=[(PLANTED["more_name"], body)])
    officer.reads(number)
    officer.concludes(number, account=PLANTED["account"])
    officer.proposes(number)
    approver.approves(number)
    stage.approver("finance").confirms_money(number)
    reporter.looks_in()
    claims_to_an_account(reporter)
    cashier = stage.cashier()
    cashier.asks_for_payee(number)
    stage.custodian("seat1-holder").agrees(number)
    stage.custodian("seat2-deputy").agrees(number)
    assert PLANTED["number"] in cashier.sees_payee(number).text
    assert "已发放" in cashier.books(number).text
    officer.tells(number)
    officer.proposes_closing(number)
    stage.leader().closes(number)
    return [*reporter.visitor.cookies.values(), *officer.visitor.cookies.values()]


def is_paid_at_the_counter(stage: Stage, reporter: Reporter, approver: Approver) -> str:
    """Another department, region and matter; returns the claim number."""
    reporter.opens_the_form(sector="房屋建筑", matter="重大事故隐患", region="白沙镇")
    reporter.reports(narrative="甲", name="样本乙", phone="13800000000", consent="y")
    officer = stage.officer("zjj-officer")
    officer.accepts(reporter.case_number)
    officer.concludes(reporter.case_number, fines="", penalty_no="")
    officer.proposes(reporter.case_number)
    approver.approves(reporter.case_number)
    reporter.looks_in()
    claim = reporter.claims_at_the_counter()
    stage.second().confirms(reporter.case_number, reporter.confirmation)
    assert "已发放" in stage.cashier("cashier-2").pays_at_the_counter(claim).text
    return claim


def test_after_the_main_job_nothing_that_was_typed_is_anywhere(stage, tmp_path):
    world = stage.world
    first, second, third = (stage.reporter() for _ in range(3))
    approver = stage.approver()
    with jobs_running(world.environ, tmp_path / "jobs.log"):
        files_a_named_report(first)
        cookies = is_paid_to_an_account(stage, first, approver)
        claim = is_paid_at_the_counter(stage, second, approver)
        third.opens_the_form()
        third.reports(narrative="丙", anonymous="y")  # and never looks in, so the code is kept
        until(lambda: world.store.read(lambda uow: uow.outbox.oldest_due()) is None)
    planted: dict[str, str | bytes] = {**PLANTED, "password": PASSWORD, "claim": claim}
    for who, reporter in (("first", first), ("second", second), ("third", third)):
        planted |= {f"{who} code": reporter.code, f"{who} digits": reporter.code.replace(" ", "")}
    planted |= {"digits of the claim": claim.replace(" ", "")}
    planted |= {"confirmation": second.confirmation}
    planted |= {f"cookie {n}": bytes.fromhex(one) for n, one in enumerate(cookies)}

    # Searched while the sites still run: the WAL is there, and so is what they wrote last.
    places = written_below(tmp_path)
    places["mails"] = "\n".join(mails_of(world, "")).encode()
    if world.store.dialect == "postgresql":
        places |= rows_of(world.settings.database_url)
    else:
        assert any(name.endswith("-wal") and body for name, body in places.items())
    assert found(places, planted) == []
    # What may be there is found, so the search does search.
    kept = {place for place, _ in found(places, {"number": first.case_number})}
    assert len(kept) >= 2
    check_mails(world, first.case_number, second.case_number)


def check_mails(world: World, first: str, second: str) -> None:
    """A case number and a date: two cases that have nothing in common get the same mails."""
    mails, others = mails_of(world, first), mails_of(world, second)
    assert len(others) >= 3
    assert set(others) <= set(mails)
    names = [one.name for table in (world.routing.departments, world.routing.sectors,
             world.routing.regions.by_code) for one in table.values()]  # fmt: skip
    for mail in mails:
        assert not [name for name in names if name in mail]
        assert not re.search(r"\d", mail)
