"""Making a version of a text by command, and being told when the text has changed since."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sounds import noise, write_wav
from stations import ZONE, Maker

from broadcaster.office.approving import approve_text
from broadcaster.office.behind_text import find_behind
from broadcaster.office.check_languages import check_languages
from broadcaster.office.script_changes import script_change, write_script
from broadcaster.speech.script import parse_script, read_script
from broadcaster.station.content import read_content
from broadcaster.station.edits import keep_version
from broadcaster.versions import text_of

if TYPE_CHECKING:
    from commands import RunCommand

    from broadcaster.models import Script

MONG = "tiếng Mông"
VOICED = f'language = "{MONG}"\nvoice = "silent"\nauthor = "Páo"'


@pytest.fixture
def place(maker: Maker) -> Maker:
    maker.settings().script(
        "bai-1",
        "Chào bà con. <!-- nhớ đọc chậm -->\n\n[nghỉ 1s]\n\nGọi 1900 9068.",
        'topic = "bhxh"\nvalid_until = 2027-12-31\nchime = false\nauthor = "Hòa"',
    )
    return maker


def new(broadcaster: RunCommand, place: Maker, *arguments: str) -> tuple[int, str]:
    found = broadcaster("script", "new", *arguments, "--yes", "--as", "Lan", station=place.root)
    return found.code, found.err.strip()


# ---- making one --------------------------------------------------------------------------------------------------


def test_a_version_takes_over_what_its_text_has(place: Maker, broadcaster: RunCommand) -> None:
    assert new(broadcaster, place, "bai-1.hmong", "--language", MONG)[0] == 0
    path = place.root / "scripts" / "bai-1.hmong.md"
    assert path.read_text("utf-8") == (
        '+++\ntitle = "Bài bai-1 (tiếng Mông)"\nsource = "1192/BHXH-TT"\ntopic = "bhxh"\nauthor = "Lan"\n'
        'language = "tiếng Mông"\nvalid_until = 2027-12-31\nchime = false\n'
        "# Ai nói bài này: bỏ dấu # ở đầu một trong hai dòng, rồi ghi cho đúng.\n"
        '# recording = "…"  # bản thu âm, để trong thư mục scripts\n'
        '# voice = "…"  # giọng đọc y như chữ viết; xem: broadcaster voice list\n+++\n\n'
        "‹Lời bằng tiếng Mông, nói đúng như bài gốc chép dưới đây. Phần chép dưới đây máy không đọc.›\n\n"
        "<!--\nChào bà con. \n\n[nghỉ 1s]\n\nGọi 1900 9068.\n-->\n"
    )
    assert read_script(path).unfinished.startswith("‹Lời bằng tiếng Mông")


def test_a_version_with_a_recording_has_nothing_left_to_write(place: Maker, broadcaster: RunCommand) -> None:
    code, told = new(broadcaster, place, "bai-1.hmong", "--language", MONG, "--recording", "mong.wav")
    assert (code, "mong.wav" in told, len(told.splitlines())) == (2, True, 1)
    write_wav(place.root / "scripts" / "mong.wav", noise(1))
    typed = ("--language", MONG, "--recording", "mong.wav", "--title", "Nyob zoo", "--topic", "khac")
    assert new(broadcaster, place, "bai-1.hmong", *typed)[0] == 0
    made = read_script(place.root / "scripts" / "bai-1.hmong.md")
    assert (made.title, made.topic, made.recording, made.unfinished, made.blocks) == (
        "Nyob zoo", "khac", "mong.wav", "", ()
    )  # fmt: skip


def test_a_version_may_be_vietnamese(place: Maker, broadcaster: RunCommand) -> None:
    assert new(broadcaster, place, "bai-1.ngan", "--language", "tiếng Việt")[0] == 0
    made = read_script(place.root / "scripts" / "bai-1.ngan.md")
    assert (made.language, made.title) == ("", "Bài bai-1 (ngan)")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("bai-9.hmong", "--language", MONG), 'there is no script "bai-9"; did you mean "bai-'),
        (("bai-1.hmong",), '--language: is missing; allowed: what people call the language, such as "tiếng Mông"'),
        (("bai-1.hmong", "--language", "5"), '--language: "5" is not understood; allowed: what people call'),
        (("bai-1.hmong", "--language", MONG, "--kind", "thong-bao"), "--kind: a version says what its text says"),
        (("bai-1.hmong", "--language", MONG, "--voice", "loa"), 'there is no voice "loa"'),
        (("a.b.c", "--language", MONG), '"a.b.c" cannot be an id; behind the dot stands a version, such as "a.hmong"'),
        ((".hmong", "--language", MONG), '".hmong" cannot be an id'),
        (("bai-1.Hmong", "--language", MONG), '"bai-1.Hmong" cannot be an id'),
        (("bai-1.vi", "--language", MONG), '"bai-1.vi" cannot be an id'),
    ],
)
def test_what_cannot_be_made_is_one_clear_line(
    place: Maker, broadcaster: RunCommand, arguments: tuple[str, ...], message: str
) -> None:
    code, told = new(broadcaster, place, *arguments)
    assert code == 2
    assert message in told
    assert len(told.splitlines()) == 1
    assert sorted(path.name for path in (place.root / "scripts").glob("*.md")) == ["bai-1.md", "bai-2.md"]


def test_a_translated_text_is_imported_as_a_version(place: Maker, broadcaster: RunCommand, tmp_path: Path) -> None:
    file = tmp_path / "Ban dich.txt"
    file.write_text("Nyob zoo\n\nHu 1900 9068 txog 30/2.\n", "utf-8")
    typed = ("script", "import", str(file), "--id", "bai-1.hmong", "--yes", "--as", "Lan")
    missing = broadcaster(*typed, station=place.root)
    assert (missing.code, "--language: is missing" in missing.err) == (2, True)
    made = broadcaster(*typed, "--language", MONG, "--voice", "silent", station=place.root)
    assert made.code == 0, made.err
    script = read_script(place.root / "scripts" / "bai-1.hmong.md")
    assert (script.language, script.voice, script.title) == (MONG, "silent", "Nyob zoo")


def test_lists_and_commands_show_version_and_language(place: Maker, broadcaster: RunCommand) -> None:
    place.script("bai-1.hmong", "Nyob zoo 2027.", VOICED)
    place.campaign(
        place.slot("05:30", "bai-1", 'versions = ["vi", "hmong"]'),
        dates='from = "01-01"\nto = "12-31"\nversions = ["vi", "hmong"]',
    ).render()
    listed = broadcaster("script", "list", "--json", station=place.root).json
    assert {each["id"]: each["language"] for each in listed} == {"bai-1": "", "bai-1.hmong": MONG, "bai-2": ""}
    assert MONG in broadcaster("script", "list", station=place.root).out
    read = broadcaster("script", "read", "bai-1.hmong", station=place.root).out
    assert read.startswith("This text is in tiếng Mông; it is said as it is written.\n")
    assert "Nyob zoo 2027." in read
    shown = broadcaster("schedule", "show", "thu", station=place.root).out
    assert "Versions: vi, hmong (tiếng Mông)" in shown.splitlines()
    assert "bai-1 (vi, hmong)" in shown
    assert "bai-1, bai-1.hmong (tiếng Mông)" in broadcaster("plan", station=place.root).out


def test_a_list_of_the_plan_names_the_language_once(place: Maker, broadcaster: RunCommand) -> None:
    place.script("bai-1.hmong", "Nyob zoo.", VOICED)
    place.campaign(place.slot("05:30", "bai-1", 'versions = ["vi", "hmong"]'), dates='from = "01-01"\nto = "12-31"')

    def title() -> str:
        file = place.root / "lich.csv"
        made = broadcaster("schedule", "export", str(file), "--month", "5/2027", "--force", station=place.root)
        assert made.code == 0, made.err
        (row, *_more) = csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))
        return str(row["Nội dung"])

    assert title() == "Bài bai-1; Bài bai-1.hmong (tiếng Mông)"
    path = place.root / "scripts" / "bai-1.hmong.md"
    path.write_text(path.read_text("utf-8").replace("Bài bai-1.hmong", "Bài bằng Tiếng Mông"), "utf-8")
    assert title() == "Bài bai-1; Bài bằng Tiếng Mông"


# ---- behind its text ---------------------------------------------------------------------------------------------


def save(place: Maker, script: str, old: str, new_: str) -> None:
    """Change a script's text as a command does."""
    place.clock.now += timedelta(hours=1)
    path = place.root / "scripts" / f"{script}.md"
    before = text_of(path) or ""
    write_script(place.open(), script_change(path, before.replace(old, new_), before), "Hòa", "edit")


