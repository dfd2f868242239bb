"""Counts by topic, letter and origin, months side by side, activities: they add up, in every format, and are signed."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from histories import LETTER, SLOTS, ending, unplanned
from hypothesis import given
from hypothesis import strategies as st
from made_report import word_table
from stations import ZONE

from broadcaster.models import Occurrence
from broadcaster.office.monthly_report import ReportFormat, count, render
from broadcaster.office.window import Window
from broadcaster.playout.rows import planned_row, played_row
from broadcaster.records.activities import Activity, ActivityKind, withdrawal
from broadcaster.records.ledger import Ledger
from broadcaster.records.monthly.digest import digest_of_json, sign_figures
from broadcaster.records.monthly.figures import Figures
from broadcaster.records.monthly.groups import Grouping
from broadcaster.records.monthly.tenths import in_tenths
from broadcaster.records.monthly.word_groups import groups_context
from broadcaster.records.play_rows import Play
from broadcaster.records.reconcile import EVERYTHING, Scope

if TYPE_CHECKING:
    from commands import RunCommand

NOW = datetime(2027, 6, 2, 8, tzinfo=ZONE)
VOLUNTARY, HEALTH = "bhxh-tu-nguyen", "bhyt"
TITLES = {VOLUNTARY: "Bảo hiểm xã hội tự nguyện", "xa-doai": "Cụm loa xã Đoài cũ"}
GROUPS = {"chieu": "xa-doai"}
TOPICS = {"thong-diep-1": VOLUNTARY, "thong-diep-2": HEALTH, "tieu-pham": VOLUNTARY}
OWN_LETTER = "12/KH-UBND"
FIRST = datetime(2027, 4, 20, tzinfo=ZONE)
WINDOW = Window(date(2027, 4, 20), date(2027, 5, 31), ZONE)


def counted(play: Play) -> Play:
    """Return a play whose scripts have topics, and one of them a letter of its own."""
    scripts = (
        replace(
            script,
            topic=TOPICS.get(script.id, ""),
            topic_title=TITLES.get(TOPICS.get(script.id, ""), ""),
            source=OWN_LETTER if script.id == "thong-diep-1" else "",
            language="tiếng Mông" if script.id == "tieu-pham" else "",
        )
        for script in play.scripts
    )
    group = GROUPS.get(play.slot, "")
    return replace(play, scripts=tuple(scripts), group=group, group_title=TITLES.get(group, ""))


def for_its_group(planned: Occurrence) -> Occurrence:
    """Return an occurrence that is for the loudspeakers that hear its slot."""
    return replace(planned, group=GROUPS.get(planned.slot, ""))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history of 42 days over two months, with topics, letters, and activities of which one is withdrawn."""
    path = tmp_path_factory.mktemp("groups") / "broadcaster.db"
    with Ledger.open(path) as ledger:
        for number in range(42):
            day = FIRST + timedelta(days=number)
            plan = [for_its_group(slot.on(day)) for slot in SLOTS]
            ledger.append([planned_row(each, day) for each in plan])
            plays = [*(ending(each) for each in plan), *unplanned(day)]
            ledger.append([played_row(counted(play), day + timedelta(hours=22)) for play in plays if play])
        ledger.append([each.entry(number, "Hòa", NOW) for number, each in enumerate(ACTIVITIES, 1)])
        ledger.append([withdrawal(4, "nhập trùng", "Lan", NOW)])
    return path


ACTIVITIES = (
    Activity(date(2027, 5, 12), ActivityKind.BANNER, 3, "Băng rôn", "Cổng chợ", VOLUNTARY, TITLES[VOLUNTARY], LETTER),
    Activity(date(2027, 5, 14), ActivityKind.BANNER, 2, "=HYPERLINK(1)", "", "", "", ""),
    Activity(date(2027, 4, 21), ActivityKind.ARTICLE, 1, "Tin <b>", "", HEALTH, "", ""),
    Activity(date(2027, 5, 12), ActivityKind.BANNER, 3, "Băng rôn", "Cổng chợ"),
)


def report(path: Path, window: Window = WINDOW, scope: Scope = EVERYTHING) -> Figures:
    with Ledger.open(path, read_only=True) as ledger:
        return count(ledger, window, NOW, "Xã thử", scope)


@pytest.fixture(scope="module")
def figures(path: Path) -> Figures:
    return report(path)


def group(grouping: Grouping, key: str) -> tuple[int, int, int, int]:
    found = next(each for each in grouping.groups if each.key == key)
    return found.planned, found.aired, found.unplanned, found.heard_ms


