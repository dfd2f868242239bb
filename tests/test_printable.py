"""What strangers write reaches eyes only as it can be seen: on terminals, in tables, spreadsheets, reports and logs."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import unicodedata
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stations import Maker, at

from broadcaster.models import Occurrence, Outcome
from broadcaster.office.run_log import FILE, log_to_files
from broadcaster.playout.rows import planned_row, played_row
from broadcaster.printable import one_line, printable, seen_json, without_signs
from broadcaster.reasons import in_words
from broadcaster.records.approvals import change_entry
from broadcaster.records.play_rows import Play, PlayedScript

if TYPE_CHECKING:
    from commands import RunCommand

    from broadcaster.records.ledger import Ledger

HIDDEN, C1, TURNED, FILLER = "\x1b[8m", "\x9b31m", "\u202e", "\u3164"
NASTY = f"Chuyển{HIDDEN}tiền{C1}vào{TURNED}tài{FILLER}khoản"
SIGNS = "Chuyển<U+001B>[8mtiền<U+009B>31mvào<U+202E>tài<U+3164>khoản"


def unseen(text: str) -> set[str]:
    """Return the characters of a text that nobody sees, by Unicode's own table."""
    return {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")} | (
        {FILLER} & set(text)
    )


def test_what_is_not_seen_is_shown_as_signs() -> None:
    assert one_line(NASTY) == SIGNS
    assert printable("một\nhai\tba\r") == "một\nhai\tba<U+000D>"
    assert one_line("một\nhai") == "một<U+000A>hai"
    assert printable("\U000e0041\ud800\ufffe") == "<U+E0041><U+D800><U+FFFE>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("B\u0336ỏ\u0336", "B<U+0336>ỏ<U+0336>"),  # struck out, and read aloud
        ("a\u20dd", "a<U+20DD>"),
        ("\U000f0000\ufff0", "<U+F0000><U+FFF0>"),  # of no font that everybody has, and of none
        ("a\u0301\u0302\u0303\u0304", "a\u0301\u0302<U+0303><U+0304>"),  # no letter takes more than two
    ],
)
def test_letters_that_marks_cover_are_shown_with_the_marks_as_signs(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert without_signs(shown) == text


def test_what_is_seen_stays() -> None:
    text = "Đài truyền thanh xã Tân Phú – “5h30”, 1900.90.68 ❤️ " + unicodedata.normalize("NFD", "ộ") + "\u00a0%"
    assert one_line(text) == text


@given(st.text())
def test_nothing_unseen_is_left_of_any_text(text: str) -> None:
    assert unseen(one_line(text)) == set()
    assert unseen(printable(text)) <= {"\n", "\t"}


@given(st.dictionaries(st.text(), st.text() | st.integers()))
def test_json_says_the_same_and_can_be_seen(value: dict[str, str | int]) -> None:
    document = seen_json(json.dumps(value, ensure_ascii=False, indent=2))
    assert unseen(document) <= {"\n"}
    assert json.loads(document) == value


# ---- every place that people look at ----------------------------------------------------------------------------


@pytest.fixture
def nasty(maker: Maker, ledger: Ledger) -> Path:
    """Return a station in which every name, title and reason holds what nobody sees."""
    written = json.dumps(NASTY)[1:-1]  # its escapes are TOML's too
    maker.settings().script("bai-1", f"Xin chào bà con. {NASTY} 19:00", f'author = "{written}"')
    path = maker.root / "station.toml"
    path.write_text(path.read_text("utf-8").replace("Xã thử nghiệm", written), "utf-8")
    path = maker.root / "scripts" / "bai-2.md"
    path.write_text(path.read_text("utf-8").replace("Bài bai-2", written), "utf-8")
    maker.campaign(maker.slot("05:30", "bai-2"))
    path = maker.root / "schedules" / "thu.toml"
    path.write_text(path.read_text("utf-8").replace('"Thử"', f'"{written}"').replace("1192/BHXH-TT", written), "utf-8")
    occurrence = Occurrence("thu", "sang", at("2027-05-03 05:30"), ("bai-2",), source=NASTY)
    played = PlayedScript("bai-2", NASTY, "a", "b", NASTY, 3.0)
    play = Play(
        occurrence.id, "thu", "sang", occurrence.bulletin_class, (played,), occurrence.start,
        Outcome.CUT, in_words(NASTY),
        started=occurrence.start, ended=occurrence.start + timedelta(seconds=1), heard_s=1.0, source=NASTY,
        device=NASTY, ordered_by=NASTY,
    )  # fmt: skip
    now = at("2027-05-03 05:31")
    ledger.append([planned_row(occurrence, at("2027-05-03 05:00")), played_row(play, now)])
    ledger.append([change_entry("bai-1", NASTY, "a", "edit", NASTY.replace(HIDDEN, ""), now)])
    return maker.root


COMMANDS = (
    ("config",),
    ("script", "list"),
    ("script", "show", "bai-1"),
    ("script", "show", "bai-2"),
    ("script", "read", "bai-1"),
    ("schedule", "list"),
    ("schedule", "show", "thu"),
    ("plan", "--day", "3/5/2027"),
    ("plan", "--month", "5/2027"),
    ("why", "3/5/2027 5h30"),
    ("log", "--day", "3/5/2027"),
    ("reconcile", "--day", "3/5/2027"),
    ("check",),
    ("now",),
    ("schedule", "history"),
    ("schedule", "remove", "thu/sang", "--dry-run"),
    ("script", "retire", "bai-2", "--dry-run"),
    ("script", "show", NASTY),
    ("script", NASTY),
    ("log", "--day", NASTY),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_shows_nothing_unseen(nasty: Path, broadcaster: RunCommand, command: tuple[str, ...]) -> None:
    answer = broadcaster(*command, station=nasty)
    assert unseen(answer.out + answer.err) <= {"\n", "\t"}
    assert "fault of the program" not in answer.err
    if (nasty / "broadcaster.db").exists() and command[0] in ("log", "reconcile") and NASTY not in command:
        assert SIGNS in answer.out


@pytest.mark.parametrize("command", COMMANDS[:10], ids=" ".join)
def test_a_terminal_gets_no_escape_but_ours(nasty: Path, command: tuple[str, ...]) -> None:
    from terminal import ESCAPE, on_terminal

    shown = on_terminal(nasty, *command)
    assert unseen(ESCAPE.sub("", shown)) <= {"\n", "\r", "\t"}
    assert "\x1b[8m" not in shown


@pytest.mark.parametrize(
    "command",
    [
        ("log", "--day", "3/5/2027", "--json"),
        ("script", "list", "--json"),
        ("script", "read", "bai-1", "--json"),
        ("plan", "--day", "3/5/2027", "--json"),
    ],
    ids=" ".join,
)
def test_json_is_the_data_itself(nasty: Path, broadcaster: RunCommand, command: tuple[str, ...]) -> None:
    answer = broadcaster(*command, station=nasty)
    assert unseen(answer.out) <= {"\n"}
    assert any(NASTY in str(value) for value in texts(answer.json))


def texts(value: object) -> list[object]:
    """Return everything in a JSON value that holds no further values."""
    inner = list(value.values()) if isinstance(value, dict) else value
    return [text for each in inner for text in texts(each)] if isinstance(inner, list) else [value]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("report", "--month", "5/2027"), "out.csv"),
        (("report", "--month", "5/2027"), "out.html"),
        (("schedule", "export", "--month", "5/2027"), "out.csv"),
        (("schedule", "export", "--month", "5/2027"), "out.html"),
        (("schedule", "export", "--month", "5/2027"), "out.ics"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_file_shows_nothing_unseen(
    nasty: Path, broadcaster: RunCommand, tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    path = tmp_path / "made" / name
    where = ("--out", str(path)) if command[0] == "report" else (str(path),)
    path.parent.mkdir()
    assert broadcaster(*command, *where, station=nasty).code == 0
    text = path.read_text("utf-8-sig").replace("\n ", "")  # calendars fold their lines
    assert unseen(text) <= {"\n", "\r"}
    assert SIGNS.replace("<", "&lt;").replace(">", "&gt;") in text or SIGNS in text


def test_word_and_excel_show_nothing_unseen(nasty: Path, broadcaster: RunCommand, tmp_path: Path) -> None:
    for kind in ("docx", "xlsx"):
        out = str(tmp_path / f"out.{kind}")
        assert broadcaster("report", "--month", "5/2027", "--out", out, station=nasty).code == 0
    word = docx.Document(str(tmp_path / "out.docx"))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert any(SIGNS in text for text in cells)
    assert unseen("".join(cells)) <= {"\n"}
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    values = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(SIGNS in text for text in values)
    assert unseen("".join(values)) == set()
    assert broadcaster("schedule", "export", str(tmp_path / "lich.xlsx"), station=nasty).code == 0
    book = openpyxl.load_workbook(tmp_path / "lich.xlsx")
    assert any(SIGNS in str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def test_the_log_shows_nothing_unseen_and_no_line_that_looks_like_an_entry(tmp_path: Path) -> None:
    shown = io.StringIO()
    logger, handler = logging.getLogger("broadcaster"), logging.StreamHandler(shown)
    with log_to_files(tmp_path, handler):
        logger.warning("rendering: %s", f"{NASTY}\n2027-05-01 05:30:00 INFO aired")
    for text in (shown.getvalue(), (tmp_path / FILE).read_text("utf-8")):
        first, second = text.splitlines()
        assert first.endswith(f"WARNING rendering: {SIGNS}")
        assert second == "    2027-05-01 05:30:00 INFO aired"


def test_what_is_logged_beside_an_answer_shows_nothing_unseen() -> None:
    code = (
        "import logging; from broadcaster.cli import run; run(['--version']);"
        "logging.getLogger('broadcaster.children').warning('said: %s', '\\x1b[8mx')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "said: <U+001B>[8mx\n"
