"""Reports held against the plan as it was frozen: counts that add up, who took out what and why, in every format."""

from __future__ import annotations

import io
import json
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from commands import RunCommand
from hypothesis import given, settings
from hypothesis import strategies as st
from made_report import word_table
from stations import ZONE, Maker, at

from broadcaster.models import Occurrence, Outcome, Slot
from broadcaster.office.changes import write_changes
from broadcaster.office.freeze_month import freeze_month, month_to_freeze
from broadcaster.office.monthly_report import ReportFormat, count, make_report
from broadcaster.office.report_check import check_report
from broadcaster.office.skip_move_pause import skip_occurrences
from broadcaster.office.window import Window
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.rows import planned_row, played_row, withdrawn_row
from broadcaster.reasons import NO_REASON, in_words
from broadcaster.records.frozen_plan import FrozenMonth, Month, frozen_entry, plan_from_row
from broadcaster.records.keys import new_key, public_key
from broadcaster.records.ledger import Ledger, Row
from broadcaster.records.monthly.digest import digest_of_json, sign_figures
from broadcaster.records.monthly.figures import Figures, Heading, figures
from broadcaster.records.monthly.frozen import FrozenTally, frozen_total
from broadcaster.records.monthly.frozen_words import word_context
from broadcaster.records.monthly.read_back import read_report
from broadcaster.records.play_rows import Play, PlayedScript, planned_to_body, to_body
from broadcaster.records.reconcile import EVERYTHING, Scope, reconcile
from broadcaster.schedule.campaign_edit import edit
from broadcaster.schedule.plan import expand
from broadcaster.station.folder import Station

REASON = "Quốc tang, theo công văn 12"
MAY = (at("2027-05-01 00:00"), at("2027-06-01 00:00"))
WINDOW = Window(MAY[0].date(), at("2027-05-31 00:00").date(), ZONE)


class Commune:
    """A commune that lives through a May: one item a day at 05:30, and what is done to its plan."""

    def __init__(self, root: Path) -> None:
        self.clock = SimulatedClock(at("2027-04-28 08:00"))
        self.maker = Maker(root, self.clock).settings().script("bai-1").script("bai-2")
        self.maker.campaign(self.maker.slot("05:30"))
        self.station: Station = self.maker.open()

    def freeze(self) -> None:
        freeze_month(self.station, month_to_freeze(self.station, "5/2027", None), "Hoa")

    def skip(self, day: int, when: str, by: str, reason: str) -> None:
        self.clock.now = at(when)
        changes = skip_occurrences(self.station, [f"thu/sang@2027-05-{day:02}T05:30+07:00"])
        write_changes(self.station, changes, by, reason=reason)

    def live(
        self, until: str = "2027-06-02 08:00", missed: tuple[int, ...] = (), changed: tuple[int, ...] = ()
    ) -> None:
        """Let everything that the files plan air, but for the days that are `missed`; or with another script."""
        self.clock.now = at(until)
        with closing(Ledger.open(self.station.ledger_path)) as ledger:
            for each in expand(self.station.campaigns()[0].values(), MAY[0], min(MAY[1], at(until)), ZONE):
                scripts = ("bai-2",) if each.start.day in changed else each.scripts
                planned = Occurrence(each.campaign, each.slot, each.start, scripts, source=each.source)
                play = _play(planned, aired=each.start.day not in missed)
                later = each.start + timedelta(minutes=5)
                ledger.append([planned_row(planned, each.start - timedelta(hours=9)), played_row(play, later)])

    def report(self, scope: Scope = EVERYTHING, window: Window = WINDOW) -> Figures:
        with closing(Ledger.open(self.station.ledger_path, read_only=True)) as ledger:
            return count(ledger, window, self.clock.now, "Xã thử nghiệm", scope)

    def tally(self, scope: Scope = EVERYTHING, window: Window = WINDOW) -> FrozenTally | None:
        return frozen_total(self.report(scope, window).frozen)


def _play(of: Occurrence, *, aired: bool) -> Play:
    scripts = tuple(PlayedScript(id_, f"Bài {id_}", "t", "c", "espeak:vi", 60.0) for id_ in of.scripts)
    ended = of.start + timedelta(seconds=60)
    outcome = Outcome.AIRED if aired else Outcome.MISSED
    return Play(
        of.id, of.campaign, of.slot, of.bulletin_class, scripts, of.start, outcome,
        why=NO_REASON if aired else in_words("máy tắt"), started=of.start if aired else None,
        ended=ended if aired else None, heard_s=60.0 if aired else 0.0, source=of.source,
        device="USB Audio Device" if aired else "",
    )  # fmt: skip


