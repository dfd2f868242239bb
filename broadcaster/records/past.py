"""The play history, read where there is one: a station that has never played has none yet."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from broadcaster.records.damage import is_blank
from broadcaster.records.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def read_past(path: Path) -> Iterator[Ledger | None]:
    """Open the ledger at `path` to read only, for a `with`; None where nothing was ever recorded."""
    if is_blank(path):
        yield None
        return
    with Ledger.open(path, read_only=True) as ledger:
        yield ledger
