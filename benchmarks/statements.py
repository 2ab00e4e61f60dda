"""The SQL of one submission, counted inside the process; run by benchmarks.submit.

`python -m benchmarks.statements`, with the environment of an instance, drives the
public site without a server and prints JSON. The storage counts its statements
itself. Whatever goes to SQLite is also seen from below, by SQLite, so that nothing
slips past: savepoints, the limiter's own store, the rows of an insert of many rows.
"""

import json
import sqlite3
import sqlite3.dbapi2
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

SAVEPOINTS: Final = frozenset({"SAVEPOINT", "RELEASE"})
NOT_COUNTED: Final = frozenset({"", "--", "BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"})
WARM_UP: Final = 3


def verb_of(statement: str) -> str:
    """Return the first word of a statement."""
    return statement.split(None, 1)[0].upper() if statement.strip() else ""


def name_of(statement: str) -> str:
    """Return the verb and the table of a statement, as in "INSERT report"."""
    words = statement.replace('"', "").replace("(", " ").split()
    verb = verb_of(statement)
    before = {"INSERT": "INTO", "UPDATE": "UPDATE"}.get(verb, "FROM")
    upper = [word.upper() for word in words]
    if before in upper[:-1]:
        return f"{verb} {words[upper.index(before) + 1].rstrip(',')}"
    return verb


def named(statements: dict[str, int]) -> dict[str, int]:
    """Return the same counts by verb and table."""
    counts: Counter[str] = Counter()
    for text, times in statements.items():
        if verb_of(text) not in NOT_COUNTED:
            counts[name_of(text)] += times
    return dict(counts)


@dataclass(slots=True)
class Below:
    """What SQLite itself was asked to run.

    Attributes:
        limits_file: the limiter's store, counted apart.
        limiter: statements there, by verb and table.
        savepoints: SAVEPOINT and RELEASE, which group commit puts around a request.
        rows: other statements, an insert of n rows counted n times.
    """

    limits_file: str
    limiter: Counter[str] = field(default_factory=Counter)
    savepoints: int = 0
    rows: int = 0

    def watch(self) -> None:
        """See every SQLite connection that this process opens from now on, for good."""
        connect = sqlite3.connect

        def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
            opened: sqlite3.Connection = connect(*arguments, **options)
            files = [row[2] for row in opened.execute("PRAGMA database_list")]
            is_limiter = self.limits_file in files
            opened.set_trace_callback(lambda text: self.note(text, is_limiter=is_limiter))
            return opened

        sqlite3.connect = sqlite3.dbapi2.connect = watched  # type: ignore[assignment]

    def reset(self) -> None:
        """Begin at none."""
        self.limiter.clear()
        self.savepoints = self.rows = 0

    def note(self, statement: str, *, is_limiter: bool) -> None:
        """Count one."""
        verb = verb_of(statement)
        if verb.startswith("--") or verb in NOT_COUNTED:
            return
        if is_limiter:
            self.limiter[name_of(statement)] += 1
        elif verb in SAVEPOINTS:
            self.savepoints += 1
        else:
            self.rows += 1


def main() -> None:
    """Drive the site and print what it sent."""
    # Here, for the site is loaded only by who drives it.
    from benchmarks.inside import Inside

    below = Below(Inside.limits_file())
    below.watch()
    site = Inside.open()
    counted = site.count_statements()
    for _ in range(WARM_UP):
        site.post(site.get())
    counted.reset()
    below.reset()
    tokens = site.get()
    get = named(counted.texts())
    counted.reset()
    below.reset()
    site.post(tokens)
    sql = {
        "statements": named(counted.texts()),
        "savepoints": below.savepoints,
        "limiter": dict(below.limiter),
        "rows": below.rows,
        "get": get,
    }
    parameters = site.code_parameters
    costs = {"opslimit": parameters.opslimit, "memlimit": parameters.memlimit}
    json.dump({"sql": sql, **costs}, sys.stdout)


if __name__ == "__main__":
    main()