@pytest.fixture
def commune(tmp_path: Path) -> Commune:
    return Commune(tmp_path)


@pytest.fixture
def thinned(commune: Commune) -> Commune:
    """Return a May that was frozen and thinned out: two days skipped with a reason, one added, one missed."""
    commune.freeze()
    commune.skip(10, "2027-05-03 08:00", "Lan", REASON)
    commune.skip(11, "2027-05-03 09:00", "Lan", REASON)
    file = commune.station.schedules_folder / "thu.toml"
    slot = edit(file).campaign.slots[0]
    more = edit(file).add(_extra(slot))
    write_changes(commune.station, [more.change()], "Hoa", reason="Thêm buổi chiều")
    commune.live(missed=(25,), changed=(26,))
    return commune


def _extra(slot: Slot) -> Slot:
    start = at("2027-05-20 18:00")
    day = start.date()
    return replace(slot, id="chieu", at=(start.time(),), start=day, end=day, skips=frozenset())


# ---- figures -----------------------------------------------------------------------------------------------------


def test_of_what_was_frozen_each_is_counted_once_and_what_was_put_in_apart(thinned: Commune) -> None:
    assert thinned.tally() == FrozenTally(
        planned=31, aired=28, not_aired=1, to_come=0, taken_out=2, put_in=1, other_scripts=1
    )


def test_the_share_of_the_frozen_plan_stands_beside_that_of_the_plan_in_force(thinned: Commune) -> None:
    report, tally = thinned.report(), thinned.tally()
    assert report.total.share == 29 / 30
    assert tally is not None
    assert tally.share == 28 / 31


def test_who_took_out_or_put_in_what_when_and_why(thinned: Commune) -> None:
    (span,) = thinned.report().frozen
    told = [(each.by, each.at, each.reason, each.taken_out, each.put_in) for each in span.edits]
    assert told == [
        ("Lan", at("2027-05-03 08:00"), REASON, ("thu/sang@2027-05-10T05:30+07:00",), ()),
        ("Lan", at("2027-05-03 09:00"), REASON, ("thu/sang@2027-05-11T05:30+07:00",), ()),
        ("Hoa", at("2027-05-03 09:00"), "Thêm buổi chiều", (), ("thu/chieu@2027-05-20T18:00+07:00",)),
    ]


def test_in_the_middle_of_a_month_what_is_to_come_is_no_fault(commune: Commune) -> None:
    commune.freeze()
    commune.skip(20, "2027-05-03 08:00", "Lan", REASON)
    commune.live("2027-05-10 08:00")
    assert commune.tally() == FrozenTally(
        planned=31, aired=10, not_aired=0, to_come=20, taken_out=1, put_in=0, other_scripts=0
    )


def test_what_was_taken_out_and_put_back_was_not_taken_out(commune: Commune) -> None:
    commune.freeze()
    file = commune.station.schedules_folder / "thu.toml"
    before = file.read_text("utf-8")
    commune.skip(20, "2027-05-03 08:00", "Lan", REASON)
    change = edit(file).change()
    write_changes(commune.station, [replace(change, after=before)], "Hoa")
    commune.live()
    tally = commune.tally()
    assert tally is not None
    assert (tally.aired, tally.taken_out, tally.put_in) == (31, 0, 0)


def test_what_no_edit_tells_of_is_told_as_such(commune: Commune) -> None:
    commune.freeze()
    commune.live("2027-05-10 08:00")
    gone = Occurrence("thu", "sang", at("2027-05-12 05:30"), ("bai-1",))
    with closing(Ledger.open(commune.station.ledger_path)) as ledger:
        ledger.append([planned_row(gone, commune.clock.now), withdrawn_row(gone, NO_REASON, commune.clock.now)])
    (span,) = commune.report().frozen
    assert [(each.seq, each.taken_out) for each in span.edits] == [(0, (gone.id,))]
    assert span.tally is not None
    assert span.tally.taken_out == 1


def test_what_a_desk_that_is_off_never_entered_is_not_aired_and_not_taken_out(commune: Commune) -> None:
    commune.freeze()
    commune.live("2027-05-10 08:00")
    commune.clock.now = at("2027-05-15 12:00")
    tally = commune.tally()
    assert tally is not None
    assert (tally.aired, tally.not_aired, tally.taken_out, tally.to_come) == (10, 5, 0, 16)


