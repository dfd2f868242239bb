"""The as-run log: the plays of the history, filtered, as a table, CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from broadcaster.i18n import N_, _
from broadcaster.models import Outcome
from broadcaster.printable import printable, seen_json
from broadcaster.records.play_rows import NO_LOUDSPEAKER, Play, from_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from broadcaster.records.ledger import Ledger, Row

Cell = str | float | int | None
"""The value of a cell: text, a number, or nothing."""

Window = tuple[datetime, datetime]
"""From the first instant up to the second, which is not included."""

ALWAYS: Window = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))

BOM = b"\xef\xbb\xbf"
"""The byte order mark by which Excel recognises UTF-8."""

# Spreadsheets run a cell that begins like this, full-width forms included; an apostrophe makes it text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

COLUMNS: dict[str, str] = {
    "start": N_("Start"),
    "outcome": N_("Outcome"),
    "late_s": N_("Late (s)"),
    "heard_s": N_("Heard (s)"),
    "title": N_("Scripts"),
    "reason": N_("Reason"),
    "class": N_("Class"),
    "origin": N_("Origin"),
    "ordered_by": N_("Ordered by"),
    "source": N_("Source"),
    "loudspeakers": N_("Loudspeakers"),
    "device": N_("Device"),
    "clock": N_("Clock"),
    "planned_start": N_("Planned start"),
    "planned_end": N_("Planned end"),
    "started": N_("Started"),
    "ended": N_("Ended"),
    "scripts": N_("Script ids"),
    "voices": N_("Voices"),
    "repeat": N_("Repeats"),
    "occurrence": N_("Occurrence"),
    "recorded_at": N_("Recorded at"),
    "seq": N_("Row"),
}
"""Column → heading, to be translated. The names are those of the view `as_run`."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which plays to return; None: all. `window` is compared with the planned start, or with the hour of the order.

    `outcome` is an `Outcome` or `NO_LOUDSPEAKER`: what went to a file or to silence is not among what aired.

    `by` is a part of the name of the person who ordered a play, `source` a letter; case is ignored in both. `groups`
    are the groups of loudspeakers that it was meant for, "" for all.
    """

    window: Window = ALWAYS
    script: str | None = None
    outcome: str | None = None
    by: str | None = None
    source: str | None = None
    groups: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class AsRun:
    """One line of the as-run log: a play and its ledger row."""

    row: Row
    play: Play


def as_run(ledger: Ledger, wanted: Filter = Filter()) -> Iterator[AsRun]:
    """Yield the plays that match, by planned start; raise RecordError for a row that cannot be read."""
    for row in ledger.each_played(*wanted.window, _pieces(wanted)):
        line = line_of(row)
        if is_wanted(line.play, wanted):
            yield line


def _pieces(wanted: Filter) -> list[str]:
    """Return texts that every matching row has in its body; other rows may have them too."""
    ended = Outcome.AIRED if wanted.outcome == NO_LOUDSPEAKER else wanted.outcome
    outcome = [f'"outcome":"{ended}"'] if ended else []
    return outcome + ([f'"id":"{wanted.script}"'] if wanted.script else [])


def line_of(row: Row) -> AsRun:
    """Return the line of a `played` row; raise RecordError for one that cannot be read."""
    return AsRun(row, from_body(row.occurrence or "", row.body))


def is_wanted(play: Play, wanted: Filter) -> bool:
    """Return whether a play matches, whatever its planned start."""
    if wanted.outcome is not None and play.ending != wanted.outcome:
        return False
    if wanted.by is not None and _folded(wanted.by) not in _folded(play.ordered_by):
        return False
    if wanted.source is not None and _folded(wanted.source) != _folded(play.source):
        return False
    if wanted.groups is not None and play.group not in wanted.groups:
        return False
    return wanted.script is None or any(script.id == wanted.script for script in play.scripts)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def table_row(line: AsRun) -> dict[str, Cell]:
    """Return a line as column → cell, in the order of `COLUMNS`; instants as local time with offset."""
    play = line.play
    return {
        "start": local(play.started or play.planned_start),
        "outcome": play.ending,
        "late_s": play.lateness_s,
        "heard_s": play.heard_s,
        "title": "; ".join(script.title for script in play.scripts),
        "reason": play.reason,
        "class": str(play.bulletin_class),
        "origin": str(play.origin),
        "ordered_by": play.ordered_by,
        "source": play.source,
        "loudspeakers": play.group,
        "device": play.device,
        "clock": str(play.clock),
        "planned_start": local(play.planned_start),
        "planned_end": local(play.planned_end),
        "started": local(play.started),
        "ended": local(play.ended),
        "scripts": ", ".join(script.id for script in play.scripts),
        "voices": ", ".join(sorted({script.voice for script in play.scripts if script.voice})),
        "repeat": play.repeat,
        "occurrence": play.occurrence,
        "recorded_at": local(line.row.at),
        "seq": line.row.seq,
    }


def to_csv(lines: Iterable[AsRun], delimiter: str = ",") -> Iterator[bytes]:
    """Yield a CSV file line by line: headings, then plays; UTF-8 with a byte order mark for Excel."""
    yield BOM + csv_line([_(heading) for heading in COLUMNS.values()], delimiter)
    for line in lines:
        yield csv_line([harmless(cell) for cell in table_row(line).values()], delimiter)


def to_json(line: AsRun) -> dict[str, Any]:
    """Return a play as JSON has it: the whole body of its row, with `seq`, `at`, `occurrence` and `hash`."""
    row = line.row
    known: dict[str, Any] = {"seq": row.seq, "at": row.at.isoformat(timespec="milliseconds")}
    return {**known, "occurrence": row.occurrence, **row.body, "hash": row.hash}


def to_json_lines(lines: Iterable[AsRun]) -> Iterator[str]:
    """Yield a line of JSON for each play."""
    for line in lines:
        yield seen_json(json.dumps(to_json(line), ensure_ascii=False))


def csv_line(cells: Sequence[Cell], delimiter: str = ",") -> bytes:
    """Return a line of a CSV file, in UTF-8, with signs for what could not be seen."""
    text = io.StringIO()
    shown = [printable(cell) if isinstance(cell, str) else cell for cell in cells]
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(shown)
    return text.getvalue().encode()


def harmless(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet reads as a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell


def local(at: datetime | None) -> str | None:
    """Return an instant with the offset it was written with: "2027-05-01 05:30:00+07:00"."""
    return None if at is None else at.isoformat(" ", "milliseconds" if at.microsecond else "seconds")
