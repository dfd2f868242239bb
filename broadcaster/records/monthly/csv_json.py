"""Reports for programs: CSV that a spreadsheet opens, and JSON."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from broadcaster.printable import printable, seen_json
from broadcaster.records.as_run import BOM, csv_line, harmless, local
from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.frozen_words import frozen_json
from broadcaster.records.monthly.json_groups import groups_json
from broadcaster.records.monthly.tables import cells, columns, counts

if TYPE_CHECKING:
    from broadcaster.records.monthly.figures import Figures, Span
    from broadcaster.records.monthly.lines import Line
    from broadcaster.records.monthly.seal import Seal


def write_csv(figures: Figures) -> bytes:
    """Return the table of all lines as CSV with headings, in UTF-8 with a byte order mark.

    Of a history that is broken its first line says so: whoever reads the file has to see that.
    """
    broken = figures.heading.broken
    warning = [csv_line([phrases.warning(broken)])] if broken else []
    text = io.StringIO()
    heads = columns(figures.lines)
    found = (cells(line) for line in figures.lines)
    rows = ([_text(each[name]) for name in heads] for each in found)
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return b"".join([BOM, *warning, csv_line(list(heads.values())), text.getvalue().encode()])


def _text(cell: str | float | datetime | None) -> str | float | None:
    match cell:
        case str():
            return _seen(cell)
        case datetime():
            return local(cell)
        case _:
            return cell


@lru_cache(maxsize=1024)
def _seen(text: str) -> str:
    """Return a text as no spreadsheet runs it, with signs for what is not seen; most come again in each line."""
    return printable(str(harmless(text)))


def write_json(figures: Figures, seal: Seal | None) -> bytes:
    """Return all figures as JSON; names are English, as in the ledger."""
    return (seen_json(json.dumps(as_json(figures, seal), ensure_ascii=False, indent=1)) + "\n").encode()


def as_json(figures: Figures, seal: Seal | None) -> dict[str, Any]:
    """Return all figures as values for JSON."""
    heading = figures.heading
    warning = {"warning": phrases.warning(heading.broken)} if heading.broken else {}
    return warning | {
        "station": heading.station,
        "first": heading.first.isoformat(),
        "last": heading.last.isoformat(),
        "timezone": heading.zone.key,
        "made_at": heading.made_at.isoformat(timespec="seconds"),
        "campaign": heading.scope.campaign,
        "source": heading.scope.source,
        "letters": list(figures.letters),
        "total": counts(figures.total),
        "days": [_span(span) for span in figures.days],
        "weeks": [_span(span) for span in figures.weeks],
        "scripts": [
            {
                "id": script.id,
                "title": script.title,
                "planned": script.planned,
                "aired": script.aired,
                "said": script.readings,
                "minutes": script.heard_ms / 60_000,
            }
            for script in figures.scripts
        ],
        "devices": [
            {
                "name": device.name,
                "loudspeaker": device.loudspeaker,
                "plays": device.plays,
                "minutes": device.heard_ms / 60_000,
            }
            for device in figures.devices
        ],
        **groups_json(figures),
        "lines": [_line(line) for line in figures.lines],
        "withdrawn": [
            {
                "occurrence": each.occurrence,
                "at": each.at.isoformat(),
                "actor": each.actor,
                "by": each.by,
                "reason": each.reason,
            }
            for each in figures.withdrawn
        ],
        "frozen": frozen_json(figures.frozen),
        "checkpoint": seal.note if seal else None,
        "public_key": seal.key if seal else None,
    }


def _span(span: Span) -> dict[str, Any]:
    return {"first": span.first.isoformat(), "last": span.last.isoformat(), **counts(span.tally)}


def _line(line: Line) -> dict[str, Any]:
    """Return a line with the ledger's words, not those for people."""
    known: dict[str, Any] = {name: cell for name, cell in cells(line).items() if cell not in ("", None)}
    known |= {"planned": line.planned, "status": str(line.status), "origin": str(line.origin)}
    known |= {"scripts": [script.id for script in line.scripts], "reason": line.reason, "topics": list(line.topics)}
    del known["languages"]
    known |= {"languages": list(line.languages)} if any(line.languages) else {}
    return {name: cell.isoformat() if isinstance(cell, datetime) else cell for name, cell in known.items()}
