"""The log of a running desk: files that never outgrow the disk, for a month that nobody watches."""

from __future__ import annotations

import logging
import logging.handlers
from typing import TYPE_CHECKING

from broadcaster.files import make_folder
from broadcaster.office.log_lines import LineFormatter

if TYPE_CHECKING:
    from pathlib import Path

FILE = "broadcaster.log"
BYTES = 1_000_000
FILES = 5


def log_to_files(folder: Path, *others: logging.Handler) -> None:
    """Log to `broadcaster.log` in a folder, which is made, and to these other handlers."""
    make_folder(folder)
    kept = logging.handlers.RotatingFileHandler(folder / FILE, maxBytes=BYTES, backupCount=FILES, encoding="utf-8")
    formatter = LineFormatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
    logger = logging.getLogger("broadcaster")
    logger.setLevel(logging.INFO)
    for handler in (kept, *others):
        handler.setFormatter(formatter)
        logger.addHandler(handler)
