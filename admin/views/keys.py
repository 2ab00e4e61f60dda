"""People and keys: newcomers are certified, key sets changed, cases wrapped anew."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from wtforms import SelectField

from admin import key_changes as changing
from admin import keyring
from admin.auth import current
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms.base import posted, submitted
from admin.forms.keys import (
    CertifyForm,
    PressForm,
    ProposeChangeForm,
    SignChangeForm,
    deputy_of,
    holder_of,
    with_seats,
)
from admin.permissions import may, requires
from admin.signing import deed
from admin.views.acting import after, carried_out, show
from admin.views.key_difference import difference
from casework.domain.errors import KeyChangeError
from casework.domain.roles import Role
from casework.services import certifying, key_changes, key_status, rewrapping
from casework.storage.accounts import Account
from casework.storage.key_changes import KeyChange
from crypto.errors import KeySetError
from crypto.keyset import KeySet, Member
from crypto.public_key import member_fingerprint

bp = Blueprint("keys", __name__, url_prefix="/keys")


@bp.get("")
@requires("keys.view")
def index() -> ResponseReturnValue:
    """My office's people and key, who waits, what is to be wrapped anew, what is proposed."""
    trust, now = console().trust(), console().clock.now()
    office = current().office
    waiting = certifying.waiting_for_certificate(console().store, trust=trust)
    due = [one for one in key_status.key_ages(trust) if one.due_on <= console().clock.today()]
    return show(
        "keys/index.html",
        PressForm(),
        keyset=trust.keyset,
        office_key=trust.keyset.office(office).key.fingerprint(),
        colleagues=[_line(one) for one in _sorted(trust.members.values()) if one.office == office],
        others=[_line(one) for one in _sorted(trust.members.values()) if one.office != office],
        waiting=[one for one in waiting if one.office == office],
        waiting_elsewhere=[one for one in waiting if one.office != office],
        changes=[
            (one, key_changes.is_open(one, trust, now), len(key_changes.seats_of(one, trust)))
            for one in key_changes.key_changes(console().store)
        ],
        due=due,
        rewrap=rewrapping.progress(console().store, office=office, trust=trust)
        if may("keys.rewrap")
        else None,
    )


@bp.route("/newcomers/<account>", methods=["GET", "POST"])
@requires("keys.certify")
def certify(account: str) -> ResponseReturnValue:
    """Type the digits that the newcomer reads out, and vouch for them."""
    newcomer = _waiting(account)
    form = CertifyForm(posted())
    is_wrong = submitted(form) and not keyring.is_fingerprint_of(
        newcomer, form.fingerprint.data or ""
    )
    if is_wrong:
        form.fingerprint.errors = [
            _("与库中的密钥不一致。请对方重新念一遍；仍不一致就停止，并报告系统管理员。")
        ]
    elif carried_out(form, lambda: keyring.certify(newcomer, deed(form.password.data or ""))):
        return after("certified", "keys.index")
    return show("keys/certify.html", form, newcomer=newcomer)


@bp.post("/rewrapping")
@requires("keys.rewrap")
def rewrap() -> ResponseReturnValue:
    """Wrap some of the office's open cases to its present key."""
    form = PressForm(posted())
    done: list[keyring.Rewrapped] = []
    if carried_out(form, lambda: done.append(keyring.rewrap_cases())):
        # What does not open will not open the next time either: say so instead of "done".
        stuck = done[0].failed and not done[0].done
        said = "rewrap_stuck" if stuck else "rewrapped"
        return after(said, "keys.index", _anchor="rewrapping")
    return index()


@bp.route("/changes/new", methods=["GET", "POST"])
@requires("keys.propose")
def propose() -> ResponseReturnValue:
    """Propose the next key set; it counts for nothing until custodians have signed."""
    form = _propose_form()
    made: list[str] = []
    if carried_out(form, lambda: made.append(changing.propose_change(_wanted(form)))):
        return after("proposed_keys", "keys.show_change", change_id=made[0])
    seats = [
        (seat, form[holder_of(seat.number)], form[deputy_of(seat.number)])
        for seat in console().trust().keyset.seats
    ]
    return show("keys/propose.html", form, seats=seats)


