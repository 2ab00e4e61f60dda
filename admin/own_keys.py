"""What a person who signs in can open: every wrap of an office or seat key that is theirs.

Custodians sign the key set, not the wraps that come with it. Whether those hold the keys of
the key set only their recipients can tell, and they learn it here.
"""

from dataclasses import dataclass

from admin.extensions import console
from casework.services import keysets
from casework.services.member_wraps import READERS, keys_of
from casework.storage.key_wraps import MemberWrap
from crypto.context import office_wrap_context, seat_wrap_context
from crypto.errors import CryptoError
from crypto.private_key import PrivateKey
from crypto.unseal import unwrap_key


@dataclass(frozen=True, slots=True, order=True)
class ClosedKey:
    """A key of an office or a seat that a person should be able to open and cannot.

    Attributes:
        kind: "office" or "seat".
        owner: code of the office, or number of the seat.
    """

    kind: str
    owner: str


def closed_keys(account: str, *, day: PrivateKey, deed: PrivateKey | None) -> tuple[ClosedKey, ...]:
    """Return the keys of which a wrap does not open, or that are not wrapped at all.

    Args:
        account: who signs in.
        day: the person's day key, which opens offices.
        deed: the person's deed key, which opens seats; None when it cannot be opened.
    """
    here = console()
    trust = here.trust()
    known = {pair for link in trust.chain for pair in keys_of(link.keyset).items()}
    present = keys_of(trust.keyset)
    opened, closed = set[tuple[str, str]](), set[ClosedKey]()
    for wrap in keysets.wraps_of(here.store, account=account):
        owner = (wrap.owner_kind, wrap.owner)
        box = _box_key(wrap, here.store.site, day if wrap.owner_kind == "office" else deed)
        if (owner, box) not in known:
            closed.add(ClosedKey(*owner))
        if present.get(owner) == box:
            opened.add(owner)
    member = trust.member(account)
    due = {("seat", str(one.number)) for one in trust.keyset.seats
           if account in (one.holder, one.deputy)}  # fmt: skip
    if not READERS.isdisjoint(member.roles) and ("office", member.office) in present:
        due.add(("office", member.office))
    closed |= {ClosedKey(*owner) for owner in due - opened}
    return tuple(sorted(closed))


def _box_key(wrap: MemberWrap, site: str, holder: PrivateKey | None) -> str:
    """Return the hex of the box key inside; "" when it does not open."""
    if holder is None:
        return ""
    try:
        if wrap.owner_kind == "office":
            context = office_wrap_context(site, wrap.owner)
        else:
            context = seat_wrap_context(site, int(wrap.owner))
        secret = unwrap_key(
            wrap.body, context=context, holder=holder, key_id=bytes.fromhex(wrap.key_id)
        )
        return PrivateKey(secret).public.box.hex()
    except (CryptoError, ValueError):
        return ""
