"""The search index: FTS5 on SQLite, tsvector on PostgreSQL, over the same tokens.

PostgreSQL finds all that matches before it sorts; so the newest of the office are looked at
first, by their own index, and the whole index only where too few of these match. Its plans are
made for the values at hand: a plan for any value was three hundred times as slow
(PERFORMANCE.md 3.1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from casework.domain.searching import Asked, Phrase, code
from casework.storage.log_tables import log_leaf
from casework.storage.report_tables import event
from casework.storage.rows import InsertRows, Repository
from casework.storage.search_tables import search_entry, search_place, search_progress

FORM: Final = 1  # of the tokens: another number has every case indexed anew
NEWEST: Final = 1 << 62
WALKED: Final = 4_000  # newest cases of an office that PostgreSQL looks at first
PAGE: Final = 20

_e, _p, _s = search_entry.c, search_place.c, search_progress.c
_l = log_leaf.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_NUMBER: sa.BindParameter[Any] = sa.bindparam("of_number")
_WORDS = sa.select(_e.words).where(_e.number == _NUMBER)
_OFFICES = sa.select(_p.office).where(_p.site == _SITE, _p.number == _NUMBER)
_ADD = sa.insert(search_entry)
_CHANGE = sa.update(search_entry).where(_e.number == _NUMBER).values(words=sa.bindparam("words"))
_PLACE = InsertRows(search_place)
_UNPLACE = sa.delete(search_place).where(_p.site == _SITE, _p.number == _NUMBER)
_ENTER = sa.text("INSERT INTO search_text (rowid, words) VALUES (:number, :words)")
_LEAVE = sa.text(
    "INSERT INTO search_text (search_text, rowid, words) VALUES ('delete', :number, :words)"
)
_PROGRESS = sa.select(_s.form, _s.position).where(_s.site == _SITE)
_BEGIN = sa.insert(search_progress)
_GO_ON = (
    sa.update(search_progress)
    .where(_s.site == _SITE)
    .values(form=sa.bindparam("new_form"), position=sa.bindparam("new_position"))
)
_LEAVES = (
    sa.select(_l.position, event.c.report_id)
    .select_from(sa.outerjoin(log_leaf, event, event.c.id == _l.event))
    .where(_l.site == _SITE, _l.position >= sa.bindparam("first"))
    .order_by(_l.position)
    .limit(sa.bindparam("limit"))
)
_IN_SQLITE = sa.text(
    "SELECT p.number, p.report_id FROM search_text CROSS JOIN search_place p"
    " ON p.site = :site AND p.office = :office AND p.number = search_text.rowid"
    " WHERE search_text MATCH :asked"
    " AND search_text.rowid < :before AND search_text.rowid >= :since"
    " ORDER BY search_text.rowid DESC LIMIT :limit"
)
# Until the end of the transaction. The planner takes a phrase for rarer, and a rare word for more
# frequent than it is: each of the two statements leaves it one way.
_PLAN = sa.text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('enable_seqscan', 'off', true)"
)
_AMONG_THE_NEWEST = sa.text(
    "SELECT w.number, w.report_id FROM ("
    "SELECT p.number, p.report_id FROM search_place p WHERE p.site = :site"
    " AND p.office = :office AND p.number < :before AND p.number >= :since"
    " ORDER BY p.number DESC LIMIT :walked) w"
    " WHERE (SELECT e.words FROM search_entry e WHERE e.number = w.number)"
    " @@ CAST(:asked AS tsquery) ORDER BY w.number DESC LIMIT :limit"
)
# The newest are cut off before they are joined to anything: it would go through all places.
_AMONG_ALL = sa.text(
    "WITH found AS MATERIALIZED ("
    "SELECT e.number, e.report_id FROM search_entry e WHERE e.words @@ CAST(:asked AS tsquery)),"
    " newest AS MATERIALIZED ("
    "SELECT number, report_id FROM found WHERE number < :before AND number >= :since"
    " ORDER BY number DESC LIMIT :limit)"
    " SELECT n.number, n.report_id FROM newest n WHERE EXISTS (SELECT FROM search_place p"
    " WHERE p.site = :site AND p.office = :office AND p.number = n.number)"
    " ORDER BY n.number DESC"
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index has followed the audit tree."""

    form: int
    position: int


