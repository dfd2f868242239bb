"""Which checkpoint is to leave the computer, and where it has not gone yet: the play history remembers what was sent.

Only the newest checkpoint is sent: it proves all that the ones before it do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster.errors import InputError
from broadcaster.records import checkpoint, keys
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Head

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from broadcaster.copies_settings import CopiesSettings
    from broadcaster.records.ledger import Ledger

_CLOCK_SLACK = timedelta(minutes=5)
"""A checkpoint that is dated so far ahead was taken by a clock that was wrong."""


class TargetKind(StrEnum):
    """What a checkpoint goes to."""

    TIMESTAMP = "timestamp"  # first: what it answers goes with the others
    FOLDER = "folder"
    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class CopyTarget:
    """One place that a checkpoint goes to: a folder, an address, a server. What is secret in an address is left out."""

    kind: TargetKind
    to: str


def targets(settings: CopiesSettings) -> tuple[CopyTarget, ...]:
    """Return the places that the settings name, in the order in which they are sent to."""
    found = []
    if settings.timestamp:
        found.append(CopyTarget(TargetKind.TIMESTAMP, _server_of(settings.timestamp)))
    if settings.folder:
        found.append(CopyTarget(TargetKind.FOLDER, settings.folder))
    found += [CopyTarget(TargetKind.MAIL, address) for address in settings.mail_to]
    if settings.webhook:
        found.append(CopyTarget(TargetKind.WEBHOOK, _server_of(settings.webhook)))
    return tuple(found)


def _server_of(url: str) -> str:
    """Return an address without its path, which may hold a token."""
    scheme, _separator, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint in the station's folder, signed with its key: its text, and when it was taken."""

    path: Path
    note: str
    head: Head
    at: datetime
    key: str  # the public key, as its line

    @property
    def short(self) -> str:
        """The form to type from paper."""
        return checkpoint.Checkpoint("", self.head, None).short

    @property
    def timestamp_path(self) -> Path:
        """Where the answer of a timestamp authority about it lies, if there is one."""
        return self.path.with_suffix(".tsr")


def newest_checkpoint(root: Path, now: datetime) -> KeptCheckpoint | None:
    """Return the newest checkpoint of the station in `root`; None where there is none. A stranger's does not count."""
    found = (kept for kept in _kept(root) if kept.at <= now + _CLOCK_SLACK)
    return max(found, key=lambda kept: kept.at, default=None)


def _kept(root: Path) -> Iterator[KeptCheckpoint]:
    key = keys.public_key(root / keys.FOLDER)
    for path in (root / checkpoint.FOLDER).glob("*.txt") if key else ():
        try:
            note = path.read_text("utf-8")
            given = checkpoint.read(note, key, path)
        except (OSError, UnicodeDecodeError, InputError):
            continue
        if key and given.signature is checkpoint.Signature.GOOD and given.checkpoint.at is not None:
            yield KeptCheckpoint(path, note, given.checkpoint.head, given.checkpoint.at, key.text)


def is_due(newest: KeptCheckpoint | None, every: timedelta, now: datetime) -> bool:
    """Whether it is time for another checkpoint."""
    return newest is None or now - newest.at >= every


def waiting(ledger: Ledger, newest: KeptCheckpoint | None, settings: CopiesSettings) -> tuple[CopyTarget, ...]:
    """Return the places that the newest checkpoint has not gone to, as far as the history knows."""
    if newest is None:
        return ()
    bodies = (row.body for row in ledger.rows([Kind.COPY_SENT]))
    sent = {(body.get("target"), body.get("to")) for body in bodies if _is_of(body, newest)}
    return tuple(target for target in targets(settings) if (str(target.kind), target.to) not in sent)


def _is_of(body: Any, kept: KeptCheckpoint) -> bool:  # noqa: ANN401 - a row's body, as JSON holds it
    return (body.get("rows"), body.get("head")) == (kept.head.seq, kept.head.hash)


def sent_entry(kept: KeptCheckpoint, target: CopyTarget, actor: str, at: datetime) -> Entry:
    """Return the row that says where a checkpoint has gone."""
    body = {"target": str(target.kind), "to": target.to, "rows": kept.head.seq, "head": kept.head.hash}
    return Entry(Kind.COPY_SENT, actor, at, None, body)
