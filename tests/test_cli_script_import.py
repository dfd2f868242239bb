"""Texts that officers have already, from Word or in a file: no word is lost, and what cannot be read is told."""

from __future__ import annotations

import contextlib
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest
from commands import RunCommand
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from officers import GOOD, TEXT, Editor, rows_of, word_file

from broadcaster.errors import InputError
from broadcaster.records.kinds import Kind
from broadcaster.speech.import_text import id_from, import_file
from broadcaster.speech.importing.encodings import old_encoding
from broadcaster.speech.script import read_script

TCVN3 = "B¶o hiÓm x· héi cho tÊt c¶ mäi ng\u00adêi. KÝnh th\u00ada bµ con, mêi bµ con theo dâi trªn loa truyÒn thanh."
VNI = "Baûo hieåm xaõ hoäi cho taát caû moïi ngöôøi. Kính thöa baø con, môøi baø con theo doõi treân loa truyeàn thanh."


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
    assert rows_of(station_folder, Kind.SCRIPT_CHANGED)[0].body["how"] == "import"


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
    assert [note.split(" ", 1)[0] for note in found.notes] == ["pictures", "text", "tracked", "tables"]


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


@pytest.mark.parametrize(("name", "before"), [("bai.txt", "\n"), ("bai.md", "")])
def test_blanks_around_the_front_matter_leave_a_script_what_it_is(tmp_path: Path, name: str, before: str) -> None:
    text = GOOD.replace("+++\n", "+++ \n")
    (tmp_path / name).write_text(before + text, "utf-8")
    assert (import_file(tmp_path / name).body, import_file(tmp_path / name).whole) == (text, True)


def test_options_that_a_script_s_own_front_matter_would_silence_are_refused(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "bai.md").write_text(GOOD, "utf-8")
    bring = ("script", "import", str(tmp_path / "bai.md"), "--title", "Tên khác", "--topic", "y-te")
    result = broadcaster(*bring, station=station_folder)
    assert result.code == 2
    assert result.err.removeprefix(f"{tmp_path / 'bai.md'}: ") == (
        "--title, --topic: the text has front matter of its own, which says that; "
        "import it without, then change it: broadcaster script edit bai\n"
    )
    assert not (station_folder / "scripts" / "bai.md").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes by name")
@pytest.mark.parametrize("name", ["bai.txt", "bai.docx"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="is a pipe or a device, not a file"):
        import_file(tmp_path / name)


BROKEN = [
    ("a.pdf", b"%PDF", "this kind of file is not read; copy its text into a Word or text file"),
    (
        "a.doc",
        b"\xd0\xcf\x11\xe0",
        "this kind of file is not read; open it in Word or LibreOffice and save it as .docx",
    ),
    ("a.xyz", b"", "this kind of file is not read; allowed: .docx, .odt, .txt, .md"),
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


def test_a_small_word_file_that_unpacks_into_a_huge_one_is_refused(tmp_path: Path) -> None:
    file = word_file(tmp_path / "bai.docx", "Bảo hiểm", TEXT)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/more.xml", "w") as more:
        for _megabyte in range(80):
            more.write(bytes(1_000_000))
    assert file.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="too large for a script"):
        import_file(file)


def test_no_text_of_the_sample_is_taken_for_an_old_encoding() -> None:
    files = sorted((Path(__file__).parents[1] / "scripts").glob("*.md"))
    assert files
    for file in files:
        assert old_encoding(unicodedata.normalize("NFC", file.read_text("utf-8"))) == ""


def test_an_import_with_a_mistake_becomes_a_draft_that_edit_goes_on_with(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path, editor: Editor
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


def test_a_second_import_never_writes_over_a_draft_that_somebody_went_on_with(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path, editor: Editor
) -> None:
    (tmp_path / "bai.txt").write_text("Tên\n\nXin chào.\n\n[ảnh 1]\n", "utf-8")
    bring = ("script", "import", str(tmp_path / "bai.txt"))
    assert broadcaster(*bring, station=station_folder).code == 2
    assert "Your text is kept" in broadcaster(*bring, station=station_folder).err, "the same text again is no other"
    mine = GOOD + "\nMột giờ gõ thêm.\n\n[ảnh 1]\n"
    editor(mine)
    draft = station_folder / "scripts" / ".drafts" / "bai.md"
    assert broadcaster("script", "edit", "bai", station=station_folder).code == 2
    assert draft.read_text("utf-8") == mine
    again = broadcaster(*bring, station=station_folder)
    assert again.code == 2
    assert (
        f"{draft}: there is a draft that differs from this text; nothing was written; go on with it: "
        "broadcaster script edit bai; or import the text under another name: --id" in again.err
    )
    assert draft.read_text("utf-8") == mine
    assert broadcaster(*bring, "--id", "bai-2", station=station_folder).code == 2
    assert sorted(path.name for path in draft.parent.iterdir()) == ["bai-2.md", "bai.md"]


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
    assert id_from(Path("bai-moi.md.txt")) == "bai-moi"
