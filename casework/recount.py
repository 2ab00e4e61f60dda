"""`tonggui register recount`: on-time figures out of the public files alone.

Nothing of the instance is asked: who has a copy of /register/ and the log's key can count
for themselves. What does not fit, and every entry that was left unopened, is a finding.
"""

import hashlib
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from casework.domain.reward_figures import RewardFigures, parse
from casework.register import (
    AT_ONCE,
    QUARTERS_FILE,
    REPORTS_MIN,
    REWARDS_FILE,
    REWARDS_FROZEN,
    RegisterFolder,
)
from crypto.errors import ProofError
from crypto.merkle import leaf_hash
from crypto.notes import Checkpoint, open_checkpoint, parse_verifier_key
from crypto.register import FILLER, OTHERS, OpenedFile, OpenedRecord, fingerprint
from crypto.tiles import WIDTH, append, bundle_path, root, unpack_entries

Read = Callable[[str], bytes | None]
FETCH_SECONDS: Final = 30
FILE_BYTES_MAX: Final = 64 * 1024 * 1024


class SourceError(Exception):
    """The register cannot be read at all; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the records of one office in one quarter say.

    Attributes:
        quarter: the quarter that the records were opened with.
        office: code of the office; "others" for those with under five cases together.
        received, refused, transferred: how many cases.
        accepted: how many on their own account; those that joined another case are not.
        merged: how many joined another case and have not left it again.
        overdue: how many of the accepted ones were not verified in time, so far as opened;
            in time is by the last day as approved extensions and pauses have moved it.
        approved, paid, lapsed: awards, each once: what the bank sent back is paid twice.
        released: openings of identity items.
    """

    quarter: str
    office: str
    received: int = 0
    accepted: int = 0
    refused: int = 0
    transferred: int = 0
    merged: int = 0
    overdue: int = 0
    approved: int = 0
    paid: int = 0
    lapsed: int = 0
    released: int = 0

    @property
    def on_time(self) -> int:
        """How many of the accepted cases were not overdue."""
        return self.accepted - self.overdue

    @property
    def on_time_percent(self) -> int | None:
        """The share of cases on time, rounded down; None of fewer than five."""
        return None if self.accepted < REPORTS_MIN else self.on_time * 100 // self.accepted


@dataclass(slots=True)
class Recount:
    """What the public files say, and what is wrong with them.

    Attributes:
        origin: name of the log.
        size: entries in the log.
        fingerprint: 24 digits of its checkpoint, to be compared with what others see.
        opened: entries whose records were published with their quarters.
        figures: one for each office and quarter, in order.
        rewards: what was told of rewards, by quarter: files whose digest the register has.
        findings: what does not fit, each one sentence; empty when all does.
    """

    origin: str
    size: int
    fingerprint: str
    opened: int = 0
    figures: tuple[Figures, ...] = ()
    rewards: tuple[RewardFigures, ...] = ()
    findings: list[str] = field(default_factory=list)


MERGED, PARTED = "case.merged", "merge.undone"
_OF_AWARDS: Final = frozenset({"approved", "paid", "lapsed"})
_COUNTED: Mapping[str, str] = {
    "report.received": "received",
    "report.accepted": "accepted",
    "report.deemed_accepted": "accepted",
    "report.refused": "refused",
    "report.transferred": "transferred",
    MERGED: "merged",
    "reward.approved": "approved",
    "reward.paid": "paid",
    "reward.lapsed": "lapsed",
    "release.opened": "released",
}


def source(place: str) -> Read:
    """Return how the files at *place*, a folder or an http(s) address, are read.

    Raises:
        SourceError: neither, or there is nothing.
    """
    if place.startswith(("https://", "http://")):
        base = place.rstrip("/") + "/"
        return lambda relative: _fetch(base + relative)
    folder = Path(place)
    if not folder.is_dir():
        raise SourceError(f"没有这个文件夹 / no such folder: {place}")
    return RegisterFolder(folder).read


