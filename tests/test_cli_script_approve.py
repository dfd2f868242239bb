"""Scripts approved from the command line, their approval taken back, and what the list says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from commands import RunCommand
from officers import GOOD, Editor, Person, rows_of, write_script

from broadcaster.records.kinds import Kind
from broadcaster.speech.script import read_script
from broadcaster.speech.script_templates import from_template, gaps


def test_approving_shows_what_will_be_said_names_the_clip_and_enters_it(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    path = write_script(station_folder, "bai", GOOD.replace("bà con", "bà con lúc 17 giờ"))
    result = broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station_folder)
    assert result.code == 0
    assert "mười bảy giờ" in result.out
    assert "Clip: bai-" in result.out
    assert result.out.index("mười bảy") < result.out.index("approved by Lan")
    (row,) = rows_of(station_folder, Kind.APPROVAL)
    assert (row.actor, row.body["script"], row.body["title"], row.body["decision"]) == ("Lan", "bai", "Thử", "approved")
    assert row.body["text_digest"] == read_script(path).digest
    assert len(row.body["spoken_digest"]) == 64


def entry(broadcaster: RunCommand, station: Path, id_: str) -> dict[str, Any]:
    found = broadcaster("script", "list", "--json", station=station).json
    return next(entry for entry in found if entry["id"] == id_)


def test_an_edit_withdraws_and_the_list_says_so(broadcaster: RunCommand, station_folder: Path, editor: Editor) -> None:
    write_script(station_folder, "bai")
    assert entry(broadcaster, station_folder, "bai")["approval"] == "never approved"
    broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station_folder)
    assert entry(broadcaster, station_folder, "bai")["approved_by"] == "Lan"
    editor(GOOD.replace("chào", "kính chào"))
    edited = broadcaster("script", "edit", "bai", "--as", "Minh", "--yes", station=station_folder)
    assert "broadcaster script approve bai" in edited.err
    assert entry(broadcaster, station_folder, "bai")["approval"] == "edited since"
    assert "the text was changed after Lan" in broadcaster("script", "show", "bai", station=station_folder).out
    for writer in ("minh", " HOA "):  # who edited it, and the author
        refused = broadcaster("script", "approve", "bai", "--as", writer, "--yes", station=station_folder)
        assert refused.code == 2
        assert "wrote this text and cannot approve it" in refused.err
    assert broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station_folder).code == 0


def test_one_pair_of_eyes_where_the_station_says_so(broadcaster: RunCommand, station_folder: Path) -> None:
    write_script(station_folder, "bai")
    settings_file = station_folder / "station.toml"
    settings_file.write_text(settings_file.read_text("utf-8") + "\n[approval]\nfour_eyes = false\n", "utf-8")
    assert broadcaster("script", "approve", "bai", "--as", "Hoa", "--yes", station=station_folder).code == 0


def test_a_text_of_nobody_and_an_unfinished_one_are_not_approved(broadcaster: RunCommand, station_folder: Path) -> None:
    write_script(station_folder, "bai", '+++\ntitle = "Thử"\n+++\nXin chào.\n')
    write_script(station_folder, "mau", from_template("thong-bao", author="Hoa"))
    result = broadcaster("script", "approve", "bai", "mau", "--as", "Lan", "--yes", station=station_folder)
    assert result.code == 2
    assert 'author = "…"' in result.err
    assert next(gaps(from_template("thong-bao"))) in result.err
    assert not (station_folder / "broadcaster.db").exists()


def test_nobody_approves_by_accident(broadcaster: RunCommand, station_folder: Path, person: Person) -> None:
    write_script(station_folder, "bai")
    alone = broadcaster("script", "approve", "bai", "--as", "Lan", station=station_folder)
    assert alone.code == 2
    assert "say --yes" in alone.err
    asked = person(False, False)
    assert broadcaster("script", "approve", "bai", "--as", "Lan", station=station_folder).code == 1
    assert asked == ["Hear it now?", "Approve this text as Lan?"]
    assert rows_of(station_folder, Kind.APPROVAL) == []


def test_taking_back_needs_a_reason_and_something_to_take_back(broadcaster: RunCommand, station_folder: Path) -> None:
    write_script(station_folder, "bai")
    nothing = broadcaster("script", "revoke", "bai", "--reason", "sai", "--as", "Minh", station=station_folder)
    assert (nothing.code, "no approval to take back" in nothing.err) == (2, True)
    broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station_folder)
    assert broadcaster("script", "revoke", "bai", "--reason", " ", "--as", "Minh", station=station_folder).code == 2
    taken = broadcaster("script", "revoke", "bai", "--reason", "Sai số", "--as", "Minh", station=station_folder)
    assert taken.code == 0
    assert "still airs" in taken.err
    assert entry(broadcaster, station_folder, "bai")["approval"] == "revoked"
    assert rows_of(station_folder, Kind.APPROVAL)[-1].body["reason"] == "Sai số"


def test_the_plan_says_what_is_not_approved(broadcaster: RunCommand, station_folder: Path) -> None:
    day = ("plan", "--day", "15/5/2027", "--json")
    before = broadcaster(*day, station=station_folder).json
    assert {occurrence["state"] for occurrence in before} == {"not rendered"}
    one = next(occurrence["scripts"] for occurrence in before if len(occurrence["scripts"]) == 1)
    settings_file = station_folder / "station.toml"
    settings_file.write_text(settings_file.read_text("utf-8") + "\n[approval]\nrequired = true\n", "utf-8")
    broadcaster("script", "approve", *one, "--as", "Lan", "--yes", station=station_folder)
    after = broadcaster(*day, station=station_folder).json
    states = {tuple(occurrence["scripts"]): occurrence["state"] for occurrence in after}
    assert states.pop(tuple(one)) in ("ready", "waits")
    assert set(states.values()) == {"not approved"}
    shown = broadcaster("plan", "--day", "15/5/2027", station=station_folder).out
    assert "nobody has approved it" in shown


def test_the_list_says_where_a_script_is_scheduled(broadcaster: RunCommand, station_folder: Path) -> None:
    found = entry(broadcaster, station_folder, "chu-de")
    assert found["scheduled"]
    assert all(place.startswith("thang-5/") for place in found["scheduled"])
    write_script(station_folder, "bai")
    assert entry(broadcaster, station_folder, "bai")["scheduled"] == []


def test_the_list_leaves_out_what_is_empty_and_names_the_slots(broadcaster: RunCommand, station_folder: Path) -> None:
    plain = broadcaster("script", "list", station=station_folder).out
    assert "approval" not in plain.splitlines()[0]
    assert "thang-5: thong-diep, cao-diem-thong-diep" in plain
    settings_file = station_folder / "station.toml"
    settings_file.write_text(settings_file.read_text("utf-8") + "\n[approval]\nrequired = true\n", "utf-8")
    asked_for = broadcaster("script", "list", station=station_folder).out.splitlines()
    assert "approval" in asked_for[0]
    assert all("not approved" in line for line in asked_for[1:])


@pytest.mark.parametrize("body", ['recording = "hong.wav"\n+++\n', "+++\nXin chào.\n\n[ghi âm: hong.wav]\n"])
def test_what_cannot_be_heard_is_not_approved(broadcaster: RunCommand, station_folder: Path, body: str) -> None:
    write_script(station_folder, "bai", f'+++\ntitle = "Thử"\nauthor = "Hoa"\n{body}')
    (station_folder / "scripts" / "hong.wav").write_bytes(b"RIFF\x24\x00\x00\x00WAVEno sound at all")
    result = broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station_folder)
    assert result.code == 2
    (line,) = result.err.splitlines()
    assert "hong.wav: damaged, or not a sound" in line
    assert "bai was not approved" in line
    assert not (station_folder / "broadcaster.db").exists()
