"""A case as plain JSON and back, without loss: what storage keeps beside its indexed columns."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any

from casework.domain.award_values import Award, AwardApproval, AwardState, Declaration
from casework.domain.case import (
    Approval,
    AskState,
    Case,
    Destruction,
    Extension,
    Finding,
    Hold,
    HoldState,
    Mark,
    Order,
    Release,
    ReleaseState,
    Standstill,
    State,
)
from casework.domain.case_turns import (
    Callback,
    Closing,
    CopyReceipt,
    HandOver,
    InterferenceNote,
    Joined,
    LeadProposal,
    Malice,
    Merged,
    OfficerDraw,
    Protection,
    Rectification,
    Referral,
    RefusalProposal,
    ReturnAsk,
    Review,
    Visit,
)

_DAYS = ("received_on", "accepted_on", "verify_due_on", "refused_on", "concluded_on", "closed_on")
_TUPLES = (
    "offices",
    "fines_fen",
    "allegations",
    "reminded",
    "overdue",
    "escalated",
    "acknowledged",
    "urged",
    "code_changes",
    "withdrawn",
    "erased",
    "routed_co",
    "co_handlers",
    "barred",
    "copies",
)
_VALUES: Mapping[str, Any] = {
    "marks": Mark,
    "extensions": Extension,
    "standstills": Standstill,
    "orders": Order,
    "refusals": RefusalProposal,
    "rectifications": Rectification,
    "closings": Closing,
    "referrals": Referral,
    "reviews": Review,
    "callbacks": Callback,
    "proposals": LeadProposal,
    "returns": ReturnAsk,
    "draws": OfficerDraw,
    "handed": HandOver,
    "joined": Joined,
    "protections": Protection,
    "visits": Visit,
    "receipts": CopyReceipt,
    "interference": InterferenceNote,
}
_SETS = ("investigators", "supervised_by", "spent", "recused")
_NONE: tuple[str, ...] = ()
# What a case has that was stored before the field was: nothing of the kind had happened.
_LATER: Mapping[str, Any] = {
    field.name: _NONE if field.default is MISSING else field.default
    for field in fields(Case)
    if field.default is not MISSING or field.default_factory is not MISSING
}


def case_to_json(case: Case) -> dict[str, Any]:
    """Return *case* as text, integers, lists, objects and null; no floats, ASCII keys.

    `case_from_json(case_to_json(case)) == case` for every case.
    """
    plain = {field.name: getattr(case, field.name) for field in fields(case)}
    for name in _DAYS:
        plain[name] = plain[name].isoformat() if plain[name] else None
    for name in _TUPLES:
        plain[name] = list(plain[name])
    for name in _SETS:
        plain[name] = sorted(plain[name])
    plain["state"] = str(case.state)
    plain["finding"] = str(case.finding) if case.finding else None
    plain["award"] = _award_to_json(case.award) if case.award else None
    plain["shares"] = [_award_to_json(share) for share in case.shares]
    plain["declared"] = _to_json(case.declared) if case.declared else None
    plain["releases"] = [_release_to_json(release) for release in case.releases.values()]
    plain["holds"] = [_hold_to_json(hold) for hold in case.holds.values()]
    plain["destruction"] = _to_json(case.destruction) if case.destruction else None
    plain["malice"] = _to_json(case.malice) if case.malice else None
    plain["merged"] = _to_json(case.merged) if case.merged else None
    for name in _VALUES:
        plain[name] = [_to_json(one) for one in plain[name]]
    return plain


def case_from_json(plain: Mapping[str, Any]) -> Case:
    """Return the case that `case_to_json` wrote, now or before a field was added.

    Raises:
        ValueError: a key is unknown, one is missing that every case has had from the
            beginning, or a value is none of its kind.
    """
    known = {field.name for field in fields(Case)}
    wrong = (set(plain) - known) | (known - set(plain) - _LATER.keys())
    if wrong:
        raise ValueError(f"not a case: {sorted(wrong)}")
    values = {**_LATER, **plain}
    for name in _DAYS:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in _TUPLES:
        values[name] = tuple(values[name])
    for name in _SETS:
        values[name] = frozenset(values[name])
    values["state"] = State(values["state"])
    values["finding"] = Finding(values["finding"]) if values["finding"] else None
    values["award"] = _award_from_json(values["award"]) if values["award"] else None
    values["shares"] = tuple(_award_from_json(share) for share in values["shares"])
    declared = values["declared"]
    values["declared"] = Declaration(**declared) if declared else None
    releases = (_release_from_json(release) for release in values["releases"])
    values["releases"] = {release.id: release for release in releases}
    holds = (_hold_from_json(hold) for hold in values["holds"])
    values["holds"] = {hold.id: hold for hold in holds}
    ending = values["destruction"]
    values["destruction"] = Destruction(**ending) if ending else None
    values["malice"] = Malice(**values["malice"]) if values["malice"] else None
    values["merged"] = Merged(**values["merged"]) if values["merged"] else None
    for name, kind in _VALUES.items():
        values[name] = tuple(_value_from_json(kind, one) for one in values[name])
    return Case(**values)


def _to_json(value: Any) -> dict[str, Any]:
    """Return a value whose fields are text, integers and tuples of text."""
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(one: Any) -> Any:
    if isinstance(one, tuple):
        return list(one)
    return str(one) if isinstance(one, AskState) else one


def _value_from_json(kind: Any, plain: Mapping[str, Any]) -> Any:
    asked = {"state": AskState(plain["state"])} if "state" in plain else {}
    given = {name: tuple(one) if isinstance(one, list) else one for name, one in plain.items()}
    return kind(**{**given, **asked})


def _award_to_json(award: Award) -> dict[str, Any]:
    approvals = [_to_json(one) for one in award.approvals]
    return {**_to_json(award), "state": str(award.state), "approvals": approvals}


def _award_from_json(plain: Mapping[str, Any]) -> Award:
    given: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in plain.items()
    }
    approvals = tuple(AwardApproval(**one) for one in plain.get("approvals", ()))
    return Award(**{**given, "state": AwardState(plain["state"]), "approvals": approvals})


def _release_to_json(release: Release) -> dict[str, Any]:
    plain = {field.name: getattr(release, field.name) for field in fields(release)}
    return plain | {"state": str(release.state), "approvals": _approvals(release.approvals)}


def _release_from_json(plain: Mapping[str, Any]) -> Release:
    approvals = tuple(Approval(**given) for given in plain["approvals"])
    state = ReleaseState(plain["state"])
    return Release(**{**plain, "state": state, "approvals": approvals})


def _hold_to_json(hold: Hold) -> dict[str, Any]:
    plain = {field.name: getattr(hold, field.name) for field in fields(hold)}
    return plain | {"state": str(hold.state), "approvals": _approvals(hold.approvals)}


def _hold_from_json(plain: Mapping[str, Any]) -> Hold:
    approvals = tuple(Approval(**given) for given in plain["approvals"])
    return Hold(**{**plain, "state": HoldState(plain["state"]), "approvals": approvals})


def _approvals(given: Iterable[Approval]) -> list[dict[str, Any]]:
    return [{"seat": one.seat, "account": one.account, "office": one.office} for one in given]