@pytest.mark.parametrize(
    ("scope", "planned"),
    [
        (Scope(campaign="thu"), 31),
        (Scope(campaign="khac"), 0),
        (Scope(source="1192/BHXH-TT"), 31),
        (Scope(source="5/UBND"), 0),
    ],
)
def test_a_report_that_is_narrowed_holds_only_what_it_is_about(thinned: Commune, scope: Scope, planned: int) -> None:
    tally = thinned.tally(scope)
    assert tally is not None
    assert tally.planned == planned
    assert tally.taken_out == (2 if planned else 0)
    assert tally.put_in == (1 if planned else 0)


def test_a_week_holds_only_its_days(thinned: Commune) -> None:
    week = Window(at("2027-05-10 00:00").date(), at("2027-05-16 00:00").date(), ZONE)
    tally = thinned.tally(window=week)
    assert tally == FrozenTally(planned=7, aired=5, not_aired=0, to_come=0, taken_out=2, put_in=0, other_scripts=0)


def test_a_month_that_was_never_frozen_says_so_in_every_format(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune.station.ledger().close()
    commune.live()
    report = commune.report()
    assert [span.plan for span in report.frozen] == [None]
    sentence = "tháng 5 năm 2027 chưa được chốt"
    for kind in (ReportFormat.DOCX, ReportFormat.XLSX, ReportFormat.HTML):
        data = make_report(commune.station, WINDOW, kind, EVERYTHING, None).data
        assert any(sentence in text for text in read_report(data, f".{kind}").texts), kind
    told = json.loads(make_report(commune.station, WINDOW, ReportFormat.JSON, EVERYTHING, None).data)
    assert told["frozen"] == [{"month": "2027-05", "frozen": False}]


# ---- formats -----------------------------------------------------------------------------------------------------


def made(thinned: Commune, kind: ReportFormat) -> bytes:
    return make_report(thinned.station, WINDOW, kind, EVERYTHING, None).data


SENTENCE = (
    "Lịch tháng 5 năm 2027 do Hoa chốt lúc 08:00 ngày 28/4/2027, gồm 31 lượt. Đã phát 28 lượt, đạt 90,3%; "
    "không phát hoặc phát không trọn 1 lượt; bị bỏ khỏi lịch 2 lượt; thêm vào lịch 1 lượt. Trong số đã phát có 1 lượt "
    "phát bài khác với lịch đã chốt."
)


def test_word_has_the_counts_and_the_table_of_edits(thinned: Commune) -> None:
    word = docx.Document(io.BytesIO(made(thinned, ReportFormat.DOCX)))
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert SENTENCE in texts
    assert (
        "So với lịch đã chốt (31 lượt): đã phát 28 lượt, đạt 90,3%; bị bỏ khỏi lịch 2 lượt, thêm vào lịch 1 lượt."
    ) in texts
    head, first, *_more = word_table(word, "Sửa lúc")
    assert head == ["Sửa lúc", "Người sửa", "Lý do", "Bỏ", "Thêm", "Đổi bài", "Lượt phát"]
    assert first == ["08:00 ngày 03/5/2027", "Lan", REASON, "1", "0", "0", "bỏ thu/sang: 05:30 ngày 10/5"]


def test_the_guide_names_what_a_template_may_use_of_frozen_plans(thinned: Commune) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "bao-cao.md").read_text("utf-8")
    names = word_context(thinned.report().frozen)
    fields = [f"chot_tong.{name}" for name in names["chot_tong"]]
    fields += [f"dong.{name}" for name in [*names["chot_sua"][0], "cau"]]
    assert {name for name in [*names, *fields] if f"`{name}`" not in guide} == set()


def test_excel_has_the_counts_and_the_table_of_edits(thinned: Commune) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(thinned, ReportFormat.XLSX)))
    rows = [tuple(cell for cell in row if cell is not None) for row in book["Tổng hợp"].iter_rows(values_only=True)]
    assert (SENTENCE,) in rows
    assert ("tháng 5 năm 2027", 31, 28, 1, 0, 2, 1, 1, "90,3%") in rows
    when = datetime(2027, 5, 3, 8)  # noqa: DTZ001 - Excel knows no zones
    assert ("bỏ thu/sang: 05:30 ngày 10/5", when, "Lan", 1, 0, 0, REASON) in rows


def test_the_page_has_the_counts_and_the_table_of_edits(thinned: Commune) -> None:
    texts = read_report(made(thinned, ReportFormat.HTML), ".html").texts
    assert SENTENCE in texts
    assert {REASON, "Lan", "bỏ thu/sang: 05:30 ngày 10/5", "bị bỏ khỏi lịch đã chốt".capitalize()} <= set(texts)


