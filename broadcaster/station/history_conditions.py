"""What is the matter with a station's play history: its file as it is now, and what its own rows say of lost ones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.records.damage import Harm, HarmKind, find_harm, is_blank
from broadcaster.records.identity import read_identity
from broadcaster.records.keys import is_key_gone
from broadcaster.records.kinds import Kind
from broadcaster.station.conditions import Condition, ConditionKind, condition
from broadcaster.station.own_history import find_foreign, own_backups

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from broadcaster.records.ledger import Entry, Row
    from broadcaster.station.folder import Station

SHOWN = timedelta(days=31)
"""How long rows that were lost stay a matter: until the month's report has been read."""

PATIENCE = timedelta(seconds=2)
_WRITABLE = 0o222


def history_conditions(station: Station, patience: timedelta = PATIENCE) -> Iterator[Condition]:
    """Yield what is the matter with the play history: first its file, then what was lost in the last month.

    The file is read for `patience` at most; what is found later than that, the desk finds.
    """
    if foreign := find_foreign(station.owner, station.ledger_path):
        who = foreign.identity
        yield condition(ConditionKind.HISTORY_FOREIGN, why=str(foreign.why), station=who.station, key=who.key)
        return
    try:
        harm = find_harm(station.ledger_path, station.heads.read(), patience, indexes=False)
        if harm is None and is_blank(station.ledger_path) and _has_backup(station):
            harm = Harm(HarmKind.GONE)
        if harm is not None:
            yield condition(ConditionKind.HISTORY_HARMED, harm=harm.kind, detail=harm.detail)
        elif _is_read_only(station.ledger_path):
            yield condition(ConditionKind.HISTORY_HARMED, harm=HarmKind.READ_ONLY, detail="")
        if not is_blank(station.ledger_path) and (harm is None or harm.kind is not HarmKind.DAMAGED):
            yield from _recent_losses(station)
            yield from _key_conditions(station)
    except RecordError as error:
        yield condition(ConditionKind.HISTORY_UNUSABLE, reason=str(error))


def _has_backup(station: Station) -> bool:
    """Whether there was a history, of which nothing else is left."""
    return next(own_backups(station.owner, station.daily_backup_folders), None) is not None


def _is_read_only(path: Path) -> bool:
    """Whether nobody may write to the file; whoever looks may well not be the one who writes."""
    return path.exists() and not path.stat().st_mode & _WRITABLE


def _recent_losses(station: Station) -> Iterator[Condition]:
    since = station.now() - SHOWN
    with station.ledger(read_only=True) as ledger:
        rows = [row for row in ledger.rows([Kind.LEDGER_DAMAGED, Kind.RESTORED]) if row.at >= since]
    for row in rows:
        if (found := loss_condition(row)) is not None:
            yield found


def _key_conditions(station: Station) -> Iterator[Condition]:
    """Yield that the key is gone, and that it was made anew in the last month."""
    since = station.now() - SHOWN
    with station.ledger(read_only=True) as ledger:
        identity = read_identity(ledger)
        rows = [row for row in ledger.rows([Kind.KEY_CHANGED]) if row.at >= since]
    if identity is not None and identity.key and is_key_gone(station.owner.keys):
        yield condition(ConditionKind.KEY_GONE, key=identity.key)
    for row in rows:
        old, new = str(row.body.get("old", "")), str(row.body.get("new", ""))
        if old:
            yield condition(ConditionKind.KEY_CHANGED, row.at, old=old, new=new)


def loss_condition(row: Row | Entry) -> Condition | None:
    """Return what a row `ledger_damaged` or `restored` reports; None for a restore that gave nothing up."""
    body = row.body
    common = {
        "file": body.get("file"),
        "source": body.get("source"),
        "lost": body.get("lost"),
        "rows": body.get("rows"),
    }
    if row.kind == Kind.LEDGER_DAMAGED:
        harm, detail, saved = body.get("harm", HarmKind.DAMAGED), body.get("reason", ""), body.get("saved", 0)
        return condition(ConditionKind.HISTORY_REPLACED, row.at, harm=harm, detail=detail, saved=saved, **common)
    if common["lost"] == 0:
        return None
    return condition(ConditionKind.HISTORY_GIVEN_UP, row.at, actor=row.actor, **common)