def behind(place: Maker) -> list[tuple[str, str]]:
    scripts, problems = place.open().scripts()
    assert not problems
    return [(each.script.id, each.text.id) for each in find_behind(place.open(), scripts)]


@pytest.fixture
def pair(place: Maker) -> Maker:
    """Return a station whose text and version were saved by commands, the version last."""
    save(place, "bai-1", "Chào", "Xin chào")
    place.script("bai-1.hmong", "Nyob zoo.", VOICED)
    save(place, "bai-1.hmong", "Nyob zoo.", "Nyob zoo nej.")
    return place


def test_a_version_is_behind_when_its_text_says_something_else_since(pair: Maker) -> None:
    assert behind(pair) == []
    save(pair, "bai-1", "Xin chào", "Kính chào")
    assert behind(pair) == [("bai-1.hmong", "bai-1")]
    save(pair, "bai-1.hmong", "nej", "nej sawvdaws")
    assert behind(pair) == []


def test_what_nobody_hears_makes_no_version_late(pair: Maker) -> None:
    save(pair, "bai-1", "2027-12-31", "2028-12-31")
    save(pair, "bai-1", 'topic = "bhxh"', 'topic = "khac"')
    save(pair, "bai-1", "<!-- nhớ đọc chậm -->", "\n\n<!-- đọc to -->")
    assert behind(pair) == []


