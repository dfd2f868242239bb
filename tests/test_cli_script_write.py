"""Scripts written from the command line: from a template, in an editor, from a Word file; approved; retired."""

from __future__ import annotations

import contextlib
import re
import shlex
import sys
import unicodedata
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import RunCommand
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcaster.errors import InputError
from broadcaster.records.ledger import Kind, Ledger
from broadcaster.speech.front_matter import with_valid_until
from broadcaster.speech.import_text import id_from, import_file, old_encoding
from broadcaster.speech.script import parse_script, read_script
from broadcaster.speech.script_templates import KINDS, from_template, gaps
from broadcaster.station.folder import open_station

GOOD = '+++\ntitle = "Thử"\nauthor = "Hoa"\n+++\n\nXin chào bà con.\n'
TEXT = "Bảo hiểm xã hội cho tất cả mọi người. Kính thưa bà con, mời bà con theo dõi trên loa truyền thanh."
TCVN3 = "B¶o hiÓm x· héi cho tÊt c¶ mäi ng\u00adêi. KÝnh th\u00ada bµ con, mêi bµ con theo dâi trªn loa truyÒn thanh."
VNI = "Baûo hieåm xaõ hoäi cho taát caû moïi ngöôøi. Kính thöa baø con, môøi baø con theo doõi treân loa truyeàn thanh."


def write(station: Path, id_: str, text: str = GOOD) -> Path:
    path = station / "scripts" / f"{id_}.md"
    path.write_text(text, "utf-8")
    return path


def rows(station: Path, kind: Kind) -> list[Any]:
    with closing(Ledger.open(station / "broadcaster.db", read_only=True)) as ledger:
        return list(ledger.rows([kind]))


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what makes an editor that writes these texts, one each time it is opened; it keeps what it was shown."""
    monkeypatch.delenv("VISUAL", raising=False)
    shown = tmp_path / "shown"
    shown.mkdir()

    def make(*texts: str) -> Path:
        for number, text in enumerate(texts):
            (tmp_path / f"text-{number}").write_text(text, "utf-8")
        program = tmp_path / "editor.py"
        program.write_text(
            "import os, pathlib, sys\n"
            f"folder, shown = pathlib.Path({str(tmp_path)!r}), pathlib.Path({str(shown)!r})\n"
            "file = pathlib.Path(sys.argv[1])\n"
            "number = len(list(shown.iterdir()))\n"
            "(shown / str(number)).write_bytes(file.read_bytes())\n"
            "text = folder / f'text-{number}'\n"
            "if text.exists():\n"
            "    file.write_bytes(text.read_bytes())\n"
            "    os.utime(file, ns=(0, 0))\n",
            "utf-8",
        )
        monkeypatch.setenv("EDITOR", f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}")
        return shown

    return make


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what puts a person at the keyboard who gives these answers, in order."""

    def sit(*answers: bool) -> list[str]:
        asked: list[str] = []
        left = list(answers)

        def confirm(text: str, default: bool = False) -> bool:
            asked.append(text)
            return left.pop(0)

        for module in ("script.write", "script.approve", "editor", "change_options"):
            monkeypatch.setattr(f"broadcaster.cli.{module}.is_person", lambda: True)
        monkeypatch.setattr("click.confirm", confirm)
        return asked

    return sit


# ---- new -------------------------------------------------------------------------------------------------------


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
    (row,) = rows(station_folder, Kind.SCRIPT_CHANGED)
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
    broadcaster: RunCommand, station_folder: Path, editor: Any
) -> None:
    path = write(station_folder, "bai")
    editor(GOOD.replace("chào", "kính chào"))
    result = broadcaster("script", "edit", "bai", "--as", "Hoa", station=station_folder)
    assert result.code == 0
    assert "+Xin kính chào bà con." in result.out
    assert "kính chào" in path.read_text("utf-8")
    assert [row.body["how"] for row in rows(station_folder, Kind.SCRIPT_CHANGED)] == ["edit"]


