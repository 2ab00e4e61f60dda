"""The manifest of a sending: its facts, digests and the reporter's keys.

Anyone can seal to a public key, and the first event of a report is unsigned.
So the wraps of a sending bind the digest of its manifest: a reader who opened
a wrap knows that facts, records and reporter's key are those that its sender
sealed. The manifest is canonical JSON and not secret.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crypto.canonical import JSON, canonical, parse_object
from crypto.errors import EventError, KeySetError
from crypto.fields import Fields
from crypto.public_key import PublicKey
from crypto.records import Named, Record

MANIFEST = "manifest"
_FIELDS = frozenset({"site", "report", "sending", "facts", "records", "reporter"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a sending consists of.

    Attributes:
        site: site id.
        report: report id.
        sending: id of the sending.
        facts: structured facts, as its event has them.
        records: every object, item, piece and file, but not manifest and wraps.
        reporter: the reporter's public keys.
    """

    site: str
    report: str
    sending: str
    facts: Mapping[str, JSON]
    records: tuple[Named, ...]
    reporter: PublicKey

    def encode(self) -> bytes:
        """Return the canonical bytes, which are the body of the stored object."""
        return canonical(
            {
                "site": self.site,
                "report": self.report,
                "sending": self.sending,
                "facts": self.facts,
                "records": [one.as_json() for one in self.records],
                "reporter": self.reporter.encode().hex(),
            }
        )

    def check_records(self, records: Iterable[Record]) -> None:
        """Check that this manifest names each of *records* as it is stored.

        Raises:
            EventError: it does not.
        """
        named = set(self.records)
        for record in records:
            if record.named not in named:
                raise EventError(f"the manifest does not name {record.named.id}")


def parse_manifest(body: bytes) -> Manifest:
    """Read a manifest; it is as good as the wrap that binds its digest.

    Raises:
        EventError: malformed.
    """
    read = Fields(parse_object(body, _FIELDS))
    try:
        return Manifest(
            site=read.text("site"),
            report=read.text("report"),
            sending=read.text("sending"),
            facts=read.mapping("facts"),
            records=read.names("records"),
            reporter=read.public_key("reporter"),
        )
    except KeySetError as error:
        raise EventError("malformed manifest") from error