def by_hand(path: Path, condition: str) -> tuple[int, ...]:
    """Count planned, aired and unplanned plays with a script that fits, and what was heard of them, in SQL."""
    query = f"""
        SELECT sum(planned), sum(planned AND outcome = 'aired'), sum(NOT planned) FROM (
            SELECT DISTINCT played.seq, json_extract(played.body, '$.outcome') AS outcome,
                played.occurrence IN (SELECT occurrence FROM ledger WHERE kind = 'planned') AS planned
            FROM ledger AS played, json_each(played.body, '$.scripts') AS script
            WHERE kind = 'played' AND {condition})"""
    with closing(sqlite3.connect(path)) as database:
        return tuple(database.execute(query).fetchone())


def test_topics_are_counted_as_sql_counts_them(path: Path, figures: Figures) -> None:
    topics = figures.groups.topics
    assert [each.key for each in topics.groups] == [VOLUNTARY, HEALTH, ""]
    assert [each.title for each in topics.groups] == ["Bảo hiểm xã hội tự nguyện", "", ""]
    missing = 2  # of the evenings of the 28th the history is silent: planned, and counted as the script last was
    planned, aired, others, _heard = group(topics, VOLUNTARY)
    wanted = by_hand(path, f"json_extract(script.value, '$.topic') = '{VOLUNTARY}'")
    assert (planned - missing, aired, others) == wanted
    assert group(topics, HEALTH)[:3] == by_hand(path, f"json_extract(script.value, '$.topic') = '{HEALTH}'")


def test_a_campaigns_letter_goes_before_that_of_a_script(figures: Figures) -> None:
    letters = figures.groups.letters
    assert [each.key for each in letters.groups] == ["1192/BHXH-TT", OWN_LETTER, ""]
    assert group(letters, LETTER)[0] == sum(line.planned and line.source == LETTER for line in figures.lines)
    assert group(letters, OWN_LETTER)[0] == sum(line.campaign == "tin-xa" for line in figures.lines)


def test_origins_are_those_that_there_are_and_tests_are_none(figures: Figures) -> None:
    assert [each.key for each in figures.groups.origins.groups] == ["plan", "say", "emergency", "make-good"]
    assert group(figures.groups.origins, "plan")[:3] == (figures.total.planned, figures.total.aired, 0)


def assert_adds_up(figures: Figures) -> None:
    groups, total = figures.groups, figures.total
    for grouping in (groups.topics, groups.letters, groups.origins, groups.languages):
        for name in ("planned", "aired", "unplanned", "heard_ms", "tenths"):
            whole = sum(getattr(each, name) for each in grouping.groups) - getattr(grouping.twice, name)
            assert whole == getattr(total, name), name
    for span, topics in zip(figures.months, groups.months, strict=True):
        for name in ("planned", "aired", "unplanned", "heard_ms", "tenths"):
            whole = sum(getattr(each, name) for each in topics.groups) - getattr(topics.twice, name)
            assert whole == getattr(span.tally, name), name


def test_every_grouping_adds_up_to_the_total_also_as_printed(path: Path, figures: Figures) -> None:
    assert_adds_up(figures)
    assert figures.groups.topics.twice.planned == 42  # the morning has a script of each topic
    assert [(span.first.isoformat(), span.last.isoformat()) for span in figures.months] == [
        ("2027-04-20", "2027-04-30"), ("2027-05-01", "2027-05-31")
    ]  # fmt: skip
    assert_adds_up(report(path, Window(date(2027, 5, 2), date(2027, 5, 2), ZONE)))
    assert_adds_up(report(path, scope=Scope(source=LETTER)))
    assert_adds_up(report(path, Window(date(2026, 1, 1), date(2026, 1, 31), ZONE)))


@given(st.lists(st.lists(st.integers(0, 10**7), min_size=3, max_size=3), min_size=1, max_size=12))
def test_months_and_topics_add_up_both_ways_as_printed(heard: list[list[int]]) -> None:
    parts = in_tenths(length for month in heard for length in month)
    months = [sum(parts[3 * index : 3 * index + 3]) for index in range(len(heard))]
    assert months == in_tenths(sum(month) for month in heard)
    assert sum(parts) == sum(in_tenths([sum(map(sum, heard))]))


