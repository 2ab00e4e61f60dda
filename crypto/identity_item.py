"""Identity items: each under its own key, which is split over the custodian seats."""

from collections.abc import Callable

from crypto.context import item_context, key_id, piece_context
from crypto.keyset import KeySet
from crypto.records import IdentityItem, IdentityPiece
from crypto.seal import new_key, seal_identity, seal_pieces
from crypto.shares import split

NewId = Callable[[], str]


def seal_item(
    text: str,
    *,
    site: str,
    report: str,
    kind: str,
    item_id: str,
    keyset: KeySet,
    new_id: NewId,
    version: int = 1,
    key: bytes | None = None,
) -> tuple[IdentityItem, tuple[IdentityPiece, ...]]:
    """Seal one identity item and split its key over the seats.

    Args:
        text: up to 2,047 bytes in UTF-8.
        site: site id.
        report: report id.
        kind: "who", "contact", "payee", "mandate" or "file".
        item_id: id of the item, kept by later versions.
        keyset: the key set in force.
        new_id: draws a random id.
        version: from 1.
        key: item key I, where it has sealed a file already; drawn here without.

    Raises:
        SizeError: *text* is longer.
    """
    key = key or new_key()
    context = item_context(site, report, kind, item_id, version)
    item = IdentityItem(item_id, kind, version, seal_identity(text, key=key, context=context))
    name = key_id(key)
    bundles = split(key, n=len(keyset.seats), k=keyset.threshold)
    pieces = tuple(
        IdentityPiece(
            new_id(),
            item_id,
            seat.number,
            seat.key.box.hex(),
            seal_pieces(
                bundle,
                context=piece_context(site, report, item_id, seat.number, version),
                item_key_id=name,
                recipient=seat.key,
            ),
        )
        for seat, bundle in zip(keyset.seats, bundles, strict=True)
    )
    return item, pieces
