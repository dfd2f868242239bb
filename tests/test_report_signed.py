"""A report signs its own figures, so that a paper or file with others does not fit; a broken history is refused."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import docx
import pytest
from commands import RunCommand
from histories import live
from hypothesis import given
from hypothesis import strategies as st
from ledgers import add_forbidden_row
from stations import ZONE

from broadcaster.records.checkpoint import Broken, Signature, read, sign
from broadcaster.records.keys import FOLDER as KEYS
from broadcaster.records.keys import public_key
from broadcaster.records.ledger import Ledger
from broadcaster.records.monthly.digest import digest_of_json
from broadcaster.records.signed_figures import COUNTS, SignedFigures

FORMATS = ("docx", "xlsx", "html", "json")


@pytest.fixture
def lived(station_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A station with a May behind it, and its folder as the current one."""
    live(station_folder / "broadcaster.db")
    monkeypatch.chdir(station_folder)
    return station_folder


def break_history(path: Path) -> None:
    """Make missed plays aired ones, as somebody does who may do anything on the computer, and leave the hashes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        (trigger,) = database.execute("SELECT sql FROM sqlite_master WHERE name = 'ledger_no_update'").fetchone()
        database.execute("DROP TRIGGER ledger_no_update")
        missed = "kind = 'played' AND body LIKE '%\"outcome\":\"missed\"%'"
        database.execute(f"UPDATE ledger SET body = replace(body, '\"missed\"', '\"aired\"') WHERE {missed}")
        database.execute(trigger)


# ---- verified first ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("report", "--month", "5/2027"), ("audit", "checkpoint")])
def test_nothing_is_made_of_a_broken_history(broadcaster: RunCommand, lived: Path, command: tuple[str, ...]) -> None:
    break_history(lived / "broadcaster.db")
    result = broadcaster(*command)
    assert result.code == 1
    assert "the play history is not as it was written (2 breaks, the first at row " in result.err
    assert len(result.err.strip().splitlines()) == 1
    assert not list(lived.glob("bao-cao*"))
    assert not (lived / "checkpoints").exists(), "nothing is signed"


def test_a_checkpoint_of_a_broken_history_says_so_itself(broadcaster: RunCommand, lived: Path) -> None:
    break_history(lived / "broadcaster.db")
    result = broadcaster("audit", "checkpoint", "--anyway")
    assert result.code == 0
    assert "Warning: the play history is not as it was written: 2 breaks" in result.err
    given = read(f"{result.out.rstrip()}\n", public_key(lived / KEYS))
    assert given.signature is Signature.GOOD
    assert given.checkpoint.broken is not None
    assert given.checkpoint.broken.count == 2


LATE_IN_MAY = datetime(2027, 5, 31, 23, tzinfo=ZONE)


@pytest.mark.parametrize("command", [("report", "--month", "5/2027"), ("audit", "checkpoint")])
def test_nothing_is_made_of_a_history_with_a_row_that_cannot_be(
    broadcaster: RunCommand, lived: Path, command: tuple[str, ...]
) -> None:
    add_forbidden_row(lived / "broadcaster.db", LATE_IN_MAY)
    assert broadcaster("audit", "verify", "--json").json["chain_ok"], "the chain does not show it"
    result = broadcaster(*command)
    assert result.code == 1
    assert "the play history is not as it was written (1 breaks, the first at row " in result.err
    assert not list(lived.glob("bao-cao*"))
    assert not (lived / "checkpoints").exists(), "nothing is signed"
    result = broadcaster(*command, "--anyway", "--out", "made.html")
    assert result.code == 0
    assert "\nbroken 1 from " in Path("made.html").read_text("utf-8")


def test_a_report_does_not_hold_by_a_history_with_a_row_that_cannot_be(broadcaster: RunCommand, lived: Path) -> None:
    assert broadcaster("report", "--month", "5/2027", "--format", "json").code == 0
    assert broadcaster("audit", "report", "bao-cao-2027-05.json").code == 0
    add_forbidden_row(lived / "broadcaster.db", LATE_IN_MAY)
    result = broadcaster("audit", "report", "bao-cao-2027-05.json")
    assert result.code == 1
    assert "But 1 row breaks a rule that this program keeps to." in result.out


def test_what_has_no_outcome_is_in_the_report_and_no_reason_to_refuse_it(broadcaster: RunCommand, lived: Path) -> None:
    verified = broadcaster("audit", "verify", "--json").json
    assert (verified["ok"], verified["counts"]) == (False, {"outcome": 1})
    assert broadcaster("report", "--month", "5/2027", "--format", "csv").code == 0
    text = Path("bao-cao-2027-05.csv").read_text("utf-8-sig")
    assert "\n2027-05-28 18:30:00+07:00,có," in text
    assert "CẢNH BÁO" not in text


WARNING = "NHẬT KÝ PHÁT SÓNG KHÔNG CÒN NGUYÊN VẸN (2 chỗ sai"


def test_a_report_on_a_broken_history_warns_in_red_on_every_page(broadcaster: RunCommand, lived: Path) -> None:
    break_history(lived / "broadcaster.db")
    for kind in (*FORMATS, "csv"):
        assert broadcaster("report", "--month", "5/2027", "--anyway", "--format", kind).code == 0
    (section,) = docx.Document("bao-cao-2027-05.docx").sections
    for header in (section.header, section.first_page_header, section.even_page_header):
        (warning,) = (paragraph for paragraph in header.paragraphs if WARNING in paragraph.text)
        assert str(warning.runs[0].font.color.rgb) == "C00000"
    with zipfile.ZipFile("bao-cao-2027-05.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 7
    for sheet in sheets:
        assert re.search(rf"<oddHeader>&amp;C[^<]*&amp;KC00000[^<]*{re.escape(WARNING)}", sheet)
    page = Path("bao-cao-2027-05.html").read_text("utf-8")
    assert re.search(rf'<thead><tr><td><p class="warning">[^<]*{re.escape(WARNING)}', page), "browsers repeat it"
    assert WARNING in Path("bao-cao-2027-05.csv").read_text("utf-8-sig").splitlines()[0]
    assert WARNING in json.loads(Path("bao-cao-2027-05.json").read_text("utf-8"))["warning"]


def test_a_template_of_its_own_bears_the_warning_too(broadcaster: RunCommand, lived: Path) -> None:
    own = docx.Document()
    own.add_paragraph("Đã phát {{ tong.da_phat }} lượt")
    own.save("mau.docx")
    break_history(lived / "broadcaster.db")
    assert broadcaster("report", "--month", "5/2027", "--template", "mau.docx", "--anyway").code == 0
    (section,) = docx.Document("bao-cao-2027-05.docx").sections
    assert WARNING in section.header.paragraphs[-1].text


# ---- the figures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_a_report_as_it_was_made_fits(broadcaster: RunCommand, lived: Path, kind: str) -> None:
    assert broadcaster("report", "--month", "5/2027", "--format", kind, "--source", "1192/BHXH-TT").code == 0
    result = broadcaster("audit", "report", f"bao-cao-2027-05.{kind}")
    assert "every figure is the same" in result.out
    assert "1192/BHXH-TT" in result.out
    assert result.code == 0, result.out


def edit_zip(path: Path, name: str, old: str, new: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    assert old in parts[name].decode()
    parts[name] = parts[name].decode().replace(old, new).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in parts.items():
            archive.writestr(each, data)


def test_a_number_that_was_changed_in_a_file_is_found(broadcaster: RunCommand, lived: Path) -> None:
    for kind in FORMATS:
        broadcaster("report", "--month", "5/2027", "--format", kind)
    edit_zip(Path("bao-cao-2027-05.docx"), "word/document.xml", "119 lượt", "128 lượt")
    edit_zip(Path("bao-cao-2027-05.xlsx"), "xl/sharedStrings.xml", "<t>bị lỡ<", "<t>đúng giờ<")
    for kind, old, new in (("html", ">119<", ">128<"), ("json", '"status": "missed"', '"status": "on time"')):
        path = Path(f"bao-cao-2027-05.{kind}")
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
    told = {kind: broadcaster("audit", "report", f"bao-cao-2027-05.{kind}") for kind in FORMATS}
    assert {kind: result.code for kind, result in told.items()} == dict.fromkeys(FORMATS, 1)
    assert re.search(r'text: is "2\. Đã phát: 128 lượt.*", should be "2\. Đã phát: 119 lượt', told["docx"].out)
    assert "The figures in the file are others." in told["json"].out
    assert re.search(r'lines\[\d+\]\.status: is ".*on time.*", should be ".*missed', told["json"].out)
    assert re.search(r'sheet "Lượt phát", C\d+: is "đúng giờ", should be "bị lỡ"', told["xlsx"].out)
    assert re.search(r'is "128", should be "119"', told["html"].out)


def test_what_people_fill_into_the_blanks_is_theirs(broadcaster: RunCommand, lived: Path) -> None:
    broadcaster("report", "--month", "5/2027")
    filled = docx.Document("bao-cao-2027-05.docx")
    for paragraph in filled.paragraphs:
        if paragraph.text.startswith("Kính gửi"):
            paragraph.runs[0].text = "Kính gửi: Bảo hiểm xã hội huyện Tân Phú"
    filled.save("bao-cao-2027-05.docx")
    assert broadcaster("audit", "report", "bao-cao-2027-05.docx").code == 0


def test_a_paper_with_other_numbers_has_a_wrong_signature(broadcaster: RunCommand, lived: Path) -> None:
    found = broadcaster("report", "--month", "5/2027", "--format", "json", "--out", "-").json
    Path("giay.txt").write_text(found["checkpoint"].replace("aired 119", "aired 128"), "utf-8")
    result = broadcaster("audit", "report", "giay.txt")
    assert result.code == 1
    assert "The signature does not fit these numbers" in result.out


def test_the_paper_alone_is_enough_to_read_what_was_signed(
    broadcaster: RunCommand, lived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = broadcaster("report", "--month", "5/2027", "--format", "json", "--out", "-").json
    typed = found["checkpoint"].replace("\n\n", "\n").replace(" ", "  ").replace("—", "-")
    (tmp_path / "giay.txt").write_text(typed, "utf-8")
    monkeypatch.chdir(tmp_path)
    result = broadcaster("audit", "report", "giay.txt", "--key", found["public_key"], station=tmp_path / "none")
    assert "no play history is at hand: compare it with the numbers above" in result.out
    assert re.search(r"planned +128\n.*119\n", result.out)
    assert result.code == 0


def test_a_history_that_was_edited_since_gives_others(broadcaster: RunCommand, lived: Path) -> None:
    broadcaster("report", "--month", "5/2027", "--format", "json")
    break_history(lived / "broadcaster.db")
    result = broadcaster("audit", "report", "bao-cao-2027-05.json")
    assert result.code == 1
    assert "the figures are others" in result.out


def test_rows_that_came_later_change_nothing(broadcaster: RunCommand, lived: Path) -> None:
    broadcaster("report", "--month", "5/2027", "--format", "json")
    from histories import ZONE, datetime

    live_more = datetime(2027, 6, 1, tzinfo=ZONE)
    live(lived / "broadcaster.db", live_more, 3)
    assert broadcaster("audit", "report", "bao-cao-2027-05.json").code == 0


def test_a_checkpoint_without_figures_is_told(broadcaster: RunCommand, lived: Path) -> None:
    broadcaster("audit", "checkpoint", "--out", "diem.txt")
    result = broadcaster("audit", "report", "diem.txt")
    assert result.code == 2
    assert "signs no figures of a report" in result.err


def test_json_alone_is_enough_for_the_digest(broadcaster: RunCommand, lived: Path) -> None:
    """As docs/formats.md describes it: put together here without the program's own text."""
    found = broadcaster("report", "--month", "5/2027", "--format", "json", "--out", "-").json
    given = read(found["checkpoint"], public_key(lived / KEYS))
    assert given.checkpoint.figures is not None
    assert digest_of_json(found) == given.checkpoint.figures.digest
    found["lines"][3]["heard_s"] += 0.001
    assert digest_of_json(found) != given.checkpoint.figures.digest


