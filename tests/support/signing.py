"""An instance under test, and how its people sign what they do."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casework.config import Settings
from casework.domain.case import Case
from casework.domain.policy import Policies
from casework.domain.routing import Routing
from casework.services.trust import Trust
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store
from crypto.events import Event, Named, Record, SignedEvent, signing_bytes
from crypto.mailbox import ReporterKey
from crypto.notes import LogKey
from crypto.private_key import PrivateKey
from people import NOW, SITE, Filed, Person


@dataclass
class Signing:
    """One instance and everybody in it."""

    settings: Settings
    store: Store
    blobs: Blobs
    trust: Trust
    routing: Routing
    policies: Policies
    people: Mapping[str, Person]
    log_key: LogKey
    now: datetime = NOW

    @property
    def environ(self) -> dict[str, str]:
        """Settings for a process of this instance."""
        return os.environ | {
            "TONGGUI_HOME": str(self.settings.home),
            "TONGGUI_DATABASE_URL": self.settings.database_url,
            **{
                f"TONGGUI_DATABASE_URL_{process.upper()}": url
                for process, url in self.settings.database_urls.items()
            },
        }

    @property
    def pepper(self) -> bytes:
        """The receipt pepper, as the public site has it."""
        return (self.settings.secrets / "portal" / "receipt-pepper").read_bytes()

    def move(self, **delta: float) -> None:
        """Let time pass."""
        self.now += timedelta(**delta)

    def case(self, report: str) -> Case:
        """Where a case stands."""
        return self.store.read(lambda uow: uow.reports.get(report))

    # What people sign ---------------------------------------------------------

    def sign(
        self,
        who: str,
        kind: str,
        report: str,
        facts: Mapping[str, Any],
        added: Sequence[Record] = (),
        *,
        deed: bool | None = None,
        ordinal: int | None = None,
        removed: Sequence[Named] = (),
    ) -> SignedEvent:
        """Sign an act as *who*, with the key that its kind needs unless told otherwise."""
        from casework.services.acts import DEED_KINDS

        person = self.people[who]
        key = person.deed if (kind in DEED_KINDS if deed is None else deed) else person.day
        return self._signed(
            kind, report, facts, added, f"officer:{person.account}", key, ordinal, removed
        )

    def sign_as_reporter(
        self, filed: Filed, kind: str, facts: Mapping[str, Any], added: Sequence[Record] = ()
    ) -> SignedEvent:
        """Sign an act as the reporter."""
        return self._signed(kind, filed.report, facts, added, "reporter", filed.key, None, ())

    def _signed(
        self,
        kind: str,
        report: str,
        facts: Mapping[str, Any],
        added: Sequence[Record],
        actor: str,
        key: PrivateKey | ReporterKey,
        ordinal: int | None,
        removed: Sequence[Named],
    ) -> SignedEvent:
        if ordinal is None:
            ordinal = self.case(report).events + 1 if report else 0
        event = Event(
            site=SITE,
            report=report,
            kind=kind,
            ordinal=ordinal,
            at=self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            actor=actor,
            signer=key.public.sign.hex(),
            facts=dict(facts),
            added=tuple(one.named for one in added),
            removed=tuple(removed),
        )
        return SignedEvent(event, key.sign(signing_bytes(event)))
