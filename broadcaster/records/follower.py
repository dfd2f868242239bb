"""What is read out of a ledger's rows of some kinds, and kept current as rows are added."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

from broadcaster.records.past import read_past

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from broadcaster.records.kinds import Kind
    from broadcaster.records.ledger import Ledger, Row


class Follower(ABC):
    """Reads the rows of its `kinds` once each; `follow` reads the new ones and costs almost nothing."""

    kinds: ClassVar[Sequence[Kind]]

    def __init__(self) -> None:
        self._file_number = 1
        self._seen = 0

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return what the ledger at `path` says; nothing if there is no ledger yet."""
        found = cls()
        with read_past(path) as ledger:
            if ledger is not None:
                found.follow(ledger)
        return found

    def follow(self, ledger: Ledger) -> None:
        """Read the rows that were added since the last call. What was known stays known where rows are lost."""
        if ledger.file_number != self._file_number:
            self._file_number, self._seen = ledger.file_number, 0
        for row in ledger.rows(self.kinds, after_seq=self._seen):
            self._seen = row.seq
            self._take(row)

    @abstractmethod
    def _take(self, row: Row) -> None:
        """Take in one row."""