# ---- the lines -----------------------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)


@given(
    st.none() | words,
    st.none() | words,
    st.lists(st.integers(0, 10**6), min_size=len(COUNTS), max_size=len(COUNTS)),
    st.integers(0, 10**7),
)
def test_what_is_signed_is_read_back(campaign: str | None, source: str | None, counts: list[int], tenths: int) -> None:
    signed = SignedFigures(
        date(2027, 5, 1), date(2027, 5, 31), "Asia/Ho_Chi_Minh", campaign, source, tuple(counts), tenths, "ab" * 32
    )
    assert SignedFigures.from_lines(signed.lines) == signed
    assert not any("\n" in line for line in signed.lines)
    assert SignedFigures.from_typed("".join(signed.lines).replace(" ", "")) == signed


def test_a_typed_checkpoint_with_all_its_lines_is_read(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        head = ledger.head()
    from made_report import NOW

    signed = SignedFigures(
        date(2027, 5, 1), date(2027, 5, 31), "Asia/Ho_Chi_Minh", None, "12/KH-HĐND", (9, 8, 1, 1, 0, 2), 105, "cd" * 32
    )
    for figures in (None, signed):
        for broken in (None, Broken(3, 17)):
            taken = sign(tmp_path, "Xã Tân Phú", head, NOW, figures=figures, broken=broken)
            for text in (taken.note, taken.note.replace("\n", " ").replace("=", "")):
                found = read(text, taken.key)
                assert found.signature is Signature.GOOD
                assert found.checkpoint == taken.checkpoint