@bp.route("/changes/<change_id>", methods=["GET", "POST"])
@requires("keys.view")
def show_change(change_id: str) -> ResponseReturnValue:
    """What exactly would change, who has signed; custodians sign here."""
    change, proposed = _found(change_id)
    trust, now = console().trust(fresh=True), console().clock.now()
    form = SignChangeForm(posted(), digest=proposed.digest().hex())
    in_force: list[bool] = []

    def act() -> None:
        if form.digest.data != proposed.digest().hex():
            raise KeyChangeError("other_body")
        in_force.append(changing.sign_change(change, deed(form.password.data or "")))

    if carried_out(form, act):
        done = "keys_changed" if in_force[0] else "signed_keys"
        return after(done, "keys.show_change", change_id=change_id)
    is_open = key_changes.is_open(change, trust, now)
    mine = trust.keyset.seat_of(current().account)
    return show(
        "keys/change.html",
        form,
        change=change,
        is_open=is_open,
        signers=sorted(change.signatures),
        missing=max(0, trust.keyset.threshold - len(key_changes.seats_of(change, trust))),
        changes=difference(trust.keyset, trust.members, proposed) if is_open else None,
        proposed=proposed,
        my_seat=mine,
        has_signed=mine is not None and mine.number in key_changes.seats_of(change, trust),
        may_withdraw=is_open and (change.proposer == current().account or mine is not None),
    )


@bp.post("/changes/<change_id>/withdrawal")
@requires("keys.propose")
def withdraw(change_id: str) -> ResponseReturnValue:
    """Take a proposal back."""
    form = PressForm(posted())

    def act() -> None:
        key_changes.withdraw_change(
            console().store, change=change_id, account=current().account, trust=console().trust()
        )

    if carried_out(form, act):
        return after("withdrawn_keys", "keys.index")
    return show_change(change_id)


def _waiting(account: str) -> Account:
    """The newcomer of this id, if colleagues of the signed-in person's office may certify.

    Raises:
        NotFound: nobody of this office waits under it.
    """
    waiting = certifying.waiting_for_certificate(console().store, trust=console().trust())
    for one in waiting:
        if one.id == account and one.office == current().office:
            return one
    raise NotFound


def _found(change_id: str) -> tuple[KeyChange, KeySet]:
    change = key_changes.key_change(console().store, change=change_id)
    if change is None:
        raise NotFound
    try:
        return change, KeySet.parse(change.body)
    except KeySetError as problem:
        raise KeyChangeError("malformed") from problem


def _propose_form() -> ProposeChangeForm:
    trust = console().trust()
    members = _sorted(trust.members.values())
    waiting = certifying.waiting_for_certificate(console().store, trust=trust)
    seats = trust.keyset.seats
    form = with_seats([seat.number for seat in seats])(posted())
    form.leaving.choices = [(one.account, _name(one.account, one.office)) for one in members]
    form.joining.choices = [(one.id, _joining(one)) for one in waiting]
    form.rotated.choices = [
        (one.code, console().office_name(one.code)) for one in trust.keyset.offices
    ]
    form.reseated.choices = [
        (seat.number, _("第 %(number)d 席", number=seat.number)) for seat in seats
    ]
    # Whoever sits in a seat keeps the choice, so that the form shows what is.
    seated = {person for seat in seats for person in (seat.holder, seat.deputy)}
    people = [
        (one.account, _name(one.account, one.office))
        for one in members
        if Role.CUSTODIAN in one.roles or one.account in seated
    ]
    people += [(one.id, _joining(one)) for one in waiting if Role.CUSTODIAN in one.roles]
    for seat in seats:
        for name, person in (
            (holder_of(seat.number), seat.holder),
            (deputy_of(seat.number), seat.deputy),
        ):
            field = form[name]
            assert isinstance(field, SelectField)
            field.choices = people
            if request.method == "GET":
                field.data = person
    return form


def _wanted(form: ProposeChangeForm) -> changing.ChangeWanted:
    waiting = certifying.waiting_for_certificate(console().store, trust=console().trust())
    chosen = set(form.joining.data or ())
    return changing.ChangeWanted(
        leaving=frozenset(form.leaving.data or ()),
        joining=tuple(one for one in waiting if one.id in chosen),
        rotated=frozenset(form.rotated.data or ()),
        seats={
            seat.number: (form[holder_of(seat.number)].data, form[deputy_of(seat.number)].data)
            for seat in console().trust().keyset.seats
        },
        reseated=frozenset(form.reseated.data or ()),
    )


def _sorted(members: object) -> list[Member]:
    assert hasattr(members, "__iter__")
    return sorted(members, key=lambda one: (one.office, one.account))


def _line(one: Member) -> tuple[Member, str]:
    return one, member_fingerprint(one.day, one.deed)


def _name(account: str, office: str) -> str:
    return f"{console().office_name(office)} {console().person(account)}"


def _joining(one: Account) -> str:
    # Without the digits: a colleague who certifies has to hear them from the newcomer.
    name = f"{console().office_name(one.office)} {one.display_name}"
    return _("%(what)s（%(told)s）", what=name, told=one.login)
