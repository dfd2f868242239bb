"""Several stations in one table, from their exports: each is verified whole before anything of it is counted."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.i18n import _, ngettext
from broadcaster.office.monthly_report import count
from broadcaster.office.window import Window
from broadcaster.records import bundle, checkpoint, export
from broadcaster.records.as_of import copy_as_of
from broadcaster.records.identity import Purpose, read_identity
from broadcaster.records.ledger import Ledger
from broadcaster.records.monthly import stations_files
from broadcaster.records.monthly.stations_table import StationCounts, StationMark, StationRow, StationsTable
from broadcaster.records.opening import applied, is_newer
from broadcaster.records.schema import reading, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from broadcaster.records.bundle import Bundle, BundleReport
    from broadcaster.records.identity import Identity
    from broadcaster.records.reconcile import Scope


class TableFormat(StrEnum):
    """What the table can be written as; each is the ending of its file."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


_WRITERS = {
    TableFormat.XLSX: stations_files.write_stations_excel,
    TableFormat.CSV: stations_files.write_stations_csv,
    TableFormat.JSON: stations_files.write_stations_json,
    TableFormat.HTML: stations_files.write_stations_html,
}


def table_format(named: str | None, ending: str, *, has_template: bool) -> TableFormat:
    """Return the format that was named, else that of a file's ending (".xlsx"; "" for none), else Excel.

    Raises InputError for one in which there is no such table, and for a template.
    """
    found = named or ending[1:].lower()
    if has_template:
        raise InputError(Problem(_("a table of several stations uses no template"), _("leave --template out")))
    if found and found not in list(TableFormat):
        what = _('a table of several stations is not written as "{found}"').format(found=found)
        raise InputError(Problem(what, _("allowed: {allowed}").format(allowed=", ".join(TableFormat))))
    return TableFormat(found) if found else TableFormat.XLSX


def table_file_name(asked: Window | None, kind: TableFormat) -> str:
    """Return what its file is called where nobody names it: bang-cac-dai-2027-05-01_2027-05-31.xlsx."""
    days = f"-{asked.first.isoformat()}_{asked.last.isoformat()}" if asked else ""
    return f"bang-cac-dai{days}.{kind}"


@dataclass(frozen=True, slots=True)
class _Read:
    """An export that was read: its row, every key that its history names, and what is wrong with it in words."""

    path: Path
    row: StationRow
    keys: frozenset[str]
    faults: tuple[Problem, ...]


def make_table(
    paths: Sequence[Path], asked: Window | None, zone: ZoneInfo, now: datetime, scope: Scope, *, anyway: bool = False
) -> StationsTable:
    """Read exports and return their table; `asked`: the days to count, None: all that each has. `zone` parts days.

    Raises InputError with everything that is wrong with any of them: one that does not verify, that is of a newer
    version or of a rehearsal, two of the same station with days in common. With `anyway` those are marked instead.
    Raises it also for what is no export at all.
    """
    read = _mark_overlaps([_read(path, asked, zone, scope) for path in paths])
    faults = [fault for each in read for fault in each.faults]
    if faults and not anyway:
        raise InputError(*faults)
    days = (asked.first, asked.last) if asked else None
    return StationsTable(tuple(each.row for each in read), now, days)


def write_table(table: StationsTable, kind: TableFormat) -> bytes:
    """Return the table as a file."""
    return _WRITERS[kind](table)


# ---- one export ----------------------------------------------------------------------------------------------------


def _read(path: Path, asked: Window | None, zone: ZoneInfo, scope: Scope) -> _Read:
    if not bundle.is_bundle(path):
        what = _("this is not an export") if path.exists() else _("there is no such file")
        raise InputError(Problem(what, _("name an export made by: broadcaster audit export"), path))
    with bundle.opened(path) as found:
        return _read_opened(found, asked, zone, scope)


def _read_opened(found: Bundle, asked: Window | None, zone: ZoneInfo, scope: Scope) -> _Read:
    key = found.key
    faults = [(StationMark.NOT_ITS_KEY, _("no public key lies in it"))] if key is None else []
    row = StationRow(found.path.name, "", key.text if key else "", "", None, None, None, None)
    row = replace(row, fingerprint=hashlib.sha256(row.key.encode()).hexdigest() if key else "")
    if _is_newer(found.database):
        faults.append((StationMark.OTHER_VERSION, _("it was written by a newer version of this program; update it")))
        return _told(found.path, row, frozenset({row.key}), faults)
    try:
        report = bundle.verify_bundle(found, [], key)
        faults += [] if report.ok else [(StationMark.NOT_VERIFIED, _why_not(report))]
        identity, row = _counted(found, row, report, asked, zone, scope)
    except RecordError as error:
        faults = faults or [(StationMark.NOT_VERIFIED, _("it does not verify: {reason}").format(reason=error))]
        return _told(found.path, row, frozenset({row.key}), faults)
    faults += _identity_faults(identity, row.key)
    return _told(found.path, row, frozenset({row.key, *(identity.keys if identity else ())}), faults)


