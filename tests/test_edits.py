"""Every version of a campaign is entered once, whoever wrote it and whoever saw it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from stations import Maker, at

from broadcaster import versions
from broadcaster.errors import InputError
from broadcaster.models import Campaign
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.schedule.campaign_edit import create_campaign, edit
from broadcaster.schedule.timetable import read_campaign
from broadcaster.station import edits
from broadcaster.station.folder import Station


@pytest.fixture
def station(tmp_path: Path) -> Station:
    maker = Maker(tmp_path, SimulatedClock(at("2027-05-03 05:00"))).settings().script("bai-1")
    return maker.campaign(maker.slot("05:30") + maker.slot("17:00", id_="chieu")).open()


@pytest.fixture
def ledger(station: Station) -> Iterator[Ledger]:
    with station.ledger() as ledger:
        yield ledger


def path(station: Station) -> Path:
    return station.schedules_folder / "thu.toml"


def enter(ledger: Ledger, version: edits.Version | None) -> None:
    if version is not None:
        ledger.append([edits.entry(version)])


def told(ledger: Ledger) -> list[tuple[str, str, str]]:
    return [(version.actor, version.how, version.summary) for version in edits.history(ledger)]


def test_what_a_command_entered_the_daemon_does_not_enter_again(station: Station, ledger: Ledger) -> None:
    watch = edits.Watch(station, ledger)
    assert watch.look("daemon", new_files=False) is None
    watch.take_up()
    edits.write(station, ledger, [edit(path(station)).remove("chieu").change()], "Chị Hoa")
    assert watch.look("daemon") is None
    assert watch.look("daemon") is None
    assert told(ledger) == [("Chị Hoa", "command", 'thu: slot "chieu" removed')]


def test_what_is_done_by_hand_is_entered_once_by_whoever_looks_first(station: Station, ledger: Ledger) -> None:
    watch = edits.Watch(station, ledger)
    watch.take_up()
    text = path(station).read_text("utf-8")
    path(station).write_text(text.replace("05:30", "05:45"), "utf-8")
    enter(ledger, watch.look("daemon"))
    assert watch.look("daemon") is None
    path(station).write_text(text.replace("05:30", "05:50"), "utf-8")
    edits.write(station, ledger, [edit(path(station)).remove("chieu").change()], "Chị Hoa")
    assert watch.look("daemon") is None
    assert told(ledger) == [
        ("daemon", "by hand", 'thu: slot "sang": times of day'),
        ("Chị Hoa", "by hand", 'thu: slot "sang": times of day'),
        ("Chị Hoa", "command", 'thu: slot "chieu" removed'),
    ]
    chain = [version.files[0] for version in edits.history(ledger)]
    assert [file.before for file in chain[1:]] == [file.after for file in chain[:-1]]
    assert all(versions.load(path(station), digest) for file in chain for digest in (file.before, file.after))


def test_what_was_done_while_nobody_looked_is_found_at_the_next_start(station: Station, ledger: Ledger) -> None:
    edits.Watch(station, ledger).take_up()
    edits.write(station, ledger, [edit(path(station)).remove("chieu").change()], "Chị Hoa")
    path(station).unlink()
    found = edits.Watch(station, ledger).look("daemon", new_files=False)
    assert found is not None
    assert (found.summary, found.files[0].after) == ("thu: removed", versions.NO_FILE)


def test_new_files_and_files_that_go_are_seen(station: Station, ledger: Ledger) -> None:
    watch = edits.Watch(station, ledger)
    watch.take_up()
    other = station.schedules_folder / "moi.toml"
    other.write_bytes(path(station).read_bytes())
    enter(ledger, watch.look("daemon"))
    other.unlink()
    enter(ledger, watch.look("daemon"))
    assert told(ledger) == [("daemon", "by hand", "moi: made"), ("daemon", "by hand", "moi: removed")]


def test_several_files_of_one_command_are_one_row(station: Station, ledger: Ledger) -> None:
    old = read_campaign(path(station))
    new = Campaign("he", "Hè", station.schedules_folder / "he.toml", old.start, old.end, old.slots)
    changes = [create_campaign(new), edit(path(station)).change_campaign(replace(old, title="Khác")).change()]
    edits.write(station, ledger, changes, "Chị Hoa")
    ((_who, _how, summary),) = told(ledger)
    assert summary == "he: made; thu: title"


def test_no_file_is_written_where_one_of_them_changed_in_the_meantime(station: Station, ledger: Ledger) -> None:
    old = read_campaign(path(station))
    new = Campaign("he", "Hè", station.schedules_folder / "he.toml", old.start, old.end, old.slots)
    changes = [create_campaign(new), edit(path(station)).remove("chieu").change()]
    path(station).write_text(path(station).read_text("utf-8") + "# ghi thêm\n", "utf-8")
    with pytest.raises(InputError, match="the file was changed in the meantime"):
        edits.write(station, ledger, changes, "Chị Hoa")
    assert not new.path.exists()
    assert told(ledger) == []


def test_scripts_and_settings_are_no_versions(station: Station, ledger: Ledger) -> None:
    nothing = edits.nothing("daemon", station.now())
    (row,) = ledger.append([edits.entry(nothing, ["hỏng"], ["scripts/bai-1"])])
    assert (row.kind, dict(row.body)) == (Kind.SCHEDULE_CHANGED, {"changed": ["scripts/bai-1"], "problems": ["hỏng"]})
    assert edits.history(ledger) == []
