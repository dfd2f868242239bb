"""The plays of a history as they are written, also where its file is exchanged for another under the reader."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.files import file_id
from broadcaster.records.as_run import is_wanted, line_of
from broadcaster.records.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from broadcaster.records.as_run import AsRun, Filter
    from broadcaster.records.ledger import Ledger, Row


class PlayTail:
    """Follows the `played` rows of a history from some row on.

    `open_again` opens the file that lies in its place now, and `tell` is called when that is another one: deleted and
    made anew by the desk, or restored from a backup. Then what the old file had is not told again.
    """

    def __init__(
        self, ledger: Ledger, after_seq: int, open_again: Callable[[], Ledger], tell: Callable[[], None]
    ) -> None:
        self._ledger, self._after_seq = ledger, after_seq
        self._open_again, self._tell = open_again, tell
        self._file = file_id(ledger.path)
        self._version: int | None = None
        self._known: frozenset[str | None] = frozenset()  # occurrences that an earlier file had

    def follow(self, wanted: Filter, wait: Callable[[], bool]) -> Iterator[AsRun]:
        """Yield the matching plays as they are written, whatever their planned start.

        Looks when `wait` returns True and ends when it returns False; a look at an unchanged ledger takes microseconds.
        """
        with ExitStack() as stack:
            while True:
                if file_id(self._ledger.path) not in (None, self._file):
                    self._go_on_in_new_file(stack)
                for row in self._new_rows():
                    line = line_of(row)
                    if row.occurrence not in self._known and is_wanted(line.play, wanted):
                        yield line
                if not wait():
                    return

    def _new_rows(self) -> Iterator[Row]:
        version = self._ledger.data_version()
        if version == self._version:
            return
        self._version = version
        for row in self._ledger.rows([Kind.PLAYED], after_seq=self._after_seq):
            self._after_seq = row.seq
            yield row

    def _go_on_in_new_file(self, stack: ExitStack) -> None:
        """Take the file that lies there now; one that is not ready yet is tried again at the next look."""
        file = file_id(self._ledger.path)
        try:
            ledger = stack.enter_context(self._open_again())
        except RecordError:
            return
        self._known |= self._told_before()
        self._ledger, self._file, self._version, self._after_seq = ledger, file, None, 0
        self._tell()

    def _told_before(self) -> frozenset[str | None]:
        """Return the occurrences of the old file, which is still open; what cannot be read any more is told again."""
        try:
            rows = self._ledger.rows([Kind.PLAYED])
            return frozenset(row.occurrence for row in rows if row.seq <= self._after_seq)
        except RecordError:
            return frozenset()
