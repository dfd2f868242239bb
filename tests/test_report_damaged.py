"""What comes as a report and is none, or damaged, or asks for days that nobody can count, is refused in a sentence."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from commands import RunCommand
from histories import live
from openpyxl import Workbook
from stations import ZONE, at

from broadcaster.errors import InputError
from broadcaster.office.report_check import check_typed
from broadcaster.records.checkpoint import Checkpoint, read
from broadcaster.records.ledger import Head
from broadcaster.records.signed_figures import SignedFigures
from broadcaster.records.signed_note import Signer

SIGNER = Signer.new("commune-broadcaster/xa-00000000")
MAY = date(2027, 5, 1), date(2027, 5, 31)


def note(days: tuple[date, date] = MAY, zone: str = ZONE.key, rows: int = 1) -> str:
    """Return a checkpoint as a report bears it, rightly signed."""
    figures = SignedFigures(*days, zone, None, None, (0,) * 6, 0, "ab" * 32)
    return SIGNER.sign(Checkpoint(SIGNER.name, Head(rows, "0" * 64), at("2027-06-01"), figures).text)


# ---- days that no report is of -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("may") / "broadcaster.db"
    live(path, days=2)
    return path


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "Asia", "../x", "x" * 300])
def test_a_time_zone_that_there_is_not_is_no_report(history: Path, zone: str) -> None:
    with pytest.raises(InputError, match="no report is of these days: figures 2027-05-01 2027-05-31 "):
        check_typed(note(zone=zone), history, SIGNER.verifier)


@pytest.mark.parametrize(
    "days", [(date(2027, 6, 1), MAY[0]), (date(1, 1, 1), date(1, 1, 2)), (date(9999, 12, 30), date(9999, 12, 31))]
)
def test_days_that_nobody_can_count_are_no_report(history: Path, days: tuple[date, date]) -> None:
    with pytest.raises(InputError, match="no report is of these days"):
        check_typed(note(days), history, SIGNER.verifier)


@pytest.mark.parametrize("rows", [-1, 1 << 63, 10**30])
def test_no_history_has_so_many_rows(rows: int) -> None:
    with pytest.raises(InputError):
        read(note(rows=rows), None)


# ---- files ---------------------------------------------------------------------------------------------------------


def zipped(name: str, data: bytes) -> bytearray:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return bytearray(target.getvalue())


def torn() -> bytes:
    """Return a Word file whose packed text was damaged on its way."""
    data = zipped("word/document.xml", b"<w>" + bytes(range(256)) * 40)
    data[60:90] = bytes(0xFF ^ byte for byte in data[60:90])
    return bytes(data)


def marked(local: int, central: int, value: int) -> bytes:
    """Return a Word file with a byte of the two headers of its part set: that it is encrypted, or how it is packed."""
    data = zipped("word/document.xml", b"<w/>")
    data[local] = value
    data[data.rfind(b"PK\x01\x02") + central] = value
    return bytes(data)


def workbook(name: str, text: bytes) -> bytes:
    """Return an Excel file with another text in one of its parts."""
    target, other = io.BytesIO(), io.BytesIO()
    Workbook().save(target)
    with zipfile.ZipFile(target) as archive, zipfile.ZipFile(other, "w") as written:
        for each in archive.namelist():
            written.writestr(each, text if each == name else archive.read(each))
    return other.getvalue()


def told(minutes: object) -> bytes:
    numbers = dict.fromkeys(
        ("planned", "aired", "late", "not_aired", "to_come", "unplanned", "make_goods", "tests", "sessions"), 0
    )
    report = {
        "first": "2027-05-01",
        "last": "2027-05-31",
        "timezone": ZONE.key,
        "campaign": None,
        "source": None,
        "checkpoint": note(),
        "total": {**numbers, "minutes": minutes},
        "days": [],
        "scripts": [],
        "lines": [],
    }
    return json.dumps(report).encode()


FILES = {
    "torn.docx": torn(),
    "encrypted.docx": marked(6, 8, 1),
    "packed.docx": marked(8, 10, 99),
    "deep.docx": bytes(zipped("word/document.xml", b"<a>" * 100_000 + b"</a>" * 100_000)),
    "empty.docx": b"",
    "core.xlsx": workbook("docProps/core.xml", b""),
    "sheet.xlsx": workbook("xl/worksheets/sheet1.xml", b"abc"),
    "styles.xlsx": workbook("xl/styles.xml", b"abc"),
    "types.xlsx": workbook("[Content_Types].xml", b""),
    "endless.json": told(float("inf")),
    "nan.json": told(float("nan")),
    "deep.json": b"[" * 100_000 + b"]" * 100_000,
    "list.json": b"[]",
    "letters.json": b"\xff",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_report_is_refused(
    broadcaster: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(FILES[name])
    result = broadcaster("audit", "report", name)
    assert result.code == 2
    assert f"{name}: the report cannot be read (" in result.err
    assert "Traceback" not in result.err


def test_a_file_that_is_too_large_says_so(
    broadcaster: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "large.docx").open("wb") as file:
        file.truncate(60_000_000)
    result = broadcaster("audit", "report", "large.docx")
    assert (result.code, "the report cannot be read (it is too large)" in result.err) == (2, True)
