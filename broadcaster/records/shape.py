"""The shape of a database file: every object in it, held against those that this program makes.

All four columns of an object count, not its name alone: a trigger may bear the name of a view, and a table that of one
of SQLite's own functions, whose place it takes in every query.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MIGRATIONS_TABLE = "_sqlite_migrations"
"""Where sqlite-utils keeps which migrations were applied; it makes this table and its index by itself."""

_MIGRATIONS = (
    f"CREATE TABLE {MIGRATIONS_TABLE} (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)",
    f"CREATE UNIQUE INDEX idx_{MIGRATIONS_TABLE}_migration_set_name ON {MIGRATIONS_TABLE} (migration_set, name)",
)
_ENCODING = "UTF-8"
_BLANKS_AND_QUOTES = re.compile(r'[\s"\[\]`]')


class Stored(NamedTuple):
    """An object as `sqlite_master` has it: `type` is table, index, trigger or view."""

    type: str
    name: str
    table: str
    sql: str | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """An object that is not as this program makes it. `too_many`: it does not belong there at all."""

    type: str
    name: str
    too_many: bool


def compare(connection: sqlite3.Connection, statements: tuple[str, ...]) -> list[Deviation]:
    """Return where a file differs from one that `statements` and sqlite-utils made: missing, changed, too many."""
    there, shipped = Counter(map(_plain, stored(connection))), Counter(map(_plain, made_by(statements)))
    names = {each.name for each in shipped - there}
    found = [Deviation(each.type, each.name, too_many=False) for each in shipped - there]
    found += [Deviation(*each[:2], too_many=True) for each in (there - shipped).elements() if each.name not in names]
    return found + [Deviation("file", name, too_many=False) for name in _inside(connection)]


def is_table(connection: sqlite3.Connection, name: str) -> bool:
    """Whether a file has a table of that name, and not a view or nothing."""
    query = "SELECT 1 FROM sqlite_master WHERE name = ? AND type = 'table'"
    return connection.execute(query, (name,)).fetchone() is not None


def stored(connection: sqlite3.Connection) -> list[Stored]:
    """Return every object in a file, whatever it is."""
    return [Stored(*row) for row in connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")]


@cache
def made_by(statements: tuple[str, ...]) -> tuple[Stored, ...]:
    """Return the objects that `statements` make, and those that sqlite-utils adds."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in (*_MIGRATIONS, *statements):
            connection.execute(statement)
        return tuple(stored(connection))


def _plain(each: Stored) -> Stored:
    """Return an object of sqlite-utils without blanks and quotes, which differ among its versions; ours as they are."""
    if each.table != MIGRATIONS_TABLE or not isinstance(each.sql, str):
        return each
    return each._replace(sql=_BLANKS_AND_QUOTES.sub("", each.sql))


def _inside(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what else makes SQL read a file in another way than its objects say: shared pages, another encoding."""
    pages: Counter[object] = Counter()
    for type_, name, page in connection.execute("SELECT type, name, rootpage FROM sqlite_master"):
        has_pages = type_ in ("table", "index")
        pages[page] += has_pages
        if has_pages != (isinstance(page, int) and page > 1) or pages[page] > 1:
            yield str(name)
    (encoding,) = connection.execute("PRAGMA encoding").fetchone()
    if encoding != _ENCODING:
        yield f"encoding {encoding}"
