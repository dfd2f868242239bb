"""The last row of the play history, remembered outside it: number, hash and time, in small files of one line.

A chain cannot see that its end is missing: after a lost write-ahead log, or with an older copy in its place, a history
is whole and too short. What it should reach is known here. The line is written after each append, so it is never ahead
of the history: where it is, rows were lost.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from broadcaster.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

_LENGTH = 255
"""Bytes of the line, without its end: always the same, within one sector, so that it is written whole or not at all."""

_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class KnownHead:
    """The last row that was written: its number (from 1), its hash, its time with its zone, and its kind.

    Some rows are written while the clock is not believed: the kind tells. It is "" where an earlier version wrote it.
    `until` is the latest hour of an occurrence that has its outcome, which a clock set back since leaves behind.
    """

    seq: int
    hash: str
    at: datetime
    kind: str = ""
    until: datetime | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The same as the bodies of rows hold it."""
        body = {"seq": self.seq, "hash": self.hash, "at": self.at.isoformat(), "kind": self.kind}
        return body | ({"until": self.until.isoformat()} if self.until else {})


class HeadFiles:
    """The same line in several places: who deletes or copies one of them rarely does the others."""

    def __init__(self, *paths: Path) -> None:
        self.paths = paths

    def write(self, known: KnownHead) -> None:
        """Remember the last row. A place that cannot be written is left out: the row itself stands."""
        line = json.dumps(known.body)
        for path in self.paths:
            with contextlib.suppress(OSError):
                _write(path, f"{line:{_LENGTH}}\n".encode())

    def read(self) -> KnownHead | None:
        """Return what the first readable place says; None where none does: a new history, or an older program's."""
        return next((known for path in self.paths if (known := _read(path)) is not None), None)


def _write(path: Path, line: bytes) -> None:
    """Write over the old line in place: that needs neither room on a full disk nor a wait for the disk.

    A power cut may leave the line before, which is behind the history and does no harm.
    """
    try:
        handle = os.open(path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    except OSError:  # there is none yet, or it is another user's
        replace_file(path, line)
        return
    with os.fdopen(handle, "wb", buffering=0) as file:
        file.write(line)


def _read(path: Path) -> KnownHead | None:
    try:
        told = json.loads(path.read_bytes())
        at, kind = datetime.fromisoformat(told["at"]), str(told.get("kind", ""))
        until = datetime.fromisoformat(told["until"]) if "until" in told else None
        known = KnownHead(int(told["seq"]), str(told["hash"]), at, kind, until)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_right = known.seq > 0 and _HASH.fullmatch(known.hash) and known.at.tzinfo
    return known if is_right else None
