"""Sends the newest checkpoint to every place that it has not gone to yet, and enters where it went.

A row says what was sent, so nothing is sent twice or forgotten when `state/` is deleted; only what was tried in vain
is kept there. Sent, then entered: after a power cut between the two it is sent once more, with the same id.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from broadcaster.files import replace_file
from broadcaster.records.copies import CopyTarget, TargetKind, newest_checkpoint, sent_entry, waiting
from broadcaster.uplink.parcel import PATIENCE, Parcel
from broadcaster.uplink.send_error import SendError, SendFailureKind
from broadcaster.uplink.to_folder import put
from broadcaster.uplink.to_mailbox import mail
from broadcaster.uplink.to_timestamp import stamp
from broadcaster.uplink.to_webhook import call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from broadcaster.station.folder import Station

FILE = "copies.json"

_WAYS: Mapping[TargetKind, Callable[[Parcel, CopyTarget], None]] = {
    TargetKind.TIMESTAMP: stamp,
    TargetKind.FOLDER: put,
    TargetKind.MAIL: mail,
    TargetKind.WEBHOOK: call,
}


@dataclass(frozen=True, slots=True)
class SendTrouble:
    """Why a checkpoint could not go to a place, the last time; `since` when it could not, with its zone."""

    target: CopyTarget
    kind: SendFailureKind
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a checkpoint went, and where it could not go."""

    done: tuple[CopyTarget, ...]
    failed: tuple[SendTrouble, ...]


def send_waiting(station: Station, actor: str, patience: float = PATIENCE) -> Sent:
    """Send the newest checkpoint where it has not gone yet, and enter it; what fails is left for the next time.

    `patience` is how many seconds a server may take. Raises RecordError where the history cannot be written.
    """
    newest = newest_checkpoint(station.root, station.now())
    done: list[CopyTarget] = []
    failed: list[SendTrouble] = []
    if newest is None:
        return Sent((), ())
    with station.ledger() as ledger:
        for target in waiting(ledger, newest, station.settings.copies):
            try:
                _WAYS[target.kind](Parcel(newest, station.settings, station.root, station.now(), patience), target)
            except SendError as error:
                failed.append(SendTrouble(target, error.kind, error.detail, station.now()))
            else:
                ledger.append([sent_entry(newest, target, actor, station.now())])
                done.append(target)
    return Sent(tuple(done), _remember(station.state_folder / FILE, failed))


def _remember(path: Path, failed: list[SendTrouble]) -> tuple[SendTrouble, ...]:
    """Keep what failed, and since when; a disk that is full costs no more than this memory."""
    known = {trouble.target: trouble.since for trouble in read_troubles(path.parent)}
    troubles = tuple(
        SendTrouble(t.target, t.kind, t.detail, min(t.since, known.get(t.target, t.since))) for t in failed
    )
    with suppress(OSError):
        replace_file(path, json.dumps([_to_json(trouble) for trouble in troubles], ensure_ascii=False).encode())
    return troubles


def read_troubles(state: Path) -> tuple[SendTrouble, ...]:
    """Return what could not be sent the last time; nothing where that is not known."""
    try:
        return tuple(_from_json(each) for each in json.loads((state / FILE).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _to_json(trouble: SendTrouble) -> dict[str, str]:
    target = {"target": str(trouble.target.kind), "to": trouble.target.to}
    return {**target, "kind": str(trouble.kind), "detail": trouble.detail, "since": trouble.since.isoformat()}


def _from_json(each: Mapping[str, Any]) -> SendTrouble:
    target = CopyTarget(TargetKind(each["target"]), each["to"])
    return SendTrouble(target, SendFailureKind(each["kind"]), each["detail"], datetime.fromisoformat(each["since"]))
