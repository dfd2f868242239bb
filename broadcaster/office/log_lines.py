"""Lines of the log as people read them."""

from __future__ import annotations

import logging

from broadcaster.printable import printable

_INDENT = "\n    "


class LineFormatter(logging.Formatter):
    """Writes an entry with signs for what could not be seen, its further lines set in: none looks like an entry."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry."""
        return printable(super().format(record)).replace("\n", _INDENT)
