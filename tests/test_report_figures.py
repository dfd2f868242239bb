"""The figures of a report: sums that add up, whatever happened, and the same as SQL finds in the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from histories import LETTER, SECONDS, SLOTS, Slot, live, month_window, silent, whole
from hypothesis import given
from hypothesis import strategies as st
from stations import ZONE

from broadcaster.models import MuteKind, Outcome
from broadcaster.playout.rows import planned_row
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, Row
from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.figures import Figures, Heading, figures
from broadcaster.records.monthly.lines import share_out
from broadcaster.records.monthly.tenths import in_tenths
from broadcaster.records.play_rows import MutedPart, Origin, Play, planned_to_body, to_body
from broadcaster.records.reconcile import EVERYTHING, Reconciliation, Ruling, Scope, reconcile, reconcile_window

FIRST, LAST = date(2027, 5, 1), date(2027, 5, 31)
NOW = datetime(2027, 6, 2, 8, tzinfo=ZONE)


def may(path: Path, scope: Scope = EVERYTHING) -> Figures:
    with Ledger.open(path, read_only=True) as ledger:
        found = reconcile_window(ledger, *month_window(2027, 5, ZONE), NOW, scope=scope)
    return figures(found, Heading("Xã thử", FIRST, LAST, ZONE, NOW, scope))


@pytest.fixture(scope="module")
def ledger_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("may") / "broadcaster.db"
    live(path)
    live(path, datetime(2027, 6, 1, tzinfo=ZONE), 1)  # the next month begins at once
    return path


def sql(path: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query, values).fetchall()


# ---- a month that was lived ----------------------------------------------------------------------------------------


def test_the_totals_are_what_sql_finds_in_the_file(ledger_path: Path) -> None:
    total = may(ledger_path).total
    in_may = "planned_start >= '2027-05-01' AND planned_start < '2027-06-01'"
    of_plan = "occurrence IN (SELECT occurrence FROM plan WHERE state <> 'withdrawn')"
    outcomes = dict(sql(ledger_path, f"SELECT outcome, count(*) FROM as_run WHERE {in_may} AND {of_plan} GROUP BY 1"))
    late = f"SELECT count(*) FROM as_run WHERE {in_may} AND {of_plan} AND outcome = 'aired' AND late_s > 1"
    ((planned,),) = sql(ledger_path, "SELECT count(*) FROM plan WHERE state <> 'withdrawn' AND start < '2027-06-01'")
    ((unplanned,),) = sql(ledger_path, f"SELECT count(*) FROM as_run WHERE {in_may} AND NOT {of_plan}")
    ((heard,),) = sql(ledger_path, f"SELECT round(sum(heard_s), 3) FROM as_run WHERE {in_may}")
    assert total.planned == planned == 128
    assert total.aired == outcomes.pop("aired")
    assert total.rulings[Ruling.LATE] == sql(ledger_path, late)[0][0] == 3
    assert {str(ruling): total.rulings[ruling] for ruling in Ruling if str(ruling) in outcomes} == outcomes
    assert total.rulings[Ruling.NO_RECORD] == planned - total.aired - sum(outcomes.values()) == 1
    assert total.unplanned == unplanned == 3
    assert total.heard_ms / 1000 == heard


def test_days_weeks_and_scripts_add_up_to_the_total(ledger_path: Path) -> None:
    report = may(ledger_path)
    assert_adds_up(report)
    assert len(report.days) == 31
    assert [(span.first.day, span.last.day) for span in report.weeks] == [
        (1, 2), (3, 9), (10, 16), (17, 23), (24, 30), (31, 31)
    ]  # fmt: skip


def test_causes_hold_every_line_that_was_not_heard_whole(ledger_path: Path) -> None:
    report = may(ledger_path)
    assert sum(len(cause.lines) for cause in report.causes) == report.total.not_aired == 9
    assert report.causes[0].status is Ruling.MISSED
    assert phrases.times(report.causes[0].starts) == "17:00 các ngày 03/5, 04/5"
    silence = next(cause for cause in report.causes if cause.status is Ruling.NO_RECORD)
    assert phrases.reason(silence.lines[0]) == phrases.NO_RECORD


def test_what_an_edit_took_out_is_listed_unless_it_was_put_back(ledger_path: Path) -> None:
    (group,) = may(ledger_path).withdrawn_slots
    assert (group.slot, group.reason, len(group.starts)) == ("thang-5/toi", "sửa lịch", 31 - 4)
    assert not {start.day for start in group.starts} & {7, 14, 21, 28}


def test_a_letter_or_a_campaign_narrows_everything_alike(ledger_path: Path) -> None:
    of_letter, of_campaign = may(ledger_path, Scope(source=LETTER)), may(ledger_path, Scope(campaign="tin-xa"))
    everything = may(ledger_path)
    for report in (of_letter, of_campaign):
        assert_adds_up(report)
    assert of_letter.total.planned + of_campaign.total.planned == everything.total.planned
    assert [line.origin for line in of_letter.unplanned] == [Origin.MAKE_GOOD]
    assert of_letter.letters == (LETTER,)
    assert of_campaign.letters == of_campaign.withdrawn == ()


def test_a_make_good_belongs_to_the_campaign_whose_occurrence_it_replaces(ledger_path: Path) -> None:
    assert may(ledger_path, Scope(campaign="thang-5")).total.make_goods == 1
    assert may(ledger_path, Scope(campaign="tin-xa")).total.make_goods == 0


# ---- sums, whatever happened ---------------------------------------------------------------------------------------


def assert_adds_up(report: Figures) -> None:
    total = report.total
    assert total.planned == total.aired + total.not_aired + total.to_come == sum(line.planned for line in report.lines)
    for spans in (report.days, report.weeks):
        assert sum(span.tally.heard_ms for span in spans) == total.heard_ms
        for name in ("planned", "aired", "not_aired", "to_come", "unplanned", "make_goods", "sessions"):
            assert sum(getattr(span.tally, name) for span in spans) == getattr(total, name), name
    assert sum(script.heard_ms for script in report.scripts) == total.heard_ms
    assert sum(len(cause.lines) for cause in report.causes) == total.not_aired


def one_day(plays: list[Play], planned: bool = True) -> Figures:
    day = datetime(2027, 5, 3, tzinfo=ZONE)
    rows = [Row(1, day, Kind.PLAYED, play.occurrence, "daemon", to_body(play), "", "") for play in plays]
    plan = [
        Row(1, day, Kind.PLANNED, slot.on(day).id, "daemon", planned_to_body(slot.on(day)), "", "")
        for slot in SLOTS
        if planned
    ]
    return figures(reconcile(plan, rows, NOW), Heading("", day.date(), day.date(), ZONE, NOW))


fates = st.lists(
    st.none() | st.tuples(st.sampled_from(Outcome), st.integers(0, 900_000), st.floats(-1, 600)), min_size=4, max_size=4
)


@given(fates, st.booleans())
def test_the_sums_hold_for_any_day(fate: list[tuple[Outcome, int, float] | None], planned: bool) -> None:
    day = datetime(2027, 5, 3, tzinfo=ZONE)
    plays = []
    for slot, each in zip(SLOTS, fate, strict=True):
        if each is not None:
            outcome, heard_ms, late_s = each
            plays.append(whole(slot.on(day), late_s, outcome=outcome, heard_s=heard_ms / 1000))
    report = one_day(plays, planned)
    assert_adds_up(report)
    assert report.total.unplanned == (0 if planned else len(plays))


@given(st.integers(0, 10**9), st.lists(st.floats(0, 1e6), min_size=1, max_size=8))
def test_shares_add_up_and_none_is_negative(whole_ms: int, weights: list[float]) -> None:
    shares = share_out(whole_ms, weights)
    assert sum(shares) == whole_ms
    assert min(shares) >= 0
    assert len(shares) == len(weights)


def test_a_script_is_given_the_time_that_its_clip_took() -> None:
    first, *_others = SLOTS
    report = one_day([whole(first.on(datetime(2027, 5, 3, tzinfo=ZONE)))])
    heard = {script.id: script.heard_ms for script in report.scripts}
    part = SECONDS["thong-diep-1"] / (SECONDS["thong-diep-1"] + SECONDS["thong-diep-2"])
    assert heard["thong-diep-1"] == round(report.total.heard_ms * part)
    assert heard["tieu-pham"] == 0
    readings = {script.id: script.readings for script in report.scripts}
    assert readings == {"thong-diep-1": 2, "thong-diep-2": 2, "tieu-pham": 0}


@pytest.mark.parametrize(("pause_min", "sessions"), [(29.99, 1), (30, 2)])
def test_half_an_hour_of_silence_parts_sessions(pause_min: float, sessions: int) -> None:
    first = whole(SLOTS[0].on(datetime(2027, 5, 3, tzinfo=ZONE)), late_s=0)
    assert first.ended is not None
    started = first.ended + timedelta(minutes=pause_min)
    second = whole(SLOTS[1].on(datetime(2027, 5, 3, tzinfo=ZONE)))
    second = replace(second, started=started, ended=started + timedelta(seconds=5))
    assert one_day([first, second]).total.sessions == sessions


def test_a_long_play_covers_a_short_one_inside_it() -> None:
    start = datetime(2027, 5, 3, tzinfo=ZONE)
    long = replace(whole(SLOTS[0].on(start), late_s=0), ended=start + timedelta(hours=10))
    short = whole(SLOTS[1].on(start))
    later = replace(whole(SLOTS[2].on(start)), started=start + timedelta(hours=10, minutes=20))
    assert one_day([long, short, later]).total.sessions == 1


def test_what_never_sounded_makes_no_session() -> None:
    assert one_day([silent(SLOTS[0].on(datetime(2027, 5, 3, tzinfo=ZONE)), Outcome.FAILED, "x")]).total.sessions == 0


def test_nothing_planned_is_nothing_to_divide_by() -> None:
    empty = figures(Reconciliation((), (), dict.fromkeys(Ruling, 0)), Heading("", FIRST, LAST, ZONE, NOW))
    assert (empty.total.share, empty.total.planned, empty.scripts, empty.letters) == (None, 0, (), ())
    assert_adds_up(empty)


# ---- what nobody could hear ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("device", "why"),
    [("file", "ghi ra tệp (file), không ra loa"), ("silent", "phát câm (silent), không ra loa")],
)
def test_what_went_to_no_loudspeaker_is_not_aired_and_its_output_is_named(device: str, why: str) -> None:
    day = datetime(2027, 5, 3, tzinfo=ZONE)
    report = one_day([whole(slot.on(day), device=device) for slot in SLOTS])
    assert (report.total.planned, report.total.aired, report.total.share) == (4, 0, 0)
    assert (report.total.rulings[Ruling.NO_LOUDSPEAKER], report.total.not_aired) == (4, 4)
    assert (report.total.heard_ms, report.total.tenths, report.total.sessions) == (0, 0, 0)
    assert [script.readings for script in report.scripts] == [0, 0, 0]
    (found,) = report.devices
    assert (found.name, found.plays, found.heard_ms, found.loudspeaker) == (device, 4, 0, False)
    assert [phrases.reason(cause.lines[0]) for cause in report.causes] == [why] * 4
    assert_adds_up(report)


def test_reasons_of_what_went_to_a_file_and_to_silence_are_told_apart() -> None:
    days = [datetime(2027, 5, number, tzinfo=ZONE) for number in (3, 4)]
    planned = [replace(SLOTS[0].on(day), scripts=SLOTS[0].on(days[0]).scripts) for day in days]
    plays = [whole(each, device=device) for each, device in zip(planned, ["file", "silent"], strict=True)]
    plan = [Row(1, days[0], Kind.PLANNED, each.id, "daemon", planned_to_body(each), "", "") for each in planned]
    rows = [Row(2, days[0], Kind.PLAYED, play.occurrence, "daemon", to_body(play), "", "") for play in plays]
    report = figures(reconcile(plan, rows, NOW), Heading("", days[0].date(), days[1].date(), ZONE, NOW))
    assert [cause.lines[0].device for cause in report.causes] == ["file", "silent"]


@pytest.mark.parametrize(
    ("more", "counted"),
    [
        ({"origin": Origin.SAY}, True),
        ({"origin": Origin.TEST}, False),
        ({"origin": Origin.SAY, "device": "silent"}, False),
        ({"origin": Origin.MAKE_GOOD, "device": "file"}, False),
    ],
)
def test_a_test_and_a_play_to_nowhere_are_counted_apart(more: dict[str, object], counted: bool) -> None:
    play = whole(SLOTS[1].on(datetime(2027, 5, 3, tzinfo=ZONE)), **more)
    report = one_day([play], planned=False)
    (line,) = report.lines
    total = report.total
    assert (total.unplanned, total.tests, total.make_goods) == (int(counted), int(not counted), 0)
    assert (total.sessions, line.whole) == (int(counted), counted)
    assert total.heard_ms == (312_004 if counted else 0)
    assert_adds_up(report)


def test_what_a_muted_loudspeaker_took_is_not_heard() -> None:
    play = whole(SLOTS[1].on(datetime(2027, 5, 3, tzinfo=ZONE)))
    assert play.started is not None
    report = one_day([replace(play, muted=MutedPart(MuteKind.OUTPUT, play.started, 100.004, 0.0))])
    line = next(line for line in report.lines if line.heard_ms)
    assert (line.heard_ms, line.muted_ms) == (212_000, 100_004)
    assert phrases.reason(line) == "loa bị tắt tiếng 100,0 giây"


@given(st.lists(st.integers(0, 10**7), max_size=40))
def test_printed_tenths_add_up_to_the_printed_sum(lengths: list[int]) -> None:
    tenths = in_tenths(lengths)
    assert sum(tenths) == (sum(lengths) + 3_000) // 6_000
    assert all(abs(part - length / 6_000) < 1 for part, length in zip(tenths, lengths, strict=True))
    assert all(part == 0 for part, length in zip(tenths, lengths, strict=True) if length == 0)


# ---- words -------------------------------------------------------------------------------------------------------


def heading(first: date, last: date) -> Heading:
    return Heading("", first, last, ZONE, NOW)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2027, 5, 1), date(2027, 5, 31), "tháng 5 năm 2027"),
        (date(2028, 2, 1), date(2028, 2, 29), "tháng 02 năm 2028"),
        (date(2027, 1, 1), date(2027, 12, 31), "năm 2027"),
        (date(2027, 5, 15), date(2027, 5, 15), "ngày 15/5/2027"),
        (date(2027, 5, 15), date(2027, 6, 2), "từ ngày 15/5/2027 đến ngày 02/6/2027"),
        (date(2028, 2, 1), date(2028, 2, 28), "từ ngày 01/02/2028 đến ngày 28/02/2028"),
    ],
)
def test_a_span_is_named_as_official_papers_do(first: date, last: date, words: str) -> None:
    assert phrases.period(heading(first, last)) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [(None, "–"), (1, "100%"), (0, "0%"), (0.9999, "99,9%"), (0.0001, "0,1%"), (0.5, "50%"), (0.93333, "93,3%")],
)
def test_a_hundred_per_cent_means_all(share: float | None, words: str) -> None:
    assert phrases.percent(share) == words


def test_numbers_are_written_as_in_vietnam() -> None:
    assert phrases.minutes(74_075_700) == "1.234,6"
    assert phrases.count(36500) == "36.500"
    assert phrases.lateness(75.5) == "1 phút 16 giây"
    assert phrases.lateness(3.04) == "3,0 giây"
    assert phrases.letters(["1/A", "2/B", "3/C"]) == "1/A, 2/B và 3/C"
    assert phrases.letters(["1/A"]) == "1/A"
    assert phrases.letters([]) == ""
    assert phrases.replaced("thang-5/sang@2027-05-02T05:30+07:00") == "lượt 05:30 ngày 02/5"
    assert phrases.replaced("không rõ") == "không rõ"


def test_every_ruling_outcome_and_origin_has_its_words() -> None:
    assert set(Ruling) <= set(phrases.STATUS)
    assert all(phrases.status(outcome) for outcome in Outcome)
    assert set(phrases.ORIGIN) == set(Origin)


# ---- before anything aired ---------------------------------------------------------------------------------------


def test_what_has_not_aired_yet_has_its_title_and_topic_from_its_clip(tmp_path: Path) -> None:
    slot = Slot("sang", 5.5, ("thong-diep-1", "tieu-pham", "bao-lut"))
    first = datetime(2027, 5, 1, tzinfo=ZONE)
    made = {"title": "Bảo hiểm xã hội", "topic": "bhxh-tu-nguyen", "seconds": 31.5}
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        ledger.append([
            Entry(Kind.CLIP_MADE, "daemon", first, None, {"script": "thong-diep-1", **made}),
            Entry(Kind.APPROVAL, "Lan", first, None, {"script": "tieu-pham", "title": "Tiểu phẩm"}),
            planned_row(slot.on(first), first),
        ])  # fmt: skip
        found = reconcile_window(ledger, *month_window(2027, 5, ZONE), first)
    report = figures(found, Heading("Xã", date(2027, 5, 1), date(2027, 5, 31), ZONE, first))
    (line,) = report.lines
    told = [(script.id, script.title, script.topic) for script in line.scripts]
    assert told == [
        ("thong-diep-1", "Bảo hiểm xã hội", "bhxh-tu-nguyen"),
        ("tieu-pham", "Tiểu phẩm", ""),
        ("bao-lut", "", ""),
    ]
    assert [group.key for group in report.groups.topics.groups] == ["bhxh-tu-nguyen", ""]