def test_json_has_the_counts_and_the_edits_and_its_digest_is_the_signed_one(thinned: Commune) -> None:
    told = json.loads(made(thinned, ReportFormat.JSON))
    (month,) = told["frozen"]
    assert {name: month[name] for name in ("planned", "aired", "not_aired", "to_come", "taken_out", "put_in")} == {
        "planned": 31, "aired": 28, "not_aired": 1, "to_come": 0, "taken_out": 2, "put_in": 1,
    }  # fmt: skip
    assert month["share"] == pytest.approx(28 / 31)
    assert month["edits"][0]["reason"] == REASON
    assert digest_of_json(told) == sign_figures(thinned.report()).digest


@pytest.mark.parametrize(
    "change",
    [
        lambda month: month.update(taken_out=0),
        lambda month: month["edits"][0].update(reason="Mưa"),
        lambda month: month["edits"][0].update(by="Hoa"),
        lambda month: month["edits"].pop(),
        lambda month: month.update(frozen=False),
    ],
)
def test_whoever_changes_a_figure_of_the_frozen_plan_has_another_digest(thinned: Commune, change: Any) -> None:
    told = json.loads(made(thinned, ReportFormat.JSON))
    before = digest_of_json(told)
    change(told["frozen"][0])
    assert digest_of_json(told) != before


@pytest.mark.parametrize("kind", [ReportFormat.DOCX, ReportFormat.XLSX, ReportFormat.HTML, ReportFormat.JSON])
def test_a_report_is_counted_again_with_its_frozen_plan_also_after_later_edits(
    thinned: Commune, tmp_path: Path, kind: ReportFormat
) -> None:
    file = tmp_path / f"bao-cao.{kind}"
    file.write_bytes(made(thinned, kind))
    thinned.clock.now = at("2027-06-03 08:00")
    later = skip_occurrences(thinned.station, ["thu/sang@2028-05-10T05:30+07:00"])
    write_changes(thinned.station, later, "Lan")
    key = public_key(thinned.station.owner.keys)
    assert check_report(str(file), thinned.station.ledger_path, key).ok


def test_the_digest_of_a_month_that_was_not_frozen_is_what_it_was_before_there_were_frozen_plans(
    commune: Commune,
) -> None:
    commune.station.ledger().close()
    commune.live()
    told = json.loads(make_report(commune.station, WINDOW, ReportFormat.JSON, EVERYTHING, None).data)
    before = {name: value for name, value in told.items() if name != "frozen"}
    assert digest_of_json(told) == digest_of_json(before)


def test_the_command_line_makes_such_a_report(broadcaster: RunCommand, thinned: Commune, tmp_path: Path) -> None:
    out = tmp_path / "bao-cao.json"
    done = broadcaster("report", "--month", "5/2027", "--out", str(out), station=thinned.station.root)
    assert done.code == 0, done.err
    assert json.loads(out.read_text("utf-8"))["frozen"][0]["taken_out"] == 2


@settings(max_examples=40)
@given(
    st.sets(st.integers(1, 31)),
    st.sets(st.integers(1, 31)),
    st.sets(st.integers(1, 31)),
    st.integers(1, 32),
)
def test_whatever_happened_each_frozen_occurrence_is_counted_once(
    skipped: set[int], entered: set[int], missed: set[int], today: int
) -> None:
    now = MAY[0] + timedelta(days=today - 1)
    plan = [Occurrence("thu", "sang", at(f"2027-05-{day:02} 05:30"), ("bai-1",)) for day in range(1, 32)]
    row = frozen_entry(Month.of(WINDOW.first, ZONE), plan, {}, new_key("Xã"), "Hoa", MAY[0])
    month = FrozenMonth(plan_from_row(Row(1, row.at, row.kind, None, "Hoa", row.body, "", "")))
    month.present = {each.id for each in plan if each.start.day not in skipped}
    heading = Heading("Xã", WINDOW.first, WINDOW.last, ZONE, now)
    planned = [each for each in plan if each.start.day in entered and each.start < now]
    plays = [_play(each, aired=each.start.day not in missed) for each in planned]
    rows = [Row(1, now, "planned", each.id, "daemon", planned_to_body(each), "", "") for each in planned]
    played = [Row(1, now, "played", each.occurrence, "daemon", to_body(each), "", "") for each in plays]
    (span,) = figures(reconcile(rows, played, now), heading, {"2027-05": month}).frozen
    tally = span.tally
    assert tally is not None
    assert tally.planned == 31 == tally.aired + tally.not_aired + tally.to_come + tally.taken_out
    assert tally.aired == len({each.start.day for each in planned} - missed)
    assert tally.taken_out == len(skipped - {each.start.day for each in planned})
    assert min(tally.not_aired, tally.to_come, tally.put_in) >= 0
