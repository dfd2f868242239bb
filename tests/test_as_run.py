"""The as-run log as table, CSV and JSON lines."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from broadcaster.models import BulletinClass, Outcome
from broadcaster.reasons import in_words
from broadcaster.records.as_run import (
    COLUMNS,
    Filter,
    as_run,
    table_row,
    to_csv,
    to_json_lines,
)
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.play_rows import Origin, Play, PlayedScript, to_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2027, 5, 1, 5, 30, tzinfo=HANOI)


def a_play(start: datetime, script: str, outcome: Outcome = Outcome.AIRED, reason: str = "", **more: str) -> Play:
    scripts = (PlayedScript(script, more.pop("title", "Thông điệp"), "t", "c", "espeak:vi", 30),)
    started = start + timedelta(seconds=-0.25) if outcome is Outcome.AIRED else None
    name = f"thang-5/{script}@{start.isoformat(timespec='minutes')}"
    return Play(
        name,
        "thang-5",
        script,
        BulletinClass.NORMAL,
        scripts,
        start,
        outcome,
        in_words(reason),
        started=started,
        **more,
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    plays = [
        a_play(START, "mot"),
        a_play(START + timedelta(hours=12), "hai", Outcome.MISSED, reason="=cmd|' /C calc'!A0", title='Hai, "ba"\nbốn'),
        a_play(START + timedelta(days=30, hours=18, minutes=29), "mot"),  # 31 May, 23:59
        a_play(START + timedelta(days=30, hours=18, minutes=30), "mot"),  # 1 June
        a_play(START - timedelta(hours=5, minutes=31), "mot", Outcome.BLOCKED),  # 30 April, 23:59
    ]
    with Ledger.open(tmp_path / "broadcaster.db") as opened:
        opened.append([Entry(Kind.PLAYED, "daemon", START, play.occurrence, to_body(play)) for play in plays])
        yield opened


def midnight(*day: int) -> datetime:
    return datetime(*day, tzinfo=HANOI)


def found(ledger: Ledger, wanted: Filter) -> list[int]:
    return [line.row.seq for line in as_run(ledger, wanted)]


def test_filters(ledger: Ledger) -> None:
    may, day = (midnight(2027, 5, 1), midnight(2027, 6, 1)), (midnight(2027, 5, 1), midnight(2027, 5, 2))
    assert found(ledger, Filter()) == [5, 1, 2, 3, 4]
    assert found(ledger, Filter(may)) == [1, 2, 3]
    assert found(ledger, Filter(day)) == [1, 2]
    assert found(ledger, Filter(may, script="mot")) == [1, 3]
    assert found(ledger, Filter(script="mot", outcome=Outcome.BLOCKED)) == [5]
    assert found(ledger, Filter(day, outcome=Outcome.CUT)) == []


def test_the_table_has_the_columns_of_the_view_and_the_same_cells(ledger: Ledger) -> None:
    connection = sqlite3.connect(ledger.path)
    connection.row_factory = sqlite3.Row
    in_view = {row["seq"]: {name: row[name] for name in COLUMNS} for row in connection.execute("SELECT * FROM as_run")}
    connection.close()
    for line in as_run(ledger):
        shown = table_row(line)
        assert list(shown) == list(COLUMNS)
        assert _cells(shown) == _cells(in_view[line.row.seq])


def _cells(row: Mapping[str, object]) -> dict[str, object]:
    """Nothing and no text are one to a reader; so are whole seconds with and without their zeros."""
    return {name: cell.replace(".000+", "+") if isinstance(cell, str) else cell for name, cell in row.items() if cell}


def test_csv_opens_in_a_spreadsheet(ledger: Ledger) -> None:
    data = b"".join(to_csv(as_run(ledger)))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(rows) == 5
    cells = dict(zip(COLUMNS, rows[2].values(), strict=True))
    assert cells["reason"] == "'=cmd|' /C calc'!A0"
    assert cells["title"] == 'Hai, "ba"\nbốn'
    assert dict(zip(COLUMNS, rows[1].values(), strict=True))["late_s"] == "-0.25"


@pytest.mark.parametrize("start", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n=1"])
def test_no_text_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    play = a_play(START, "mot", reason=start, title=start, device=start, ordered_by=start, source=start)
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        ledger.append([Entry(Kind.PLAYED, "daemon", START, play.occurrence, to_body(play))])
        text = b"".join(to_csv(as_run(ledger), ";")).decode("utf-8-sig")
    _headings, cells = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    shown = start.replace("\r", "<U+000D>")
    assert sum(cell == f"'{shown}" for cell in cells) == 5
    assert not [cell for cell in cells if cell.lstrip()[:1] in set("=+@＝") or cell.startswith("-1")]


def test_json_lines_hold_the_whole_row(ledger: Ledger) -> None:
    lines = [json.loads(line) for line in to_json_lines(as_run(ledger))]
    assert [line["seq"] for line in lines] == [5, 1, 2, 3, 4]
    for line, row in zip(lines, ledger.played(*Filter().window), strict=True):
        assert line == {"seq": row.seq, "at": row.at.isoformat(timespec="milliseconds"), **row.body,
                        "occurrence": row.occurrence, "hash": row.hash}  # fmt: skip


# ---- what nobody heard -----------------------------------------------------------------------------------------------


def test_what_went_to_a_file_has_not_aired_in_the_table_the_view_and_the_filter(tmp_path: Path) -> None:
    plays = [
        a_play(START, "loa", device="USB Audio"),
        a_play(START + timedelta(hours=1), "tep", device="file"),
        a_play(START + timedelta(hours=2), "cam", device="silent"),
        a_play(START + timedelta(hours=3), "thu", device="silent", origin=Origin.TEST),
    ]
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as opened:
        opened.append([Entry(Kind.PLAYED, "daemon", START, play.occurrence, to_body(play)) for play in plays])
        lines = list(as_run(opened))
        assert [table_row(line)["outcome"] for line in lines] == ["aired", "no loudspeaker", "no loudspeaker", "aired"]
        assert found(opened, Filter(outcome=Outcome.AIRED)) == [1, 4]
        assert found(opened, Filter(outcome="no loudspeaker")) == [2, 3]
    connection = sqlite3.connect(path)
    view = [outcome for (outcome,) in connection.execute("SELECT outcome FROM as_run ORDER BY seq")]
    connection.close()
    assert view == ["aired", "no loudspeaker", "no loudspeaker", "aired"]