def test_a_later_edit_of_the_front_matter_does_not_change_what_was(tmp_path: Path) -> None:
    day = datetime(2027, 5, 3, tzinfo=ZONE)
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        for number, topic in enumerate((VOLUNTARY, HEALTH)):
            occurrence = SLOTS[1].on(day + timedelta(days=number))
            play = ending(occurrence)
            assert play is not None
            played = replace(play, scripts=(replace(play.scripts[0], topic=topic),))
            ledger.append([planned_row(occurrence, day), played_row(played, occurrence.start + timedelta(hours=1))])
        to_come = SLOTS[1].on(datetime(2027, 6, 3, tzinfo=ZONE))
        ledger.append([planned_row(to_come, day)])
    found = report(tmp_path / "broadcaster.db", Window(date(2027, 5, 1), date(2027, 6, 30), ZONE))
    assert group(found.groups.topics, VOLUNTARY)[:2] == (1, 1)
    assert group(found.groups.topics, HEALTH)[:2] == (2, 1)  # what is to come counts as the script last did


def test_activities_are_listed_without_what_was_taken_back(path: Path, figures: Figures) -> None:
    assert [(each.number, each.by) for each in figures.activities] == [(3, "Hòa"), (1, "Hòa"), (2, "Hòa")]
    assert [each.number for each in report(path, scope=Scope(source=LETTER)).activities] == [1]
    assert report(path, scope=Scope(campaign="thang-5")).activities == ()


# ---- formats -------------------------------------------------------------------------------------------------------


def made(figures: Figures, kind: ReportFormat) -> bytes:
    return render(kind, figures, None, None)


def total_texts(figures: Figures) -> list[str]:
    total = figures.total
    minutes = f"{total.tenths / 10:,.1f}".translate(str.maketrans(",.", ".,"))
    return ["Tổng cộng", str(total.planned), str(total.aired), str(total.unplanned), minutes]


def vietnamese(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def assert_printed_sums(rows: list[list[str]]) -> None:
    """Check that what is printed adds up, column by column, by a reader's own hand."""
    *parts, last = rows
    for index in range(1, len(last)):
        assert round(sum(vietnamese(row[index]) for row in parts), 1) == vietnamese(last[index])


def test_word_has_the_tables_and_they_add_up(figures: Figures) -> None:
    word = docx.Document(io.BytesIO(made(figures, ReportFormat.DOCX)))
    for head in ("Chủ đề", "Văn bản", "Loại phát", "Ngôn ngữ"):
        rows = next(
            [[cell.text for cell in row.cells] for row in table.rows]
            for table in word.tables
            if (table.rows[0].cells[0].text, table.rows[0].cells[1].text) == (head, "Lượt theo lịch")
        )
        assert rows[-1] == total_texts(figures)
        assert_printed_sums(rows[1:])
    topics = next(
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in word.tables
        if table.rows[0].cells[0].text == "Chủ đề"
    )
    assert topics[0][1] == "Tháng"
    assert [row[:2] for row in topics[1:3]] == [
        ["Bảo hiểm xã hội tự nguyện", "tháng 4 năm 2027"], ["Bảo hiểm xã hội tự nguyện", "tháng 5 năm 2027"]
    ]  # fmt: skip
    months = word_table(word, "Tháng")
    assert [row[0] for row in months[1:]] == ["tháng 4 năm 2027", "tháng 5 năm 2027", "Tổng cộng"]
    assert_printed_sums([[row[0], *row[1:3], *row[4:]] for row in months[1:]])  # a share is no sum
    assert word_table(word, "Loại")[1:] == [["băng rôn", "2", "5"], ["tin, bài trên báo chí địa phương", "1", "1"]]
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert texts.index("CÁC HOẠT ĐỘNG TRUYỀN THÔNG KHÁC") < texts.index("Phụ lục IV")


def test_the_guide_names_what_a_template_may_use_of_them(figures: Figures) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "bao-cao.md").read_text("utf-8")
    documented = set(re.findall(r"`([A-Za-z_.]+)`", guide))
    for name, rows in groups_context(figures).items():
        assert rows, name
        assert {name, *(f"dong.{field}" for field in rows[0])} <= documented


def test_word_of_one_month_without_topics_has_none_of_it(tmp_path: Path) -> None:
    day = datetime(2027, 5, 3, tzinfo=ZONE)
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        ledger.append([planned_row(replace(SLOTS[1].on(day), source=""), day)])
    figures = report(tmp_path / "broadcaster.db", Window(date(2027, 5, 1), date(2027, 5, 31), ZONE))
    word = docx.Document(io.BytesIO(made(figures, ReportFormat.DOCX)))
    heads = {table.rows[0].cells[0].text for table in word.tables}
    assert not heads & {"Tháng", "Chủ đề", "Văn bản", "Loại"}
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert "Phụ lục III" in texts
    assert "Phụ lục IV" not in texts