def test_a_mistake_never_replaces_a_good_text_and_the_writing_is_kept(
    broadcaster: RunCommand, station_folder: Path, editor: Any
) -> None:
    path = write(station_folder, "bai")
    shown = editor(GOOD + "\n[nghi 1s]\n", GOOD + "\n[nghỉ 1s]\n")
    result = broadcaster("script", "edit", "bai", station=station_folder)
    assert result.code == 2
    assert 'bai.md:8: found "[nghi 1s]"; did you mean "[nghỉ 1s]"?' in result.err
    assert path.read_text("utf-8") == GOOD
    draft = station_folder / "scripts" / ".drafts" / "bai.md"
    assert "[nghi 1s]" in draft.read_text("utf-8")
    assert str(draft) in result.err
    assert not open_station(station_folder).scripts()[1]
    assert len(list(shown.iterdir())) == 1


def test_a_person_goes_back_in_and_puts_it_right(
    broadcaster: RunCommand, station_folder: Path, editor: Any, person: Any
) -> None:
    path = write(station_folder, "bai")
    shown = editor(GOOD + "\n[nghi 1s]\n", GOOD + "\n[nghỉ 1s]\n")
    asked = person(True, True)
    assert broadcaster("script", "edit", "bai", station=station_folder).code == 0
    assert asked == ["Go back in?", "Write this?"]
    assert "[nghi 1s]" in (shown / "1").read_text("utf-8")
    assert path.read_text("utf-8") == GOOD + "\n[nghỉ 1s]\n"


def test_a_draft_is_taken_up_again_and_gone_when_it_is_good(
    broadcaster: RunCommand, station_folder: Path, editor: Any, person: Any
) -> None:
    write(station_folder, "bai")
    draft = station_folder / "scripts" / ".drafts" / "bai.md"
    draft.parent.mkdir()
    draft.write_text(GOOD + "\n[nghi 1s]\n", "utf-8")
    shown = editor(GOOD + "\n[nghỉ 1s]\n")
    person(True, True)
    assert broadcaster("script", "edit", "bai", station=station_folder).code == 0
    assert "[nghi 1s]" in (shown / "0").read_text("utf-8")
    assert not draft.exists()


def test_an_editor_that_saves_nothing_changes_nothing(
    broadcaster: RunCommand, station_folder: Path, editor: Any
) -> None:
    path = write(station_folder, "bai")
    editor()
    result = broadcaster("script", "edit", "bai", station=station_folder)
    assert (result.code, result.out) == (0, "Nothing changes.\n")
    assert path.read_text("utf-8") == GOOD
    assert not (station_folder / "broadcaster.db").exists()


def test_windows_line_ends_and_mark_stay(broadcaster: RunCommand, station_folder: Path, editor: Any) -> None:
    path = write(station_folder, "bai")
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    editor(GOOD.replace("chào", "kính chào"))
    assert broadcaster("script", "edit", "bai", station=station_folder).code == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + GOOD.replace("chào", "kính chào").replace("\n", "\r\n").encode()