class SearchIndex(Repository):
    """What of a site's cases may be searched, by office."""

    def put(
        self, number: int, report_id: str, offices: Iterable[str], tokens: Sequence[str]
    ) -> None:
        """Store what a case is found under, in the place of what it was found under before.

        Args:
            number: place of the case, `domain.searching.number_of`.
            report_id: id.
            offices: that may find it; none takes it out.
            tokens: see `domain.searching.tokens_of`.
        """
        of = {"of_site": self._site, "of_number": number}
        words = self._written(tokens)
        stored = self._connection.execute(_WORDS, of).scalar()
        if self._is_sqlite and stored is not None:
            self._connection.execute(_LEAVE, {"number": number, "words": stored})
        if stored is None:
            row = {"number": number, "site": self._site, "report_id": report_id, "words": words}
            self._connection.execute(_ADD, row)
        else:
            self._connection.execute(_CHANGE, {**of, "words": words})
        if self._is_sqlite:
            self._connection.execute(_ENTER, {"number": number, "words": words})
        wanted = sorted(offices)
        if sorted(self._connection.execute(_OFFICES, of).scalars()) != wanted:
            self._connection.execute(_UNPLACE, of)
            named = {"site": self._site, "number": number, "report_id": report_id}
            _PLACE(self._connection, [{**named, "office": one} for one in wanted])

    def find(
        self,
        office: str,
        asked: Asked,
        *,
        since: int = 0,
        before: int = NEWEST,
        limit: int = PAGE,
    ) -> tuple[tuple[int, str], ...]:
        """Return places and ids of an office's cases that have all that is asked, newest first.

        Args:
            office: whose cases; no other's are looked at.
            asked: phrases and codes.
            since: lowest place.
            before: the place before which the page begins.
            limit: cases at most.
        """
        values = {
            "site": self._site,
            "office": office,
            "asked": self._question(office, asked),
            "since": since,
            "before": before,
            "limit": limit,
        }
        if self._is_sqlite:
            return self._found(_IN_SQLITE, values)
        self._connection.execute(_PLAN)
        found = self._found(_AMONG_THE_NEWEST, {**values, "walked": WALKED})
        return found if len(found) == limit else self._found(_AMONG_ALL, values)

    def progress(self) -> Progress:
        """Return how far the index is; at the beginning where its tokens have another form."""
        row = self._connection.execute(_PROGRESS, {"of_site": self._site}).first()
        if row is None or row.form != FORM:
            return Progress(FORM, 0)
        return Progress(row.form, row.position)

    def go_on(self, position: int) -> None:
        """Note that the index has followed up to before a leaf."""
        of = {"of_site": self._site}
        if self._connection.execute(_PROGRESS, of).first() is None:
            row = {"site": self._site, "form": FORM, "position": position}
            self._connection.execute(_BEGIN, row)
        else:
            values = {**of, "new_form": FORM, "new_position": position}
            self._connection.execute(_GO_ON, values)

    def leaves(self, first: int, limit: int) -> tuple[tuple[int, str], ...]:
        """Return places in the audit tree with the report that each event is of; "" for none."""
        values = {"of_site": self._site, "first": first, "limit": limit}
        found = self._connection.execute(_LEAVES, values)
        return tuple((row.position, row.report_id or "") for row in found)

    @property
    def _is_sqlite(self) -> bool:
        return self._connection.dialect.name == "sqlite"

    def _found(
        self, statement: sa.TextClause, values: dict[str, object]
    ) -> tuple[tuple[int, str], ...]:
        return tuple((row[0], row[1]) for row in self._connection.execute(statement, values))

    def _written(self, tokens: Sequence[str]) -> str:
        if self._is_sqlite:
            return " ".join(tokens)
        # A literal of our own: the parser of PostgreSQL cuts numbers and marks in its own way.
        return " ".join(f"'{one}':{at}" for at, one in enumerate(tokens, start=1))

    def _question(self, office: str, asked: Asked) -> str:
        written = _in_fts5 if self._is_sqlite else _in_tsquery
        both = " AND " if self._is_sqlite else " & "
        either = " OR " if self._is_sqlite else " | "
        quoted = '"{}"' if self._is_sqlite else "'{}'"
        codes = [code("office", office), *asked.codes]
        parts = [
            either.join([written(phrase), *(quoted.format(one) for one in called)])
            for phrase, called in asked.parts
        ]
        return both.join([*(quoted.format(one) for one in codes), *(f"({one})" for one in parts)])


def _in_fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.tokens)}"{" *" if phrase.open_end else ""}'


def _in_tsquery(phrase: Phrase) -> str:
    tokens = [f"'{one}'" for one in phrase.tokens]
    if phrase.open_end:
        tokens[-1] += ":*"
    return f"({' <-> '.join(tokens)})"
