"""A ledger of some days, to come to harm."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from ledgers import DAYS, START, day_rows, small_ledger

from broadcaster.records.head_file import HeadFiles
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.rescue import Rescue, rescue

NOW = START + timedelta(days=DAYS, hours=2)


class History:
    """A ledger of some days in a folder of its own, with what is remembered of it outside."""

    def __init__(self, folder: Path) -> None:
        self.path = small_ledger(folder / "broadcaster.db")
        self.heads = HeadFiles(folder / "broadcaster.head", folder / "state" / "head")
        with self.opened() as ledger:
            self.last = ledger.append(day_rows(DAYS)[:1])[0]

    def opened(self) -> Ledger:
        return Ledger.open(self.path, checkpoints=True, heads=self.heads)

    def rescue(self, *backups: Path) -> Rescue | None:
        return rescue(self.path, NOW, self.heads, backups)

    def rows(self) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as database:
            return database.execute("SELECT * FROM ledger ORDER BY seq").fetchall()

    def mark(self) -> dict[str, object]:
        with Ledger.open(self.path, read_only=True) as ledger:
            return dict(list(ledger.rows([Kind.LEDGER_DAMAGED]))[-1].body)


def lose_log(history: History) -> list[tuple[object, ...]]:
    """Write rows that lie in the log alone, as after a kill, and delete it; return the rows before."""
    with history.opened() as ledger:
        ledger.fold_log()
        before = history.rows()
        history.last = ledger.append(day_rows(DAYS)[1:])[-1]
        whole = history.path.read_bytes()
    history.path.write_bytes(whole)
    for part in ("-wal", "-shm"):
        history.path.with_name(history.path.name + part).unlink(missing_ok=True)
    return before