def test_editing_what_is_not_there_names_the_nearest(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("script", "edit", "thong-diep-11", station=station_folder)
    assert result.code == 2
    assert 'there is no script "thong-diep-11"; did you mean "thong-diep-1"?' in result.err


# ---- import ----------------------------------------------------------------------------------------------------


def word_file(path: Path, *paragraphs: str, table: tuple[str, ...] = ()) -> Path:
    import docx

    document = docx.Document()
    document.add_heading(paragraphs[0], 0)
    for text in paragraphs[1:]:
        document.add_paragraph(text, style="List Bullet" if text.startswith("*") else None)
    if table:
        for cell, text in zip(document.add_table(1, len(table)).rows[0].cells, table, strict=True):
            cell.text = text
    document.save(str(path))
    return path


def test_a_word_file_becomes_a_script(broadcaster: RunCommand, station_folder: Path, tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", TEXT)
    file = word_file(
        tmp_path / "Bài tuyên truyền 5.docx", "Bảo hiểm cho mọi nhà", decomposed, table=("Thứ Hai", "8 giờ")
    )
    result = broadcaster("script", "import", str(file), "--as", "Hoa", station=station_folder)
    assert result.code == 0
    assert "tables were read row by row" in result.err
    script = read_script(station_folder / "scripts" / "bai-tuyen-truyen-5.md")
    assert (script.title, script.author) == ("Bảo hiểm cho mọi nhà", "Hoa")
    assert [block.text for block in script.blocks] == [TEXT, "Thứ Hai, 8 giờ"]  # type: ignore[union-attr]
    assert rows(station_folder, Kind.SCRIPT_CHANGED)[0].body["how"] == "import"


PARTS = """
<w:p>
<w:r><w:t>Một </w:t></w:r><w:ins w:id="1" w:author="a"><w:r><w:t>thêm </w:t></w:r></w:ins>
<w:del w:id="2" w:author="a"><w:r><w:delText>bỏ </w:delText></w:r></w:del>
<w:hyperlink><w:r><w:t>nối.</w:t></w:r></w:hyperlink>
</w:p>
<w:sdt><w:sdtContent><w:p><w:r><w:t>Trong ô điền.</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:p><w:r><w:t>Có khung.</w:t></w:r>
<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Chữ trong khung.</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Sáng</w:t></w:r></w:p><w:p><w:r><w:t>sớm</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>5 giờ</w:t></w:r><w:r><w:br/><w:t>30</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>đúng</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>
<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Mục một</w:t></w:r></w:p>
"""


def test_no_word_of_a_word_file_is_lost(tmp_path: Path) -> None:
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    for part in reversed(list(parse_xml(f'<w:body xmlns:w="{space}">{PARTS}</w:body>'))):
        document.element.body.insert(0, part)
    document.save(str(tmp_path / "a.docx"))
    found = import_file(tmp_path / "a.docx")
    expected = [
        "Một thêm nối.",
        "Trong ô điền.",
        "Có khung.",
        "Chữ trong khung.",
        "Sáng sớm, 5 giờ 30 đúng",
        "- Mục một",
    ]
    assert found.body.split("\n\n") == expected
    assert [note.split(" ", 1)[0] for note in found.notes] == ["pictures", "tables", "text", "tracked"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_plain_text_comes_in_every_unicode_that_notepad_knows(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "bai.txt"
    file.write_bytes(f"Tên bài\r\n\r\n{TEXT}\r\n".encode(encoding))
    assert import_file(file).title == "Tên bài"
    assert import_file(file).body == TEXT


def test_a_markdown_file_that_is_a_script_stays_as_it_is(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "bai.md").write_text(GOOD, "utf-8")
    assert broadcaster("script", "import", str(tmp_path / "bai.md"), station=station_folder).code == 0
    assert (station_folder / "scripts" / "bai.md").read_text("utf-8") == GOOD


BROKEN = [
    ("a.pdf", b"%PDF", "this kind of file is not read; copy its text into a Word or text file"),
    (
        "a.doc",
        b"\xd0\xcf\x11\xe0",
        "this kind of file is not read; open it in Word or LibreOffice and save it as .docx",
    ),
    ("a.xyz", b"", "this kind of file is not read; allowed: .docx, .txt, .md"),
    ("a.docx", b"no zip", "this is not a Word file (.docx); open it in Word or LibreOffice and save it as .docx"),
    ("a.txt", b"", "there is no text in it"),
    ("a.txt", b"a\0b", "this is not a text file"),
    (
        "a.txt",
        "Kính thưa bà con".encode("cp1258", "replace") + b"\xff",
        "the text is not Unicode; convert it to Unicode",
    ),
    ("a.txt", TCVN3.encode("latin-1"), "the text is in the old encoding TCVN3, not in Unicode; convert it to Unicode"),
    ("a.txt", TCVN3.encode(), "the text is in the old encoding TCVN3, not in Unicode; convert it to Unicode"),
    ("a.txt", VNI.encode("latin-1"), "the text is in the old encoding VNI, not in Unicode; convert it to Unicode"),
    ("a.txt", VNI.encode(), "the text is in the old encoding VNI, not in Unicode; convert it to Unicode"),
    ("a.txt", TEXT.encode().decode("latin-1").encode(), "the letters were spoilt on the way"),
]


@pytest.mark.parametrize(("name", "data", "told"), BROKEN, ids=[f"{name}-{told[:40]}" for name, _data, told in BROKEN])
def test_what_cannot_be_imported_is_told_and_leaves_nothing(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(data)
    before = sorted(station_folder.rglob("*"))
    result = broadcaster("script", "import", str(tmp_path / name), station=station_folder)
    assert result.code == 2
    assert told in result.err
    assert "Traceback" not in result.err
    assert sorted(station_folder.rglob("*")) == before


@pytest.mark.parametrize("text", [TCVN3, VNI])
def test_an_old_encoding_is_found_in_a_word_file_too(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="old encoding"):
        import_file(word_file(tmp_path / "a.docx", "Bai", text))


def test_no_text_of_the_sample_is_taken_for_an_old_encoding() -> None:
    files = sorted((Path(__file__).parents[1] / "scripts").glob("*.md"))
    assert files
    for file in files:
        assert old_encoding(unicodedata.normalize("NFC", file.read_text("utf-8"))) == ""


def test_an_import_with_a_mistake_becomes_a_draft_that_edit_goes_on_with(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path, editor: Any
) -> None:
    (tmp_path / "bai.txt").write_text("Tên\n\nXin chào.\n\n[ảnh 1]\n", "utf-8")
    result = broadcaster("script", "import", str(tmp_path / "bai.txt"), station=station_folder)
    assert result.code == 2
    assert '"[ảnh 1]"' in result.err
    assert not (station_folder / "scripts" / "bai.md").exists()
    shown = editor(GOOD)
    assert broadcaster("script", "edit", "bai", station=station_folder).code == 0
    assert "[ảnh 1]" in (shown / "0").read_text("utf-8")
    assert (station_folder / "scripts" / "bai.md").read_text("utf-8") == GOOD


@given(st.binary(max_size=400), st.sampled_from([".txt", ".md", ".docx"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_ends_in_a_traceback(tmp_path: Path, data: bytes, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_bytes(data)
    with contextlib.suppress(InputError):
        assert import_file(file).body.strip()


def test_a_files_name_gives_the_id() -> None:
    assert id_from(Path("Thông điệp số 1 (Đã sửa).docx")) == "thong-diep-so-1-da-sua"
    assert id_from(Path("☺.docx")) == ""


# ---- retire ----------------------------------------------------------------------------------------------------


def test_a_retired_script_is_expired_at_once_and_its_file_keeps_every_comment(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    text = '+++\ntitle = "Thử"  # tên\n# ghi chú\n\n[voices]\n"Bà" = "espeak:vi+f2"\n+++\n\nBà: Xin chào.\n'
    path = write(station_folder, "bai", text)
    result = broadcaster("script", "retire", "bai", station=station_folder)
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
    path = write(station_folder, "bai")
    shown = broadcaster("script", "retire", "bai", "--until", "31/5/2030", "--dry-run", station=station_folder)
    assert shown.code == 0
    assert "+valid_until = 2030-05-31" in shown.out
    assert path.read_text("utf-8") == GOOD
    wrong = broadcaster("script", "retire", "bai", "--until", "bao giờ", station=station_folder)
    assert wrong.code == 2


# ---- the guide -------------------------------------------------------------------------------------------------


def guide_commands() -> list[list[str]]:
    """Return the arguments of every command of the officer's guide about scripts."""
    text = (Path(__file__).parents[1] / "docs" / "can-bo.md").read_text("utf-8")
    section = re.split(r"^## ", text.split("\n## Kịch bản\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


def test_the_guides_commands_work_one_after_the_other(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path, editor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("getpass.getuser", lambda: "hoa")
    word_file(tmp_path / "Bài tháng 5.docx", "Bảo hiểm cho mọi nhà", TEXT)
    editor(GOOD)
    commands = guide_commands()
    assert len(commands) > 8
    for arguments in commands:
        result = broadcaster(*arguments, station=station_folder, lang="vi")
        assert result.code == 0, (arguments, result.err)


# ---- approve, revoke -------------------------------------------------------------------------------------------


def test_approving_shows_what_will_be_said_names_the_clip_and_enters_it(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    path = write(station_folder, "bai", GOOD.replace("bà con", "bà con lúc 17 giờ"))
    result = broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station_folder)
    assert result.code == 0
    assert "mười bảy giờ" in result.out
    assert "Clip: bai-" in result.out
    assert result.out.index("mười bảy") < result.out.index("approved by Lan")
    (row,) = rows(station_folder, Kind.APPROVAL)
    assert (row.actor, row.body["script"], row.body["title"], row.body["decision"]) == ("Lan", "bai", "Thử", "approved")
    assert row.body["text_digest"] == read_script(path).digest
    assert len(row.body["spoken_digest"]) == 64


def entry(broadcaster: RunCommand, station: Path, id_: str) -> dict[str, Any]:
    found = broadcaster("script", "list", "--json", station=station).json
    return next(entry for entry in found if entry["id"] == id_)


def test_an_edit_withdraws_and_the_list_says_so(broadcaster: RunCommand, station_folder: Path, editor: Any) -> None:
    write(station_folder, "bai")
    assert entry(broadcaster, station_folder, "bai")["approval"] == "never approved"
    broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station_folder)
    assert entry(broadcaster, station_folder, "bai")["approved_by"] == "Lan"
    editor(GOOD.replace("chào", "kính chào"))
    edited = broadcaster("script", "edit", "bai", "--as", "Minh", station=station_folder)
    assert "broadcaster script approve bai" in edited.err
    assert entry(broadcaster, station_folder, "bai")["approval"] == "edited since"
    assert "the text was changed after Lan" in broadcaster("script", "show", "bai", station=station_folder).out
    for writer in ("minh", " HOA "):  # who edited it, and the author
        refused = broadcaster("script", "approve", "bai", "--as", writer, "--yes", station=station_folder)
        assert refused.code == 2
        assert "wrote this text and cannot approve it" in refused.err
    assert broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station_folder).code == 0


def test_one_pair_of_eyes_where_the_station_says_so(broadcaster: RunCommand, station_folder: Path) -> None:
    write(station_folder, "bai")
    settings_file = station_folder / "station.toml"
    settings_file.write_text(settings_file.read_text("utf-8") + "\n[approval]\nfour_eyes = false\n", "utf-8")
    assert broadcaster("script", "approve", "bai", "--as", "Hoa", "--yes", station=station_folder).code == 0


def test_a_text_of_nobody_and_an_unfinished_one_are_not_approved(broadcaster: RunCommand, station_folder: Path) -> None:
    write(station_folder, "bai", '+++\ntitle = "Thử"\n+++\nXin chào.\n')
    write(station_folder, "mau", from_template("thong-bao", author="Hoa"))
    result = broadcaster("script", "approve", "bai", "mau", "--as", "Lan", "--yes", station=station_folder)
    assert result.code == 2
    assert 'author = "…"' in result.err
    assert next(gaps(from_template("thong-bao"))) in result.err
    assert not (station_folder / "broadcaster.db").exists()


def test_nobody_approves_by_accident(broadcaster: RunCommand, station_folder: Path, person: Any) -> None:
    write(station_folder, "bai")
    alone = broadcaster("script", "approve", "bai", "--as", "Lan", station=station_folder)
    assert alone.code == 2
    assert "say --yes" in alone.err
    asked = person(False, False)
    assert broadcaster("script", "approve", "bai", "--as", "Lan", station=station_folder).code == 1
    assert asked == ["Hear it now?", "Approve this text as Lan?"]
    assert rows(station_folder, Kind.APPROVAL) == []


def test_taking_back_needs_a_reason_and_something_to_take_back(broadcaster: RunCommand, station_folder: Path) -> None:
    write(station_folder, "bai")
    nothing = broadcaster("script", "revoke", "bai", "--reason", "sai", "--as", "Minh", station=station_folder)
    assert (nothing.code, "no approval to take back" in nothing.err) == (2, True)
    broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station_folder)
    assert broadcaster("script", "revoke", "bai", "--reason", " ", "--as", "Minh", station=station_folder).code == 2
    taken = broadcaster("script", "revoke", "bai", "--reason", "Sai số", "--as", "Minh", station=station_folder)
    assert taken.code == 0
    assert "still airs" in taken.err
    assert entry(broadcaster, station_folder, "bai")["approval"] == "revoked"
    assert rows(station_folder, Kind.APPROVAL)[-1].body["reason"] == "Sai số"


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
    write(station_folder, "bai")
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
