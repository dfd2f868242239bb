"""What aired in which language: in the rows of plays, and in a month's report, in every format, signed and added up."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from desks import a_desk, plays, tick_until
from histories import SLOTS, ending
from made_report import word_table
from sounds import noise, write_wav
from stations import ZONE, Maker, at

from broadcaster.models import Occurrence, Outcome
from broadcaster.office.monthly_report import ReportFormat, count, render
from broadcaster.office.rehearse import rehearse_window
from broadcaster.office.window import Window
from broadcaster.playout.rows import planned_row, played_row
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.monthly.digest import digest_of_json, sign_figures
from broadcaster.records.monthly.groups import Grouping
from broadcaster.records.reconcile import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commands import RunCommand

    from broadcaster.playout.sound.output import Output
    from broadcaster.records.monthly.figures import Figures

NOW = datetime(2027, 6, 2, 8, tzinfo=ZONE)
MAY = Window(date(2027, 5, 1), date(2027, 5, 31), ZONE)
MONG = "tiếng Mông"


def report(ledger: Ledger, now: datetime = NOW) -> Figures:
    return count(ledger, MAY, now, "Xã thử", EVERYTHING)


def counts(grouping: Grouping) -> dict[str, tuple[str, int, int, int, int]]:
    return {each.key: (each.title, each.planned, each.aired, each.unplanned, each.heard_ms) for each in grouping.groups}


# ---- from the text to the report ---------------------------------------------------------------------------------


@pytest.fixture
def place(maker: Maker) -> Maker:
    """Return a station with a text of silence and a recording of five seconds of its version, on one loudspeaker."""
    maker.settings()
    settings = maker.root / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace('devices = ["silent"]', 'devices = ["default"]'), "utf-8")
    maker.script("bai-1", "[nghỉ 5s]\n\nTham gia bảo hiểm xã hội.")
    write_wav(maker.root / "scripts" / "mong.wav", noise(5))
    maker.script("bai-1.hmong", "Nyob zoo 2027.", f'language = "{MONG}"\nrecording = "mong.wav"')
    return maker.campaign(maker.slot("05:30", "bai-1", 'versions = ["vi", "hmong"]'), dates=days("03", "03"))


def days(first: str, last: str) -> str:
    return f'from = "2027-05-{first}"\nto = "2027-05-{last}"'


def loudspeaker(place: Maker) -> Callable[[str], Output]:
    """Return what makes an output that keeps time as a loudspeaker would."""

    def make(name: str) -> Output:
        output = SilentOutput(place.clock)
        output.device = name
        return output

    return make


def test_a_recorded_version_airs_behind_its_text_and_the_report_counts_it(place: Maker, ledger: Ledger) -> None:
    desk = a_desk(place.render(), ledger, loudspeaker(place))
    tick_until(desk, place.clock, "2027-05-03 05:32")

    (play,) = plays(ledger)
    text, version = play.scripts
    assert (play.outcome, text.id, text.language) == (Outcome.AIRED, "bai-1", "")
    assert (version.id, version.language, version.voice, version.seconds) == ("bai-1.hmong", MONG, "recorded", 5.0)
    (cued,) = ledger.rows([Kind.CUED])
    assert [script.get("language") for script in cued.body["scripts"]] == [None, MONG]
    found = report(ledger, at("2027-05-03 12:00"))
    heard = round((text.seconds + 5.0 + 2.0) * 1000)
    told = counts(found.groups.languages)
    assert {key: each[:4] for key, each in told.items()} == {"": ("", 1, 1, 0), "tiếng mông": (MONG, 1, 1, 0)}
    assert sum(each[4] for each in told.values()) == found.total.heard_ms == heard
    assert told["tiếng mông"][4] == pytest.approx(heard * 5 / (text.seconds + 5), abs=1)
    assert found.groups.languages.twice.planned == 1


def test_a_version_airs_in_a_rehearsal(place: Maker) -> None:
    station = place.render()
    found = rehearse_window(station, Window(date(2027, 5, 3), date(2027, 5, 3), ZONE), "silent")
    (verdict,) = found.reconciliation.verdicts
    assert found.all_aired
    assert verdict.play is not None
    assert [script.id for script in verdict.play.scripts] == ["bai-1", "bai-1.hmong"]


def test_a_clips_row_says_its_language_so_that_a_plan_without_an_outcome_is_counted_right(
    place: Maker, ledger: Ledger
) -> None:
    place.render()
    made = {row.body["script"]: row.body.get("language") for row in ledger.rows([Kind.CLIP_MADE])}
    assert made == {"bai-1": None, "bai-1.hmong": MONG, "bai-2": None}
    start = datetime(2027, 5, 20, 5, 30, tzinfo=ZONE)
    ledger.append([planned_row(Occurrence("thu", "sang", start, ("bai-1", "bai-1.hmong")), start - timedelta(days=1))])
    told = counts(report(ledger).groups.languages)
    assert told == {"": ("", 1, 0, 0, 0), "tiếng mông": (MONG, 1, 0, 0, 0)}


def test_a_version_that_nobody_has_told_of_is_counted_under_its_word(ledger: Ledger) -> None:
    start = datetime(2027, 5, 20, 5, 30, tzinfo=ZONE)
    ledger.append([planned_row(Occurrence("thu", "sang", start, ("a", "a.hmong")), start - timedelta(days=1))])
    assert counts(report(ledger).groups.languages) == {"": ("", 1, 0, 0, 0), "hmong": ("hmong", 1, 0, 0, 0)}


def test_a_missing_version_is_missed_with_its_text_and_counted_as_it_last_was(place: Maker, ledger: Ledger) -> None:
    place.campaign(place.slot("05:30", "bai-1", 'versions = ["vi", "hmong"]'), dates=days("03", "04"))
    desk = a_desk(place.render(), ledger, loudspeaker(place))
    tick_until(desk, place.clock, "2027-05-03 05:32")
    (place.root / "scripts" / "bai-1.hmong.md").unlink()
    second = Ledger.open(place.root / "broadcaster.db")
    place.clock.now = at("2027-05-04 05:20")
    desk = a_desk(place.open(), second, loudspeaker(place))
    tick_until(desk, place.clock, "2027-05-04 05:45")
    assert [play.outcome for play in plays(second)] == [Outcome.AIRED, Outcome.FAILED]
    told = counts(report(second, at("2027-05-05 12:00")).groups.languages)
    assert {key: each[:4] for key, each in told.items()} == {"": ("", 2, 1, 0), "tiếng mông": (MONG, 2, 1, 0)}
    second.close()


# ---- a month -----------------------------------------------------------------------------------------------------

LANGUAGES = {"thong-diep-2": MONG, "tieu-pham": "Tiếng mông", "thong-diep-1": ""}
"""Of the scripts of `histories`; whoever wrote the skit's was in a hurry."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("languages") / "broadcaster.db"
    with Ledger.open(path) as ledger:
        for number in range(4):
            day = datetime(2027, 5, 3, tzinfo=ZONE) + timedelta(days=number)
            plan = [slot.on(day) for slot in SLOTS]
            ledger.append([planned_row(each, day) for each in plan])
            for play in (play for play in map(ending, plan) if play):
                scripts = tuple(replace(each, language=LANGUAGES[each.id]) for each in play.scripts)
                ledger.append([played_row(replace(play, scripts=scripts), day + timedelta(hours=22))])
    return path


