"""`broadcaster check`: what is wrong is found, each with what to do, and the exit code says how bad it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ledgers import tampering
from sounds import noise, write_wav
from stations import ZONE, Maker

from broadcaster.files import replace_file
from broadcaster.office import computer
from broadcaster.office.computer import Sink, idle_action, sinks, sleeps_by_powercfg
from broadcaster.playout.heartbeat import heartbeat_path
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.station_lock import only_one
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.past import read_past
from broadcaster.records.quick_check import quick_check
from broadcaster.station.folder import open_station, system_clock

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand
    from pulse import PulseServer

ALL_YEAR = 'from = "01-01"\nto = "12-31"'
RECORDED = 'recording = "ghi-am.wav"'


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    """Make a station that airs a real recording every day, its clip ready."""
    maker = Maker(tmp_path, SimulatedClock(system_clock()))
    maker.settings("[rules]\nhours = ['00:00-24:00']\n")
    (tmp_path / "scripts").mkdir()
    write_wav(tmp_path / "scripts" / "ghi-am.wav", noise(2))
    maker.script("bai-1", "", RECORDED).campaign(maker.slot("05:30 17:00"), dates=ALL_YEAR).render()
    return maker


def found(broadcaster: RunCommand, station: Path, about: str) -> list[dict[str, Any]]:
    result = broadcaster("check", "--json", station=station)
    assert result.code == result.json["exit"]
    return [finding for finding in result.json["findings"] if finding["about"] == about]


def level(broadcaster: RunCommand, station: Path, about: str) -> str:
    """Return the one level of what is said about a subject."""
    (one,) = {finding["level"] for finding in found(broadcaster, station, about)}
    return str(one)


def test_a_station_in_order(broadcaster: RunCommand, maker: Maker) -> None:
    for about in ("files", "plan", "clips", "approvals", "rules", "history", "disk"):
        assert level(broadcaster, maker.root, about) == "good", about
    result = broadcaster("check", station=maker.root)
    assert result.code == 2  # the desk does not run
    assert result.out.splitlines()[-1] == "NOT READY: 1 point (✗)."
    assert "✓ Clips: all 1 of these days are ready, whole and audible." in result.out


def test_what_is_over_today_is_not_asked_for(broadcaster: RunCommand, maker: Maker) -> None:
    today = system_clock().astimezone(ZONE).date()
    yesterday = today - timedelta(days=1)
    slot = maker.slot("00:00:00", "bai-2", id_="nua-dem")  # over since midnight, whenever this runs
    maker.script("bai-2").campaign(slot, dates=f'from = "{yesterday}"\nto = "{today}"')

    (plan,) = found(broadcaster, maker.root, "plan")

    assert "nothing is planned" in plan["text"]
    assert found(broadcaster, maker.root, "clips") == []


def test_everything_that_is_not_good_says_what_to_do(broadcaster: RunCommand, station_folder: Path) -> None:
    findings = broadcaster("check", "--json", station=station_folder).json["findings"]
    assert all(finding["todo"] for finding in findings if finding["level"] != "good")


def test_a_clip_that_is_missing_damaged_or_silent(broadcaster: RunCommand, maker: Maker) -> None:
    (clip,) = (maker.root / "audio").glob("*.wav")
    data = bytearray(clip.read_bytes())
    data[-2] ^= 1
    clip.write_bytes(data)
    assert "was changed or damaged" in found(broadcaster, maker.root, "clips")[0]["text"]
    clip.unlink()
    assert found(broadcaster, maker.root, "clips")[0]["text"] == "Clips: not rendered yet: bai-1."
    assert broadcaster("check", station=maker.root).code == 2
    maker.script("bai-1").render()  # in the voice that is silent
    assert found(broadcaster, maker.root, "clips")[0]["text"].startswith("Clips: bai-1 is almost silent")


def test_clips_in_a_lesser_voice_are_told_once(broadcaster: RunCommand, maker: Maker) -> None:
    """Where the better voice does not speak now either, its own line says all; where it does, the clips are told of."""
    clips = ("bai-2", "bai-3")
    station_file = maker.root / "station.toml"
    settings = station_file.read_text("utf-8").replace('["silent"]', '["piper:khong-co", "espeak:vi"]')
    station_file.write_text(settings, "utf-8")
    for name in clips:
        maker.script(name)
    maker.campaign("".join(maker.slot("05:30 17:00", name, id_=name) for name in clips), dates=ALL_YEAR).render()

    (voices,) = found(broadcaster, maker.root, "voices")
    assert (voices["level"], voices["text"]) == ("mind", "Voice: espeak:vi speaks.")
    assert found(broadcaster, maker.root, "clips") == []

    station_file.write_text(settings.replace("piper:khong-co", "espeak:vi+f2"), "utf-8")
    (told,) = found(broadcaster, maker.root, "clips")
    assert told["level"] == "mind"
    assert told["text"] == "Clips: spoken by espeak:vi, because a better voice was not there: bai-2, bai-3."


def test_a_voice_with_hardly_any_tones_is_told_once(broadcaster: RunCommand, maker: Maker) -> None:
    station_file = maker.root / "station.toml"
    name = "espeak:vi-vn-x-central"
    settings = station_file.read_text("utf-8").replace('voices = ["silent"]', f'voices = ["{name}", "espeak:vi"]')
    station_file.write_text(settings, "utf-8")
    told = [each for each in found(broadcaster, maker.root, "voices") if each["kind"] == "toneless voice"]
    assert [(each["level"], name in each["text"]) for each in told] == [("mind", True)]
    listed = broadcaster("voice", "list", "--offline", "--json", station=maker.root).json
    assert [each["name"] for each in listed if "tones hardly differ" in each["note"]] == [name]


def test_a_rate_that_was_set_when_it_was_counted_otherwise_is_told(broadcaster: RunCommand, maker: Maker) -> None:
    """As long as a clip from then shows it: the same number would speak more slowly without a word."""
    station_file = maker.root / "station.toml"
    settings = station_file.read_text("utf-8").replace(
        'voices = ["silent"]', 'voices = ["espeak:vi"]\nwords_per_minute = 150'
    )
    station_file.write_text(settings, "utf-8")
    maker.script("bai-2").render()

    def told() -> list[str]:
        return [each["todo"] for each in found(broadcaster, maker.root, "voices") if each["kind"] == "rate of before"]

    assert told() == []
    (clip,) = (maker.root / "audio").glob("bai-2-*.json")
    clip.write_text(clip.read_text("utf-8").replace("1.52.0-2@150", "1.52.0@150"), "utf-8")
    (todo,) = told()
    assert "words_per_minute = 233" in todo
    station_file.write_text(settings.replace("150", "233"), "utf-8")
    assert told() == []


def test_files_rules_and_approvals(broadcaster: RunCommand, maker: Maker) -> None:
    maker.settings("[rules]\nhours = ['00:00-06:00']\n[approval]\nrequired = true\n")
    (maker.root / "schedules" / "hong.toml").write_text("title = 1\n", "utf-8")
    files = [finding["text"] for finding in found(broadcaster, maker.root, "files")]
    assert 'Files: schedules/hong.toml:1: title: found 1; allowed: text in quotes, such as "abc".' in files
    assert level(broadcaster, maker.root, "rules") == "bad"
    (approval,) = found(broadcaster, maker.root, "approvals")
    assert (approval["level"], "bai-1" in approval["text"]) == ("bad", True)


def test_what_only_waits_is_to_be_minded(broadcaster: RunCommand, maker: Maker) -> None:
    maker.campaign(maker.slot("05:30") + maker.slot("05:30:01", id_="sau"), dates=ALL_YEAR)
    assert level(broadcaster, maker.root, "rules") == "mind"


def test_no_plan_and_a_script_that_no_file_holds(broadcaster: RunCommand, maker: Maker) -> None:
    maker.campaign(maker.slot("05:30", "khong-co"), dates=ALL_YEAR)
    assert "khong-co" in found(broadcaster, maker.root, "files")[0]["text"]
    maker.campaign(maker.slot("05:30"), dates='from = "2020-01-01"\nto = "2020-01-02"')
    assert level(broadcaster, maker.root, "plan") == "mind"


# ---- the play history ------------------------------------------------------------------------------------------


def filled(path: Path, rows: int) -> Path:
    now = system_clock()
    with Ledger.open(path) as ledger:
        ledger.append([Entry(Kind.ORDER, "Lan", now, None, {"number": number}) for number in range(rows)])
    return path


def test_a_glance_at_a_good_history(tmp_path: Path) -> None:
    for tail in (3, 10, 500):
        seen = quick_check(filled(tmp_path / f"{tail}.db", 10), tail)
        assert seen is not None
        assert (seen.rows, seen.faults) == (10, ())
        assert seen.last is not None


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE ledger SET actor = 'khac' WHERE seq = 9", "row 9: changed after it was written"),
        ("DELETE FROM ledger WHERE seq = 9", "row 10: rows before it are missing"),
    ],
)
def test_a_glance_sees_a_change_in_the_last_rows(tmp_path: Path, statement: str, fault: str) -> None:
    path = filled(tmp_path / "broadcaster.db", 10)
    with tampering(path) as connection:
        connection.execute(statement)
    short, long = quick_check(path, 3), quick_check(path)
    assert short is not None
    assert long is not None
    assert (short.faults, long.faults[0]) == ((fault,), fault)


def test_where_nothing_was_recorded_there_is_nothing_to_glance_at(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    assert quick_check(path) is None
    with read_past(path) as ledger:
        assert ledger is None
    assert not path.exists()


def test_a_history_that_lost_its_guards_or_is_none(broadcaster: RunCommand, maker: Maker) -> None:
    path = filled(maker.root / "broadcaster.db", 3)
    assert level(broadcaster, maker.root, "history") == "good"
    path.write_bytes(b"khong phai" * 200)
    assert level(broadcaster, maker.root, "history") == "bad"


def test_a_clock_before_the_last_row_is_not_believed(broadcaster: RunCommand, maker: Maker) -> None:
    with Ledger.open(maker.root / "broadcaster.db") as ledger:
        ledger.append([Entry(Kind.ORDER, "Lan", system_clock() + timedelta(days=2), None, {})])
    assert any(finding["level"] == "bad" for finding in found(broadcaster, maker.root, "clock"))


# ---- the computer ----------------------------------------------------------------------------------------------


def test_the_desk_is_seen_by_its_lock(broadcaster: RunCommand, maker: Maker) -> None:
    assert level(broadcaster, maker.root, "daemon") == "bad"
    station = open_station(maker.root)
    replace_file(heartbeat_path(station), f'{{"at": "{station.now().isoformat()}", "pid": 1}}'.encode())
    assert level(broadcaster, maker.root, "daemon") == "bad"  # it was killed a moment ago
    with only_one(station):
        assert level(broadcaster, maker.root, "daemon") == "good"
        heartbeat_path(station).unlink()
        assert [finding["level"] for finding in found(broadcaster, maker.root, "daemon")] == ["good", "mind"]


def test_a_device_that_is_not_there(broadcaster: RunCommand, maker: Maker) -> None:
    path = maker.root / "station.toml"
    path.write_text(path.read_text("utf-8").replace('["silent"]', '["Loa không có"]'), "utf-8")
    (device,) = found(broadcaster, maker.root, "device")
    assert (device["level"], "Loa không có" in device["text"]) == ("bad", True)


def test_a_muted_output_is_found(broadcaster: RunCommand, maker: Maker, pulse: PulseServer) -> None:
    path = maker.root / "station.toml"
    path.write_text(path.read_text("utf-8").replace('["silent"]', '["default"]'), "utf-8")
    assert level(broadcaster, maker.root, "device") == "good"
    assert level(broadcaster, maker.root, "volume") == "good"
    pulse.ask("set-sink-mute", "@DEFAULT_SINK@", "1")
    assert level(broadcaster, maker.root, "volume") == "bad"
    pulse.ask("set-sink-mute", "@DEFAULT_SINK@", "0")
    pulse.ask("set-sink-volume", "@DEFAULT_SINK@", "1%")
    assert level(broadcaster, maker.root, "volume") == "bad"
    known = sinks()
    assert known is not None
    assert any(isinstance(sink, Sink) and sink.name == known[1] for sink in known[0])


def test_a_computer_that_tells_nothing_is_unknown_and_no_error(
    broadcaster: RunCommand, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(maker.root))
    assert computer.ask("pactl") is None
    assert sinks() is None
    assert computer.clock_is_set_by_network() is None
    assert [finding["level"] for finding in found(broadcaster, maker.root, "clock")] == ["unknown"]


def test_sleep_by_powercfg_in_any_language() -> None:
    answer = "Subgroup GUID: 238c9fa8  (Ngủ)\n  Đơn vị: Giây\n  AC hiện tại: {ac}\n  DC hiện tại: 0x00000384\n"
    assert sleeps_by_powercfg(answer.format(ac="0x00000000")) is False
    assert sleeps_by_powercfg(answer.format(ac="0x00000708")) is True
    assert sleeps_by_powercfg("") is None
    assert sleeps_by_powercfg(None) is None


def test_what_logind_does_when_nobody_is_there(tmp_path: Path) -> None:
    assert idle_action(tmp_path) is None
    (tmp_path / "logind.conf").write_text("[Login]\n#IdleAction=suspend\nIdleAction = suspend\n", "utf-8")
    assert idle_action(tmp_path) == "suspend"
    (tmp_path / "logind.conf.d").mkdir()
    (tmp_path / "logind.conf.d" / "loa.conf").write_text("[Login]\nIdleAction=ignore\n", "utf-8")
    assert idle_action(tmp_path) == "ignore"
