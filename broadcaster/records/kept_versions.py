"""The versions of campaigns and scripts in an export, held against their names and against the rows that name them.

Each lies in `schedules/.history/` or `scripts/.history/` under the SHA-256 of its content, which rows of the play
history name: so a text that was altered shows, whoever made the sums of the export anew.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from broadcaster.versions import HISTORY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_VERSION = re.compile(rf"(?:schedules|scripts)/{re.escape(HISTORY)}/[^/]+/([0-9a-f]{{64}})\.(?:toml|md)").fullmatch
_SCRIPTS = "SELECT script, before, after FROM script_changes"
_CAMPAIGNS = """SELECT json_extract(value, '$.file'), json_extract(value, '$.before'), json_extract(value, '$.after')
FROM ledger, json_each(body, '$.files') WHERE kind = 'schedule_changed'"""


def digest_in(name: str) -> str | None:
    """Return the SHA-256 that a version in an export has to have, by its name; None for another file."""
    found = _VERSION(name)
    return found[1] if found else None


def named_versions(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the name in an export of each version that rows name; a database of an older version names no scripts."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'script_changes'").fetchone():
        for script, *digests in connection.execute(_SCRIPTS):
            yield from (f"scripts/{HISTORY}/{script}/{digest}.md" for digest in digests if digest)
    for file, *digests in connection.execute(_CAMPAIGNS):
        campaign = PurePosixPath(str(file)).stem
        yield from (f"schedules/{HISTORY}/{campaign}/{digest}.toml" for digest in digests if digest)