@pytest.fixture(scope="module")
def figures(path: Path) -> Figures:
    with Ledger.open(path, read_only=True) as ledger:
        return report(ledger)


def made(figures: Figures, kind: ReportFormat) -> bytes:
    return render(kind, figures, None, None)


def test_a_language_is_the_same_however_it_is_written_and_all_add_up(figures: Figures) -> None:
    found, total = figures.groups.languages, figures.total
    assert [(each.key, each.planned) for each in found.groups] == [("", 4 * 2), ("tiếng mông", 4 * 3)]
    assert found.groups[1].title in (MONG, "Tiếng mông")
    for name in ("planned", "aired", "unplanned", "heard_ms", "tenths"):
        whole = sum(getattr(each, name) for each in found.groups) - getattr(found.twice, name)
        assert whole == getattr(total, name), name


def test_every_format_has_the_table(figures: Figures) -> None:
    planned = [["tiếng Việt", "8"], [figures.groups.languages.groups[1].title, "12"]]
    planned += [["trừ phần tính ở nhiều dòng", "-4"], ["Tổng cộng", "16"]]
    word = word_table(docx.Document(io.BytesIO(made(figures, ReportFormat.DOCX))), "Ngôn ngữ")
    assert [row[:2] for row in word] == [["Ngôn ngữ", "Lượt theo lịch"], *planned]
    page = made(figures, ReportFormat.HTML).decode()
    table = re.search(r'<table class="data" id="languages">(.*?)</table>', page, re.DOTALL)
    assert table
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", table[1])][1:]
    assert [row[:2] for row in rows] == planned
    book = openpyxl.load_workbook(io.BytesIO(made(figures, ReportFormat.XLSX)))
    cells = list(book["Theo chủ đề"].iter_rows(values_only=True))
    start = next(index for index, row in enumerate(cells) if row[0] == "Ngôn ngữ")
    assert [[row[0], str(row[1])] for row in cells[start + 1 : start + 5]] == planned
    told = json.loads(made(figures, ReportFormat.JSON))["languages"]
    assert [(each["key"], each["planned"]) for each in told["groups"]] == [("", 8), ("tiếng mông", 12)]


