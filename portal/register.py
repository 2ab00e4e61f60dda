"""Door to the public register: the files as they lie, and what its checkpoint says.

Nothing here needs the database, a key or a cookie; whoever asks is not written down.
"""

from dataclasses import dataclass

from casework.recount import Recount, recount
from casework.register import RegisterFolder
from crypto.errors import ProofError
from crypto.notes import note_text, parse_checkpoint, verifier_key
from crypto.register import fingerprint, register_origin
from portal.extensions import PublicSite

CHECKPOINT = "checkpoint"
VERIFIER_KEY = "verifier-key"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the register stands.

    Attributes:
        origin: name of the log.
        size: number of entries, fillers too.
        fingerprint: 24 digits, by which two people compare checkpoints.
        signatures: how many signed it, the log itself included.
        verifier_key: the log's key as ready-made verifiers take it.
    """

    origin: str
    size: int
    fingerprint: str
    signatures: int
    verifier_key: str


def folder_of(here: PublicSite) -> RegisterFolder:
    """Return the public files of the register."""
    return RegisterFolder(here.settings.home / "register")


def standing_of(here: PublicSite) -> Standing | None:
    """Return what the newest checkpoint says; None before the first batch.

    It is shown, not believed: who wants to know checks it with the verifier key.
    """
    folder = folder_of(here)
    note = folder.read(CHECKPOINT)
    if note is None:
        return None
    try:
        text = note_text(note.decode())
        head = parse_checkpoint(text)
        digits = fingerprint(text)
    except (ProofError, UnicodeDecodeError):
        return None
    return Standing(
        origin=head.origin,
        size=head.size,
        fingerprint=digits,
        signatures=note.decode().count("\n— "),
        verifier_key=(folder.read(VERIFIER_KEY) or b"").decode(errors="replace").strip(),
    )


def figures_of(here: PublicSite) -> Recount | None:
    """Count the figures out of the public files alone, as anybody can; None before a quarter opens.

    Raises:
        ProofError, SourceError: the files are not those of the log that the key set names.
    """
    folder = folder_of(here)
    if not (folder.quarters() or folder.quarters("rewards")):
        return None
    key = verifier_key(register_origin(here.instance.site), here.keyset.log)
    return recount(folder.read, key)


def edition_of(here: PublicSite) -> tuple[bytes, tuple[str, ...]]:
    """Return what tells one state of the public files from another."""
    folder = folder_of(here)
    return folder.read(CHECKPOINT) or b"", (*folder.quarters(), *folder.quarters("rewards"))
