"""The log of a running desk: files that never outgrow the disk, for a month that nobody watches."""

from __future__ import annotations

import logging
import logging.handlers
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from broadcaster.files import make_folder
from broadcaster.office.log_lines import LineFormatter
from broadcaster.office.wording_conditions import condition_line
from broadcaster.station.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "broadcaster.log"
BYTES = 1_000_000
FILES = 5


class _KeptLog(logging.handlers.RotatingFileHandler):
    """The log's files. A line that cannot be written is left out of them: the other handlers have it."""

    def handleError(self, _record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name for it
        """Let the desk go on; the next line is tried again."""


@contextmanager
def log_to_files(folder: Path, *others: logging.Handler) -> Iterator[None]:
    """For a `with`, log to `broadcaster.log` in a folder, which is made, and to these handlers; raises nothing."""
    with suppress(OSError):  # the first line tries again
        make_folder(folder)
    path = folder / FILE
    kept = _KeptLog(path, maxBytes=BYTES, backupCount=FILES, encoding="utf-8", delay=True)
    words = ConditionWords()
    formatter = LineFormatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
    logger = logging.getLogger("broadcaster")
    logger.setLevel(logging.INFO)
    for handler in (kept, *others):
        handler.setFormatter(formatter)
        handler.addFilter(words)
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in (kept, *others):
            logger.removeHandler(handler)
            handler.close()


class ConditionWords(logging.Filter):
    """Lets the log say a condition, which the desk hands over as a value, as the other front ends do."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the words of conditions in their place among the arguments of a message; keep every record."""
        if isinstance(record.args, tuple):
            record.args = tuple(condition_line(arg) if isinstance(arg, Condition) else arg for arg in record.args)
        return True