def test_csv_and_the_sheet_of_plays_have_the_languages_of_each_line(figures: Figures) -> None:
    head, first, second, *_rest = csv.reader(io.StringIO(made(figures, ReportFormat.CSV).decode("utf-8-sig")))
    column = head.index("Ngôn ngữ")
    assert (first[column], second[column]) == ("tiếng Việt, tiếng Mông", "Tiếng mông")
    book = openpyxl.load_workbook(io.BytesIO(made(figures, ReportFormat.XLSX)))
    sheets = [sheet for sheet in book if any("Ngôn ngữ" in row for row in sheet.iter_rows(max_row=3, values_only=True))]
    assert len(sheets) >= 2
    lines = json.loads(made(figures, ReportFormat.JSON))["lines"]
    assert [line.get("languages") for line in lines[:4]] == [["", MONG], ["Tiếng mông"], [MONG], None]


def test_the_figures_are_signed_with_it(figures: Figures) -> None:
    def told() -> Any:
        return json.loads(made(figures, ReportFormat.JSON))

    assert digest_of_json(told()) == sign_figures(figures).digest
    other = told()
    other["languages"]["groups"][1]["aired"] += 1
    assert digest_of_json(other) != sign_figures(figures).digest
    without = told()
    del without["languages"]
    assert digest_of_json(without) != sign_figures(figures).digest


def test_where_all_is_vietnamese_nothing_is_said_of_it(tmp_path: Path) -> None:
    day = datetime(2027, 5, 3, tzinfo=ZONE)
    occurrence = SLOTS[1].on(day)
    play = ending(occurrence)
    assert play is not None
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        ledger.append([planned_row(occurrence, day), played_row(play, day + timedelta(hours=22))])
        found = report(ledger)
    for kind in (ReportFormat.HTML, ReportFormat.CSV):
        assert "gôn ngữ" not in made(found, kind).decode("utf-8-sig")
    heads = {table.rows[0].cells[0].text for table in docx.Document(io.BytesIO(made(found, ReportFormat.DOCX))).tables}
    assert "Ngôn ngữ" not in heads
    told = json.loads(made(found, ReportFormat.JSON))
    assert all("languages" not in line for line in told["lines"])
    del told["languages"]  # as an earlier version wrote it: the digest on its paper is still the same
    assert digest_of_json(told) == sign_figures(found).digest


def test_a_report_with_languages_is_found_to_be_the_one_that_was_made(
    path: Path, station_folder: Path, monkeypatch: pytest.MonkeyPatch, broadcaster: RunCommand
) -> None:
    (station_folder / "broadcaster.db").write_bytes(path.read_bytes())
    monkeypatch.chdir(station_folder)
    for kind in ("docx", "xlsx", "html", "json"):
        assert broadcaster("report", "--month", "5/2027", "--out", f"x.{kind}").code == 0
        checked = broadcaster("audit", "report", f"x.{kind}")
        assert checked.code == 0, checked.out
