"""An instance in which everything has happened once: for whoever then writes to its database.

    rich = rich_instance(home, database_url)
    rich.filed["paid"], rich.filed["moved"] …      # the reports, by what happened to them

Every text that is sealed carries a mark of its own, so that one that opens where it does not
belong shows.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from asking import ask_pause, issue
from casework.domain.ids import new_id
from casework.services import disclosure, keeping, mailbox, uploads, verification
from casework.services.acts import record
from casework.services.erasing import withdraw_identity
from casework.services.publishing import merge_cosignatures
from casework.storage.blobs import Blobs
from casework.storage.schema import metadata
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork
from casework.witness import witness_verifier
from crypto.context import (
    digest,
    part_context,
    reason_context,
    wrap_context,
)
from crypto.dossier import Sending, compose_supplement
from crypto.events import Record, SealedObject
from crypto.mailbox import ReporterKey, seal_message, wrap_anew
from crypto.notes import LogKey, cosign
from crypto.receipt import derive, draw_code, retry_id, seal_code
from crypto.seal import seal_reason, wrap_key
from crypto.session import seal_session, session_id
from crypto.unseal import unwrap_key
from crypto.upload import UploadState, seal_state, upload_id
from funding import moved, propose_move
from instance import NOW, SITE, Filed, World, make_world
from key_changing import certify, drafted, enrolled, office_keys, put_in_force, rewrap
from log_keeper import folder_of, pass_days, publish, take
from rich_rules import change_rules
from rich_seats import agree, contribute, reseal

YJJ, ZJJ = "410329-yjj", "410329-zjj"
UPLOAD_TOKEN, SESSION_TOKEN, FORM_SECRET = b"\x07" * 32, b"\x08" * 32, b"\x09" * 32
IDENTITY = ("who", "contact")

Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass
class Rich:
    """The instance, and its reports by what happened to them."""

    world: World
    filed: dict[str, Filed]
    witness: LogKey
    early: Rows = field(default_factory=dict)  # as it was before what happened later
    late: Rows = field(default_factory=dict)  # as it was some days ago

    @property
    def began(self) -> datetime:
        """When the reports were filed."""
        return NOW

    def report(self, name: str) -> str:
        """The id of a report."""
        return self.filed[name].report


def rich_instance(home: Path, database_url: str) -> Rich:
    """Let everything happen once, from March to May 2026."""
    world = make_world(home, database_url)
    rich = Rich(world, {}, LogKey.generate())
    _in_march(rich)
    _after_the_key_change(rich)
    pass_days(world, 8)
    _cosigned(rich)
    pass_days(world, 60)  # 9 May: the first quarter is opened
    take(world)
    rich.late = rows_of(world)
    _in_may(rich)
    take(world)
    world.file_report()  # still waits for the log, and for its batch
    return rich


def file(rich: Rich, name: str, **given: Any) -> Filed:
    """File a report whose every text is marked with *name*."""
    marked = {
        "narrative": f"{name}-narrative",
        "identity": {kind: json.dumps({"name": f"{name}-{kind}"}) for kind in IDENTITY},
        "files": [(f"{name}.bin", f"{name}-file".encode() * 50)],
    }
    filed = rich.filed[name] = rich.world.file_report(**{**marked, **given})
    return filed


def _in_march(rich: Rich) -> None:
    from rich_turns import take_turns  # its deeds need this module

    world = rich.world
    world.appropriate()
    moved(world, "virement", 10_000_000, to_pot="city")
    propose_move(world, "virement", 20_000_000, to_pot="city")
    for name in ("paid", "moved", "recoded", "withdrawn", "held", "pending"):
        file(rich, name)
    code = draw_code()
    retry = retry_id(FORM_SECRET), seal_code(code, FORM_SECRET, b"typed")
    file(rich, "retried", retry=retry, code=code)
    paid, pending = rich.report("paid"), rich.report("pending")
    for report in (paid, pending):
        world.accept(report, enterprise="ab" * 16)
        world.conclude(report)
        world.reserve(report)
        world.approve(report)
    world.claim(rich.filed["paid"])
    release = world.request(paid)
    world.agree(paid, release, "seat1-holder")
    world.agree(paid, release, "seat2-deputy")
    for name in ("paid", "moved", "recoded"):
        _says(rich, name)
    take(world)
    rich.early = rows_of(world)
    world.open(paid, release)
    world.pay(paid)
    adds_evidence(rich, "paid")
    change_rules(world)
    world.read(rich.report("withdrawn"))
    _transfer(rich, "moved")
    change_code(rich, "recoded")
    hold(rich, "held", "2026-08-31")
    withdraw(rich, "withdrawn", "contact")
    withdraw(rich, "held", "who")  # waits for the end of the hold
    sweep(rich)
    take_turns(rich)


def _after_the_key_change(rich: Rich) -> None:
    world = rich.world
    world.move(minutes=20)
    put_in_force(
        world,
        leaving=["yjj-officer-2"],
        rotated=[YJJ],
        seats={
            1: ("seat1-deputy", "seat1-holder"),
            3: ("seat3-deputy", "seat3-holder"),
        },
    )
    take(world)
    world.move(minutes=20)
    certify(world, enrolled(world, "newcomer", YJJ, ("officer",)))
    rewrap(world, rich.report("paid"), "yjj-officer")
    reseal(rich, "held", 3, "seat3-holder")
    contribute(rich, "held", lost=1, giver=2, who="seat2-holder")
    take(world)


def _in_may(rich: Rich) -> None:
    from rich_turns import take_late_turns

    world, report = rich.world, rich.report("pending")
    world.claim(rich.filed["pending"])
    release = world.request(report)
    agree(rich, report, release, "seat1-holder")
    agree(rich, report, release, "seat2-holder")
    ask_with_reason(rich, "held", "contact")
    _waits(rich, "held")
    drafted(world, rotated=[YJJ])
    world.store.write(
        lambda uow: uow.sessions.insert(
            session_id(SESSION_TOKEN),
            kind="mailbox",
            box=seal_session(b"mark-session", SESSION_TOKEN),
            sweep_after=world.now + timedelta(hours=1),
        )
    )
    _upload(rich)
    take_late_turns(rich)


def _waits(rich: Rich, name: str) -> None:
    """A pause that waits for its decision, and an order for its answer."""
    world, report = rich.world, rich.report(name)
    since = world.accept(report).events
    today = world.now.date()
    until = (today + timedelta(days=9)).isoformat()
    ask_pause(world, report, today.isoformat(), until, since=since)
    issue(world, report)


def rows_of(world: World) -> Rows:
    """Return a copy of the whole database: table to rows."""

    def run(uow: UnitOfWork) -> Rows:
        return {
            name: [dict(row._mapping) for row in uow.connection.execute(sa.select(table))]
            for name, table in metadata.tables.items()
        }

    return world.store.read(run)


# What people do ------------------------------------------------------------------------


def thread_key(rich: Rich, filed: Filed) -> bytes:
    """The thread key of a report, as its reporter opens it."""
    opened = mailbox.reporter_wraps(rich.world.store, report_id=filed.report)
    wrap, manifests = opened.wraps[0], {one.sending: one for one in opened.manifests}
    bound = digest(manifests[wrap.sending].body)
    context = wrap_context(SITE, filed.report, wrap.sending, "thread", bound)
    return filed.key.open_thread_key(wrap.body, context, wrap.key_id)


def _says(rich: Rich, name: str) -> None:
    world, filed, message = rich.world, rich.filed[name], new_id()
    context = part_context(SITE, filed.report, "message", message)
    body = seal_message(f"{name}-message", key=thread_key(rich, filed), context=context)
    sealed = SealedObject(message, "", "message", 1, body)
    mailbox.post_message(
        world.store,
        act=world.sign_as_reporter(filed, "message.sent", {"from": "reporter"}, [sealed]),
        message=sealed,
        trust=world.trust,
        now=world.now,
    )


def adds_evidence(rich: Rich, name: str) -> None:
    world, filed = rich.world, rich.filed[name]
    sending = Sending.begin(site=SITE, report_id=filed.report, sending_id=new_id())
    case = world.case(filed.report)
    made = compose_supplement(
        sending,
        ordinal=case.events + 1,
        at=world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        offices=case.offices,
        parts={"evidence": f"{name}-evidence"},
        files=[world._file(sending, f"{name}-late.bin", f"{name}-late-file".encode() * 50)],
        keyset=world.trust.keyset,
        reporter=filed.key.public,
        new_id=new_id,
    )
    rows: list[Record] = [made.manifest, *made.objects, *made.wraps, *made.files]
    mailbox.add_evidence(
        world.store,
        act=world.sign_as_reporter(filed, "evidence.added", made.event.facts, rows),
        objects=(made.manifest, *made.objects),
        wraps=made.wraps,
        files=made.files,
        trust=world.trust,
        now=world.now,
    )


def _transfer(rich: Rich, name: str) -> None:
    """Give a case to another office, its keys opened and wrapped anew."""
    world, report = rich.world, rich.report(name)
    vault = world.store.read(lambda uow: _rows_of(uow, report))
    manifests = {one.sending: digest(one.body) for one in vault[0] if one.kind == "manifest"}
    keys, office = office_keys(world, "yjj-officer"), world.trust.keyset.office(ZJJ)
    wraps = []
    for old in vault[1]:
        context = wrap_context(SITE, report, old.sending, old.key_kind, manifests[old.sending])
        key = unwrap_key(
            old.body, context=context, holder=keys[old.recipient_key], key_id=old.key_id
        )
        wraps.append(
            replace(
                old,
                id=new_id(),
                recipient=f"office:{ZJJ}",
                recipient_key=office.key.box.hex(),
                body=wrap_key(key, context=context, recipient=office.key),
            )
        )
    facts = {"lead": ZJJ, "supervisor": "410329-awb", "reason_code": "not_competent"}
    verification.transfer_report(
        world.store,
        act=world.sign("awb-supervisor", "report.transferred", report, facts, wraps),
        wraps=wraps,
        trust=world.trust,
        now=world.now,
    )


def _rows_of(uow: Any, report: str) -> tuple[Any, Any]:
    vault = SealedVault(uow)
    return vault.objects(report), vault.office_wraps(report, YJJ)


def change_code(rich: Rich, name: str) -> None:
    """Give a report another receipt code."""
    world, filed = rich.world, rich.filed[name]
    code = draw_code()
    receipt = derive(code, parameters=world.trust.keyset.code_parameters, pepper=world.pepper)
    key = ReporterKey(receipt.secret)
    opened = mailbox.reporter_wraps(world.store, report_id=filed.report)
    bound = {one.sending: digest(one.body) for one in opened.manifests}
    wraps = tuple(
        wrap_anew(
            one,
            wrap_id=new_id(),
            key=filed.key,
            to=key.public,
            context=wrap_context(SITE, filed.report, one.sending, "thread", bound[one.sending]),
        )
        for one in opened.wraps
    )
    facts = {"reporter_box": key.public.box.hex(), "reporter_sign": key.public.sign.hex()}
    act = world._signed(
        "code.changed", filed.report, facts, wraps, "reporter", filed.key, None,
        [one.named for one in opened.wraps],
    )  # fmt: skip
    mailbox.change_code(
        world.store,
        act=act,
        new=mailbox.NewCode(
            receipt.locator, key.public.encode(), wraps, b"\x01" * 32, b"\x02" * 32, b"box",
            world.now + timedelta(hours=1),
        ),
        trust=world.trust,
        now=world.now,
    )  # fmt: skip
    world.store.write(lambda uow: uow.sessions.delete(b"\x02" * 32, kind="mailbox"))
    rich.filed[name] = replace(filed, key=key, code=code, locator=receipt.locator)


def act(rich: Rich, who: str, kind: str, report: str, facts: dict[str, Any]) -> None:
    """Let an officer do something that carries no sealed text."""
    world = rich.world
    signed = world.sign(who, kind, report, facts)
    world.store.write(lambda uow: record(uow, act=signed, trust=world.trust, now=world.now))


def hold(rich: Rich, name: str, until: str) -> None:
    """Stop a report's erasing."""
    report = rich.report(name)
    facts = {"hold": "h1", "reason_code": "criminal_case", "until": until}
    act(rich, "awb-supervisor", "hold.requested", report, facts)
    for seat in (1, 2):
        act(rich, f"seat{seat}-holder", "hold.approved", report, {"hold": "h1", "seat": seat})


