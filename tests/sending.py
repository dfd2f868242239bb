"""A station whose checkpoints leave the computer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from broadcaster.office.audit import take_checkpoint
from broadcaster.records.copies import newest_checkpoint
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.uplink.outbox import Sent, read_troubles, send_waiting

if TYPE_CHECKING:
    from servers import Authority
    from stations import Maker

    from broadcaster.station.folder import Station
    from broadcaster.uplink.send_error import SendFailureKind


def opened(maker: Maker, authority: Authority | None = None, **copies: Any) -> Station:
    """Return the station with these settings of copies, and a checkpoint that has gone nowhere yet."""
    station = maker.open()
    trusted = {"certificates": str(authority.path)} if authority else {}
    settings = replace(station.settings, copies=replace(station.settings.copies, **trusted, **copies))
    station = replace(station, settings=settings)
    if newest_checkpoint(station.root, station.now()) is None:
        take_checkpoint(station)
    return station


def sent_rows(maker: Maker) -> list[tuple[Any, Any]]:
    with Ledger.open(maker.root / "broadcaster.db", read_only=True) as ledger:
        return [(row.body["target"], row.body["to"]) for row in ledger.rows([Kind.COPY_SENT])]


def send(station: Station, patience: float = 30.0) -> Sent:
    return send_waiting(station, "daemon", patience)


def failure(station: Station, patience: float = 30.0) -> SendFailureKind:
    """Send, which fails: nothing is entered, and it is tried again."""
    sent = send(station, patience)
    assert sent.done == ()
    (trouble,) = sent.failed
    with station.ledger(read_only=True) as ledger:
        assert ledger.last(Kind.COPY_SENT) is None
    assert read_troubles(station.state_folder) == (trouble,)
    return trouble.kind
