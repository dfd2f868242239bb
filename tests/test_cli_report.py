"""`broadcaster report` as a person types it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import pytest
from commands import RunCommand
from histories import live

from broadcaster.records.checkpoint import FOLDER, read
from broadcaster.records.keys import FOLDER as KEYS
from broadcaster.records.keys import public_key
from broadcaster.records.ledger import Ledger
from broadcaster.station.folder import open_station


@pytest.fixture
def lived(station_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A station with a May behind it, and its folder as the current one."""
    live(station_folder / "broadcaster.db")
    monkeypatch.chdir(station_folder)
    return station_folder


def test_the_report_on_may_is_a_word_file_beside_you(broadcaster: RunCommand, lived: Path) -> None:
    result = broadcaster("report", "--month", "5", "--year", "2027")
    assert (result.code, result.out) == (0, "Written: bao-cao-2027-05.docx\n")
    assert "dotted blanks" in result.err
    text = "\n".join(paragraph.text for paragraph in docx.Document("bao-cao-2027-05.docx").paragraphs)
    assert "tháng 5 năm 2027" in text, "reports are Vietnamese whatever the commands speak"


def test_each_format_by_name_and_by_ending(broadcaster: RunCommand, lived: Path) -> None:
    for kind, start in (
        ("docx", b"PK"),
        ("xlsx", b"PK"),
        ("csv", b"\xef\xbb\xbf"),
        ("json", b"{"),
        ("html", b"<!DOCTYPE"),
    ):
        named = broadcaster("report", "--month", "5/2027", "--format", kind)
        ended = broadcaster("report", "--month", "5/2027", "--out", f"sub/may.{kind}")
        assert (named.code, ended.code) == (0, 0)
        for path in (Path(f"bao-cao-2027-05.{kind}"), Path("sub") / f"may.{kind}"):
            assert path.read_bytes().startswith(start)


def test_to_the_standard_output(broadcaster: RunCommand, lived: Path) -> None:
    found = broadcaster("report", "--month", "5/2027", "--format", "json", "--out", "-").json
    assert found["total"]["planned"] == 128
    assert sorted(path.name for path in Path.cwd().glob("bao-cao*")) == []


@pytest.mark.parametrize(
    ("arguments", "first", "last"),
    [
        (("--year", "2027"), "2027-01-01", "2027-12-31"),
        (("--year", "2028", "--month", "2"), "2028-02-01", "2028-02-29"),
        (("--month", "5/2027"), "2027-05-01", "2027-05-31"),
        (("--week", "2027-05-05"), "2027-05-03", "2027-05-09"),
        (("--day", "15/5/2027"), "2027-05-15", "2027-05-15"),
        (("--from", "15/5/2027", "--to", "25/5/2027"), "2027-05-15", "2027-05-25"),
    ],
)
def test_spans(broadcaster: RunCommand, lived: Path, arguments: tuple[str, ...], first: str, last: str) -> None:
    found = broadcaster("report", *arguments, "--format", "json", "--out", "-").json
    assert (found["first"], found["last"]) == (first, last)
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    assert len(found["days"]) == days


def test_without_a_span_it_is_the_month_of_yesterday(broadcaster: RunCommand, lived: Path) -> None:
    found = broadcaster("report", "--format", "json", "--out", "-").json
    today = open_station(lived).now().date()
    assert found["first"][-2:] == "01"
    assert found["first"] < today.isoformat()
    assert (today - date.fromisoformat(found["first"])).days <= 31