def read_checkpoint(read: Read, key: str) -> tuple[Checkpoint, str]:
    """Return the log's checkpoint, checked with *key*, and the note it stands in.

    Raises:
        SourceError: there is none.
        ProofError: it is not signed by this key.
    """
    name, public, _kind = parse_verifier_key(key)
    note = (read("checkpoint") or b"").decode(errors="replace")
    if not note:
        raise SourceError("没有 checkpoint / there is no checkpoint there")
    return open_checkpoint(note, origin=name, public=public), note


def told_key(read: Read) -> str:
    """Return the key that the files themselves name; to be compared with one known otherwise.

    Raises:
        SourceError: there is none.
    """
    found = (read("verifier-key") or b"").decode(errors="replace").strip()
    if not found:
        raise SourceError("没有 verifier-key，请用 --key 给出 / no verifier-key; give one by --key")
    return found


def recount(read: Read, key: str) -> Recount:
    """Count what the public files say.

    Args:
        read: gives a file by its path below /register/.
        key: verifier key of the log, as ready-made verifiers take it.

    Raises:
        SourceError: there is no register.
        ProofError: the key is malformed, or did not sign the checkpoint.
    """
    head, _note = read_checkpoint(read, key)
    counted = Recount(head.origin, head.size, fingerprint(head.text()))
    entries = _entries(read, head, counted.findings)
    if entries is None:
        return counted
    files = list(_opened(read, head, entries, counted))
    at_once = _at_once(read, counted.findings)
    _check_at_once(at_once, files, counted.findings)
    counted.figures = _figures(files)
    counted.rewards = tuple(_rewards(read, at_once, counted))
    return counted


