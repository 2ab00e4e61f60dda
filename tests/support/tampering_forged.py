"""Rows that somebody makes who owns the database and whatever is public, but nobody's keys.

The attacker has a key of their own, was once a member, and seals what they like to the public
keys of others.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from casework.domain.ids import new_id
from casework.services.audit_log import leaf_of
from crypto.certificate import Certificate, certificate_signing_bytes
from crypto.context import digest, key_id, part_context, wrap_context
from crypto.dossier import seal_item
from crypto.events import Event, KeyWrap, Record, SealedObject, signing_bytes
from crypto.keyset import KeySet, keyset_signing_bytes
from crypto.notes import Checkpoint, LogKey, sign_note
from crypto.private_key import PrivateKey
from crypto.seal import seal_approval, seal_text, wrap_key
from crypto.tiles import append, root
from instance import SITE
from rich_instance import Rich, Row, Rows
from tampering import Owner, Tampering

YJJ = "410329-yjj"
MARK = "forged-text"


@dataclass
class Attacker:
    """Owns the database, and has keys of their own alone."""

    rich: Rich
    rows: Rows
    key: PrivateKey
    log: LogKey

    def all(self) -> Iterator[Tampering]:
        """Yield every forgery."""
        yield from self._wraps()
        yield from self._sealed_texts()
        yield from self._identity()
        yield from self._releases()
        yield from self._people()
        yield from self._key_sets()
        yield from self._events()
        yield from self._mailbox()
        yield from self._trees()
        yield from self._money()

    # How rows are made -------------------------------------------------------------

    def _forge(
        self, place: str, tables: Sequence[str], do: Callable[[Owner], None], *names: str
    ) -> Tampering:
        return Tampering("forge", place, tuple(tables), do, frozenset(names))

    def _event(
        self,
        kind: str,
        name: str,
        facts: dict[str, Any],
        added: Sequence[Record] = (),
        *,
        actor: str = "",
        signer: Any = None,
        signed: bool = True,
        at: str = "",
        skip: int = 0,
    ) -> Row:
        """An event's row, as the attacker can make one."""
        world, pen = self.rich.world, signer or self.key
        report = self.rich.report(name) if name else ""
        event = Event(
            site=SITE,
            report=report,
            kind=kind,
            ordinal=world.case(report).events + 1 + skip if report else 0,
            at=at or world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            actor=actor or f"officer:{world.people['yjj-officer'].account}",
            signer=pen.public.sign.hex(),
            facts=facts,
            added=tuple(one.named for one in added),
        )
        body = event.encode()
        return {
            "id": event.digest().hex(), "site": SITE, "report_id": report,
            "ordinal": event.ordinal, "kind": kind, "actor": event.actor, "at": event.at,
            "body": body, "signature": pen.sign(signing_bytes(event)) if signed else b"",
            "logged": False,
        }  # fmt: skip

    def _row(self, table: str, **like: object) -> Row:
        return next(
            one for one in self.rows[table] if all(one[key] == value for key, value in like.items())
        )

    def _bound(self, name: str) -> tuple[str, bytes]:
        manifest = self._row("sealed_object", report_id=self.rich.report(name), kind="manifest")
        return manifest["sending"], digest(manifest["body"])

    # Sealed rows ---------------------------------------------------------------------

    def _wrap(self, name: str, recipient: str, to: Any, secret: bytes, kind: str) -> KeyWrap:
        sending, bound = self._bound(name)
        context = wrap_context(SITE, self.rich.report(name), sending, kind, bound)
        return KeyWrap(
            new_id(), sending, kind, recipient, key_id(secret), to.box.hex(),
            wrap_key(secret, context=context, recipient=to),
        )  # fmt: skip

    def _insert(self, name: str, *records: Any) -> Callable[[Owner], None]:
        tables = {"KeyWrap": "key_wrap", "SealedObject": "sealed_object",
                  "IdentityItem": "identity_item", "IdentityPiece": "identity_piece"}  # fmt: skip

        def do(owner: Owner) -> None:
            for one in records:
                values = {field: getattr(one, field) for field in one.__slots__}
                owner.put(
                    tables[type(one).__name__],
                    {"site": SITE, "report_id": self.rich.report(name), **values},
                )

        return do

    def _wraps(self) -> Iterator[Tampering]:
        """A key of the attacker's, sealed to an office; an office's place taken by the attacker."""
        keyset = self.rich.world.trust.keyset
        for kind in ("content", "thread"):
            for recipient, to in (
                (f"office:{YJJ}", keyset.office(YJJ).key),
                (f"office:{YJJ}", self.key.public),
                ("office:410329-zjj", keyset.office("410329-zjj").key),
                ("reporter", self.key.public),
            ):
                wrap = self._wrap("paid", recipient, to, b"\x33" * 32, kind)
                report = self.rich.report("paid")
                yield self._forge(
                    f"key_wrap {kind} to {recipient}", ["key_wrap"], self._insert("paid", wrap),
                    wrap.id, report,
                )  # fmt: skip

    def _sealed_texts(self) -> Iterator[Tampering]:
        """Texts under the attacker's key, with wraps of it, with and without an event."""
        keyset, report = self.rich.world.trust.keyset, self.rich.report("paid")
        for kind, carried in (
            ("narrative", "content"),
            ("message", "thread"),
            ("reason", "thread"),
        ):
            secret = b"\x44" * 32
            wrap = self._wrap("paid", f"office:{YJJ}", keyset.office(YJJ).key, secret, carried)
            name = new_id()
            text = SealedObject(
                name, wrap.sending, kind, 1,
                seal_text(MARK, key=secret, context=part_context(SITE, report, kind, name)),
            )  # fmt: skip
            put = self._insert("paid", wrap, text)
            yield self._forge(
                f"sealed_object {kind}", ["key_wrap", "sealed_object"], put, name, wrap.id
            )
            for how, given in self._pens():
                facts = {"from": "office"}
                event = self._event("message.sent", "paid", facts, [wrap, text], **given)
                yield self._with_event(
                    f"sealed_object {kind}, event {how}", ["key_wrap", "sealed_object"], put, event,
                    name, wrap.id,
                )  # fmt: skip

    def _pens(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Who could be made to seem to have signed."""
        gone = self.rich.world.people["yjj-officer-2"]
        yield "unsigned", {"signed": False}
        yield "signed with a key of nobody", {}
        yield "signed by who left", {"signer": gone.day, "actor": f"officer:{gone.account}"}
        yield "as the reporter", {"actor": "reporter"}
        yield "as the jobs process", {"actor": "jobs"}

    def _with_event(
        self,
        place: str,
        tables: Sequence[str],
        put: Callable[[Owner], None],
        event: Row,
        *names: str,
    ) -> Tampering:
        def do(owner: Owner) -> None:
            put(owner)
            owner.put("event", event)

        touched = [*tables, "event"]
        return self._forge(place, touched, do, event["id"], event["report_id"], *names)

    def _identity(self) -> Iterator[Tampering]:
        """An identity item with boxes sealed to the seats, or to the attacker in their place."""
        world, report = self.rich.world, self.rich.report("held")
        item, pieces = seal_item(
            json.dumps({"name": MARK}), site=SITE, report=report, kind="payee",
            item_id=new_id(), keyset=world.trust.keyset, new_id=new_id,
        )  # fmt: skip
        tables, put = ["identity_item", "identity_piece"], self._insert("held", item, *pieces)
        yield self._forge("identity_item payee", tables, put, item.id)
        for how, given in self._pens():
            event = self._event("reward.claimed", "held", {"item": item.id}, [item], **given)
            yield self._with_event(f"identity_item payee, event {how}", tables, put, event, item.id)
        real = self._row("identity_item", report_id=report, kind="contact")
        newer = replace(item, id=real["id"], kind="contact", version=2)
        yield self._forge(
            "identity_item, a newer version", tables, self._insert("held", newer, *pieces),
            real["id"], report,
        )  # fmt: skip
        for piece in pieces:
            other = replace(piece, item=real["id"])
            yield self._forge(
                "identity_piece of another key", tables, self._insert("held", other), piece.id
            )

    # Releases, people, keys ------------------------------------------------------------

    def _releases(self) -> Iterator[Tampering]:
        """A request of one's own, and seats that seem to agree."""
        rows, world = self.rows["release"], self.rich.world
        running = next(one for one in rows if not one["closed"] and one["purpose"] != "pay_award")
        report, release = running["report_id"], running["id"]
        gone = world.people["yjj-officer-2"].account
        own = {**running, "id": new_id(), "requester": gone, "state": "approved"}
        yield self._forge(
            "release for oneself", ["release"], lambda owner: owner.put("release", own), report
        )
        yield self._forge(
            "release given to oneself", ["release"],
            lambda owner: owner.change("release", running, requester=gone), report,
        )  # fmt: skip
        for seat in (1, 2, 3):
            box = seal_approval(
                b"\x03\x02" + bytes([seat]) + b"\x55" * 64, request_digest=b"\x66" * 32,
                item=running["item"], seat=seat, requester=self.key.public,
            )  # fmt: skip
            account = world.people[f"seat{seat}-holder"].account
            approval = {
                "release": release, "seat": seat, "site": SITE, "account": account, "body": box,
                "event": "00" * 32,
            }  # fmt: skip
            put = lambda owner, row=approval: owner.put("release_approval", row)  # noqa: E731
            named = (f"{release}.{seat}", report)
            yield self._forge(f"approval of seat {seat}", ["release_approval"], put, *named)
            facts = {"release": release, "seat": seat, "seat_key": "11" * 32}
            event = self._event("release.approved", "held", facts, actor=f"officer:{account}")
            yield self._with_event(
                f"approval of seat {seat}, event forged", ["release_approval"], put, event, *named
            )

    def _people(self) -> Iterator[Tampering]:
        """Roles given, accounts made, certificates of one's own."""
        world, keyset = self.rich.world, self.rich.world.trust.keyset
        cashier = self._row("account", login="cashier")
        roles = json.dumps(["custodian", "officer"])
        own_key = self.key.public.encode().hex()
        for changed in ({"roles": roles}, {"office": YJJ}, {"day_key": own_key},
                        {"deed_key": own_key}):  # fmt: skip
            yield self._forge(
                f"account.{next(iter(changed))} for oneself", ["account"],
                lambda owner, changed=changed: owner.change("account", cashier, **changed),  # type: ignore[misc]
                cashier["id"],
            )  # fmt: skip
        own = {
            **cashier, "id": new_id(), "login": "own", "office": YJJ, "roles": roles,
            "day_key": self.key.public.encode().hex(),
            "deed_key": PrivateKey.generate().public.encode().hex(),
        }  # fmt: skip
        leader = world.people["yjj-leader"]
        gone = world.people["yjj-officer-2"]
        for by, pen in ((own["id"], self.key), (leader.account, self.key),
                        (leader.account, leader.day), (gone.account, gone.deed)):  # fmt: skip
            made = Certificate(
                site=SITE, keyset=keyset.number, account=own["id"], office=YJJ,
                roles=("officer",), day=self.key.public, deed=PrivateKey.generate().public,
                certified_by=by, on="2026-05-09",
            )  # fmt: skip
            body = made.encode()
            row = {
                "id": made.digest().hex(), "site": SITE, "account": own["id"], "body": body,
                "signature": pen.sign(certificate_signing_bytes(body)),
            }  # fmt: skip

            def do(owner: Owner, row: Row = row) -> None:
                owner.put("account", own)
                owner.put("certificate", row)

            yield self._forge("certificate of one's own", ["account", "certificate"], do, row["id"])

    def _key_sets(self) -> Iterator[Tampering]:
        """Key sets that the attacker signs for the custodians."""
        world, keyset = self.rich.world, self.rich.world.trust.keyset
        seats = [replace(one, key=self.key.public) for one in keyset.seats[:1]]
        for number in (keyset.number, keyset.number + 1):
            forged = replace(
                keyset, number=number, seats=(*seats, *keyset.seats[1:]),
                previous=keyset.digest().hex() if number > keyset.number else keyset.previous,
            )  # fmt: skip
            body = forged.encode()
            message = keyset_signing_bytes(body)
            people = [world.people[f"seat{one}-holder"] for one in (1, 2)]
            signatures = {one.account: self.key.sign(message).hex() for one in people}
            own = {world.people["yjj-officer-2"].account: self.key.sign(message).hex()}
            for told in (signatures, own, {}):
                row = {"site": SITE, "number": number, "body": body,
                       "signatures": json.dumps(told)}  # fmt: skip
                yield self._forge(
                    f"key_set {number}", ["key_set"],
                    lambda owner, row=row: owner.put("key_set", row), str(number),  # type: ignore[misc]
                )  # fmt: skip
        assert KeySet.parse(body)

    # Events, mailboxes, trees, money ---------------------------------------------------

    def _events(self) -> Iterator[Tampering]:
        """Acts that nobody did."""
        before = (self.rich.began + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
        nothing: Callable[[Owner], None] = lambda _owner: None  # noqa: E731
        for kind, name, facts in (
            ("report.accepted", "moved", {"policy": "p", "policy_sha256": "00" * 32,
             "accepted_on": "2026-03-02", "verify_due_on": "2026-04-01"}),
            ("report.refused", "retried", {"reason_code": "no_clear_facts",
             "refused_on": "2026-03-02"}),
            ("identity.withdrawn", "held", {"items": ["x"]}),
            ("case.closed", "paid", {"closed_on": "2026-03-02"}),
            ("instance.opened", "", {"report": "r", "case_number": "n"}),
            ("keyset.changed", "", {"number": 3, "digest": "00" * 32, "previous": "00" * 32}),
            ("recovery.used", "", {"offices": [YJJ], "reason_code": "x", "announced": "00" * 32}),
            ("fund.appropriated", "", {"year": 2026, "amount_fen": 100}),
        ):  # fmt: skip
            for how, given in self._pens():
                if given.get("actor") == "reporter" and not name:
                    continue
                event = self._event(kind, name, facts, **given)
                yield self._with_event(f"event {kind} {how}", [], nothing, event)
            gone = self.rich.world.people["yjj-officer-2"]
            late = self._event(
                kind, name, facts, at=before, signer=gone.day, actor=f"officer:{gone.account}"
            )
            yield self._with_event(f"event {kind} back-dated by who left", [], nothing, late)
        logged = {**late, "logged": True}
        yield self._with_event("event marked as logged", [], nothing, logged)
        skipped = self._event("report.urged", "held", {"urged_on": "2026-03-02"}, skip=3)
        yield self._with_event("event with a later ordinal", [], nothing, skipped)

    def _mailbox(self) -> Iterator[Tampering]:
        """The reporter's place taken."""
        name = "paid"
        report = self.rich.report(name)
        row, keys = self._row("mailbox", report_id=report), self.key.public
        taken = {"reporter_key": keys.encode(), "locator": b"\x77" * 32}
        wrap = self._wrap(name, "reporter", keys, b"\x33" * 32, "thread")
        put = self._insert(name, wrap)

        def do(owner: Owner) -> None:
            owner.drop("mailbox", row)
            owner.put("mailbox", row, **taken)
            put(owner)

        tables = ["mailbox", "key_wrap"]
        yield self._forge("mailbox for oneself", tables, do, report)
        facts = {"reporter_box": keys.box.hex(), "reporter_sign": keys.sign.hex()}
        event = self._event("code.changed", name, facts, [wrap], actor="reporter")
        yield self._with_event("mailbox for oneself, event forged", tables, do, event)

    def _trees(self) -> Iterator[Tampering]:
        """An event with its place in a tree built anew, signed with a log key of one's own."""
        event = self._event("report.urged", "held", {"urged_on": "2026-03-02"})
        leaves = [
            one["event"] for one in sorted(self.rows["log_leaf"], key=lambda x: x["position"])
        ]
        for gone in (False, True):
            names = [*leaves[:-1], event["id"]] if gone else [*leaves, event["id"]]
            yield self._tree(event, names, leaves[-1] if gone else "")

    def _tree(self, event: Row, names: list[str], dropped: str) -> Tampering:
        signatures = {one["id"]: one["signature"] for one in [*self.rows["event"], event]}
        hashes = [leaf_of(one, signatures[one]) for one in names]
        tiles = append(lambda *_: b"", size=0, leaves=hashes)
        head = root(lambda level, index, _width: tiles[level, index], len(names))
        when = int(self.rich.world.now.timestamp())
        text = Checkpoint("410329-demo/audit", len(names), head, (f"time {when}",)).text()
        note = sign_note(text, name="410329-demo/audit", key=self.log)

        def do(owner: Owner) -> None:
            owner.put("event", event, logged=True)
            for at, one in enumerate(names):
                owner.put("log_leaf", {"site": SITE, "position": at, "event": one})
            for (level, index), body in tiles.items():
                owner.put("log_tile", {"site": SITE, "tree": "audit", "level": level,
                                       "position": index, "body": body})  # fmt: skip
            last = max(
                (one for one in self.rows["log_checkpoint"] if one["tree"] == "audit"),
                key=lambda one: one["size"],
            )
            owner.put("log_checkpoint", last, size=len(names), note=note)
            if dropped:
                owner.drop("event", {"id": dropped})

        tables = ["event", "log_leaf", "log_tile", "log_checkpoint"]
        place = "audit tree built anew" + (" without an event" if dropped else "")
        return self._forge(place, tables, do, event["id"], f"audit/{len(names)}", dropped or "-")

    def _money(self) -> Iterator[Tampering]:
        """Money and deadlines that nobody decided."""
        line, balance = self.rows["ledger_entry"][0], self.rows["fund_balance"][0]
        own = {**line, "id": "own", "ordinal": 99, "kind": "appropriation", "award": ""}
        yield self._forge(
            "ledger_entry",
            ["ledger_entry"],
            lambda owner: owner.put("ledger_entry", own),
            "own",
            "2026",
        )
        richer = {"available_fen": balance["available_fen"] + 1,
                  "appropriated_fen": balance["appropriated_fen"] + 1}  # fmt: skip
        yield self._forge(
            "fund_balance", ["fund_balance"],
            lambda owner: owner.change("fund_balance", balance, **richer), str(balance["year"]),
        )  # fmt: skip
        clock = self.rows["clock"][0]
        later = clock["due_on"] + timedelta(days=90)
        yield self._forge(
            "clock", ["clock"], lambda owner: owner.change("clock", clock, due_on=later),
            clock["report_id"],
        )  # fmt: skip
        report = self._row("report", id=self.rich.report("retried"))
        for changed in ({"state": "closed"}, {"lead": "410329-zjj"}, {"inbox_on": later}):
            yield self._forge(
                f"report.{next(iter(changed))}", ["report"],
                lambda owner, changed=changed: owner.change("report", report, **changed),  # type: ignore[misc]
                report["id"],
            )  # fmt: skip
        invented = {**report, "id": new_id(), "case_number": "410329-2026-AAAAAAAA"}
        yield self._forge(
            "report", ["report"], lambda owner: owner.put("report", invented), invented["id"]
        )


def of_attacker(rich: Rich, rows: Rows) -> Iterator[Tampering]:
    """Yield what somebody forges with public keys and keys of their own."""
    yield from Attacker(rich, rows, PrivateKey.generate(), LogKey.generate()).all()