def test_narrowed_to_a_letter_or_a_campaign(broadcaster: RunCommand, lived: Path) -> None:
    def planned(*arguments: str) -> int:
        found = broadcaster("report", "--month", "5/2027", *arguments, "--format", "json", "--out", "-").json
        return int(found["total"]["planned"])

    assert planned("--source", "1192/BHXH-TT") == planned("--campaign", "thang-5") == 97
    assert planned("--campaign", "tin-xa") == 31


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--out", "may.pdf"), '".pdf" is not a format of reports; allowed: docx, xlsx, csv, json, html'),
        (("--year", "2027", "--day", "today"), "--year is given alone, or with a month without a year"),
        (("--year", "2027", "--month", "5/2027"), "--year is given alone"),
        (("--month", "13"), '--month: "13" is not understood'),
        (("--template", "khong-co.docx"), "khong-co.docx: there is no such file"),
        (("--template", "station.toml"), "station.toml: cannot be used as a Word template"),
        (("--template", "station.toml", "--format", "csv"), "a template is for Word documents"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    broadcaster: RunCommand, lived: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = broadcaster("report", *arguments)
    assert result.code == 2
    assert told in result.err
    assert not list(lived.glob("bao-cao*"))


def test_a_report_that_is_there_is_not_replaced_unless_told(broadcaster: RunCommand, lived: Path) -> None:
    """It may have been filled in by hand, or signed."""
    path = lived / "bao-cao-2027-05.docx"
    path.write_bytes(b"filled in")
    result = broadcaster("report", "--month", "5/2027")
    assert result.code == 2
    assert "there is such a file already; name another with --out, or replace it with --force" in result.err
    assert path.read_bytes() == b"filled in"
    assert broadcaster("report", "--month", "5/2027", "--force").code == 0
    assert path.read_bytes().startswith(b"PK")


def test_a_template_is_written_edited_and_used(broadcaster: RunCommand, lived: Path) -> None:
    assert broadcaster("report", "--write-template", "mau.docx").out == "Written: mau.docx\n"
    assert broadcaster("report", "--write-template", "mau.docx").code == 2, "an edited one is not replaced"
    own = docx.Document("mau.docx")
    own.add_paragraph("TM. ỦY BAN NHÂN DÂN: {{ tong.phut }} phút")
    own.save("mau.docx")
    assert broadcaster("report", "--month", "5/2027", "--template", "mau.docx").code == 0
    text = docx.Document("bao-cao-2027-05.docx").paragraphs[-1].text
    assert text == "TM. ỦY BAN NHÂN DÂN: 285,7 phút"


def test_a_template_that_is_refused_leaves_nothing_behind(broadcaster: RunCommand, lived: Path) -> None:
    own = docx.Document()
    own.add_paragraph("{{ qr.tpl.save('x') }}")
    own.save("mau.docx")
    before = {path.name: path.stat().st_size for path in lived.iterdir() if path.is_file()}
    result = broadcaster("report", "--month", "5/2027", "--template", "mau.docx")
    assert result.code == 2
    assert {path.name: path.stat().st_size for path in lived.iterdir() if path.is_file()} == before
    assert list((lived / FOLDER).glob("*.txt")) == []


def test_the_checkpoint_of_a_report_is_kept_and_is_the_history_s(broadcaster: RunCommand, lived: Path) -> None:
    found = broadcaster("report", "--month", "5/2027", "--format", "json", "--out", "-").json
    (kept,) = (lived / FOLDER).glob("*.txt")
    assert kept.read_text("utf-8") == found["checkpoint"]
    given = read(found["checkpoint"], public_key(lived / KEYS))
    with Ledger.open(lived / "broadcaster.db", read_only=True) as ledger:
        assert given.checkpoint.head == ledger.head()
    assert str(given.signature) == "good"
    verified = broadcaster("audit", "verify", "--checkpoint", str(kept), "--json").json
    assert verified["chain_ok"]
    assert [wrong["seq"] for wrong in verified["breaks"]] == [282], "nothing but the one silence of this May"


def test_without_a_history_a_line_says_so(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("report", "--out", "-", "--format", "csv", station=station_folder)
    assert result.code == 1
    assert "there is no play history yet" in result.err


def test_a_letter_that_nothing_is_of_is_told_with_those_that_there_are(broadcaster: RunCommand, lived: Path) -> None:
    report = ("report", "--month", "5/2027", "--out", "-", "--format", "json")
    result = broadcaster(*report, "--source", "1129/BHXH-TT")
    assert result.code == 0
    assert "Nothing in these days is of 1129/BHXH-TT, so the report is empty." in result.err
    assert "Letters in these days: 1192/BHXH-TT" in result.err
    assert "the report is empty" not in broadcaster(*report, "--source", "1192/BHXH-TT").err
