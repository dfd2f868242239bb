"""A May's report for tests: its file, its figures and its checkpoint; and a table of a Word document."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from histories import live, month_window
from stations import ZONE

from broadcaster.records.checkpoint import sign
from broadcaster.records.ledger import Ledger
from broadcaster.records.monthly.digest import sign_figures
from broadcaster.records.monthly.figures import Heading, figures
from broadcaster.records.monthly.seal import Seal
from broadcaster.records.reconcile import reconcile_window
from broadcaster.records.signed_note import Verifier

NOW = datetime(2027, 6, 2, 8, tzinfo=ZONE)


class Made:
    """A month's report, its figures and its file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "broadcaster.db"
        live(self.path)
        with Ledger.open(self.path, read_only=True) as ledger:
            found = reconcile_window(ledger, *month_window(2027, 5, ZONE), NOW)
            head = ledger.head()
        self.figures = figures(found, Heading("Xã Tân Phú & <b>", date(2027, 5, 1), date(2027, 5, 31), ZONE, NOW))
        self.taken = sign(folder, "Xã Tân Phú", head, NOW, figures=sign_figures(self.figures))
        self.key: Verifier = self.taken.key
        self.seal = Seal.of(self.taken)


def word_table(word: Any, first: str) -> list[list[str]]:
    return next(
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in word.tables
        if table.rows[0].cells[0].text == first
    )