def _entries(read: Read, head: Checkpoint, findings: list[str]) -> list[bytes] | None:
    """Return all entries, if they are those that the checkpoint was signed over."""
    entries: list[bytes] = []
    for first in range(0, head.size, WIDTH):
        path = bundle_path(first // WIDTH, min(WIDTH, head.size - first))
        try:
            entries += unpack_entries(read(path) or b"")
        except ProofError:
            findings.append(f"{path}：读不懂 / cannot be read")
            return None
    tiles = append(
        lambda _level, _index, _width: b"", size=0, leaves=[leaf_hash(one) for one in entries]
    )
    agrees = len(entries) == head.size and head.root == root(
        lambda level, index, _width: tiles.get((level, index), b""), head.size
    )
    if not agrees:
        findings.append("条目与签名的根值不符 / the entries are not those that were signed")
        return None
    return entries


def _opened(
    read: Read, head: Checkpoint, entries: list[bytes], counted: Recount
) -> Iterable[OpenedFile]:
    """Yield the opened quarters; together they must open every entry up to the last of them."""
    for quarter in _quarters(read, QUARTERS_FILE):
        body = read(f"opened/{quarter}.json") or b""
        try:
            file = OpenedFile.parse(body)
        except ProofError as problem:
            counted.findings.append(f"{quarter}：读不懂 / cannot be read: {problem}")
            return
        named = (f"{file.site}/register", file.quarter, file.first)
        if (
            named != (head.origin, quarter, counted.opened)
            or not file.first < file.end <= head.size
        ):
            counted.findings.append(f"{quarter}：不接前一季度 / does not follow the one before")
            return
        given = {one.entry() for one in file.records}
        for index in range(file.first, file.end):
            if entries[index] not in given:
                counted.findings.append(
                    f"{quarter}：第 {index} 条未公开 / entry {index} is unopened"
                )
        strange = len(given - set(entries[file.first : file.end]))
        if strange or len(given) != len(file.records):
            counted.findings.append(
                f"{quarter}：有不在登记簿里的记录 / records that are no entries"
            )
        counted.opened = file.end
        yield file


def _quarters(read: Read, listed: str) -> list[str]:
    """Return which quarters are said to be opened, or told of."""
    body = (read(listed) or b"").decode(errors="replace")
    return [line for line in body.split("\n") if line]


def _at_once(read: Read, findings: list[str]) -> tuple[OpenedRecord, ...]:
    """Return the records that were opened as they happened."""
    body = read("opened/at-once.json")
    if body is None:
        return ()
    try:
        return OpenedFile.parse(body).records
    except ProofError:
        findings.append("at-once.json：读不懂 / cannot be read")
        return ()


def _rewards(
    read: Read, at_once: Iterable[OpenedRecord], counted: Recount
) -> Iterator[RewardFigures]:
    """Yield the figures of rewards that the register vouches for; name those it does not.

    A figure file whose record is in no batch yet is said by the site alone: the record in
    the file of what is opened at once must then appear in the tree, as for keys.
    """
    site = counted.origin.removesuffix("/register")
    vouched = {one.record.case for one in at_once if one.record.kind == REWARDS_FROZEN}
    for quarter in _quarters(read, REWARDS_FILE):
        body = read(f"rewards/{quarter}.json") or b""
        if hashlib.sha256(body).hexdigest() in vouched:
            vouched.remove(hashlib.sha256(body).hexdigest())
            try:
                yield parse(body, site=site)
                continue
            except ValueError:
                pass
        counted.findings.append(
            f"rewards/{quarter}：与登记簿中的摘要不符 / not the file whose digest was registered"
        )
    if vouched:
        counted.findings.append(
            "有登记过的奖励数字没有公布 / figures of rewards were registered and are not there"
        )


def _check_at_once(
    at_once: Iterable[OpenedRecord], files: Iterable[OpenedFile], findings: list[str]
) -> None:
    """A record about keys, recovery or rewards must have been opened as it happened."""
    known = {one.entry() for one in at_once}
    for file in files:
        findings += [
            f"{file.quarter}：{one.record.kind} 未即时公开 / not opened at once"
            for one in file.records
            if one.record.kind in AT_ONCE and one.entry() not in known
        ]


def _figures(files: Iterable[OpenedFile]) -> tuple[Figures, ...]:
    listed = list(files)
    overdue = {
        one.record.case for file in listed for one in file.records
        if one.record.kind == "clock.overdue"
    }  # fmt: skip
    merged = _merged(listed)
    figures: list[Figures] = []
    awards: set[tuple[str, str]] = set()
    for file in listed:
        offices: dict[str, dict[str, int]] = {}
        for one in file.records:
            if one.record.kind != FILLER and one.office:
                counts = offices.setdefault(one.office, {})
                if not _is_told(one, awards):
                    _count(counts, one, overdue, merged)
        # "others" comes last.
        figures += [
            Figures(file.quarter, office, **offices[office])
            for office in sorted(offices, key=lambda code: (code == OTHERS, code))
        ]
    return tuple(figures)


def _merged(listed: Iterable[OpenedFile]) -> set[str]:
    """Return the cases that joined another one, and did so oftener than they left one again."""
    joins = Counter[str]()
    for file in listed:
        for one in file.records:
            joins[one.record.case] += (one.record.kind == MERGED) - (one.record.kind == PARTED)
    return {case for case, times in joins.items() if times > 0}


def _is_told(one: OpenedRecord, awards: set[tuple[str, str]]) -> bool:
    """Tell whether an award was counted so before; what is counted now is noted in *awards*."""
    told = (one.record.case, _COUNTED.get(one.record.kind, ""))
    if told[1] not in _OF_AWARDS:
        return False
    if told in awards:
        return True
    awards.add(told)
    return False


def _count(counts: dict[str, int], one: OpenedRecord, overdue: set[str], merged: set[str]) -> None:
    name = _COUNTED.get(one.record.kind)
    is_merged = one.record.case in merged
    if name is None or (name == "accepted" and is_merged) or (name == "merged" and not is_merged):
        return
    counts[name] = counts.get(name, 0) + 1
    if name == "accepted" and one.record.case in overdue:
        counts["overdue"] = counts.get("overdue", 0) + 1


def _fetch(url: str) -> bytes | None:
    """Return what lies at a web address; None where there is nothing.

    Raises:
        SourceError: the site does not answer, or sends too much.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "tonggui"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=FETCH_SECONDS) as answer:  # noqa: S310
            body: bytes = answer.read(FILE_BYTES_MAX + 1)
    except urllib.error.HTTPError as problem:
        if problem.code == 404:
            return None
        raise SourceError(f"{url}：{problem.code}") from None
    except (OSError, ValueError) as problem:
        raise SourceError(f"{url}：{problem}") from None
    if len(body) > FILE_BYTES_MAX:
        raise SourceError(f"{url}：太大 / too large")
    return body