def test_excel_has_the_tables_with_numbers_and_no_formulas(figures: Figures) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(figures, ReportFormat.XLSX)))
    rows = list(book["Theo chủ đề"].iter_rows(values_only=True))
    start = next(index for index, row in enumerate(rows) if row[:2] == ("Chủ đề", "Lượt theo lịch")) + 1
    end = next(index for index, row in enumerate(rows) if index > start and row[0] == "Tổng cộng")
    assert sum(row[1] for row in rows[start:end]) == rows[end][1] == figures.total.planned  # type: ignore[misc]
    assert rows[end][4] == pytest.approx(figures.total.heard_ms / 60_000)
    done = [row for row in book["Hoạt động khác"].iter_rows() if row[3].value == "=HYPERLINK(1)"]
    assert [(row[0].is_date, row[2].value, row[3].data_type) for row in done] == [(True, 2, "s")]


def test_the_page_has_the_tables_and_escapes_what_people_wrote(figures: Figures) -> None:
    page = made(figures, ReportFormat.HTML).decode()
    for name in ("months", "topic-months", "topics", "letters", "origins", "languages", "activity-sums", "activities"):
        table = re.search(rf'<table class="data" id="{name}">(.*?)</table>', page, re.DOTALL)
        assert table, name
        rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", table[1])][1:]
        if name in ("topics", "letters", "origins", "languages"):
            assert rows[-1] == total_texts(figures)
            assert_printed_sums(rows)
    assert "Tin &lt;b&gt;" in page
    assert "trừ phần tính ở nhiều dòng" in page


def told_by_json(figures: Figures) -> Any:
    return json.loads(made(figures, ReportFormat.JSON))


def test_json_has_all_of_it_and_its_digest_is_the_signed_one(figures: Figures) -> None:
    told = told_by_json(figures)
    assert digest_of_json(told) == sign_figures(figures).digest
    topics = told["topics"]
    assert sum(each["planned"] for each in topics["groups"]) - topics["twice"]["planned"] == told["total"]["planned"]
    assert [month["first"] for month in told["months"]] == ["2027-04-20", "2027-05-01"]
    assert [each["number"] for each in told["activities"]] == [3, 1, 2]
    assert {tuple(line["topics"]) for line in told["lines"]} == {(), (VOLUNTARY,), (HEALTH,), (VOLUNTARY, HEALTH)}


@pytest.mark.parametrize("name", ["topics", "sources", "origins", "languages"])
def test_another_number_of_a_group_has_another_digest(figures: Figures, name: str) -> None:
    told = told_by_json(figures)
    told[name]["groups"][0]["aired"] += 1
    assert digest_of_json(told) != sign_figures(figures).digest


def test_another_month_or_activity_has_another_digest(figures: Figures) -> None:
    told = told_by_json(figures)
    told["months"][0]["topics"]["groups"][0]["unplanned"] += 1
    assert digest_of_json(told) != sign_figures(figures).digest
    told = told_by_json(figures)
    told["activities"][0]["count"] = 100
    assert digest_of_json(told) != sign_figures(figures).digest


def test_csv_has_the_topics_of_each_line(figures: Figures) -> None:
    head, first, *_rest = made(figures, ReportFormat.CSV).decode("utf-8-sig").splitlines()
    assert "Mã chủ đề" in head
    assert f"{VOLUNTARY}, {HEALTH}" in first


def test_what_the_plan_has_no_scripts_of_is_counted_nowhere_twice(tmp_path: Path) -> None:
    day = datetime(2027, 5, 3, tzinfo=ZONE)
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        ledger.append([planned_row(Occurrence("a", "b", day, ("x", "x")), day - timedelta(days=1))])
    found = report(tmp_path / "broadcaster.db", Window(date(2027, 5, 3), date(2027, 5, 3), ZONE))
    assert_adds_up(found)
    assert found.groups.topics.twice.planned == 0


def test_a_report_with_all_of_it_is_found_to_be_the_one_that_was_made(
    path: Path, station_folder: Path, monkeypatch: pytest.MonkeyPatch, broadcaster: RunCommand
) -> None:
    shutil.copy(path, station_folder / "broadcaster.db")
    monkeypatch.chdir(station_folder)
    span = ("--from", "20/4/2027", "--to", "2027-05")
    for kind in ("docx", "xlsx", "html", "json"):
        assert broadcaster("report", *span, "--out", f"x.{kind}").code == 0
        checked = broadcaster("audit", "report", f"x.{kind}")
        assert checked.code == 0, checked.out
    page = Path("x.html")
    page.write_text(page.read_text("utf-8").replace("<td>Cổng chợ</td>", "<td>Cả xã</td>"), "utf-8")
    changed = broadcaster("audit", "report", "x.html")
    assert changed.code == 1
    assert "Cả xã" in changed.out