def _told(path: Path, row: StationRow, keys: frozenset[str], faults: Iterable[tuple[StationMark, str]]) -> _Read:
    """Return what was read of an export, with marks and problems for its faults."""
    found = tuple(faults)
    todo = _("ask for a new export; with --anyway it is in the table, marked, and not in the total")
    problems = (Problem("; ".join(text for _mark, text in found), todo, path),) if found else ()
    marks = tuple(dict.fromkeys(mark for mark, _text in found))
    return _Read(path, replace(row, marks=marks), keys - {""}, problems)


def _is_newer(database: Path) -> bool:
    with suppress(RecordError), told(database), reading(database) as connection:
        return is_newer(applied(connection))
    return False


def _why_not(report: BundleReport) -> str:
    """Return what is wrong with an export, in a few words."""
    parts = []
    if report.faults:
        text = ngettext("{count} file is wrong ({name})", "{count} files are wrong ({name} …)", len(report.faults))
        parts.append(text.format(count=len(report.faults), name=report.faults[0].name))
    if breaks := sum(report.history.counts.values()):
        text = ngettext("{count} break in the play history", "{count} breaks in the play history", breaks)
        parts.append(text.format(count=breaks))
    return _("it does not verify: {reason}").format(reason=", ".join(parts))


def _identity_faults(identity: Identity | None, key: str) -> list[tuple[StationMark, str]]:
    faults = []
    if identity and identity.purpose == Purpose.REHEARSAL:
        faults.append((StationMark.REHEARSAL, _("it is of a rehearsal: nothing of it was on the air")))
    if identity and identity.keys and key and key not in identity.keys:
        faults.append((StationMark.NOT_ITS_KEY, _("its public key is not one that its play history names")))
    return faults


def _counted(
    found: Bundle, row: StationRow, report: BundleReport, asked: Window | None, zone: ZoneInfo, scope: Scope
) -> tuple[Identity | None, StationRow]:
    """Return whose the history of an export is, and the row with its name, its days and its counts."""
    as_of = _made_at(found) or _instant(report.history.last_at)
    window = _window(_instant(report.history.first_at), as_of, asked, zone)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # Only rows are taken over, into a file of our own: whatever else is in that database is not asked.
        copy = Path(folder) / export.DATABASE
        copy_as_of(found.database, report.history.head.seq, copy)
        with Ledger.open(copy, read_only=True) as ledger:
            identity = read_identity(ledger)
            name = identity.station if identity else ""
            row = replace(row, station=name, as_of=as_of.astimezone(zone) if as_of else None)
            if window is None or as_of is None:
                return identity, row
            figures = count(ledger, window, as_of.astimezone(zone), name, scope)
    counts = StationCounts(figures.total, figures.groups.topics, figures.groups.languages)
    return identity, replace(row, first=window.first, last=window.last, counts=counts)


def _made_at(found: Bundle) -> datetime | None:
    """Return when an export was made, by its checkpoint."""
    with suppress(InputError, KeyError):
        return checkpoint.read(found.text(export.LATEST), found.key).checkpoint.at
    return None


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _window(since: datetime | None, until: datetime | None, asked: Window | None, zone: ZoneInfo) -> Window | None:
    """Return the days of a history that were asked for; None where it has none of them."""
    if since is None or until is None:
        return None
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    if asked:
        first, last = max(first, asked.first), min(last, asked.last)
    return Window(first, last, zone) if first <= last else None


# ---- the same station twice ----------------------------------------------------------------------------------------


def _mark_overlaps(read: Sequence[_Read]) -> list[_Read]:
    """Mark each export that is of the same station as one before it that counts, and of some of the same days."""
    done: list[_Read] = []
    for each in read:
        other = next((before for before in done if not before.row.marks and _overlap(before, each)), None)
        if other is None:
            done.append(each)
            continue
        text = _("it is of the same station as {other}, and of some of the same days").format(other=other.path.name)
        todo = _("name one of the two; with --anyway it is in the table, marked, and not in the total")
        row = replace(each.row, marks=(*each.row.marks, StationMark.OVERLAPS))
        done.append(replace(each, row=row, faults=(*each.faults, Problem(text, todo, each.path))))
    return done


def _overlap(one: _Read, other: _Read) -> bool:
    """Return whether two exports are of one station and have days in common, of those that are counted."""
    first, second = _days(one), _days(other)
    if not one.keys & other.keys or first is None or second is None:
        return False
    return first[0] <= second[1] and second[0] <= first[1]


def _days(of: _Read) -> tuple[date, date] | None:
    return (of.row.first, of.row.last) if of.row.first and of.row.last else None