def test_a_text_that_is_taken_back_is_what_the_version_says_again(pair: Maker) -> None:
    save(pair, "bai-1", "Xin chào", "Kính chào")
    save(pair, "bai-1", "Kính chào", "Xin chào")
    assert behind(pair) == []


def test_an_approval_says_that_the_version_still_holds(pair: Maker, broadcaster: RunCommand) -> None:
    def approve(script: Script) -> None:
        station = pair.open()
        approve_text(station, script, station.renderer().heard(script), "Lan")

    version = pair.open().scripts()[0]["bai-1.hmong"]
    approve(version)
    save(pair, "bai-1", "Xin chào", "Kính chào")
    assert behind(pair) == [("bai-1.hmong", "bai-1")]
    again = broadcaster("script", "approve", "bai-1.hmong", "--as", "Lan", "--yes", station=pair.root)
    assert "bai-1.hmong: approved by Lan." in again.out.splitlines()
    assert behind(pair) == []
    known = broadcaster("script", "approve", "bai-1.hmong", "--as", "Lan", "--yes", station=pair.root)
    assert known.out == "bai-1.hmong: this text is approved already, by Lan.\n"


def test_an_edit_by_hand_counts_too(pair: Maker) -> None:
    path = pair.root / "scripts" / "bai-1.md"
    path.write_text(path.read_text("utf-8").replace("Xin chào", "Kính chào"), "utf-8")
    assert behind(pair) == [("bai-1.hmong", "bai-1")]
    version = pair.root / "scripts" / "bai-1.hmong.md"
    version.write_text(version.read_text("utf-8").replace("nej", "nej sawvdaws"), "utf-8")
    assert behind(pair) == []


def test_a_version_that_the_history_does_not_know_is_as_old_as_its_file(place: Maker) -> None:
    place.script("bai-1.hmong", "Nyob zoo.", VOICED)
    save(place, "bai-1", "Chào", "Xin chào")
    path = place.root / "scripts" / "bai-1.hmong.md"
    changed = place.clock.now.timestamp()
    os.utime(path, (changed - 60, changed - 60))
    assert behind(place) == [("bai-1.hmong", "bai-1")]
    os.utime(path, (changed + 60, changed + 60))
    assert behind(place) == []


def test_the_check_tells_of_both(pair: Maker, broadcaster: RunCommand) -> None:
    pair.script("khac.hmong", "Nyob zoo.", VOICED)
    save(pair, "bai-1", "Xin chào", "Kính chào")
    station = pair.open()
    found = [(each.kind, dict(each.facts)) for each in check_languages(read_content(station), station)]
    assert found == [
        ("version without text", {"id": "khac.hmong", "text": "khac"}),
        ("version behind", {"id": "bai-1.hmong", "text": "bai-1", "at": datetime(2027, 5, 3, 8, tzinfo=ZONE)}),
    ]
    told = broadcaster("check", "--json", station=pair.root).json["findings"]
    texts = [each["text"] for each in told if each["about"] == "languages"]
    assert texts == [
        "Languages: khac.hmong is a version of khac, and there is no such text.",
        (
            "Languages: bai-1 was changed on 2027-05-03 08:00, after anybody looked at bai-1.hmong: "
            "it may say something else."
        ),
    ]


