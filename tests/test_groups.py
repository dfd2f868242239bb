"""Groups of loudspeakers: what airs where, by whose rules, and how it is counted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pytest
from commands import RunCommand
from desks import FIVE_SECONDS, a_desk, plays, tick_until
from hypothesis import given
from hypothesis import strategies as st
from made_report import word_table
from stations import SETTINGS, Maker, at

from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.office.monthly_report import count
from broadcaster.office.window import Window
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.sound.output import Output
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.records.ledger import Ledger
from broadcaster.records.monthly.digest import digest_of_json, sign_figures
from broadcaster.records.monthly.group_tables import group_tables
from broadcaster.records.play_rows import planned_from_body, planned_to_body
from broadcaster.records.reconcile import EVERYTHING
from broadcaster.rules_settings import RulesSettings
from broadcaster.schedule.rules import check, outside_at
from broadcaster.settings import Settings, parse_settings
from broadcaster.weekdays import WEEKDAYS

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GROUPS = """
[[group]]
id = "xa-doai"
title = "Cụm loa xã Đoài cũ"
devices = ["USB 1", "USB 2"]
[group.rules]
hours = ["06:00-20:00"]
minutes_per_day = 3

[[group]]
id = "xa-dong"
devices = ["USB 3"]
"""
MINUTE = timedelta(minutes=1)
LENGTHS = {f"m{n}": n * MINUTE for n in range(1, 10)}
ALL_DAY = dict.fromkeys(WEEKDAYS, ((time(), time.max),))


def settings(text: str) -> Settings:
    return parse_settings(Path("station.toml"), SETTINGS + text)


def on(clock: str, script: str = "m1", group: str = "", slot: str = "", **others: BulletinClass) -> Occurrence:
    start = datetime.combine(date(2027, 5, 3), time.fromisoformat(clock), ZONE)
    return Occurrence("dot", slot or f"{script}{group}", start, (script,), group=group, **others)  # type: ignore[arg-type]


def blocked(plan: list[Occurrence], rules: RulesSettings, **groups: RulesSettings) -> dict[str, tuple[str, str]]:
    """Return what may not air, by script and time, with the rule and whose it is."""
    by_group = {name.replace("_", "-"): own for name, own in groups.items()}
    found = check(plan, LENGTHS, rules, {}, by_group)
    names = {each.id: f"{each.scripts[0]} {each.start:%H:%M}" for each in plan}
    return {names[id_]: (each.rule, each.reason.facts.get("group", "")) for id_, each in found.items()}


# ---- station.toml -----------------------------------------------------------------------------------------------


def test_a_group_has_the_stations_rules_where_it_names_none() -> None:
    found = settings('[rules]\nminutes_per_day = 30\nquiet_days = ["2027-05-07"]\n' + GROUPS)
    doai, dong = found.groups["xa-doai"], found.groups["xa-dong"]
    assert (doai.title, doai.devices, dong.title) == ("Cụm loa xã Đoài cũ", ("USB 1", "USB 2"), "xa-dong")
    assert (doai.rules.minutes_per_day, dong.rules.minutes_per_day) == (3, 30)
    assert doai.rules.quiet_days == dong.rules.quiet_days == {date(2027, 5, 7)}
    assert doai.rules.hours["mon"] == ((time(6), time(20)),)
    assert dong.rules.hours["mon"] == ((time(5), time(21)),)
    begin = "group.xa-doai."
    lines = {key.removeprefix(begin): line for key, line in found.origins.items() if key.startswith(begin)}
    assert lines == {"id": 15, "title": 16, "devices": 17, "rules.hours": 19, "rules.minutes_per_day": 20}
    assert found.all_devices == ("silent", "USB 1", "USB 2", "USB 3")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[group]]\nid = "a"\n', ["station.toml:10: group.devices: is missing"]),
        ('[[group]]\ndevices = ["x"]\n', ["group.id: is missing"]),
        ('[[group]]\nid = "Xã Đoài"\ndevices = ["x"]\n', ['group.id: found "Xã Đoài"']),
        ('[[group]]\nid = "a"\ndevices = []\n', ["group.devices: found []"]),
        ('[[group]]\nid = "a"\ndevices = ["x"]\nrule = 1\n', ["group.rule: unknown key"]),
        ('[[group]]\nid = "a"\ndevices = ["x"]\n[group.rules]\nhour = 1\n', ["group.rules.hour: unknown key"]),
        ('[group]\nid = "a"\n', ["group: found"]),
        ("group = 3\n", ["group: found 3"]),
        (
            '[[group]]\nid = "a"\ndevices = ["x"]\n[[group]]\nid = "a"\ndevices = ["y"]\n',
            ['station.toml:14: group.id: there is another group "a"'],
        ),
        (
            '[[group]]\nid = "a"\ndevices = ["USB"]\n[[group]]\nid = "b"\ndevices = ["usb"]\n',
            ['station.toml:15: group.devices: the device "usb" is that of a too'],
        ),
        ('[monitor]\ndevice = "x"\n[[group]]\nid = "a"\ndevices = ["X"]\n', ["monitor.device: found"]),
    ],
)
def test_mistakes_in_groups_are_told_each_in_its_place(text: str, told: list[str]) -> None:
    with pytest.raises(InputError) as error:
        parse_settings(Path("station.toml"), text if text.startswith("group =") else SETTINGS + text)
    lines = [str(problem) for problem in error.value.problems]
    assert len(lines) == len(told)
    for line, part in zip(lines, told, strict=True):
        assert part in line


def test_a_device_of_the_whole_commune_is_no_group_but_files_are_nobodys() -> None:
    text = '[station]\nname = "x"\n[output]\ndevices = ["Loa"]\n[[group]]\nid = "a"\ndevices = ["{}"]\n'
    with pytest.raises(InputError, match=r'the device "loa" is that of \[output\] too'):
        parse_settings(Path("station.toml"), text.format("loa"))
    assert parse_settings(Path("station.toml"), text.format("file")).groups["a"].devices == ("file",)


# ---- rules ------------------------------------------------------------------------------------------------------


def test_an_item_of_a_group_keeps_that_groups_hours_and_one_for_all_keeps_everybodys() -> None:
    early, late = RulesSettings(hours=ALL_DAY), RulesSettings(hours=dict.fromkeys(WEEKDAYS, ((time(6), time(20)),)))
    plan = [on("05:30", "m1"), on("05:30", "m2", "a"), on("05:30", "m3", "b"), on("06:00", "m4")]
    assert blocked(plan, early, a=early, b=late) == {"m1 05:30": ("hours", "b"), "m3 05:30": ("hours", "b")}
    assert outside_at(plan[1], plan[1].start, MINUTE, late, {"a": early}) is None


def test_a_group_uses_its_own_minutes_and_those_that_all_hear() -> None:
    five = RulesSettings(hours=ALL_DAY, minutes_per_day=5)
    plan = [
        on("06:00", "m3", "a"),
        on("07:00", "m3", "b"),
        on("08:00", "m2"),
        on("09:00", "m1", "a"),
        on("10:00", "m4"),
    ]
    assert blocked(plan, five, a=five, b=five) == {
        "m1 09:00": ("minutes_per_day", "a"),  # 3 of its own and 2 of all
        "m4 10:00": ("minutes_per_day", ""),  # nobody in a group hears more than all: 2 + 4
    }


def test_what_is_too_much_for_one_group_airs_nowhere_and_uses_no_minutes_of_the_others() -> None:
    few, many = RulesSettings(hours=ALL_DAY, minutes_per_day=2), RulesSettings(hours=ALL_DAY, minutes_per_day=9)
    plan = [on("06:00", "m3"), on("07:00", "m9", "b")]
    assert blocked(plan, many, a=few, b=many) == {"m3 06:00": ("minutes_per_day", "a")}


def test_silence_after_a_script_and_sessions_are_a_groups_own() -> None:
    rules = RulesSettings(hours=ALL_DAY, same_script_gap=timedelta(hours=2), sessions_per_day=1)
    plan = [on("06:00", "m1", "a"), on("07:00", "m1", "b"), on("08:30", "m2", "a")]
    assert blocked(plan, rules, a=rules, b=rules) == {"m2 08:30": ("sessions_per_day", "a")}


def test_priority_programmes_of_a_group_keep_their_minutes_there() -> None:
    five = RulesSettings(hours=ALL_DAY, minutes_per_day=5)
    kept = on("18:00", "m4", "a", bulletin_class=BulletinClass.PRIORITY)
    plan = [on("06:00", "m2", "a"), on("06:30", "m2", "b"), on("07:00", "m2"), kept]
    assert blocked(plan, five, a=five, b=five) == {
        "m2 06:00": ("minutes_per_day", "a"),
        "m2 07:00": ("minutes_per_day", "a"),
    }


def test_a_breach_says_whose_rules_they_are() -> None:
    five = RulesSettings(hours=ALL_DAY, minutes_per_day=5)
    (found,) = check([on("06:00", "m6", "xa-doai")], LENGTHS, five, {}, {"xa-doai": five}).values()
    assert found.text == "the day has used 0s of the 5m allowed, this takes 6m (loudspeaker group xa-doai)"


clocks = st.integers(0, 23).map(lambda hour: f"{hour:02}:00")


@given(
    plan=st.lists(st.tuples(clocks, st.sampled_from(sorted(LENGTHS)), st.sampled_from(["", "a", "b"])), max_size=12),
    limits=st.tuples(st.integers(3, 12), st.integers(3, 12), st.integers(3, 12)),
)
def test_nobody_ever_hears_more_than_their_group_allows(
    plan: list[tuple[str, str, str]], limits: tuple[int, int, int]
) -> None:
    occurrences = [on(clock, script, group, f"s{n}") for n, (clock, script, group) in enumerate(plan)]
    rules = [RulesSettings(hours=ALL_DAY, minutes_per_day=limit) for limit in limits]
    refused = check(occurrences, LENGTHS, rules[0], {}, {"a": rules[1], "b": rules[2]})
    airing = [each for each in occurrences if each.id not in refused]
    for group, limit in zip(("", "a", "b"), limits, strict=True):
        heard = sum((each.length(LENGTHS) for each in airing if each.group in ("", group)), timedelta())
        assert heard <= limit * MINUTE


# ---- at the desk ------------------------------------------------------------------------------------------------


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    made = Maker(tmp_path, SimulatedClock(at("2027-05-03 05:00")))
    made.settings(GROUPS.replace('hours = ["06:00-20:00"]\n', "")).script("bai-1", FIVE_SECONDS)
    slots = [("05:30", "", "ca-xa"), ("05:40", 'group = "xa-doai"', "doai"), ("05:50", 'group = "xa-dong"', "dong")]
    return made.campaign("".join(made.slot(clock, "bai-1", more, id_) for clock, more, id_ in slots))


def named(maker: Maker, opened: list[str]) -> Callable[[str], Output]:
    """Return what makes silent outputs that bear the names of loudspeakers, and notes which were opened."""

    def make(name: str) -> Output:
        opened.append(name)
        output = SilentOutput(maker.clock)
        output.device = "Loa" if name == "silent" else name
        return output

    return make


def test_each_group_hears_what_is_for_it_on_its_own_device(maker: Maker) -> None:
    opened: list[str] = []
    with Ledger.open(maker.root / "broadcaster.db") as ledger:
        desk = a_desk(maker.render(), ledger, named(maker, opened))
        tick_until(desk, maker.clock, "2027-05-03 05:51")
        found = [(play.slot, play.device, play.group, play.group_title) for play in plays(ledger)]
    assert opened == ["silent", "USB 1", "USB 3"]
    assert found == [
        ("ca-xa", "Loa", "", ""),
        ("doai", "USB 1", "xa-doai", "Cụm loa xã Đoài cũ"),
        ("dong", "USB 3", "xa-dong", "xa-dong"),
    ]


def test_an_item_right_after_one_for_another_group_changes_the_device(maker: Maker) -> None:
    times = ["05:30", "05:30:05", "05:30:10"]
    groups = ['group = "xa-doai"', "", 'group = "xa-dong"']
    maker.campaign(
        "".join(
            maker.slot(clock, "bai-1", more, f"s{n}") for n, (clock, more) in enumerate(zip(times, groups, strict=True))
        )
    )
    with Ledger.open(maker.root / "broadcaster.db") as ledger:
        desk = a_desk(maker.render(), ledger, named(maker, []))
        tick_until(desk, maker.clock, "2027-05-03 05:32", step=0.1)
        assert [(play.device, play.outcome) for play in plays(ledger)] == [
            ("USB 1", Outcome.AIRED),
            ("Loa", Outcome.AIRED),
            ("USB 3", Outcome.AIRED),
        ]


def test_what_is_for_a_group_that_is_not_there_airs_nowhere_and_says_so(maker: Maker) -> None:
    maker.campaign(maker.slot("05:30", "bai-1", 'group = "xa-doi"'))
    with Ledger.open(maker.root / "broadcaster.db") as ledger:
        desk = a_desk(maker.render(), ledger)
        tick_until(desk, maker.clock, "2027-05-03 05:41")
        (play,) = plays(ledger)
    assert (play.outcome, play.device, play.heard_s) == (Outcome.FAILED, "", 0.0)
    assert 'there is no group "xa-doi" in station.toml' in play.reason


def test_rows_of_what_is_for_all_are_as_they_were_before_there_were_groups() -> None:
    for_all, for_one = planned_to_body(on("05:30")), planned_to_body(on("05:30", group="a"))
    assert "group" not in for_all
    assert planned_from_body(json.loads(json.dumps(for_one))) == on("05:30", group="a")


# ---- the report -------------------------------------------------------------------------------------------------


def test_a_report_counts_by_group_and_signs_it(maker: Maker) -> None:
    from broadcaster.office.monthly_report import ReportFormat, render

    path = maker.root / "broadcaster.db"
    with Ledger.open(path) as ledger:
        desk = a_desk(maker.render(), ledger, named(maker, []))
        tick_until(desk, maker.clock, "2027-05-03 05:51")
    with Ledger.open(path, read_only=True) as ledger:
        window = Window(date(2027, 5, 3), date(2027, 5, 3), ZONE)
        figures = count(ledger, window, at("2027-05-03 06:00"), "Xã thử", EVERYTHING)
    (table,) = [each for each in group_tables(figures) if each.name == "loudspeakers"]
    assert [(row.name, row.planned, row.aired) for row in table.rows] == [
        ("Cụm loa xã Đoài cũ", 1, 1),
        ("xa-dong", 1, 1),
        ("cả xã", 1, 1),
        ("Tổng cộng", 3, 3),
    ]
    data = render(ReportFormat.JSON, figures, None, None)
    told = json.loads(data)
    assert digest_of_json(told) == sign_figures(figures).digest
    told["loudspeakers"]["groups"][0]["aired"] = 2
    assert digest_of_json(told) != sign_figures(figures).digest
    assert [line.get("group", "") for line in told["lines"]] == ["", "xa-doai", "xa-dong"]
    assert "Theo cụm loa" in render(ReportFormat.HTML, figures, None, None).decode()
    word = docx.Document(io.BytesIO(render(ReportFormat.DOCX, figures, None, None)))
    assert [row[:3] for row in word_table(word, "Cụm loa")[1:]] == [
        ["Cụm loa xã Đoài cũ", "1", "1"],
        ["xa-dong", "1", "1"],
        ["cả xã", "1", "1"],
        ["Tổng cộng", "3", "3"],
    ]


# ---- what officers type -----------------------------------------------------------------------------------------


@pytest.fixture
def commune(station_folder: Path) -> Path:
    toml = station_folder / "station.toml"
    toml.write_text(toml.read_text("utf-8") + GROUPS, "utf-8")
    return station_folder


def test_an_officer_adds_a_slot_for_a_group_and_sees_it_everywhere(broadcaster: RunCommand, commune: Path) -> None:
    add = ("schedule", "add", "--campaign", "thang-5", "--at", "9h", "--script", "thong-diep-1", "--yes", "--as", "Hoa")
    done = broadcaster(*add, "--group", "xa-doai", station=commune)
    assert done.code == 0, done.err
    assert 'group = "xa-doai"' in (commune / "schedules" / "thang-5.toml").read_text("utf-8")
    shown = broadcaster("schedule", "show", "thang-5", "--json", station=commune).json
    assert [slot["group"] for slot in shown["slots"]][-1] == "xa-doai"
    plan = broadcaster("plan", "--day", "3/5/2090", "--json", station=commune).json
    assert {each["group"] for each in plan} == {"", "xa-doai"}
    table = broadcaster("plan", "--day", "3/5/2090", station=commune).out
    assert "xa-doai" in table
    again = broadcaster("schedule", "edit", "thang-5/09h00", "--group", "-", "--yes", "--as", "Hoa", station=commune)
    assert again.code == 0, again.err
    assert "group" not in (commune / "schedules" / "thang-5.toml").read_text("utf-8")


@pytest.mark.parametrize(
    "command",
    [("add", "--campaign", "thang-5", "--at", "9h", "--script", "thong-diep-1"), ("edit", "thang-5/thong-diep")],
)
def test_a_group_that_is_not_there_is_refused_with_the_nearest(
    broadcaster: RunCommand, commune: Path, command: tuple[str, ...]
) -> None:
    before = (commune / "schedules" / "thang-5.toml").read_bytes()
    done = broadcaster("schedule", *command, "--group", "xa-doi", "--yes", "--as", "Hoa", station=commune)
    assert done.code == 2
    assert 'there is no group "xa-doi" in station.toml; did you mean "xa-doai"?' in done.err
    assert (commune / "schedules" / "thang-5.toml").read_bytes() == before


def test_a_group_that_a_file_names_and_no_settings_have_is_a_mistake_with_its_line(
    broadcaster: RunCommand, commune: Path
) -> None:
    path = commune / "schedules" / "thang-5.toml"
    text = path.read_text("utf-8").replace('source = "1192/BHXH-TT"', 'source = "1192/BHXH-TT"\ngroup = "xa-x"', 1)
    path.write_text(text, "utf-8")
    line = text[: text.index('group = "xa-x"')].count("\n") + 1
    done = broadcaster("schedule", "check", station=commune)
    assert done.code == 2
    assert f'thang-5.toml:{line}: group: there is no group "xa-x" in station.toml' in done.err + done.out


def test_a_sheet_takes_groups_and_gives_them_back(broadcaster: RunCommand, commune: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "lich.csv"
    sheet.write_text("Mã đợt,Mã khung phát,Cụm loa\nthang-5,thong-diep,xa-dong\nthang-5,tieu-pham,xa-nao\n", "utf-8")
    refused = broadcaster("schedule", "import", str(sheet), "--yes", "--as", "Hoa", station=commune)
    assert refused.code == 2
    assert 'there is no group "xa-nao" in station.toml' in refused.err
    sheet.write_text("Mã đợt,Mã khung phát,Cụm loa\nthang-5,thong-diep,xa-dong\n", "utf-8")
    taken = broadcaster("schedule", "import", str(sheet), "--yes", "--as", "Hoa", station=commune)
    assert taken.code == 0, taken.err
    out = tmp_path / "ra.csv"
    assert broadcaster("schedule", "export", str(out), station=commune).code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        found = {row["Mã khung phát"]: row["Cụm loa"] for row in csv.DictReader(file)}
    assert (found["thong-diep"], found["tieu-pham"]) == ("xa-dong", "")


def test_rules_shows_what_is_different_for_a_group(broadcaster: RunCommand, commune: Path) -> None:
    shown = broadcaster("rules", station=commune).out
    assert "Different for the loudspeaker group xa-doai:" in shown
    assert "xa-dong" not in shown
    told = broadcaster("rules", "--json", station=commune).json
    assert told["groups"]["xa-doai"]["minutes_per_day"]["value"] == "3"


def test_why_names_the_device_of_the_group(broadcaster: RunCommand, commune: Path) -> None:
    edit = ("schedule", "edit", "thang-5/thong-diep", "--group", "xa-dong", "--yes", "--as", "Hoa")
    assert broadcaster(*edit, station=commune).code == 0
    plan = broadcaster("plan", "--day", "3/5/2090", "--json", station=commune).json
    first = next(each["id"] for each in plan if each["group"] == "xa-dong")
    assert "USB 3" in broadcaster("why", first, station=commune).out


def test_in_a_frozen_month_a_smaller_audience_is_a_change_that_shows(broadcaster: RunCommand, commune: Path) -> None:
    freeze = ("schedule", "freeze", "--month", "5/2090", "--as", "Hoa", "--yes")
    assert broadcaster(*freeze, station=commune).code == 0
    edit = ("schedule", "edit", "thang-5/thong-diep", "--group", "xa-dong", "--reason", "thử", "--yes", "--as", "Lan")
    done = broadcaster(*edit, station=commune)
    assert done.code == 0, done.err
    assert "With other scripts, repeats or loudspeakers:" in done.out + done.err
