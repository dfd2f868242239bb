"""Several stations in one table: each export is verified first, and the sums are those of the stations that count."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from histories import SLOTS, ending
from ledgers import chain_again, tampering
from stations import ZONE

from broadcaster.playout.rows import planned_row, played_row
from broadcaster.records import keys
from broadcaster.records.export import export
from broadcaster.records.identity import Purpose, begun
from broadcaster.records.ledger import Ledger

if TYPE_CHECKING:
    from commands import RunCommand

FIRST = datetime(2027, 5, 1, tzinfo=ZONE)
TOPIC, TITLE = "bhxh-tu-nguyen", "Bảo hiểm xã hội tự nguyện"


def station(folder: Path, name: str, days: int, *, purpose: Purpose = Purpose.LIVE, topic: str = TOPIC) -> Path:
    """Make a station that has played for so many days of May, and return its folder."""
    key = keys.signing_key(folder / keys.FOLDER, name).verifier.text
    with Ledger.open(folder / "broadcaster.db") as ledger:
        ledger.append([begun(name, key, purpose, FIRST)])
        play_days(ledger, 0, days, topic)
    return folder


def play_days(ledger: Ledger, since: int, until: int, topic: str = TOPIC) -> None:
    language = "" if topic == TOPIC else "tiếng Mông"
    for number in range(since, until):
        day = FIRST + timedelta(days=number)
        plan = [slot.on(day) for slot in SLOTS]
        ledger.append([planned_row(each, day) for each in plan])
        plays = [play for play in map(ending, plan) if play]
        for play in plays:
            scripts = (replace(script, topic=topic, topic_title=TITLE, language=language) for script in play.scripts)
            ledger.append([played_row(replace(play, scripts=tuple(scripts)), day + timedelta(hours=22))])


def bundle(folder: Path, name: str, target: Path, days: int = 10) -> Path:
    return export(folder, folder / "broadcaster.db", name, FIRST + timedelta(days=days), target).path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the exports of two stations, of ten days and of six, and what they were made of."""
    root = tmp_path_factory.mktemp("stations")
    bundle(station(root / "a", "Đài xã Tân Phú", 10), "Đài xã Tân Phú", root / "tan-phu.zip")
    bundle(station(root / "b", "=Đài xã Hòa Bình", 6, topic="bhyt"), "=Đài xã Hòa Bình", root / "hoa-binh.zip")
    return root


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty current folder, no station, beside copies of the exports."""
    for path in made.glob("*.zip"):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


BOTH = ("report", "--bundle", "tan-phu.zip", "--bundle", "hoa-binh.zip")


def as_json(broadcaster: RunCommand, *arguments: str) -> Any:
    return broadcaster(*arguments, "--format", "json", "--out", "-").json


def in_sql(path: Path) -> tuple[int, int, float]:
    with closing(sqlite3.connect(path / "broadcaster.db")) as database:
        (planned,) = database.execute("SELECT count(*) FROM plan").fetchone()
        (aired, minutes) = database.execute("SELECT sum(outcome = 'aired'), sum(heard_s) / 60 FROM as_run").fetchone()
    return planned, aired, minutes


def test_the_table_has_a_row_for_each_station_and_their_sum(made: Path, here: Path, broadcaster: RunCommand) -> None:
    told = as_json(broadcaster, *BOTH)
    first, second = told["stations"]
    assert (first["station"], first["first"], first["last"]) == ("Đài xã Tân Phú", "2027-05-01", "2027-05-11")
    assert (second["station"], second["marks"]) == ("=Đài xã Hòa Bình", [])
    for row, folder in ((first, "a"), (second, "b")):
        planned, aired, minutes = in_sql(made / folder)
        assert (row["planned"], row["aired"]) == (planned, aired)
        assert row["minutes"] == pytest.approx(minutes)
        assert row["share"] == pytest.approx(aired / planned)
        assert row["public_key"] == (made / folder / "keys" / "checkpoint.pub").read_text("utf-8").strip()
    for name in ("planned", "aired", "unplanned", "minutes"):
        assert told["total"][name] == pytest.approx(first[name] + second[name])
    assert [(topic["key"], topic["title"]) for topic in told["topics"]] == [(TOPIC, TITLE), ("bhyt", TITLE)]
    by_topic = [[topic["aired"] for topic in row["topics"]] for row in (first, second, told["total"])]
    assert by_topic == [[first["aired"], 0], [0, second["aired"]], [first["aired"], second["aired"]]]
    assert told["languages"] == [{"key": "tiếng mông", "title": "tiếng Mông"}, {"key": "", "title": ""}]
    by_language = [[each["aired"] for each in row["languages"]] for row in (first, second, told["total"])]
    assert by_language == [[0, first["aired"]], [second["aired"], 0], [second["aired"], first["aired"]]]


def test_what_did_not_air_and_what_is_to_come_have_columns_and_csv_has_minutes_as_printed(
    here: Path, broadcaster: RunCommand
) -> None:
    told = as_json(broadcaster, *BOTH)
    text = broadcaster(*BOTH, "--format", "csv", "--out", "-").out.removeprefix("\ufeff")
    *stations, total = list(csv.DictReader(io.StringIO(text)))
    for line, row in zip([*stations, total], [*told["stations"], told["total"]], strict=True):
        assert int(line["Lượt không phát"]) == row["not_aired"]
        assert int(line["Lượt chưa đến giờ"]) == row["to_come"]
        assert row["planned"] == row["aired"] + row["not_aired"] + row["to_come"]
        assert re.fullmatch(r"\d+\.\d", line["Phút"])
    printed = [round(float(line["Phút"]) * 10) for line in (*stations, total)]
    assert printed[-1] == sum(printed[:-1])


def test_only_the_days_that_are_asked_for(here: Path, broadcaster: RunCommand) -> None:
    first, second = as_json(broadcaster, *BOTH, "--from", "5/5/2027", "--to", "8/5/2027")["stations"]
    assert (first["first"], first["last"], first["planned"]) == ("2027-05-05", "2027-05-08", 4 * len(SLOTS))
    assert (second["planned"], second["last"]) == (2 * len(SLOTS), "2027-05-08")
    june = as_json(broadcaster, *BOTH, "--month", "6/2027")
    assert [(row["first"], "planned" in row) for row in june["stations"]] == [(None, False)] * 2
    assert june["total"]["planned"] == 0


def test_every_format_says_the_same(here: Path, broadcaster: RunCommand) -> None:
    told = as_json(broadcaster, *BOTH)
    assert broadcaster(*BOTH).out == "Written: bang-cac-dai.xlsx\n"
    for kind in ("csv", "html"):
        assert broadcaster(*BOTH, "--out", f"x.{kind}").code == 0
    head, *rows = openpyxl.load_workbook("bang-cac-dai.xlsx").active.iter_rows(values_only=True)
    planned, aired = head.index("Lượt theo lịch"), head.index("Lượt đã phát")
    wanted = [(row["planned"], row["aired"]) for row in (*told["stations"], told["total"])]
    assert [(row[planned], row[aired]) for row in rows] == wanted
    assert rows[1][0] == "=Đài xã Hòa Bình"
    assert rows[0][1].replace(" ", "") == told["stations"][0]["fingerprint"][:32]
    lines = list(csv.reader(io.StringIO(Path("x.csv").read_text("utf-8-sig"))))
    assert [(int(row[planned]), int(row[aired])) for row in lines[1:]] == wanted
    assert lines[2][0] == "'=Đài xã Hòa Bình"
    page = Path("x.html").read_text("utf-8")
    assert f"<td>{told['total']['planned']}</td>" in page
    assert "://" not in page


def test_the_workbook_prints_on_a4_and_shows_long_texts_whole(here: Path, broadcaster: RunCommand) -> None:
    assert broadcaster(*BOTH).code == 0
    sheet = openpyxl.load_workbook("bang-cac-dai.xlsx").active
    assert sheet is not None
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                lines = -(-len(cell.value) // int(sheet.column_dimensions[cell.column_letter].width))
                assert cell.alignment.wrap_text
                assert (sheet.row_dimensions[cell.row].height or 15) >= 15 * lines, cell.coordinate
            elif cell.value is not None and not cell.is_date:
                assert cell.alignment.indent, "a number would run into the text beside it"


def refused(broadcaster: RunCommand, *arguments: str) -> str:
    result = broadcaster(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 1, result.err
    return result.err


def marks(broadcaster: RunCommand, *arguments: str) -> list[list[str]]:
    return [row["marks"] for row in as_json(broadcaster, *arguments, "--anyway")["stations"]]


def repack(path: Path, work: Path) -> None:
    path.unlink()
    with zipfile.ZipFile(path, "w") as archive:
        for each in sorted(work.rglob("*")):
            if each.is_file():
                archive.write(each, each.relative_to(work).as_posix())


def unpack(path: Path, work: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(work)
    return next(work.iterdir())


@pytest.mark.parametrize("name", ["nhat-ky-phat-song.csv", "broadcaster.db"])
def test_an_export_that_was_changed_is_refused_or_marked_and_not_in_the_total(
    here: Path, broadcaster: RunCommand, name: str
) -> None:
    folder = unpack(here / "tan-phu.zip", here / "work")
    if name == "broadcaster.db":
        with tampering(folder / name) as database:
            database.execute("""UPDATE ledger SET body = replace(body, '"missed"', '"aired"')""")
            chain_again(database)
    else:
        (folder / name).write_text("khác", "utf-8")
    repack(here / "tan-phu.zip", here / "work")
    assert "tan-phu.zip: it does not verify: " in refused(broadcaster, *BOTH)
    told = as_json(broadcaster, *BOTH, "--anyway")
    assert [row["marks"] for row in told["stations"]] == [["not verified"], []]
    assert told["total"]["planned"] == told["stations"][1]["planned"]
    assert not list(here.glob("bang-cac-dai*"))


def test_two_exports_of_one_station_are_not_counted_twice(made: Path, here: Path, broadcaster: RunCommand) -> None:
    later = shutil.copytree(made / "a", here / "later")
    with Ledger.open(later / "broadcaster.db") as ledger:
        play_days(ledger, 11, 14)
    bundle(later, "Đài xã Tân Phú", here / "again.zip", days=14)
    two = ("report", "--bundle", "tan-phu.zip", "--bundle", "again.zip")
    assert "the same station as tan-phu.zip" in refused(broadcaster, *two)
    assert marks(broadcaster, *two) == [[], ["overlaps"]]
    assert marks(broadcaster, *two, "--from", "12/5/2027", "--to", "14/5/2027") == [[], []]


def test_a_bad_export_does_not_take_the_good_one_of_its_station_out(here: Path, broadcaster: RunCommand) -> None:
    shutil.copy(here / "tan-phu.zip", here / "good.zip")
    folder = unpack(here / "tan-phu.zip", here / "work")
    (folder / "lenh.csv").write_text("khác", "utf-8")
    repack(here / "tan-phu.zip", here / "work")
    told = as_json(broadcaster, "report", "--bundle", "tan-phu.zip", "--bundle", "good.zip", "--anyway")
    assert [row["marks"] for row in told["stations"]] == [["not verified"], []]
    assert told["total"]["planned"] == told["stations"][1]["planned"] > 0


def test_a_newer_version_a_rehearsal_and_a_foreign_key_are_told(here: Path, broadcaster: RunCommand) -> None:
    folder = unpack(here / "tan-phu.zip", here / "work")
    with closing(sqlite3.connect(folder / "broadcaster.db")) as database:
        database.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('ledger', 'from the future')")
        database.commit()
    repack(here / "tan-phu.zip", here / "work")
    assert "newer version" in refused(broadcaster, *BOTH)
    assert marks(broadcaster, *BOTH) == [["other version"], []]
    rehearsed = station(here / "r", "Đài xã A", 2, purpose=Purpose.REHEARSAL)
    bundle(rehearsed, "Đài xã A", here / "rehearsal.zip", days=2)
    assert "rehearsal" in refused(broadcaster, "report", "--bundle", "rehearsal.zip")
    assert marks(broadcaster, "report", "--bundle", "rehearsal.zip") == [["not verified", "rehearsal"]]
    other = station(here / "o", "Đài xã B", 2)
    shutil.rmtree(other / "keys")
    bundle(other, "Đài xã B", here / "other.zip", days=2)
    assert "public key" in refused(broadcaster, "report", "--bundle", "other.zip")
    assert "not its key" in marks(broadcaster, "report", "--bundle", "other.zip")[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--bundle", "gone.zip"),
        ("--bundle", "text.txt"),
        ("--bundle", "tan-phu.zip", "--format", "docx"),
        ("--bundle", "tan-phu.zip", "--out", "x.docx"),
        ("--bundle", "tan-phu.zip", "--template", "x.docx"),
        ("--bundle", "tan-phu.zip", "--month", "13"),
    ],
)
def test_wrong_input_is_one_clear_line(here: Path, broadcaster: RunCommand, arguments: tuple[str, ...]) -> None:
    Path("text.txt").write_text("x")
    refused(broadcaster, "report", *arguments)
    assert not list(here.glob("bang-cac-dai*"))


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_overwritten(here: Path, broadcaster: RunCommand) -> None:
    result = broadcaster(*BOTH, "--bundle", "tan-phu.zip", "--bundle", "hoa-binh.zip")
    assert (result.code, result.err.count("\n")) == (2, 2)
    assert broadcaster(*BOTH).code == 0
    assert "bang-cac-dai.xlsx" in refused(broadcaster, *BOTH)
