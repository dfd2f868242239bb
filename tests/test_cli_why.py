"""`broadcaster why`: each link of the chain, for what will air, what did not, and what nobody planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from stations import Maker, at

from broadcaster.models import Occurrence
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry
from broadcaster.records.play_rows import planned_to_body
from broadcaster.schedule.plan import expand
from broadcaster.station.folder import open_station

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand

ID = "thang-5/thong-diep@2027-05-15T05:30+07:00"


def chain(broadcaster: RunCommand, station: Path, *asked: str) -> dict[str, dict[str, Any]]:
    """Return the last step about each subject, of the one occurrence that is found."""
    (found,) = broadcaster("why", *asked, "--json", station=station).json["occurrences"]
    return {step["about"]: step for step in found["steps"]}


def nothing(broadcaster: RunCommand, station: Path, *asked: str) -> str:
    found = broadcaster("why", *asked, "--json", station=station).json
    assert found["occurrences"] == []
    return "\n".join(step["text"] for step in found["nothing"])


@pytest.mark.parametrize(
    "asked",
    [[ID], ["15/5/2027 5h30"], ["15/5/2027", "5h30"], ["thang-5/thong-diep@15/5/2027 5h30"], ["2027-05-15 05:30"]],
)
def test_an_occurrence_is_found_however_it_is_asked_for(
    broadcaster: RunCommand, station_folder: Path, asked: list[str]
) -> None:
    found = broadcaster("why", *asked, "--json", station=station_folder).json["occurrences"]
    assert [occurrence["id"] for occurrence in found] == [ID]


def test_the_chain_of_what_will_air(broadcaster: RunCommand, rendered_station: Path) -> None:
    lines = (rendered_station / "schedules" / "thang-5.toml").read_text("utf-8").splitlines()
    line = lines.index('id = "thong-diep"')
    steps = chain(broadcaster, rendered_station, ID)
    assert steps["verdict"]["text"] == "It will air on 2027-05-15 05:30:00: ready."
    assert steps["plan"]["text"].startswith(f'schedules/thang-5.toml:{line} plans it: slot "thong-diep"')
    assert "Saturday, 2027-05-15 is in 05-01–05-31" in steps["days"]["text"]
    planned = broadcaster("plan", "--day", "15/5/2027", "--json", station=rendered_station).json
    assert steps["turn"]["text"].startswith(
        f"Of its 6 scripts (one a time, in turn) it is the turn of {planned[0]['scripts'][0]}"
    )
    assert all(steps[about]["good"] for about in ("verdict", "plan", "days", "turn", "rules", "clip"))
    assert "spoken by silent" in steps["clip"]["text"]


def test_what_is_not_rendered_is_said_with_what_to_do(broadcaster: RunCommand, station_folder: Path) -> None:
    steps = chain(broadcaster, station_folder, ID)
    assert steps["verdict"]["good"] is None
    step = steps["clip"]
    assert (step["good"], "broadcaster script render" in step["text"]) == (False, True)


def test_a_clip_is_read_before_it_is_called_ready(broadcaster: RunCommand, rendered_station: Path) -> None:
    """As the desk does, and as check says."""
    for path in (rendered_station / "audio").glob("*.wav"):
        path.write_bytes(path.read_bytes()[:-2] + b"xx")
    step = chain(broadcaster, rendered_station, ID)["clip"]
    assert (step["good"], "changed or damaged" in step["text"]) == (False, True)


def test_a_rule_that_forbids_it_is_named(broadcaster: RunCommand, rendered_station: Path) -> None:
    path = rendered_station / "station.toml"
    path.write_text(path.read_text("utf-8") + 'quiet_days = ["2027-05-15"]\n', "utf-8")
    steps = chain(broadcaster, rendered_station, ID)
    assert steps["verdict"]["text"] == "It will not air: blocked: 2027-05-15 is a quiet day."
    assert steps["rules"]["text"].startswith("A rule forbids it (quiet_days): ")


def test_what_has_been_is_told_from_the_play_history(broadcaster: RunCommand, rendered_station: Path) -> None:
    rehearsed = broadcaster("rehearse", "--day", "15/5/2027", station=rendered_station)
    assert rehearsed.code == 0
    (history,) = (rendered_station / "rehearsal").glob("*/broadcaster.db")
    history.rename(rendered_station / "broadcaster.db")
    steps = chain(broadcaster, rendered_station, ID)
    assert steps["verdict"]["text"].startswith("It began on 2027-05-15 05:30:00, 0.0 s after its time")
    assert steps["verdict"]["text"].endswith("outcome: in silence, on no loudspeaker.")
    assert steps["verdict"]["good"] is False
    assert steps["history"]["text"].endswith("outcome: in silence, on no loudspeaker.")


def test_what_was_taken_out_is_known_from_the_play_history_alone(broadcaster: RunCommand, tmp_path: Path) -> None:
    maker = Maker(tmp_path, SimulatedClock(at("2027-05-01 04:00")))
    maker.settings().script("bai-1").campaign(maker.slot("05:30"))
    station = maker.render()
    (planned,) = expand(
        station.campaigns()[0].values(), at("2027-05-03 00:00"), at("2027-05-04 00:00"), station.settings.timezone
    )
    with station.ledger() as ledger:
        moment = station.now()
        ledger.append([Entry(Kind.PLANNED, "daemon", moment, planned.id, planned_to_body(planned))])
        ledger.append([Entry(Kind.WITHDRAWN, "daemon", moment, planned.id, {"reason": "the files were edited"})])
    maker.campaign(maker.slot("06:30"))
    steps = chain(broadcaster, tmp_path, planned.id)
    assert steps["verdict"]["text"] == "It was taken out of the plan before its time."
    assert steps["plan"]["text"].startswith("No file plans it now")
    assert "taken out of the plan (the files were edited)" in steps["history"]["text"]


@pytest.mark.parametrize("slot", ["thang-5/cu", "noi-ngay"])
def test_what_only_the_history_knows_is_found_by_a_day_as_people_write_it(
    broadcaster: RunCommand, station_folder: Path, slot: str
) -> None:
    id_ = f"{slot}@2027-05-03T09:00+07:00"
    with open_station(station_folder).ledger() as ledger:
        body = {"planned_start": "2027-05-03T09:00:00+07:00"}
        ledger.append([Entry(Kind.PLANNED, "daemon", at("2027-05-03 00:00"), id_, body)])
    (found,) = broadcaster("why", f"{slot}@3/5/2027 9h", "--json", station=station_folder).json["occurrences"]
    assert found["id"] == id_
    assert broadcaster("why", f"{slot}@4/5/2027 9h", station=station_folder).code == 2


def test_a_slot_that_was_removed_is_answered_from_the_history(broadcaster: RunCommand, station_folder: Path) -> None:
    remove = ("remove", "thang-5/tieu-pham", "--as", "Chị Hoa", "--reason", "Hết đợt", "--yes")
    assert broadcaster("schedule", *remove, station=station_folder).code == 0
    told = nothing(broadcaster, station_folder, "thang-5/tieu-pham@2027-05-15T17:15+07:00")
    assert 'No file has the slot "thang-5/tieu-pham" now.' in told
    assert '"thang-5/tieu-pham" was taken out on ' in told
    assert " by Chị Hoa (change " in told
    assert "): Hết đợt." in told
    assert "Until then it was planned at that time." in told
    other = nothing(broadcaster, station_folder, "thang-5/tieu-pham@15/5/2027 9h")
    assert "At that time it was not planned before that either." in other
    unknown = broadcaster("why", "thang-5/khong-co@15/5/2027 9h", station=station_folder)
    assert (unknown.code, 'there is no slot "thang-5/khong-co"' in unknown.err) == (2, True)


def test_what_never_was_in_a_file_is_found_by_its_id(broadcaster: RunCommand, station_folder: Path) -> None:
    station = open_station(station_folder)
    id_ = "noi-ngay@2027-05-03T09:00+07:00"
    with station.ledger() as ledger:
        body = planned_to_body(Occurrence("noi-ngay", "", at("2027-05-03 09:00"), ("chu-de",)))
        ledger.append([Entry(Kind.PLANNED, "Lan", station.now(), id_, body)])
    steps = chain(broadcaster, station_folder, id_)
    assert steps["verdict"]["text"] == "It is planned no more, and has no outcome."
    assert "Lan: entered into the plan." in steps["history"]["text"]


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        ("thang-5/tieu-pham@14/5/2027 17h15", ["Friday, 2027-05-14 is not one of its weekdays (Sat, Sun)"]),
        ("thang-5/thong-diep@1/6/2027 5h30", ["2027-06-01 is not in its days, 05-01–05-31, every year"]),
        ("thang-5/thong-diep@15/5/2027 6h", ["its times are 05:30, 17:00, not 06:00"]),
    ],
)
def test_why_a_slot_does_not_air_then(
    broadcaster: RunCommand, station_folder: Path, asked: str, reasons: list[str]
) -> None:
    text = nothing(broadcaster, station_folder, asked)
    assert all(reason in text for reason in reasons)


def test_exceptions_and_pauses_are_named(broadcaster: RunCommand, tmp_path: Path) -> None:
    maker = Maker(tmp_path, SimulatedClock(at("2027-05-01 04:00"))).settings().script("bai-1")
    off = 'except = ["2027-05-03", "2027-05-04 05:30"]\npaused = [["2027-05-05", "2027-05-06"]]'
    maker.campaign(maker.slot("05:30", more=off))
    assert "the slot leaves out 2027-05-03 (except)" in nothing(broadcaster, tmp_path, "thu/sang@3/5/2027 5h30")
    assert "this one airing was taken out" in nothing(broadcaster, tmp_path, "thu/sang@4/5/2027 5h30")
    assert "the slot is paused: 2027-05-05–2027-05-06" in nothing(broadcaster, tmp_path, "thu/sang@5/5/2027 5h30")


def test_an_empty_moment_names_the_nearest_slot_and_what_lies_around(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    text = nothing(broadcaster, station_folder, "14/5/2027 17:14").splitlines()
    assert text[0] == "Nothing is planned for 2027-05-14 17:14."
    assert text[2].startswith("thang-5/tieu-pham at 17:15 (schedules/thang-5.toml:")
    assert text[2].endswith("Friday, 2027-05-14 is not one of its weekdays (Sat, Sun).")
    assert text[-2:] == [
        "Before it: thang-5/chu-de@2027-05-14T17:05+07:00",
        "After it: thang-5/thong-diep@2027-05-15T05:30+07:00",
    ]


def test_what_is_on_the_air_at_a_moment(broadcaster: RunCommand, rendered_station: Path) -> None:
    found = broadcaster("why", "15/5/2027 5:30:05", "--json", station=rendered_station).json["occurrences"]
    assert [occurrence["id"] for occurrence in found] == [ID]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("bao giờ", 'Error: "bao giờ" is not understood; allowed: an id such as'),
        ("15/5", 'Error: "15/5" is not understood'),
        ("15/5 24:00", 'Error: "15/5 24:00" is not understood'),
        ("2027-05-15T24:00", 'Error: "2027-05-15T24:00" is not understood'),
        ("20270515 240000", 'Error: "20270515 240000" is not understood'),
        ("2027-W19-6T24:00+07:00", 'Error: "2027-W19-6T24:00+07:00" is not understood'),
        ("thang-5/thong-diep@2027-05-15T24:00+07:00", 'Error: "thang-5/thong-diep@2027-05-15T24:00+07:00" is not'),
        ("thang-5@15/5 5h30", 'Error: "thang-5@15/5 5h30" is not understood'),
        ("thang-5/thong-die@15/5 5h30", 'Error: there is no slot "thang-5/thong-die"; did you mean'),
    ],
)
def test_what_is_not_understood(broadcaster: RunCommand, station_folder: Path, asked: str, message: str) -> None:
    result = broadcaster("why", asked, station=station_folder)
    assert result.code == 2
    assert result.err.startswith(message)