def items(rich: Rich, name: str) -> dict[str, str]:
    """Kind to id of a report's identity items."""
    report = rich.report(name)
    found = rich.world.store.read(lambda uow: SealedVault(uow).items(report))
    return {one.kind: one.id for one in found}


def withdraw(rich: Rich, name: str, kind: str) -> None:
    """Take an identity item back."""
    world, facts = rich.world, {"items": [items(rich, name)[kind]]}
    withdraw_identity(
        world.store,
        act=world.sign_as_reporter(rich.filed[name], "identity.withdrawn", facts),
        trust=world.trust,
        now=world.now,
    )


def sweep(rich: Rich) -> None:
    """Let the jobs process erase."""
    world = rich.world
    keeping.sweep(
        world.store, world.blobs, policies=world.policies, trust=world.trust,
        log_key=world.log_key, now=world.now,
    )  # fmt: skip


def ask_with_reason(rich: Rich, name: str, kind: str) -> str:
    """Ask for an item and tell every seat why."""
    world, report, release = rich.world, rich.report(name), new_id()
    reasons = [
        disclosure.reason_object(
            release,
            seat.number,
            seal_reason(
                f"{name}-reason",
                context=reason_context(SITE, report, release, seat.number),
                recipient=seat.key,
            ),
        )
        for seat in world.trust.keyset.seats
    ]
    facts = {
        "release": release,
        "item": items(rich, name)[kind],
        "version": 1,
        "purpose": "contact_reporter",
        "expires_at": (world.now + timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "threshold": 2,
    }
    disclosure.request_release(
        world.store,
        act=world.sign("operator", "release.requested", report, facts, reasons),
        trust=world.trust,
        now=world.now,
        reasons=reasons,
    )
    return release


def _upload(rich: Rich) -> None:
    world, name = rich.world, upload_id(UPLOAD_TOKEN)
    state = UploadState(b"\x11" * 32, "mark-upload.bin", 1000)
    uploads.begin(
        world.store,
        upload_id=name,
        box=seal_state(state, UPLOAD_TOKEN, site=SITE),
        now=world.now,
    )
    blob = Blobs.new_name()
    with world.blobs.writer(blob) as writer:
        writer.write(b"\x00" * 200)
        writer.flush_durable()
    uploads.add_part(
        world.store,
        upload_id=name,
        number=1,
        blob_name=blob,
        stored_size=200,
        box=seal_state(replace(state, parts=1, received=100), UPLOAD_TOKEN, site=SITE),
    )


def _cosigned(rich: Rich) -> None:
    """Have a witness cosign the newest checkpoint."""
    world, folder = rich.world, folder_of(rich.world)
    name, note = "witness.example/w1", (folder.read("checkpoint") or b"").decode()
    line = cosign(note, name=name, key=rich.witness, at=int(world.now.timestamp()))
    folder.put_cosignature(name, note + line)
    verifier = witness_verifier(name, rich.witness)
    assert merge_cosignatures(world.store, folder, [verifier]) == 1
    publish(world)
