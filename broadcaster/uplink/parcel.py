"""What is sent of one checkpoint: its text, the public key, and the answer of a timestamp authority."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.uplink.send_error import SendError, SendFailureKind

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from broadcaster.records.copies import KeptCheckpoint
    from broadcaster.settings import Settings

PATIENCE = 30.0
"""Seconds that a server may take to connect or to answer."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One checkpoint on its way: `now` with its zone; `root` is the station's folder."""

    kept: KeptCheckpoint
    settings: Settings
    root: Path
    now: datetime
    patience: float = PATIENCE

    @property
    def name(self) -> str:
        """What its files are called away from the station, where those of others may lie too."""
        station = self.kept.key.partition("+")[0].rpartition("/")[2]
        return f"{station}-{self.kept.path.stem}"

    @property
    def files(self) -> dict[str, bytes]:
        """The files of it, by their names."""
        found = {f"{self.name}.txt": self.kept.note.encode(), f"{self.name}.pub": f"{self.kept.key}\n".encode()}
        if self.timestamp is not None:
            found[f"{self.name}.tsr"] = self.timestamp
        return found

    @property
    def timestamp(self) -> bytes | None:
        """What the timestamp authority answered about it; None where nothing did yet."""
        path = self.kept.timestamp_path
        return path.read_bytes() if path.exists() else None

    @property
    def certificates(self) -> Path | None:
        """The file of the authorities to trust besides those of the system; None where none is named."""
        named = self.settings.copies.certificates
        return self.root / named if named else None

    def tls(self) -> ssl.SSLContext:
        """Return what checks a server's certificate; raise SendError where the file of authorities cannot be read."""
        context = ssl.create_default_context()
        if self.certificates is not None:
            try:
                context.load_verify_locations(self.certificates)
            except (OSError, ssl.SSLError) as error:
                raise SendError(SendFailureKind.OTHER, f"{self.certificates}: {error}") from error
        return context
