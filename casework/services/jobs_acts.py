"""Acts of the jobs process: signed with the log key, the only key that casework has."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from casework.domain.case import Case
from crypto.events import JOBS, JSON, Event, Named, SignedEvent, signing_bytes
from crypto.notes import LogKey


def jobs_act(
    site: str,
    case: Case,
    kind: str,
    facts: Mapping[str, JSON],
    log_key: LogKey,
    now: datetime,
    *,
    removed: Iterable[Named] = (),
) -> SignedEvent:
    """Return the next act in *case* as the jobs process signs it.

    Args:
        site: site id.
        case: the case as it stands, locked by the caller.
        kind: kind of the act.
        facts: its facts.
        log_key: key of the jobs process.
        now: UTC instant.
        removed: the rows that go with it.
    """
    event = Event(
        site=site,
        report=case.report_id,
        kind=kind,
        ordinal=case.events + 1,
        at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        actor=JOBS,
        signer=log_key.public.hex(),
        facts=dict(facts),
        removed=tuple(removed),
    )
    return SignedEvent(event, log_key.sign(signing_bytes(event)))
