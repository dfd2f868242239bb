"""Scripts have a history: who changed what and when, and every earlier text comes back."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from commands import RunCommand
from mornings import Morning
from officers import GOOD, Editor, rows_of, write_script

from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.station.folder import open_station

OLDER, NEWER = GOOD.replace("chào", "kính chào"), GOOD.replace("chào", "thân chào")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def path(station_folder: Path, broadcaster: RunCommand, editor: Editor) -> Path:
    """Make a script that Hoa wrote and Lan edited."""
    path = write_script(station_folder, "bai")
    editor(OLDER, NEWER)
    for name in ("Hoa", "Lan"):
        assert broadcaster("script", "edit", "bai", "--as", name, "--yes", station=station_folder).code == 0
    return path


def shown(broadcaster: RunCommand, station: Path, *arguments: str) -> list[tuple[str | None, str, str]]:
    found = broadcaster("script", "history", *arguments, "--json", station=station).json
    return [(version["actor"], version["how"], version["script"]) for version in found]


def test_who_changed_what_is_shown_the_latest_first(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    assert shown(broadcaster, station_folder, "bai") == [("Lan", "edit", "bai"), ("Hoa", "edit", "bai")]
    last, first = broadcaster("script", "history", "bai", "--json", station=station_folder).json
    assert (first["before"], first["after"], last["before"], last["after"]) == (
        sha256(GOOD),
        sha256(OLDER),
        sha256(OLDER),
        sha256(NEWER),
    )
    number = str(last["number"])
    diff = broadcaster("script", "history", "bai", "--diff", number, station=station_folder).out.splitlines()
    assert diff[-2:] == ["-Xin kính chào bà con.", "+Xin thân chào bà con."]
    assert shown(broadcaster, station_folder) == shown(broadcaster, station_folder, "bai")
    assert broadcaster("script", "history", "chu-de", station=station_folder).out == "Nothing was changed yet.\n"


def test_the_last_change_is_taken_back_and_so_is_that(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    assert broadcaster("script", "undo", "bai", "--as", "Minh", "--yes", station=station_folder).code == 0
    assert path.read_text("utf-8") == OLDER
    assert shown(broadcaster, station_folder, "bai")[0] == ("Minh", "undo", "bai")
    assert broadcaster("script", "undo", "bai", "--yes", station=station_folder).code == 0
    assert path.read_text("utf-8") == NEWER


def test_going_back_is_not_called_what_happens_to_an_approval(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    assert broadcaster("script", "undo", "bai", "--as", "Minh", "--yes", station=station_folder).code == 0
    table = broadcaster("--lang", "vi", "script", "history", "bai", station=station_folder).out
    assert [words in table for words in ("trở lại bản trước", "rút duyệt")] == [True, False]


def test_one_goes_back_to_any_change_and_to_before_the_first(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    first = broadcaster("script", "history", "bai", "--json", station=station_folder).json[1]["number"]
    result = broadcaster("script", "undo", "bai", "--to", str(first), "--yes", station=station_folder)
    assert (result.code, path.read_text("utf-8")) == (0, OLDER)
    assert broadcaster("script", "undo", "bai", "--to", "0", "--yes", station=station_folder).code == 0
    assert path.read_text("utf-8") == GOOD
    result = broadcaster("script", "undo", "bai", "--to", "99", station=station_folder)
    assert result.code == 2
    assert f"there is no change with the number 99; there are: {first}" in result.err


def test_a_new_script_is_taken_back_and_comes_back(broadcaster: RunCommand, station_folder: Path) -> None:
    assert broadcaster("script", "new", "bai", "--as", "Hoa", station=station_folder).code == 0
    path = station_folder / "scripts" / "bai.md"
    text = path.read_bytes()
    assert broadcaster("script", "undo", "bai", "--as", "Hoa", "--yes", station=station_folder).code == 0
    assert not path.exists()
    assert "removed" in broadcaster("script", "history", "bai", station=station_folder).out
    assert broadcaster("script", "undo", "bai", "--as", "Hoa", "--yes", station=station_folder).code == 0
    assert path.read_bytes() == text


def test_a_retired_script_airs_again(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    assert broadcaster("script", "retire", "bai", "--yes", station=station_folder).code == 0
    assert "valid_until" in path.read_text("utf-8")
    assert broadcaster("script", "undo", "bai", "--yes", station=station_folder).code == 0
    assert path.read_text("utf-8") == NEWER


def test_what_was_edited_by_hand_shows_and_can_be_taken_back(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    path.write_text(GOOD, "utf-8")
    assert shown(broadcaster, station_folder, "bai")[0] == (None, "by hand", "bai")
    assert broadcaster("script", "retire", "bai", "--as", "Lan", "--yes", station=station_folder).code == 0
    assert shown(broadcaster, station_folder, "bai")[:2] == [("Lan", "retire", "bai"), (None, "by hand", "bai")]
    assert broadcaster("script", "undo", "bai", "--yes", station=station_folder).code == 0
    assert path.read_text("utf-8") == GOOD


def test_a_script_that_was_deleted_by_hand_comes_back(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    path.unlink()
    assert shown(broadcaster, station_folder, "bai")[0] == (None, "by hand", "bai")
    assert broadcaster("script", "undo", "bai", "--yes", station=station_folder).code == 0
    assert path.read_text("utf-8") == NEWER


def test_what_an_earlier_version_entered_has_no_text_to_go_back_to(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    path = write_script(station_folder, "bai")
    station = open_station(station_folder)
    body = {"script": "bai", "title": "Thử", "text_digest": "d", "how": "edit"}
    with station.ledger() as ledger:
        ledger.append([Entry(Kind.SCRIPT_CHANGED, "Hoa", station.now(), None, body)])
    assert shown(broadcaster, station_folder, "bai") == [("Hoa", "edit", "bai")]
    result = broadcaster("script", "undo", "bai", station=station_folder)
    assert result.code == 2
    assert "bai.md: that version was not kept" in result.err
    assert path.read_text("utf-8") == GOOD


def test_an_unknown_script_has_no_history(broadcaster: RunCommand, station_folder: Path) -> None:
    for command in ("history", "undo"):
        result = broadcaster("script", command, "chu-dee", station=station_folder)
        assert result.code == 2
        assert 'there is no script "chu-dee"; did you mean "chu-de"?' in result.err


def test_the_desk_enters_a_script_that_was_edited_by_hand_and_keeps_it(tmp_path: Path, broadcaster: RunCommand) -> None:
    morning = Morning(tmp_path)
    path = tmp_path / "scripts" / "bai-1.md"
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        path.write_text(path.read_text("utf-8") + "\nThêm một câu.\n", "utf-8")
        morning.live(rounds, "2027-05-03 05:27")
    with Ledger.open(morning.path, read_only=True) as ledger:
        (row,) = ledger.rows([Kind.SCHEDULE_CHANGED])
    digest = sha256(path.read_text("utf-8"))
    assert row.body["scripts"] == {"bai-1": digest}
    assert (tmp_path / "scripts" / ".history" / "bai-1" / f"{digest}.md").read_bytes() == path.read_bytes()
    assert shown(broadcaster, tmp_path, "bai-1") == [("daemon", "by hand", "bai-1")]
    assert len(rows_of(tmp_path, Kind.SCRIPT_CHANGED)) == 0
