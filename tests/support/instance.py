"""A whole instance for tests: real stores, real keys, a real ceremony, cheap Argon2id.

    world = make_world(tmp_path, database_url)
    filed = world.file_report()                       # what the public site does
    world.accept(filed.report)                        # what officers do, signed
    world.act("yjj-leader", "case.closed", …)         # any act

Dates are literal: the world's clock stands still at `NOW` until moved.
"""

import secrets
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from types import MappingProxyType

from admin import founding
from admin.ceremony import stored_wraps
from casework.config import Settings
from casework.domain.ids import new_id
from casework.domain.policy import Policies
from casework.domain.routing import Routing, load_routing
from casework.instance import Instance
from casework.services import (
    keysets,
)
from casework.services.trust import load_trust
from casework.storage.accounts import Account
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store, UnitOfWork
from crypto.cli import Ceremony, Costs, OfficePlan, SeatPlan, ceremony
from crypto.context import (
    account_context,
)
from crypto.events import Event, SignedEvent, signing_bytes
from crypto.keyset import keyset_signing_bytes
from crypto.notes import LogKey
from crypto.passwords import password_key, pepper_key, seal_secret
from crypto.private_key import PrivateKey
from people import CHEAP, NOW, PASSWORD, ROOT, SITE, STAFF, Filed, Person
from separated import role_urls
from world import World

__all__ = ["NOW", "PASSWORD", "SITE", "Filed", "Person", "World", "make_world"]


def make_world(
    home: Path,
    database_url: str,
    *,
    costs: Costs = CHEAP,
    environ: Mapping[str, str] = MappingProxyType({}),
    opened: bool = True,
    staff: Mapping[str, tuple[str, tuple[str, ...]]] = STAFF,
) -> World:
    """Found an instance in *home*, hold its ceremony, and return it with everybody's keys.

    On PostgreSQL every process gets its own role, as in production: a statement that
    casework.storage.grants does not allow fails in whatever test sends it. *environ*
    holds further settings; *staff* is who works there, with all of STAFF among them.
    """
    settings = Settings.from_environment(
        {"TONGGUI_HOME": str(home), "TONGGUI_DATABASE_URL": database_url}
        | role_urls(database_url)
        | dict(environ)
    )
    instance = Instance(
        site=SITE,
        region="410329",
        demo=True,
        addresses={office: f"{office}@offices.invalid" for office, _ in staff.values()},
    )
    founding.found(settings, instance, step=lambda _text: nullcontext())
    store = Store.open(settings.database_url, site=SITE)
    people = {login: _person(login, *given) for login, given in staff.items()}
    routing = load_routing((ROOT / "casework/routing/410329.toml").read_bytes())
    log_key = _hold_ceremony(settings, store, people, routing, costs)
    store.write(lambda uow: _insert(uow, [_account(settings, one) for one in people.values()]))
    digest = (settings.secrets / "console" / "first-key-set").read_bytes()
    if opened:
        store.write(lambda uow: uow.events.append(opening_event(people)))
    return World(
        settings=settings,
        store=store,
        blobs=Blobs.open(settings.blob_url),
        trust=load_trust(store, first_digest=digest, newest_number=1),
        routing=routing,
        policies=Policies.load(ROOT / "casework" / "policies"),
        people=people,
        log_key=log_key,
    )


def opening_event(people: Mapping[str, Person]) -> SignedEvent:
    """What the end of a trial leaves, as a custodian signs it; the trial itself is left out."""
    who = people["seat1-holder"]
    event = Event(
        site=SITE,
        report="",
        kind="instance.opened",
        ordinal=0,
        at=NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        actor=f"officer:{who.account}",
        signer=who.deed.public.sign.hex(),
        facts={"report": new_id(), "case_number": "410329-2026-K7M2Q9XR"},
    )
    return SignedEvent(event, who.deed.sign(signing_bytes(event)))


def founding_event(who: Person, held: Ceremony) -> SignedEvent:
    """What the custodian who signed last signs beside the first key set."""
    event = Event(
        site=SITE,
        report="",
        kind="keyset.changed",
        ordinal=0,
        at=NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        actor=f"officer:{who.account}",
        signer=who.deed.public.sign.hex(),
        facts={"number": 1, "digest": held.keyset.digest().hex(), "previous": ""},
        added=tuple(one.named for one in stored_wraps(held)),
    )
    return SignedEvent(event, who.deed.sign(signing_bytes(event)))


def _person(login: str, office: str, roles: Iterable[str]) -> Person:
    return Person(
        account=new_id(),
        login=login,
        office=office,
        roles=tuple(sorted(roles)),
        day=PrivateKey.generate(),
        deed=PrivateKey.generate(),
        totp=secrets.token_bytes(20),
    )


def _hold_ceremony(
    settings: Settings,
    store: Store,
    people: Mapping[str, Person],
    routing: Routing,
    costs: Costs,
) -> LogKey:
    offices = sorted({person.office for person in people.values()})
    above = {code: routing.department(code).supervisor for code in offices}
    held = ceremony(
        site=SITE,
        demo=True,
        issued_on="2026-03-01",
        members=sorted((p.member for p in people.values()), key=lambda one: one.account),
        offices=[OfficePlan(c, above[c] if above[c] in offices else "") for c in offices],
        seats=[
            SeatPlan(
                people[f"seat{n}-holder"].office,
                people[f"seat{n}-holder"].account,
                people[f"seat{n}-deputy"].account,
            )
            for n in (1, 2, 3)
        ],
        threshold=2,
        costs=costs,
    )
    message = keyset_signing_bytes(held.keyset_body)
    signers = [people["seat1-holder"], people["seat2-holder"]]
    keysets.store_ceremony(
        store,
        body=held.keyset_body,
        signatures={one.account: one.deed.sign(message) for one in signers},
        wraps=stored_wraps(held),
        act=founding_event(signers[-1], held),
        now=NOW,
    )
    founding.keep_keys(settings, log_seed=held.log_secret, digest=held.keyset.digest(), number=1)
    return LogKey(held.log_secret)


def _account(settings: Settings, person: Person) -> Account:
    pepper = (settings.secrets / "console" / "password-pepper").read_bytes()
    salt = secrets.token_bytes(16)
    key = password_key(
        PASSWORD,
        salt=salt,
        pepper=pepper,
        opslimit=CHEAP.password_opslimit,
        memlimit=CHEAP.password_memlimit,
    )

    def boxed(secret: bytes, what: str, under: bytes = key) -> bytes:
        return seal_secret(secret, key=under, context=account_context(SITE, person.account, what))

    return Account(
        id=person.account,
        login=person.login,
        display_name=f"样本·{person.login}",
        office=person.office,
        roles=frozenset(person.roles),
        state="active",
        salt=salt,
        day_box=boxed(person.day.secret, "day"),
        deed_box=boxed(person.deed.secret, "deed"),
        totp_box=boxed(person.totp, "totp", pepper_key(pepper)),
        day_key=person.day.public.encode().hex(),
        deed_key=person.deed.public.encode().hex(),
    )


def _insert(uow: UnitOfWork, accounts: Iterable[Account]) -> None:
    for account in accounts:
        uow.accounts.insert(account)
