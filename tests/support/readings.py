"""Whatever the entitled people can open of an instance, each with their own real keys.

    texts = read_all(rich, trust, rich.reports)     # place to text

What does not open has no place in the answer. The readers are those of the sites; nothing that
they would record stays.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from casework.domain.errors import CaseworkError
from casework.services import disclosure, mailbox, reading, seats, uploads
from casework.services.trust import Trust
from casework.storage.blobs import BlobMissingError
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork
from crypto.context import (
    account_context,
    digest,
    file_context,
    item_context,
    part_context,
    piece_context,
    reason_context,
    wrap_context,
)
from crypto.errors import CryptoError
from crypto.events import IdentityItem, check_named, check_signature, names_in
from crypto.objects import object_key_id
from crypto.passwords import open_secret, password_key, pepper_key
from crypto.receipt import open_code, retry_id
from crypto.session import open_session, session_id
from crypto.shares import combine
from crypto.unseal import (
    open_approval,
    open_pieces,
    open_reason,
    open_stream,
    unseal_identity,
    unseal_text,
    unwrap_key,
)
from crypto.upload import open_state, upload_id
from instance import PASSWORD, SITE, Filed, Person
from key_changing import office_keys
from people import CHEAP
from rich_instance import FORM_SECRET, SESSION_TOKEN, UPLOAD_TOKEN, Rich
from seat_change import seat_keys

Places = dict[tuple[str, ...], str]

# Who reads for an office, and who sits in a seat.
READERS = {
    "410329-yjj": "yjj-officer",
    "410329-zjj": "zjj-officer",
    "410329-awb": "awb-supervisor",
}
SITTERS = {1: "seat1-holder", 2: "seat2-holder", 3: "seat3-holder"}
REFUSALS = (CryptoError, CaseworkError, BlobMissingError, LookupError, ValueError)


class _UndoneError(Exception):
    """Takes back a transaction; carries its result out."""


def undone(rich: Rich, run: Callable[[UnitOfWork], Any]) -> Any:
    """Return what *run* returns, and take back what it stored."""
    result: list[Any] = []

    def act(uow: UnitOfWork) -> None:
        result.append(run(uow))
        raise _UndoneError

    with suppress(_UndoneError):
        rich.world.store.write(act)
    return result[0]


def read_all(rich: Rich, trust: Trust, names: Iterable[str], tables: frozenset[str]) -> Places:
    """Open all that can be opened of the reports *names*, and of the other rows of *tables*."""
    found: Places = {}
    for name in names:
        filed = rich.filed[name]
        for login in READERS.values():
            _try(found, _of_office(rich, filed, login, trust))
        _try(found, _of_reporter(rich, filed, trust))
        for seat, login in SITTERS.items():
            _try(found, _of_seat(rich, filed, seat, login, trust))
        _try(found, _of_requester(rich, filed, trust))
        _try(found, _of_all_seats(rich, filed))
    if "account" in tables:
        for person in rich.world.people.values():
            _try(found, _of_account(rich, person, trust))
    if not tables.isdisjoint({"upload", "session", "retry_box"}):
        _try(found, _of_upload(rich))
        _try(found, _of_session(rich))
        _try(found, _of_retry(rich))
    return found


def _try(found: Places, opened: Iterator[tuple[tuple[str, ...], str]]) -> None:
    with suppress(*REFUSALS):
        for place, text in opened:
            found[place] = text


def _of_office(
    rich: Rich, filed: Filed, login: str, trust: Trust
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Open narrative, messages and files as an officer does."""
    world, report = rich.world, filed.report
    office = world.people[login].office
    sending = world.store.read(lambda uow: uow.events.of_report(report))[0].event.facts["sending"]
    act = world.sign(login, "report.read", report, {"sending": sending})
    told = undone(
        rich, lambda uow: reading.open_case_file(uow, act=act, trust=trust, now=world.now)
    )
    holders = office_keys(world, login)
    bound = {one.sending: digest(one.body) for one in told.objects if one.kind == "manifest"}
    keys = {}
    for wrap in told.wraps:
        context = wrap_context(SITE, report, wrap.sending, wrap.key_kind, bound[wrap.sending])
        with suppress(*REFUSALS):
            keys[wrap.key_id] = unwrap_key(
                wrap.body, context=context, holder=holders[wrap.recipient_key], key_id=wrap.key_id
            )
    blobs = {one.id: one for one in told.files}
    for one in told.objects:
        with suppress(*REFUSALS):
            key = keys[object_key_id(one.body)]
            context = part_context(SITE, report, one.kind, one.id, one.version)
            yield (
                (report, office, one.kind, one.id),
                unseal_text(one.body, key=key, context=context),
            )
            if one.kind == "file_info":
                chunks = world.blobs.read(blobs[one.id].blob_name)
                opened = open_stream(chunks, key=key, context=file_context(SITE, report, one.id))
                yield (report, office, "file", one.id), b"".join(opened).hex()


