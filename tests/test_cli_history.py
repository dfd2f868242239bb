"""The play history from the command line: what was played, what became of the plan, whether it is whole, what is on."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from stations import NOTHING_IN_FORCE

from broadcaster.models import Occurrence, Outcome
from broadcaster.playout.heartbeat import heartbeat_path
from broadcaster.playout.rows import planned_row, play_of, played_row, withdrawn_row
from broadcaster.playout.station_lock import only_one
from broadcaster.reasons import in_words
from broadcaster.records.play_rows import Origin
from broadcaster.station.content import content_in_force
from broadcaster.station.folder import Station, open_station

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand


@dataclass
class History:
    """Writes what a daemon would have written."""

    station: Station

    def day(self, days_ago: int) -> datetime:
        """Return the midnight of a day."""
        today = self.station.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=days_ago)

    def plan(self, days_ago: int, script: str = "chu-de", hour: int = 5, group: str = "") -> Occurrence:
        """Plan one occurrence of a past day."""
        start = self.day(days_ago) + timedelta(hours=hour)
        occurrence = Occurrence("thang-5", "sang", start, (script,), source="1192/BHXH-TT", group=group)
        with self.station.ledger() as ledger:
            ledger.append([planned_row(occurrence, start - timedelta(minutes=10))])
        return occurrence

    def end(
        self,
        occurrence: Occurrence,
        outcome: Outcome,
        reason: str = "",
        late_s: float | None = None,
        device: str = "Loa",
    ) -> None:
        """Give it its outcome."""
        play = play_of(occurrence, content_in_force(self.station), outcome, in_words(reason))
        if late_s is not None:
            started = occurrence.start + timedelta(seconds=late_s)
            scripts = tuple(replace(script, seconds=61.0) for script in play.scripts)
            ended = started + timedelta(seconds=61)
            play = replace(play, scripts=scripts, started=started, ended=ended, heard_s=61.0, device=device)
        with self.station.ledger() as ledger:
            ledger.append([played_row(play, occurrence.start + timedelta(minutes=5))])


@pytest.fixture
def history(station_folder: Path) -> History:
    """Begin a history three days ago."""
    station = open_station(station_folder)
    replace(station, clock=lambda: station.clock() - timedelta(days=3)).ledger().close()
    return History(station)


@pytest.fixture
def lived(history: History) -> History:
    """A short life: two days ago on time, yesterday late and missed."""
    history.end(history.plan(2), Outcome.AIRED, late_s=0.004)
    history.end(history.plan(1), Outcome.AIRED, late_s=75)
    history.end(history.plan(1, "thong-diep-1", hour=6), Outcome.MISSED, "the program was off")
    return history


# ---- log -------------------------------------------------------------------------------------------------------


def test_without_a_history_a_line_says_so(broadcaster: RunCommand, station_folder: Path) -> None:
    for command in (("log",), ("reconcile",), ("audit", "verify")):
        result = broadcaster(*command, station=station_folder)
        assert result.code == 1
        assert "there is no play history yet" in result.err
        assert not (station_folder / "broadcaster.db").exists()


def test_the_log_has_a_line_for_each_outcome_also_of_what_did_not_play(broadcaster: RunCommand, lived: History) -> None:
    shown = broadcaster("log", station=lived.station.root, lang="vi").out.splitlines()
    assert len(shown) == 4
    assert "Chủ đề tháng vận động" in shown[1]
    assert "0.0 s" in shown[1]
    assert "đã phát" in shown[1]
    assert "1:15" in shown[2]
    assert "bị lỡ" in shown[3]
    assert "the program was off" in shown[3]
    assert f"{lived.day(1):%d/%m/%Y} 06:00" in shown[3]


def test_the_log_names_the_loudspeakers_where_a_station_has_groups(broadcaster: RunCommand, history: History) -> None:
    root = history.station.root
    history.end(history.plan(2), Outcome.AIRED, late_s=0.004)
    assert "loudspeakers" not in broadcaster("log", station=root).out
    with (root / "station.toml").open("a", encoding="utf-8") as toml:
        for id_ in ("xa-doai", "xa-dong"):
            toml.write(f'\n[[group]]\nid = "{id_}"\ndevices = ["{id_}"]\n')
    history.end(history.plan(1, hour=6, group="xa-doai"), Outcome.AIRED, late_s=0.004)
    history.end(history.plan(1, hour=7, group="xa-dong"), Outcome.MISSED, "the program was off")
    _heads, *lines = broadcaster("log", station=root).out.splitlines()
    assert [line.split()[-1] for line in lines] == ["all", "xa-doai", "xa-dong"]

    def heard(group: str) -> list[str]:
        shown = broadcaster("log", "--json", "--group", group, station=root)
        return [each.get("group", "") for each in json.loads(shown.out)]

    assert heard("xa-doai") == ["", "xa-doai"]
    assert heard("-") == [""]


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (("--script", "thong-diep-1"), 1),
        (("--outcome", "aired"), 2),
        (("--outcome", "aired", "--script", "thong-diep-1"), 0),
        (("--day", "yesterday"), 2),
        (("--day", "hôm nay"), 0),
    ],
)
def test_the_log_is_narrowed_by_day_script_and_outcome(
    broadcaster: RunCommand, lived: History, arguments: tuple[str, ...], count: int
) -> None:
    assert len(broadcaster("log", *arguments, "--json", station=lived.station.root).json) == count


def test_the_log_as_json_holds_all_that_the_ledger_says(broadcaster: RunCommand, lived: History) -> None:
    first = broadcaster("log", "--json", station=lived.station.root).json[0]
    assert first["occurrence"] == f"thang-5/sang@{lived.day(2):%Y-%m-%d}T05:00+07:00"
    assert (first["outcome"], first["lateness_s"], first["heard_s"]) == ("aired", 0.004, 61.0)
    assert first["scripts"][0]["title"].startswith("Chủ đề tháng vận động")


def test_the_log_as_csv_is_read_back_whole(broadcaster: RunCommand, lived: History) -> None:
    lived.end(lived.plan(1, "thong-diep-2", hour=7), Outcome.FAILED, '=HYPERLINK("x"), "khó, đọc"\nhai dòng')
    out = broadcaster("log", "--csv", station=lived.station.root).out
    assert out.startswith("\ufeff"), "Excel takes a file without the mark for another encoding"
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"), newline="")))
    assert [row["Outcome"] for row in rows] == ["aired", "aired", "missed", "failed"]
    assert rows[3]["Reason"] == '\'=HYPERLINK("x"), "khó, đọc"\nhai dòng', (
        "a spreadsheet must not take it for a formula"
    )
    assert rows[0]["Script ids"] == "chu-de"


def test_the_log_is_narrowed_by_person_and_letter(broadcaster: RunCommand, lived: History) -> None:
    said = Occurrence("say", "x", lived.day(1) + timedelta(hours=9), ("chu-de",))
    play = replace(play_of(said, NOTHING_IN_FORCE, Outcome.AIRED), origin=Origin.SAY, ordered_by="Nguyễn Thị Hòa")
    with lived.station.ledger() as ledger:
        ledger.append([played_row(play, said.start)])

    def found(*arguments: str) -> list[str]:
        log = broadcaster("log", *arguments, "--json", station=lived.station.root).json
        return [line["occurrence"].partition("@")[0] for line in log]

    assert found("--by", "hòa") == ["say/x"]
    assert found("--by", "Tâm") == []
    assert found("--source", "1192/bhxh-tt") == ["thang-5/sang"] * 3
    assert found("--source", "1192") == []


def test_the_tail_shows_what_is_appended_and_nothing_twice(
    broadcaster: RunCommand, lived: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait between two looks is where the daemon of this test writes; it ends as a person ends it."""
    looks = iter(("thong-diep-1", "", "thong-diep-2"))

    def wait() -> bool:
        script = next(looks, None)
        if script is None:
            raise KeyboardInterrupt
        if script:
            lived.end(lived.plan(1, script, hour=8 + len(looks_taken)), Outcome.AIRED, late_s=0.1)
            looks_taken.append(script)
        return True

    looks_taken: list[str] = []
    monkeypatch.setattr("broadcaster.cli.records.log._wait", wait)
    result = broadcaster("log", "--follow", "--json", station=lived.station.root)
    shown = [json.loads(line)["scripts"][0]["id"] for line in result.out.splitlines()]
    assert result.code == 130
    assert shown == ["chu-de", "chu-de", "thong-diep-1", "thong-diep-1", "thong-diep-2"]


