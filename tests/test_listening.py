"""Who listens does not broadcast: at any time on a device of one's own, on the loudspeakers seldom and on record."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from stations import Maker, at

from broadcaster.errors import InputError, PlayoutError
from broadcaster.models import Occurrence, Outcome
from broadcaster.office.listening import Place, Sample, listen, place_for, refuse_to_disturb
from broadcaster.office.preview import write_test_tone
from broadcaster.playout.desk_state import Status
from broadcaster.playout.heartbeat import Heartbeat, heartbeat_path
from broadcaster.playout.rows import planned_row, play_of, played_row
from broadcaster.playout.sound.output import Progress, State
from broadcaster.playout.station_lock import is_running, lock_path
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Origin, from_body
from broadcaster.records.reconcile import reconcile_window
from broadcaster.records.verify import verify
from broadcaster.schedule.plan import expand
from broadcaster.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from commands import RunCommand

from broadcaster.station.content import content_in_force
from broadcaster.station.folder import Station

LENGTH = timedelta(seconds=30)
LOUDSPEAKER = ("Tăng âm",)


def outputs(maker: Maker, output: str, monitor: str = "", more: str = "") -> Station:
    path = maker.root / "station.toml"
    text = path.read_text("utf-8").replace('devices = ["silent"]', f"devices = [{output}]")
    path.write_text(f"{text}\n{more}" + (f'[monitor]\ndevice = "{monitor}"\n' if monitor else ""), "utf-8")
    return maker.open()


# ---- where ------------------------------------------------------------------------------------------------------


def test_a_device_of_one_s_own_is_taken_before_the_outputs(maker: Maker) -> None:
    station = outputs(maker, '"Tăng âm"', "Tai nghe")
    assert place_for(station) == Place(("Tai nghe",), is_public=False)


@pytest.mark.parametrize("asked", ["Tăng âm", "default", "USB Audio", None])
def test_every_other_device_may_be_the_loudspeakers(maker: Maker, asked: str | None) -> None:
    station = outputs(maker, '"Tăng âm"')
    assert place_for(station, asked) == Place((asked,) if asked else LOUDSPEAKER, is_public=True)


@pytest.mark.parametrize("asked", ["file", "silent"])
def test_what_makes_no_sound_disturbs_nobody(maker: Maker, asked: str) -> None:
    assert not place_for(outputs(maker, '"Tăng âm"'), asked).is_public


def test_one_loudspeaker_among_outputs_for_rehearsal_is_enough(maker: Maker) -> None:
    assert place_for(outputs(maker, '"Tăng âm", "silent"')).is_public


@pytest.mark.parametrize(
    ("output", "monitor"),
    [('"Tăng âm"', "Tăng âm"), ('"Tăng âm"', "tăng ÂM"), ('"Tăng âm"', "default"), ('"default"', "Default")],
)
def test_the_monitor_is_never_an_output(maker: Maker, output: str, monitor: str) -> None:
    with pytest.raises(InputError, match=r"station\.toml:\d+: monitor\.device: found"):
        outputs(maker, output, monitor)


def test_a_monitor_may_be_left_out_or_empty(maker: Maker) -> None:
    assert read_settings(maker.root / "station.toml").monitor.device == ""
    (maker.root / "station.toml").write_text('[monitor]\ndevice = ""\n', "utf-8")
    assert read_settings(maker.root / "station.toml").monitor.device == ""


# ---- when -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(maker: Maker) -> Iterator[Station]:
    """Return a station, planned at 5:30, whose desk runs at 5:10 and has nothing on the air."""
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    maker.clock.now = at("2027-05-03 05:10")
    station.state_folder.mkdir(exist_ok=True)
    with FileLock(lock_path(station)):
        Heartbeat(station).write(Status(station.now()), None)
        yield station


def planned(station: Station) -> Occurrence:
    """Return what the station airs that morning."""
    campaigns = station.campaigns()[0].values()
    (occurrence,) = expand(campaigns, at("2027-05-03 05:00"), at("2027-05-03 06:00"), station.settings.timezone)
    return occurrence


def later(maker: Maker, station: Station, moment: str) -> None:
    maker.clock.now = at(moment)
    Heartbeat(station).write(Status(station.now()), None)


def test_the_system_s_lock_says_whether_a_desk_runs(maker: Maker) -> None:
    station = maker.open()
    assert not is_running(station)
    station.state_folder.mkdir()
    with FileLock(lock_path(station)):
        assert is_running(station)
        assert is_running(station)
    assert not is_running(station)


def refusal(station: Station) -> str:
    """Return why nothing may sound on the loudspeakers now; "" where it may."""
    try:
        refuse_to_disturb(station, LENGTH)
    except InputError as error:
        return str(error)
    return ""


def test_between_two_bulletins_the_loudspeakers_are_free(desk: Station) -> None:
    assert refusal(desk) == ""


@pytest.mark.parametrize(
    ("moment", "is_free"),
    [
        ("2027-05-03 05:28:29", True),  # it would end a minute and a second before
        ("2027-05-03 05:28:31", False),
        ("2027-05-03 05:29:59", False),
        ("2027-05-03 05:35", False),  # within the grace, and nobody knows what became of it
        ("2027-05-03 05:41", True),
    ],
)
def test_a_minute_before_a_bulletin_they_are_the_desk_s(
    maker: Maker, desk: Station, moment: str, *, is_free: bool
) -> None:
    later(maker, desk, moment)
    told = refusal(desk)
    assert told == "" if is_free else "thu/sang is due at 05:30:00" in told


def test_a_bulletin_that_is_over_keeps_nothing_waiting(maker: Maker, desk: Station, ledger: Ledger) -> None:
    later(maker, desk, "2027-05-03 05:35")
    occurrence = planned(desk)
    play = play_of(occurrence, content_in_force(desk), Outcome.AIRED)
    ledger.append([planned_row(occurrence, at("2027-05-03 05:00")), played_row(play, desk.now())])
    assert refusal(desk) == ""


def test_nothing_sounds_over_a_live_bulletin(maker: Maker, desk: Station) -> None:
    occurrence = planned(desk)
    maker.clock.now = at("2027-05-03 05:50")  # it began late
    Heartbeat(desk).write(Status(desk.now(), on_air=occurrence), None)
    with pytest.raises(InputError, match=r"thu/sang@2027-05-03T05:30\+07:00 is on the air"):
        refuse_to_disturb(desk, LENGTH)


@pytest.mark.parametrize("beat", [b"", b"{}", None])
def test_a_desk_that_does_not_say_what_it_does_is_left_alone(maker: Maker, desk: Station, beat: bytes | None) -> None:
    if beat is None:
        maker.clock.now += timedelta(seconds=31)  # and no further sign of life
    else:
        heartbeat_path(desk).write_bytes(beat)
    with pytest.raises(InputError, match="does not say"):
        refuse_to_disturb(desk, LENGTH)


def test_without_a_desk_only_the_hours_count(maker: Maker) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.open()
    maker.clock.now = at("2027-05-03 05:29:59")
    assert refusal(station) == ""
    maker.clock.now = at("2027-05-03 04:59:59")
    with pytest.raises(InputError, match="outside the hours allowed"):
        refuse_to_disturb(station, LENGTH)
    maker.clock.now = at("2027-05-03 20:59:31")
    with pytest.raises(InputError, match="outside the hours allowed"):
        refuse_to_disturb(station, LENGTH)


def test_a_quiet_day_is_quiet(maker: Maker) -> None:
    station = maker.settings('[rules]\nquiet_days = ["2027-05-03"]\n').open()
    with pytest.raises(InputError, match="quiet day"):
        refuse_to_disturb(station, LENGTH)


# ---- on record --------------------------------------------------------------------------------------------------


def time_passes(maker: Maker) -> Callable[[Progress], None]:
    """Return what lets half a second pass each time that somebody looks."""

    def watch(_progress: Progress) -> None:
        maker.clock.now += timedelta(seconds=0.5)

    return watch


def notes(folder: Path) -> Sample:
    return Sample.of_tone(write_test_tone(folder / "notes.wav"))


def test_what_the_commune_hears_is_entered_before_and_after(maker: Maker, ledger: Ledger) -> None:
    station = maker.render()
    script = station.scripts()[0]["bai-1"]
    clip = station.renderer().find(script)
    assert clip is not None
    name = "Nguyễn Thị Hòa"
    sample, place = Sample.of_clip(clip, script), Place(("silent",), is_public=True)
    assert listen(station, sample, place, name, time_passes(maker)).whole
    cued, played = ledger.rows([Kind.CUED, Kind.PLAYED])
    assert [(row.kind, row.actor) for row in (cued, played)] == [("cued", name), ("played", name)]
    play = from_body(played.occurrence or "", played.body)
    assert played.occurrence == "test/bai-1@2027-05-03T05:00+07:00"
    assert (play.origin, play.outcome, play.device, play.ordered_by) == (Origin.TEST, Outcome.AIRED, "silent", name)
    (known,) = play.scripts
    assert (known.id, known.text_digest, known.clip_digest) == ("bai-1", script.digest, clip.digest)
    assert known.sha256 == hashlib.sha256(clip.path.read_bytes()).hexdigest()
    assert play.heard_s == pytest.approx(clip.length.total_seconds(), abs=0.001)
    assert verify(maker.root / "broadcaster.db").chain_ok
    found = reconcile_window(ledger, at("2027-05-01 00:00"), at("2027-06-01 00:00"), at("2027-06-01 00:00"))
    assert ([play.origin for play in found.unplanned], found.planned) == ([Origin.TEST], 0)


def test_nothing_sounds_that_cannot_be_entered(maker: Maker, tmp_path: Path) -> None:
    station = maker.open()
    station.ledger_path.mkdir()  # no play history can be written here
    with pytest.raises(Exception, match=r"broadcaster\.db"):
        listen(station, notes(tmp_path), Place(("file",), is_public=True), "Hòa")
    assert not list((station.state_folder / "listened").glob("*.wav"))


def test_what_was_stopped_is_entered_as_far_as_it_was_heard(maker: Maker, ledger: Ledger, tmp_path: Path) -> None:
    station = maker.open()

    passes = time_passes(maker)

    def stopped_early(progress: Progress) -> None:
        passes(progress)
        if progress.state is State.PLAYING and not pressed:
            pressed.append(progress)
            raise KeyboardInterrupt

    pressed: list[Progress] = []
    with pytest.raises(KeyboardInterrupt):
        listen(station, notes(tmp_path), Place(("silent",), is_public=True), "Hòa", stopped_early)
    _cued, played = ledger.rows([Kind.CUED, Kind.PLAYED])
    play = from_body(played.occurrence or "", played.body)
    assert (play.outcome, play.reason) == (Outcome.CUT, "stopped by SIGINT")
    assert 0 < play.heard_s < 1.8


def test_where_no_device_works_nothing_is_entered(maker: Maker, ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(PlayoutError):
        listen(maker.open(), notes(tmp_path), Place(("không có loa này",), is_public=True), "Hòa")
    assert list(ledger.rows()) == []


def test_what_nobody_else_hears_is_nobody_else_s_business(maker: Maker, ledger: Ledger, tmp_path: Path) -> None:
    maker.clock.now = at("2027-05-03 02:00")
    assert listen(maker.open(), notes(tmp_path), Place(("silent",), is_public=False), "", time_passes(maker)).whole
    assert list(ledger.rows()) == []


# ---- the commands -----------------------------------------------------------------------------------------------


@pytest.fixture
def with_a_loudspeaker(rendered_station: Path) -> Path:
    path = rendered_station / "station.toml"
    text = path.read_text("utf-8").replace('devices = ["silent"]', 'devices = ["default"]')
    path.write_text(text.replace('hours = ["05:00-21:00"]', 'hours = ["00:00-24:00"]'), "utf-8")
    return rendered_station


def is_silent(station: Path) -> bool:
    """Return whether the play history knows of nothing that was about to sound."""
    with closing(Ledger.open(station / "broadcaster.db", read_only=True)) as ledger:
        return not list(ledger.rows([Kind.CUED, Kind.PLAYED]))


@pytest.mark.parametrize(
    "command",
    [("script", "listen", "chu-de"), ("device", "test"), ("voice", "test", "Xin chào"), ("device", "test", "USB")],
)
def test_no_command_plays_there_without_a_person(
    with_a_loudspeaker: Path, broadcaster: RunCommand, command: tuple[str, ...]
) -> None:
    answer = broadcaster(*command, station=with_a_loudspeaker)
    assert answer.code == 2
    assert "nobody is here to be asked; all of the commune would hear this" in answer.err
    assert is_silent(with_a_loudspeaker)


def test_an_approval_is_not_held_up_by_it(with_a_loudspeaker: Path, broadcaster: RunCommand) -> None:
    command = ("script", "approve", "chu-de", "--as", "Lan", "--yes", "--listen")
    answer = broadcaster(*command, station=with_a_loudspeaker)
    assert answer.code == 0
    assert "all of the commune would hear this" in answer.err
    log = broadcaster("log", "--json", station=with_a_loudspeaker)
    assert json.loads(log.out) == []


def test_the_question_names_the_device_and_no_is_the_default(with_a_loudspeaker: Path) -> None:
    from terminal import answered

    shown = answered(with_a_loudspeaker, "\n", "device", "test", "--as", "Hòa")
    assert "All of the commune will hear this: default." in shown
    assert is_silent(with_a_loudspeaker)