def _of_reporter(rich: Rich, filed: Filed, trust: Trust) -> Iterator[tuple[tuple[str, ...], str]]:
    """Open the messages with the receipt code."""
    world = rich.world

    def read(uow: UnitOfWork) -> Any:
        found = uow.mailboxes.find(filed.locator)
        if found is None or found.reporter_key != filed.key.public.encode():
            return None
        return mailbox._opened(uow, found)

    opened = world.store.read(read)
    if opened is None:
        return
    report = opened.report_id
    view = mailbox.mailbox_view(world.store, report_id=report, trust=trust)
    bound = {one.sending: digest(one.body) for one in opened.manifests}
    keys = {
        wrap.key_id: filed.key.open_thread_key(
            wrap.body,
            wrap_context(SITE, report, wrap.sending, wrap.key_kind, bound[wrap.sending]),
            wrap.key_id,
        )
        for wrap in opened.wraps
    }
    for name, key in keys.items():
        yield (filed.report, "thread key", name.hex()), key.hex()
    for one in view.objects.values():
        with suppress(*REFUSALS):
            context = part_context(SITE, report, one.kind, one.id, one.version)
            key = keys[object_key_id(one.body)]
            yield (
                (filed.report, "reporter", one.id),
                unseal_text(one.body, key=key, context=context),
            )


