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
    return _signed(site, case.report_id, case.events + 1, kind, facts, log_key, now, removed)


def jobs_act_outside(
    site: str,
    kind: str,
    facts: Mapping[str, JSON],
    log_key: LogKey,
    now: datetime,
    *,
    removed: Iterable[Named] = (),
) -> SignedEvent:
    """Return an act of no report as the jobs process signs it; arguments as for `jobs_act`."""
    return _signed(site, "", 0, kind, facts, log_key, now, removed)


def _signed(
    site: str,
    report: str,
    ordinal: int,
    kind: str,
    facts: Mapping[str, JSON],
    log_key: LogKey,
    now: datetime,
    removed: Iterable[Named],
) -> SignedEvent:
    event = Event(
        site=site,
        report=report,
        kind=kind,
        ordinal=ordinal,
        at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        actor=JOBS,
        signer=log_key.public.hex(),
        facts=dict(facts),
        removed=tuple(removed),
    )
    return SignedEvent(event, log_key.sign(signing_bytes(event)))
