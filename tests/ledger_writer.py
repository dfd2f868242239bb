"""A writer that is meant to be killed: `python ledger_writer.py LEDGER`. Tells the number of every row written."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger


def main(path: Path) -> None:
    with Ledger.open(path, checkpoints=True) as ledger:
        while True:
            (row,) = ledger.append([Entry(Kind.ORDER, "kẻ ghi", datetime.now(UTC), None, {"order": "stop"})])
            os.write(1, f"{row.seq}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