def _of_seat(
    rich: Rich, filed: Filed, seat: int, login: str, trust: Trust
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Open a seat's box and the reason of each release that runs, as its custodian does."""
    world, report = rich.world, filed.report
    for release in world.case(report).releases.values():
        if not release.running:
            continue
        told = disclosure.custody_material(
            world.store, report=report, release=release.id, seat=seat
        )
        check_signature(told.request)
        trust.signer(told.request.event.signer)
        keys = seat_keys(world, seat, login)
        context = piece_context(SITE, report, told.item.id, seat, told.item.version)
        place = (report, release.id, str(seat))
        yield (
            (report, told.item.id, str(seat), "piece"),
            open_pieces(
                told.piece.body,
                context=context,
                holder=keys[told.piece.seat_key],
                item_key_id=object_key_id(told.item.body),
            ).hex(),
        )
        if told.reason is not None:
            holder = keys[
                next(one.key.box.hex() for one in trust.keyset.seats if one.number == seat)
            ]
            context = reason_context(SITE, report, release.id, seat)
            yield (*place, "reason"), open_reason(told.reason.body, context=context, holder=holder)


def _of_requester(rich: Rich, filed: Filed, trust: Trust) -> Iterator[tuple[tuple[str, ...], str]]:
    """Open what was released, as who asked does; taken back afterwards."""
    world, report = rich.world, filed.report
    logins = {one.account: login for login, one in world.people.items()}
    for release in world.case(report).releases.values():
        if not release.running:
            continue
        login = logins[release.requester]
        act = world.sign(login, "release.opened", report, {"release": release.id})
        told = undone(
            rich,
            lambda uow, act=act: disclosure.open_release(uow, act=act, trust=trust, now=world.now),  # type: ignore[misc]
        )
        bundles = {
            seat: open_approval(
                body,
                request_digest=told.request.event.digest(),
                item=told.item.id,
                seat=seat,
                requester=world.people[login].deed,
            )
            for seat, body in told.approvals.items()
        }
        key = combine(bundles, n=len(trust.keyset.seats), k=trust.keyset.threshold)
        yield (report, release.id, "released"), _identity(report, told.item, key)


def _of_all_seats(rich: Rich, filed: Filed) -> Iterator[tuple[tuple[str, ...], str]]:
    """Open every item that an event names with the boxes of two seats."""
    world, report = rich.world, filed.report
    boxes = {seat: seats.boxes_of(world.store, report=report, seat=seat) for seat in SITTERS}

    def read(uow: UnitOfWork) -> tuple[IdentityItem, ...]:
        standing = names_in(one.event for one in uow.events.of_report(report))
        found = SealedVault(uow).items(report)
        check_named(found, standing)
        return found

    for item in world.store.read(read):
        for pair in ((1, 2), (1, 3), (2, 3)):
            with suppress(*REFUSALS):
                bundles = {
                    seat: _bundle(rich, report, item, seat, boxes[seat][item.id]) for seat in pair
                }
                for seat, bundle in bundles.items():
                    yield (report, item.id, str(seat), "piece"), bundle.hex()
                key = combine(bundles, n=3, k=2)
                place = (report, item.id, "seats", str(pair))
                yield place, _identity(report, item, key)


def _bundle(rich: Rich, report: str, item: IdentityItem, seat: int, box: Any) -> bytes:
    return open_pieces(
        box.body,
        context=piece_context(SITE, report, item.id, seat, item.version),
        holder=seat_keys(rich.world, seat, SITTERS[seat])[box.seat_key],
        item_key_id=object_key_id(item.body),
    )


def _identity(report: str, item: IdentityItem, key: bytes) -> str:
    context = item_context(SITE, report, item.kind, item.id, item.version)
    return unseal_identity(item.body, key=key, context=context)


def _of_account(rich: Rich, person: Person, trust: Trust) -> Iterator[tuple[tuple[str, ...], str]]:
    """Unlock an account's keys with the password, as at sign-in."""
    world = rich.world
    row = world.store.read(lambda uow: uow.accounts.by_login(person.login))
    if row is None or row.state != "active" or row.id not in trust.members:
        return
    pepper = (world.settings.secrets / "console" / "password-pepper").read_bytes()
    key = password_key(
        PASSWORD,
        salt=row.salt,
        pepper=pepper,
        opslimit=CHEAP.password_opslimit,
        memlimit=CHEAP.password_memlimit,
    )
    boxes = {
        "day": (row.day_box, key),
        "deed": (row.deed_box, key),
        "totp": (row.totp_box, pepper_key(pepper)),
    }
    for what, (box, under) in boxes.items():
        with suppress(*REFUSALS):
            context = account_context(SITE, row.id, what)
            yield (
                ("account", person.login, what),
                open_secret(box, key=under, context=context).hex(),
            )


def _of_upload(rich: Rich) -> Iterator[tuple[tuple[str, ...], str]]:
    world = rich.world
    row = uploads.find(world.store, upload_id=upload_id(UPLOAD_TOKEN), now=world.now)
    if row is not None:
        state = open_state(row.box, UPLOAD_TOKEN, site=SITE)
        yield ("upload",), f"{state.name} {state.received} {state.parts}"


def _of_session(rich: Rich) -> Iterator[tuple[tuple[str, ...], str]]:
    name = session_id(SESSION_TOKEN)
    box = rich.world.store.read(lambda uow: uow.sessions.get(name, kind="mailbox"))
    if box is not None:
        yield ("session",), open_session(box, SESSION_TOKEN).decode()


def _of_retry(rich: Rich) -> Iterator[tuple[tuple[str, ...], str]]:
    name, early = retry_id(FORM_SECRET), rich.began
    box = rich.world.store.read(lambda uow: uow.retries.get(name, now=early))
    if box is not None:
        yield ("retry",), open_code(box, FORM_SECRET, b"typed")
