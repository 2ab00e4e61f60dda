"""Somebody who owns database, blob store and folders, and what is found of what they did.

    with Owner(rich) as owner:
        judge = Judge(rich, owner)
        verdict = judge.of(Tampering("flip", "mailbox.locator", ("mailbox",), do, ids))

A tampering is done, judged, and taken back.
"""

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from casework.config import Secrets, SettingError
from casework.domain.errors import CaseworkError
from casework.services.trust import Trust
from casework.services.trust_keeper import TrustKeeper
from casework.storage.schema import metadata
from casework.verify import Problem, verify
from log_keeper import outside_of
from readings import Places, read_all
from rich_instance import Rich, Row, Rows, rows_of

TABLES = metadata.tables
# With these, reports of each kind are read, for keys and people are everybody's.
OF_ALL = frozenset({"account", "certificate", "key_set", "member_wrap"})
UNREPORTED = frozenset({"account", "session", "retry_box", "upload"})


@dataclass(frozen=True, slots=True)
class Tampering:
    """One thing done to one place.

    Attributes:
        attack: forge, change, flip, swap, replay, truncate, extend, delete.
        place: table and column, or file.
        tables: those that it touches.
        do: does it.
        names: ids of which a finding has to carry one.
        files: that it touches.
    """

    attack: str
    place: str
    tables: tuple[str, ...]
    do: Callable[["Owner"], None]
    names: frozenset[str]
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a tampering: "named", "refused", "unnamed" or "plaintext"."""

    what: str
    why: str = ""


class Owner:
    """Whoever owns the database: no foreign key and no check holds them."""

    def __init__(self, rich: Rich) -> None:
        """Remember every row as it stands."""
        self.rich = rich
        self.rows: Rows = rows_of(rich.world)
        self._engine = sa.create_engine(rich.world.store.engines()[0].url)

    def __enter__(self) -> Self:
        """Take the constraints away."""
        self.connection = self._engine.connect()
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(sa.text("SET session_replication_role = replica"))
            for table in TABLES.values():
                for one in table.constraints:
                    if isinstance(one, sa.CheckConstraint) and one.name:
                        self.run(f"ALTER TABLE {table.name} DROP CONSTRAINT {one.name}")
        else:
            self.connection.execute(sa.text("PRAGMA foreign_keys = OFF"))
            self.connection.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
        self.connection.commit()
        return self

    def __exit__(self, *_: object) -> None:
        """Go."""
        self.connection.close()
        self._engine.dispose()

    def run(self, sentence: str, **values: object) -> None:
        """Execute a statement."""
        self.connection.execute(sa.text(sentence), values)

    def put(self, table: str, row: Row, **changed: object) -> None:
        """Put a row into a table, in the place of one with its key."""
        values = {**row, **changed}
        self.drop(table, values)
        self.connection.execute(sa.insert(TABLES[table]).values(values))

    def drop(self, table: str, row: Row) -> None:
        """Take a row out."""
        self.connection.execute(sa.delete(TABLES[table]).where(*_is(table, row)))

    def change(self, table: str, row: Row, **changed: object) -> None:
        """Change columns of a row."""
        target = TABLES[table]
        self.connection.execute(sa.update(target).where(*_is(table, row)).values(changed))

    def set_back(self, rows: Rows, *tables: str) -> None:
        """Put whole tables back to what they were."""
        for name in tables:
            self.connection.execute(sa.delete(TABLES[name]))
            if rows[name]:
                self.connection.execute(sa.insert(TABLES[name]), rows[name])

    @contextmanager
    def tampered(self, one: Tampering) -> Iterator[None]:
        """Do it, and take it back at the end."""
        kept = {path: path.read_bytes() if path.exists() else None for path in one.files}
        modes = {path: path.stat().st_mode for path in one.files if path.exists()}
        try:
            try:
                one.do(self)
                self.connection.commit()
            except BaseException:
                self.connection.rollback()
                raise
            yield
        finally:
            for path, body in kept.items():
                if body is None:
                    path.unlink(missing_ok=True)
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(body)
                    path.chmod(modes[path])
            if one.tables:
                self.set_back(self.rows, *one.tables)
                self.connection.commit()


def _is(table: str, row: Row) -> list[sa.ColumnElement[bool]]:
    target = TABLES[table]
    return [target.c[key.name] == row[key.name] for key in target.primary_key]


@dataclass
class Judge:
    """Tells what becomes of tamperings."""

    rich: Rich
    owner: Owner
    sound: Places = field(init=False)

    def __post_init__(self) -> None:
        """Read all there is to read while nothing is tampered with."""
        self.sound = read_all(self.rich, self._trust(), self.rich.filed, UNREPORTED)
        assert self.problems() == []

    def problems(self) -> list[Problem]:
        """What verification names, with the chain read anew."""
        world = self.rich.world
        found = verify(world.store, world.blobs, self._trust(), outside_of(world))
        return [one for one in found if isinstance(one, Problem)]

    def of(self, one: Tampering) -> Verdict:
        """Judge one tampering."""
        try:
            with self.owner.tampered(one):
                return self._of(one)
        except (sa.exc.IntegrityError, sa.exc.DataError):
            return Verdict("refused", "by the database itself")

    def _of(self, one: Tampering) -> Verdict:
        try:
            trust = self._trust()
            found = self.problems()
        except (CaseworkError, SettingError) as refusal:
            return Verdict("refused", type(refusal).__name__)
        except Exception as crash:  # verification must go on, whatever it meets
            where = traceback.extract_tb(crash.__traceback__)[-1]
            return Verdict("crash", f"{crash!r} {where.filename}:{where.lineno}")
        names = self._reports(one)
        opened = read_all(self.rich, trust, names, frozenset(one.tables))
        wrong = {place for place, text in opened.items() if self.sound.get(place) != text}
        if wrong:
            return Verdict("plaintext", str(sorted(wrong)[0]))
        hits = [problem for problem in found if _concerns(problem, one)]
        if hits:
            return Verdict("named", f"{hits[0].kind}: {hits[0].problem}")
        ids = {self.rich.report(name) for name in names}
        due = {place for place in self.sound if place[0] in ids}
        if not UNREPORTED.isdisjoint(one.tables):
            due |= {p for p in self.sound if p[0] in one.tables or (p[0],) == ("retry",)}
        lost = due - opened.keys()
        if lost:
            return Verdict("refused", str(sorted(lost)[0][1:]))
        return Verdict("unnamed", "; ".join(map(str, found[:3])))

    def _trust(self) -> Trust:
        world = self.rich.world
        keeper = TrustKeeper(world.store, Secrets(world.settings.secrets / "console"))
        return keeper.trust(fresh=True)

    def _reports(self, one: Tampering) -> Sequence[str]:
        """The reports that it can concern; those named, or some of each kind."""
        if not OF_ALL.isdisjoint(one.tables):
            return ("paid", "pending", "recoded")
        return tuple(name for name, filed in self.rich.filed.items() if filed.report in one.names)


def _concerns(problem: Problem, one: Tampering) -> bool:
    if problem.id in one.names or f"kind:{problem.kind}" in one.names:
        return True
    return any(name.endswith("*") and problem.id.startswith(name[:-1]) for name in one.names)


def names_of(table: str, *rows: Row) -> frozenset[str]:
    """The ids under which findings may speak of rows; those ending in * stand for any end."""
    found: set[str] = set()
    for row in rows:
        for value in row.values():
            if isinstance(value, bytes):
                found.add(value.hex())
            elif isinstance(value, str) and value:
                found.add(value)
        found |= _composed(table, row)
    # The site is everybody's.
    return frozenset(found - {"410329-demo"})


def _composed(table: str, row: Row) -> set[str]:  # noqa: C901
    def of(*columns: str) -> str:
        return "/".join(str(row[one]) for one in columns)

    match table:
        case "calendar_day":
            return {row["day"].isoformat()}
        case "log_leaf":
            return {"audit/*"}
        case "log_tile":
            return {of("tree", "level", "position"), of("tree", "level"), f"{row['tree']}/*"}
        case "log_checkpoint":
            # Without its head a batch's entries stand in another one.
            entries = {"kind:register"} if row["tree"] == "register" else set()
            return {of("tree", "size"), f"{row['tree']}/*", "audit-checkpoint"} | entries
        case "register_entry":
            return {"register/*", "opened/*"}
        case "key_set":
            return {str(row["number"])}
        case "member_wrap":
            return {of("owner_kind", "owner", "key_id", "account")}
        case "fund_balance" | "fund_part" | "ledger_entry":
            return {str(row["year"])}
        case "release_approval":
            return {f"{row['release']}.{row['seat']}"}
        case "release_reason":
            return {f"{row['release']}.reason.{row['seat']}"}
        case "seat_contribution":
            names = (row["item"], row["version"], row["seat"], row["giver"], row["seat_key"][:8])
            return {".".join(map(str, names))}
        case _:
            return set()


def other_value(value: Any) -> Any:
    """A value of the same type that is another one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, bytes):
        return flipped(value, 0) if value else b"x"
    if hasattr(value, "year"):
        return value.replace(year=value.year - 1)
    text = str(value)
    return ("b" if text[:1] != "b" else "c") + text[1:]


def flipped(body: bytes, at: int) -> bytes:
    """The bytes with one bit changed."""
    changed = bytearray(body)
    changed[at] ^= 1
    return bytes(changed)