def test_the_tail_is_lines_for_people_and_csv_for_spreadsheets(
    broadcaster: RunCommand, lived: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = iter(range(8, 20))

    def wait_once() -> bool:
        hour = next(hours)
        lived.end(lived.plan(1, "thong-diep-2", hour=hour), Outcome.AIRED, late_s=0.1)
        return hour % 2 == 0

    monkeypatch.setattr("broadcaster.cli.records.log._wait", wait_once)
    shown = broadcaster("log", "-f", station=lived.station.root).out.splitlines()
    assert len(shown) == 5  # headings, three that were there, one that came
    assert f"{lived.day(1):%Y-%m-%d} 08:00" in shown[4]
    assert "\n" not in broadcaster("log", "-f", "--csv", "--script", "chu-de", station=lived.station.root).err


def test_json_and_csv_together_are_refused(broadcaster: RunCommand, lived: History) -> None:
    assert broadcaster("log", "--json", "--csv", station=lived.station.root).code == 2


# ---- reconcile -------------------------------------------------------------------------------------------------


def test_every_planned_occurrence_has_one_verdict_and_the_totals_add_up(
    broadcaster: RunCommand, lived: History
) -> None:
    found = broadcaster("reconcile", "--json", station=lived.station.root).json
    assert [verdict["verdict"] for verdict in found["verdicts"]] == ["on time", "late", "missed"]
    assert sum(found["totals"].values()) == found["planned"] == 3
    shown = broadcaster("reconcile", station=lived.station.root).out
    assert "Planned: 3" in shown
    assert "missed: 1" in shown


def test_a_reconciliation_is_narrowed_and_lists_apart_what_nobody_planned(
    broadcaster: RunCommand, lived: History
) -> None:
    other = Occurrence("tin-xa", "tin", lived.day(1) + timedelta(hours=18), ("chu-de",))
    gone = Occurrence("thang-5", "toi", lived.day(1) + timedelta(hours=20), ("chu-de",), source="1192/BHXH-TT")
    again = Occurrence("phat-bu", "x", lived.day(0), ("chu-de",))
    missed = f"thang-5/sang@{lived.day(1):%Y-%m-%d}T06:00+07:00"
    with lived.station.ledger() as ledger:
        ledger.append([planned_row(other, other.start), planned_row(gone, lived.day(1))])
        ledger.append([withdrawn_row(gone, in_words("sửa lịch"), lived.day(1))])
        play = replace(
            play_of(again, NOTHING_IN_FORCE, Outcome.AIRED), origin=Origin.MAKE_GOOD, ordered_by="Hòa", replaces=missed
        )
        ledger.append([played_row(play, again.start)])
    lived.end(other, Outcome.AIRED, late_s=0)
    root = lived.station.root
    everything = broadcaster("reconcile", "--json", station=root).json
    assert everything["planned"] == 4
    assert [each["occurrence"] for each in everything["withdrawn"]] == [gone.id]
    campaign = broadcaster("reconcile", "--campaign", "thang-5", "--json", station=root).json
    assert (campaign["planned"], sum(campaign["totals"].values())) == (3, 3)
    assert [(each["ordered_by"], each["replaces"]) for each in campaign["unplanned"]] == [("Hòa", missed)]
    letter = broadcaster("reconcile", "--source", "1192/BHXH-TT", "--json", station=root).json
    assert (letter["planned"], letter["unplanned"], len(letter["withdrawn"])) == (3, [], 1)
    nothing = broadcaster("reconcile", "--campaign", "tin-xa", "--source", "1192/BHXH-TT", "--json", station=root).json
    assert (nothing["planned"], nothing["unplanned"], nothing["withdrawn"]) == (0, [], [])
    shown = broadcaster("reconcile", station=root).out
    assert "Not in the plan:" in shown
    assert "make-good" in shown
    assert "Taken out of the plan before their hour: 1" in shown


def test_a_planned_occurrence_without_a_record_is_seen_and_told_by_the_exit_code(
    broadcaster: RunCommand, lived: History
) -> None:
    assert broadcaster("reconcile", station=lived.station.root).code == 0
    lived.plan(3)
    result = broadcaster("reconcile", station=lived.station.root)
    assert result.code == 1
    assert "no record: 1" in result.out


# ---- audit -----------------------------------------------------------------------------------------------------


def test_an_untouched_history_is_proven_and_a_changed_one_found(broadcaster: RunCommand, lived: History) -> None:
    root = lived.station.root
    assert broadcaster("audit", "verify", station=root).code == 0
    assert broadcaster("audit", "verify", "--json", station=root).json["ok"] is True
    copy = root / "copy.db"
    with sqlite3.connect(root / "broadcaster.db") as source, sqlite3.connect(copy) as target:
        source.backup(target)
        target.execute("DROP TRIGGER ledger_no_update")
        target.execute("UPDATE ledger SET body = replace(body, 'missed', 'aired') WHERE body LIKE '%missed%'")
    target.close()
    source.close()
    result = broadcaster("audit", "verify", "--file", str(copy), station=root)
    assert result.code == 1
    assert "not as it was written" in result.out
    assert broadcaster("audit", "verify", station=root).code == 0


# ---- now -------------------------------------------------------------------------------------------------------


def beat(station: Station, **values: object) -> None:
    path = heartbeat_path(station)
    path.parent.mkdir(exist_ok=True)
    known = {"at": station.now().isoformat(), "pid": os.getpid(), "device": "Loa", "on_air": None}
    path.write_text(json.dumps({**known, **values}), "utf-8")


def test_now_says_that_nobody_is_on_duty(broadcaster: RunCommand, lived: History) -> None:
    station = lived.station
    told = broadcaster("now", station=station.root)
    assert ("NOT running" in told.out, told.code) == (True, 2)
    assert broadcaster("now", "--json", station=station.root).json["exit"] == 2
    alive = station.now() - timedelta(hours=2)
    beat(station, at=alive.isoformat())
    shown = broadcaster("now", station=station.root).out
    assert f"NOT running since {alive:%Y-%m-%d %H:%M}" in shown
    assert "Last: " in shown
    assert "missed (the program was off)" in shown


def test_now_says_what_is_on_and_for_how_long(broadcaster: RunCommand, history: History) -> None:
    station, moment = history.station, history.station.now()
    id_ = f"thang-5/sang@{moment.isoformat(timespec='minutes')}"
    ends = (moment + timedelta(minutes=30)).isoformat()
    beat(station, on_air=id_, started=moment.isoformat(), ends=ends)
    with only_one(station):
        shown = broadcaster("now", station=station.root).out
        found = broadcaster("now", "--json", station=station.root).json
    assert "The desk is running." in shown
    assert f"On the air: {id_}, on Loa, 29:" in shown or f"On the air: {id_}, on Loa, 30:00" in shown
    assert (found["clock_doubt"], found["waiting"]) == (None, [])
    assert (found["running"], found["on_air"], found["device"]) == (True, id_, "Loa")


def test_now_finds_the_next_occurrence_however_far_it_is(broadcaster: RunCommand, history: History) -> None:
    found = broadcaster("now", "--json", station=history.station.root).json["next"]
    start = datetime.fromisoformat(found["start"])
    assert start > history.station.now()
    assert start.month == 5
    shown = broadcaster("now", station=history.station.root, lang="vi").out
    assert f"Sắp tới: {start:%d/%m/%Y %H:%M}" in shown


def test_a_heartbeat_that_is_torn_is_none(broadcaster: RunCommand, history: History) -> None:
    path = heartbeat_path(history.station)
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"at": "yester', "utf-8")
    assert "NOT running" in broadcaster("now", station=history.station.root).out


def test_what_went_to_a_file_has_aired_nowhere(broadcaster: RunCommand, history: History) -> None:
    station = history.station.root
    history.end(history.plan(1), Outcome.AIRED, late_s=0.004)
    history.end(history.plan(1, hour=6), Outcome.AIRED, late_s=0.004, device="file")
    loud, filed = broadcaster("log", station=station).out.splitlines()[1:]
    assert ("aired" in loud, "to a file only, on no loudspeaker" in filed) == (True, True)
    assert [row["Outcome"] for row in table(broadcaster("log", "--csv", station=station).out)] == [
        "aired",
        "no loudspeaker",
    ]
    assert len(broadcaster("log", "--outcome", "aired", station=station).out.splitlines()) == 2
    (only,) = broadcaster("log", "--outcome", "no loudspeaker", "--json", station=station).json
    assert only["device"] == "file"
    assert ": to a file only, on no loudspeaker" in broadcaster("now", station=station).out
    assert broadcaster("now", "--json", station=station).json["last"]["outcome"] == "no loudspeaker"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
