"""Scripts written from the command line: from a template, in an editor; retired."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path

import click
import pytest
from commands import RunCommand
from officers import GOOD, TEXT, Editor, Person, rows_of, word_file, write_script
from stand_ins.google import GOOD_MP3

from broadcaster.records.kinds import Kind
from broadcaster.speech.front_matter import with_valid_until
from broadcaster.speech.script import parse_script, read_script
from broadcaster.speech.script_templates import KINDS, from_template
from broadcaster.station.folder import open_station

# ---- new -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["tieu-pham", "tiểu phẩm", "TIEU PHAM", "skit"])
def test_a_kind_of_text_is_named_as_people_say_it(broadcaster: RunCommand, station_folder: Path, typed: str) -> None:
    assert broadcaster("script", "new", "bai", "--kind", typed, "--as", "Hoa", station=station_folder).code == 0
    assert "Bác Ba" in read_script(station_folder / "scripts" / "bai.md").voices


@pytest.mark.parametrize("kind", KINDS)
def test_every_template_is_a_good_script_that_says_what_is_missing(
    broadcaster: RunCommand, station_folder: Path, kind: str
) -> None:
    result = broadcaster("script", "new", "moi", "--kind", kind, "--as", "Hoa", station=station_folder)
    assert result.code == 0
    assert "Still to be written" in result.err
    script = read_script(station_folder / "scripts" / "moi.md")
    assert script.author == "Hoa"
    assert not any(letter.isdigit() for letter in from_template(kind).replace("[nghỉ 1s]", "").split("+++")[2])
    (row,) = rows_of(station_folder, Kind.SCRIPT_CHANGED)
    assert (row.actor, row.body["script"], row.body["text_digest"], row.body["how"]) == (
        "Hoa",
        "moi",
        script.digest,
        "new",
    )


def test_a_title_may_hold_anything(broadcaster: RunCommand, station_folder: Path) -> None:
    title = 'Chuyện "bà Tư" \\ và ông Năm'
    assert broadcaster("script", "new", "moi", "--title", title, station=station_folder).code == 0
    assert read_script(station_folder / "scripts" / "moi.md").title == title


@pytest.mark.parametrize(
    ("id_", "told"),
    [("Bài Mới", '"Bài Mới" cannot be an id'), ("../a", "cannot be an id"), ("chu-de", "there is such")],
)
def test_a_name_that_cannot_be_or_is_taken_is_refused(
    broadcaster: RunCommand, station_folder: Path, id_: str, told: str
) -> None:
    before = sorted(station_folder.rglob("*"))
    result = broadcaster("script", "new", id_, station=station_folder)
    assert result.code == 2
    assert told in result.err
    assert sorted(station_folder.rglob("*")) == before


# ---- edit ------------------------------------------------------------------------------------------------------


def test_an_edit_is_checked_shown_written_and_entered(
    broadcaster: RunCommand, station_folder: Path, editor: Editor
) -> None:
    path = write_script(station_folder, "bai")
    editor(GOOD.replace("chào", "kính chào"))
    result = broadcaster("script", "edit", "bai", "--as", "Hoa", "--yes", station=station_folder)
    assert result.code == 0
    assert "+Xin kính chào bà con." in result.out
    assert "kính chào" in path.read_text("utf-8")
    assert [row.body["how"] for row in rows_of(station_folder, Kind.SCRIPT_CHANGED)] == ["edit"]


def test_a_mistake_never_replaces_a_good_text_and_the_writing_is_kept(
    broadcaster: RunCommand, station_folder: Path, editor: Editor
) -> None:
    path = write_script(station_folder, "bai")
    shown = editor(GOOD + "\n[nghi 1s]\n", GOOD + "\n[nghỉ 1s]\n")
    result = broadcaster("script", "edit", "bai", "--yes", station=station_folder)
    assert result.code == 2
    assert 'bai.md:8: found "[nghi 1s]"; did you mean "[nghỉ 1s]"?' in result.err
    assert path.read_text("utf-8") == GOOD
    draft = station_folder / "scripts" / ".drafts" / "bai.md"
    assert "[nghi 1s]" in draft.read_text("utf-8")
    assert str(draft) in result.err
    assert not open_station(station_folder).scripts()[1]
    assert len(list(shown.iterdir())) == 1


def test_a_person_goes_back_in_and_puts_it_right(
    broadcaster: RunCommand, station_folder: Path, editor: Editor, person: Person
) -> None:
    path = write_script(station_folder, "bai")
    shown = editor(GOOD + "\n[nghi 1s]\n", GOOD + "\n[nghỉ 1s]\n")
    asked = person(True, True)
    assert broadcaster("script", "edit", "bai", station=station_folder).code == 0
    assert asked == ["Go back in?", "Write this?"]
    assert "[nghi 1s]" in (shown / "1").read_text("utf-8")
    assert path.read_text("utf-8") == GOOD + "\n[nghỉ 1s]\n"


def test_who_goes_back_in_and_gives_up_loses_nothing(
    broadcaster: RunCommand, station_folder: Path, editor: Editor, person: Person
) -> None:
    path = write_script(station_folder, "bai")
    wrong = GOOD + "\n[nghi 1s]\n"
    editor(wrong)  # and closes the editor without saving, the second time
    person(True)
    result = broadcaster("script", "edit", "bai", station=station_folder)
    assert result.code == 2
    assert path.read_text("utf-8") == GOOD
    assert (station_folder / "scripts" / ".drafts" / "bai.md").read_text("utf-8") == wrong
    assert "Go on with it: broadcaster script edit bai" in result.err


@pytest.mark.parametrize("text", [GOOD + "\n[nghi 1s]\n", GOOD.replace("chào", "kính chào")], ids=["wrong", "right"])
def test_who_interrupts_a_question_loses_nothing(
    broadcaster: RunCommand, station_folder: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def interrupt(_question: str, default: bool) -> bool:
        raise click.Abort

    path = write_script(station_folder, "bai")
    editor(text)
    monkeypatch.setattr("broadcaster.cli.asking.is_person", lambda: True)
    monkeypatch.setattr("broadcaster.cli.asking.yes_or_no", interrupt)
    result = broadcaster("script", "edit", "bai", station=station_folder)
    assert result.code != 0
    assert path.read_text("utf-8") == GOOD
    assert (station_folder / "scripts" / ".drafts" / "bai.md").read_text("utf-8") == text


def test_a_draft_that_cannot_be_read_is_kept_beside_the_new_one(
    broadcaster: RunCommand, station_folder: Path, editor: Editor
) -> None:
    write_script(station_folder, "bai")
    draft = station_folder / "scripts" / ".drafts" / "bai.md"
    draft.parent.mkdir()
    draft.write_bytes(b"Ch\xe0o b\xe0 con.\n")
    editor(GOOD + "\n[nghi 1s]\n")
    result = broadcaster("script", "edit", "bai", "--yes", station=station_folder)
    assert result.code == 2
    assert draft.read_text("utf-8") == GOOD + "\n[nghi 1s]\n"
    assert draft.with_name("bai (2).md").read_bytes() == b"Ch\xe0o b\xe0 con.\n"
    assert f"Another draft was there; it is kept too: {draft.with_name('bai (2).md')}" in result.err


def test_a_draft_is_taken_up_again_and_gone_when_it_is_good(
    broadcaster: RunCommand, station_folder: Path, editor: Editor, person: Person
) -> None:
    write_script(station_folder, "bai")
    draft = station_folder / "scripts" / ".drafts" / "bai.md"
    draft.parent.mkdir()
    draft.write_text(GOOD + "\n[nghi 1s]\n", "utf-8")
    shown = editor(GOOD + "\n[nghỉ 1s]\n")
    person(True, True)
    assert broadcaster("script", "edit", "bai", station=station_folder).code == 0
    assert "[nghi 1s]" in (shown / "0").read_text("utf-8")
    assert not draft.exists()


@pytest.mark.parametrize(("room", "id_", "suffix"), [("script", "bai", ".md"), ("schedule", "thang-5", ".toml")])
def test_a_list_names_the_drafts_that_wait(
    broadcaster: RunCommand, station_folder: Path, room: str, id_: str, suffix: str
) -> None:
    drafts = station_folder / f"{room}s" / ".drafts"
    drafts.mkdir()
    for name in (f"{id_}{suffix}", f"{id_}{suffix}.base", f"{id_}.1{suffix}"):
        (drafts / name).write_text("Viết dở.\n", "utf-8")
    result = broadcaster(room, "list", station=station_folder)
    assert result.code == 0
    assert result.err.splitlines() == [
        f"Note: {drafts / f'{id_}.1{suffix}'}: is a draft that waits",
        f"Note: {drafts / f'{id_}{suffix}'}: is a draft that waits; go on with it: broadcaster {room} edit {id_}",
    ]


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_and_the_writing_is_kept(
    broadcaster: RunCommand, station_folder: Path, editor: Editor, person: Person
) -> None:
    path = write_script(station_folder, "bai")
    mine, theirs = GOOD.replace("chào", "kính chào"), GOOD.replace('author = "Hoa"', 'author = "Bình"')
    shown = editor(mine, meanwhile=(path, theirs))
    result = broadcaster("script", "edit", "bai", "--yes", station=station_folder)
    assert result.code == 2
    assert "bai.md: the file was changed in the meantime; nothing was written" in result.err
    assert "Go on with it: broadcaster script edit bai" in result.err
    assert path.read_text("utf-8") == theirs
    assert (station_folder / "scripts" / ".drafts" / "bai.md").read_text("utf-8") == mine
    assert not (station_folder / "broadcaster.db").exists()  # nothing is entered either

    editor(mine, mine.replace("Hoa", "Bình"))
    person(True, True)
    result = broadcaster("script", "edit", "bai", station=station_folder)
    assert result.code == 0
    assert "the file was changed since the draft was begun" in result.err
    assert '+author = "Bình"' in result.out
    assert (shown / "1").read_text("utf-8") == mine
    assert path.read_text("utf-8") == mine.replace("Hoa", "Bình")
    assert list((station_folder / "scripts" / ".drafts").iterdir()) == []


def test_a_text_that_is_right_and_not_wanted_yet_is_kept_too(
    broadcaster: RunCommand, station_folder: Path, editor: Editor, person: Person
) -> None:
    path = write_script(station_folder, "bai")
    editor(GOOD.replace("chào", "kính chào"))
    person(False)
    assert broadcaster("script", "edit", "bai", station=station_folder).code == 2
    assert path.read_text("utf-8") == GOOD
    assert "kính chào" in (station_folder / "scripts" / ".drafts" / "bai.md").read_text("utf-8")


def test_what_is_begun_beside_a_draft_leaves_the_draft(
    broadcaster: RunCommand, station_folder: Path, editor: Editor, person: Person
) -> None:
    write_script(station_folder, "bai")
    folder = station_folder / "scripts" / ".drafts"
    folder.mkdir()
    (folder / "bai.md").write_text(theirs := GOOD + "\nCủa người khác.\n\n[nghi 1s]\n", "utf-8")
    shown = editor(mine := GOOD + "\n[nghi 2s]\n")
    person(False, False)
    result = broadcaster("script", "edit", "bai", station=station_folder)
    assert (shown / "0").read_text("utf-8") == GOOD
    assert (folder / "bai.md").read_text("utf-8") == mine
    assert (folder / "bai (2).md").read_text("utf-8") == theirs
    assert f"Another draft was there; it is kept too: {folder / 'bai (2).md'}" in result.err


def test_an_editor_that_saves_nothing_changes_nothing(
    broadcaster: RunCommand, station_folder: Path, editor: Editor
) -> None:
    path = write_script(station_folder, "bai")
    editor()
    result = broadcaster("script", "edit", "bai", "--yes", station=station_folder)
    assert (result.code, result.out) == (0, "Nothing changes.\n")
    assert path.read_text("utf-8") == GOOD
    assert not (station_folder / "broadcaster.db").exists()


def test_windows_line_ends_and_mark_stay(broadcaster: RunCommand, station_folder: Path, editor: Editor) -> None:
    path = write_script(station_folder, "bai")
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    editor(GOOD.replace("chào", "kính chào"))
    assert broadcaster("script", "edit", "bai", "--yes", station=station_folder).code == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + GOOD.replace("chào", "kính chào").replace("\n", "\r\n").encode()


def test_editing_what_is_not_there_names_the_nearest(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("script", "edit", "thong-diep-11", station=station_folder)
    assert result.code == 2
    assert 'there is no script "thong-diep-11"; did you mean "thong-diep-1"?' in result.err


@pytest.mark.parametrize("id_", ["bai.vi", "bai.md", "bai.Hmông"])
def test_what_cannot_stand_behind_the_dot_is_told(broadcaster: RunCommand, station_folder: Path, id_: str) -> None:
    write_script(station_folder, "bai")
    refused = broadcaster("script", "new", id_, "--language", "tiếng Mông", station=station_folder)
    assert refused.code == 2
    assert 'behind the dot stands a version, such as "bai.hmong"' in refused.err


# ---- retire ----------------------------------------------------------------------------------------------------


def test_a_retired_script_is_expired_at_once_and_its_file_keeps_every_comment(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    text = '+++\ntitle = "Thử"  # tên\n# ghi chú\n\n[voices]\n"Bà" = "espeak:vi+f2"\n+++\n\nBà: Xin chào.\n'
    path = write_script(station_folder, "bai", text)
    result = broadcaster("script", "retire", "bai", "--yes", station=station_folder)
    assert result.code == 0
    yesterday = open_station(station_folder).now().date() - timedelta(days=1)
    line = f"valid_until = {yesterday}"
    assert f"+{line}" in result.out
    assert [other for other in path.read_text("utf-8").split("\n") if other != line] == text.split("\n")
    assert read_script(path).valid_until == yesterday
    found = broadcaster("script", "list", "--json", station=station_folder).json
    assert next(entry for entry in found if entry["id"] == "bai")["state"] == "expired"


@pytest.mark.parametrize(
    "head",
    ["", "valid_until = 2030-01-01  # đến hết\n", 'valid_until = "2030-01-01"\n', 'author = "a"\nchime = false\n'],
)
@pytest.mark.parametrize("tables", ["", '[voices]\n"Bà" = "espeak:vi"\n', '\n# giọng\n[voices]\n"Bà" = "espeak:vi"\n'])
def test_the_last_day_can_be_set_in_every_front_matter(head: str, tables: str) -> None:
    from datetime import date

    text = f'+++\ntitle = "Thử"\n{head}{tables}+++\nBà: Xin chào.\n'
    changed = with_valid_until(text, date(2027, 5, 31))
    assert parse_script(Path("scripts/a.md"), changed).valid_until == date(2027, 5, 31)
    assert with_valid_until(changed, date(2027, 5, 31)) == changed
    kept = [line for line in text.split("\n") if "valid_until" not in line]
    assert [line for line in changed.split("\n") if "valid_until" not in line] == kept
    assert ("# đến hết" in text) is ("# đến hết" in changed)


def test_a_last_day_may_be_named_and_a_dry_run_only_shows(broadcaster: RunCommand, station_folder: Path) -> None:
    path = write_script(station_folder, "bai")
    shown = broadcaster("script", "retire", "bai", "--until", "31/5/2030", "--dry-run", station=station_folder)
    assert shown.code == 0
    assert "+valid_until = 2030-05-31" in shown.out
    assert path.read_text("utf-8") == GOOD
    wrong = broadcaster("script", "retire", "bai", "--until", "bao giờ", station=station_folder)
    assert wrong.code == 2


HMONG = '+++\ntitle = "Thử"\nauthor = "Hoa"\nlanguage = "tiếng Mông"\nvoice = "silent"\n+++\n\nNyob zoo.\n'


def test_versions_are_retired_with_their_text_and_come_back_with_it(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    text, hmong = write_script(station_folder, "bai"), write_script(station_folder, "bai.hmong", HMONG)
    over = HMONG.replace("voice", "valid_until = 2020-01-01\nvoice")
    gone = write_script(station_folder, "bai.thai", over)
    result = broadcaster("script", "retire", "bai", "--as", "Hoa", "--yes", station=station_folder)
    assert result.code == 0
    assert "bai.hmong: airs no more" in result.out
    assert "not approved" not in result.err  # what airs no more needs no approval
    last = open_station(station_folder).now().date() - timedelta(days=1)
    assert [read_script(path).valid_until for path in (text, hmong)] == [last, last]
    assert gone.read_text("utf-8") == over
    for _time in range(2):  # twice: taken back, and taken back again
        assert broadcaster("script", "undo", "bai", "--yes", station=station_folder).code == 0
    assert [read_script(path).valid_until for path in (text, hmong)] == [last, last]
    assert broadcaster("script", "undo", "bai", "--yes", station=station_folder).code == 0
    assert (text.read_text("utf-8"), hmong.read_text("utf-8")) == (GOOD, HMONG)


def test_what_was_done_to_a_version_since_is_not_taken_back_with_its_text(
    broadcaster: RunCommand, station_folder: Path, editor: Editor
) -> None:
    text, hmong = write_script(station_folder, "bai"), write_script(station_folder, "bai.hmong", HMONG)
    broadcaster("script", "retire", "bai", "--until", "31/5/2030", "--yes", station=station_folder)
    changed = hmong.read_text("utf-8").replace("Nyob zoo", "Nyob zoo sawv daws")
    editor(changed)
    assert broadcaster("script", "edit", "bai.hmong", "--yes", station=station_folder).code == 0
    assert broadcaster("script", "undo", "bai", "--yes", station=station_folder).code == 0
    assert (text.read_text("utf-8"), hmong.read_text("utf-8")) == (GOOD, changed)


def test_a_version_is_retired_alone_where_it_is_named(broadcaster: RunCommand, station_folder: Path) -> None:
    text = write_script(station_folder, "bai")
    write_script(station_folder, "bai.hmong", HMONG)
    assert broadcaster("script", "retire", "bai.hmong", "--yes", station=station_folder).code == 0
    assert text.read_text("utf-8") == GOOD


# ---- the guide -------------------------------------------------------------------------------------------------


def guide_commands() -> list[list[str]]:
    """Return the arguments of every command of the officer's guide about scripts."""
    text = (Path(__file__).parents[1] / "docs" / "can-bo.md").read_text("utf-8")
    section = re.split(r"^## ", text.split("\n## Kịch bản\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


def test_the_guides_commands_work_one_after_the_other(
    broadcaster: RunCommand,
    station_folder: Path,
    tmp_path: Path,
    editor: Editor,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    person(*[True] * len(guide_commands()))
    monkeypatch.setattr("getpass.getuser", lambda: "hoa")
    word_file(tmp_path / "Bài tháng 5.docx", "Bảo hiểm cho mọi nhà", TEXT)
    (station_folder / "scripts" / "thong-diep-1-hmong.mp3").write_bytes(GOOD_MP3)
    editor(GOOD)
    commands = guide_commands()
    assert len(commands) > 8
    for arguments in commands:
        result = broadcaster(*arguments, station=station_folder, lang="vi")
        assert result.code == 0, (arguments, result.err)