def test_the_check_goes_on_where_the_history_cannot_be_read(pair: Maker, broadcaster: RunCommand) -> None:
    for path in pair.root.glob("broadcaster.db*"):
        path.write_bytes(b"rubbish" * 1000)
    found = broadcaster("check", "--json", station=pair.root)
    assert {"history", "languages"} & {each["about"] for each in found.json["findings"]} == {"history"}


def test_a_kept_version_that_is_gone_is_told_as_a_change(pair: Maker) -> None:
    path = pair.root / "scripts" / "bai-1.md"
    digest = keep_version(path)
    save(pair, "bai-1", "2027-12-31", "2028-12-31")
    assert behind(pair) == []
    (pair.root / "scripts" / ".history" / "bai-1" / f"{digest}.md").unlink()
    assert behind(pair) == [("bai-1.hmong", "bai-1")]


def test_drafts_of_a_text_and_of_its_versions_do_not_mix() -> None:
    text = '+++\ntitle = "Bài"\n+++\nNói.\n'
    assert parse_script(Path("bai.1.md"), text).id == "bai.1"  # so no draft of "bai" may be called that


# ---- a script of its own -----------------------------------------------------------------------------------------


def test_a_version_has_its_own_history_and_its_own_end(pair: Maker, broadcaster: RunCommand) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        found = broadcaster("script", *arguments, station=pair.root)
        return found.code, found.out

    shown = broadcaster("script", "history", "bai-1.hmong", "--json", station=pair.root).json
    assert [(each["script"], each["how"]) for each in shown] == [("bai-1.hmong", "edit")]
    assert run("retire", "bai-1.hmong", "--until", "31/5/2027", "--yes", "--as", "Hòa")[0] == 0
    scripts = pair.open().scripts()[0]
    assert (scripts["bai-1.hmong"].valid_until, scripts["bai-1"].valid_until) == (date(2027, 5, 31), date(2027, 12, 31))
    assert run("undo", "bai-1.hmong", "--yes", "--as", "Hòa")[0] == 0
    assert pair.open().scripts()[0]["bai-1.hmong"].valid_until is None
    assert (pair.root / "scripts" / ".history" / "bai-1.hmong").is_dir()


def test_a_version_with_a_mistake_stays_in_force_as_it_last_was(pair: Maker) -> None:
    before = read_content(pair.open())
    path = pair.root / "scripts" / "bai-1.hmong.md"
    path.write_text(path.read_text("utf-8").replace('voice = "silent"\n', ""), "utf-8")
    after = read_content(pair.open(), before)
    assert after.scripts["bai-1.hmong"] == before.scripts["bai-1.hmong"]
    assert [held.path for held in after.held] == [path]
    assert "language" in [problem.key for problem in after.problems]
    again = read_content(pair.open())  # after a restart
    assert again.scripts["bai-1.hmong"].digest == before.scripts["bai-1.hmong"].digest


def test_clips_of_versions_go_and_stay_as_those_of_texts(pair: Maker, broadcaster: RunCommand) -> None:
    today = datetime.now(ZONE).date().isoformat()  # the command goes by the computer's own clock
    pair.script("bai-1.tay", "Nói.", 'language = "tiếng Tày"\nvoice = "silent"')
    pair.campaign(
        pair.slot("05:30", "bai-1", 'versions = ["hmong"]'), dates=f'from = "{today}"\nto = "{today}"'
    ).render()
    assert {path.name.rsplit("-", 1)[0] for path in (pair.root / "audio").glob("*.wav")} == {
        "bai-1", "bai-2", "bai-1.hmong", "bai-1.tay"
    }  # fmt: skip
    assert broadcaster("clip", "prune", station=pair.root).code == 0
    assert [path.name.rsplit("-", 1)[0] for path in (pair.root / "audio").glob("*.wav")] == ["bai-1.hmong"]


def test_an_export_has_the_versions_and_verifies(pair: Maker, broadcaster: RunCommand, tmp_path: Path) -> None:
    target = tmp_path / "xa.zip"
    assert broadcaster("audit", "export", "--out", str(target), station=pair.root).code == 0
    with zipfile.ZipFile(target) as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
    assert {"scripts/bai-1.md", "scripts/bai-1.hmong.md"} <= names
    assert broadcaster("audit", "verify", "--file", str(target), station=pair.root).code == 0
