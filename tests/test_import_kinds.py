"""What officers bring is named for what it is: other kinds of files, spoilt letters, text that was marked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from brought import odt_file, p, r, word_body
from commands import RunCommand
from officers import TEXT, word_file

from broadcaster.errors import InputError
from broadcaster.speech.import_text import import_file


def body(path: Path) -> list[str]:
    return import_file(path).body.split("\n\n")


# ---- what a file is ----------------------------------------------------------------------------------------------

RTF = rb"{\rtf1\ansi Xin ch\'e0o.}"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
NAMED = [
    ("a.txt", b"%PDF-1.6\n%\xc3\xa4\n", "this is a PDF, not a text file; copy its text into a Word or text file"),
    ("a.md", RTF, "this is an RTF file, not a text file"),
    ("a.docx", RTF, "this is an RTF file; open it in Word or LibreOffice and save it as .docx"),
    ("a.docx", OLD_WORD, "this is an old Word file (.doc), or one that is locked with a password; open it in"),
    ("a.txt", OLD_WORD, "this is an old Word file (.doc), or one that is locked with a password, not a text file"),
    ("a.docx", b"%PDF-1.4", "this is a PDF; copy its text"),
    ("a.txt", b"\x89PNG\r\n\x1a\n", "this is a picture, not a text file; type its text into a Word or text file"),
    ("a.txt", b"ID3\x04\x00", "this is a sound, not a text file"),
    ("a.txt", b"<!DOCTYPE html><html><body>Xin</body></html>", "this is a web page (HTML), not a text file"),
    ("a.docx", b"PK\x03\x04 half", "this Word file (.docx) is damaged"),
    ("a.odt", b"PK\x03\x04 half", "this OpenDocument text (.odt) is damaged"),
    ("a.odt", b"no zip", "this is not an OpenDocument text (.odt)"),
]


@pytest.mark.parametrize(("name", "data", "told"), NAMED, ids=[f"{n}-{t[:30]}" for n, _d, t in NAMED])
def test_a_file_is_called_by_what_is_in_it(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(data)
    result = broadcaster("script", "import", str(tmp_path / name), station=station_folder)
    assert (result.code, told in result.err) == (2, True), result.err


def test_a_word_file_by_another_name_is_told_to_take_its_own(tmp_path: Path) -> None:
    word_file(tmp_path / "bai.docx", "Tên", TEXT).rename(tmp_path / "bai.txt")
    with pytest.raises(InputError, match=r"this is a Word file, not a text file; let its name end in \.docx"):
        import_file(tmp_path / "bai.txt")


def test_strict_ooxml_is_called_by_its_name(tmp_path: Path) -> None:
    word_file(tmp_path / "a.docx", "Tên", TEXT)
    with zipfile.ZipFile(tmp_path / "a.docx") as old, zipfile.ZipFile(tmp_path / "b.docx", "w") as new:
        for name in old.namelist():
            text = old.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            new.writestr(name, text)
    with pytest.raises(InputError, match="Strict Open XML Document”; open it in Word and save it as “Word Document"):
        import_file(tmp_path / "b.docx")


@pytest.mark.parametrize("name", ["bang.docx", "bang.txt"])
def test_an_excel_file_is_no_text(tmp_path: Path, name: str) -> None:
    import openpyxl

    openpyxl.Workbook().save(str(tmp_path / "bang.xlsx"))
    (tmp_path / "bang.xlsx").rename(tmp_path / name)
    with pytest.raises(InputError, match="this is an Excel file"):
        import_file(tmp_path / name)


# ---- letters that are not what they look like --------------------------------------------------------------------

CP1258 = "Thông báo họp dân\n\nKính mời bà con đến họp lúc 7h30 để bàn việc làm đường.\n"


def as_western(text: str) -> str:
    """Return what a program shows that reads Windows' Vietnamese as Western."""
    import unicodedata

    shown = ""
    for letter_ in text:
        whole = unicodedata.normalize("NFD", letter_)
        kept = "".join(mark for mark in whole[1:] if mark in "\u0302\u0306\u031b")
        tone = "".join(mark for mark in whole[1:] if mark not in "\u0302\u0306\u031b")
        shown += (unicodedata.normalize("NFC", whole[0] + kept) + tone).encode("cp1258").decode("cp1252")
    return shown


def test_windows_vietnamese_that_was_read_as_western_is_refused(tmp_path: Path) -> None:
    assert "ðêìn" in as_western(CP1258)
    (tmp_path / "a.txt").write_text(as_western(CP1258), "utf-8")
    with pytest.raises(InputError, match=r"Windows' Vietnamese \(CP1258\) was read as Western"):
        import_file(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Th\ufffdng báo\n\nKính mời.", "1 letter of it is lost (shown as \ufffd); save the original again as UTF-8"),
        ("Th\ufffdng b\ufffdo", "2 letters of it are lost"),
    ],
)
def test_lost_letters_are_refused_and_counted(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        import_file(tmp_path / "a.txt")
    assert told in str(error.value)


FONT = '<w:rFonts w:ascii="{0}" w:hAnsi="{0}"/>'


@pytest.mark.parametrize(
    ("font", "text", "name"),
    [(".VnTime", "UBND x· mêi hép", "TCVN3"), (".VnTimeH", "b¶o hiÓm", "TCVN3"), ("VNI-Times", "Baûo hieåm", "VNI")],
)
def test_one_run_in_an_old_font_is_enough_to_refuse_a_word_file(
    tmp_path: Path, font: str, text: str, name: str
) -> None:
    file = word_body(tmp_path / "a.docx", p("Tên bài") + p(TEXT * 20) + p(text, FONT.format(font)))
    with pytest.raises(InputError, match=f"old encoding {name}, not in Unicode: “{text}”"):
        import_file(file)


def test_an_old_font_is_found_in_a_style_too(tmp_path: Path) -> None:
    style = f'<w:style w:type="paragraph" w:styleId="Cu"><w:rPr>{FONT.format(".VnTime")}</w:rPr></w:style>'
    inner = '<w:style w:type="paragraph" w:styleId="Moi"><w:basedOn w:val="Cu"/></w:style>'
    file = word_body(tmp_path / "a.docx", p("x· hép", paragraph='<w:pStyle w:val="Moi"/>'), styles=style + inner)
    with pytest.raises(InputError, match="old encoding TCVN3"):
        import_file(file)


@pytest.mark.parametrize("text", ["Bảo hiểm xã hội", "là xã", "UBND 12/5", "«Bé» và cà phê"])
def test_unicode_in_an_old_font_is_read(tmp_path: Path, text: str) -> None:
    assert body(word_body(tmp_path / "a.docx", p(text, FONT.format(".VnTime")))) == [text]


# ---- what was marked ---------------------------------------------------------------------------------------------

CROSSED = "crossed-out text was left out: “50.000đ”"


@pytest.mark.parametrize(
    ("mark", "left", "note"),
    [
        ("<w:strike/>", "Nộp  30.000đ.", CROSSED),
        ("<w:dstrike/>", "Nộp  30.000đ.", CROSSED),
        ('<w:strike w:val="true"/>', "Nộp  30.000đ.", CROSSED),
        ('<w:strike w:val="0"/>', "Nộp 50.000đ 30.000đ.", ""),
        ('<w:strike w:val="false"/>', "Nộp 50.000đ 30.000đ.", ""),
        ("<w:vanish/>", "Nộp  30.000đ.", "hidden text was left out: “50.000đ”"),
        ('<w:rStyle w:val="Bo"/>', "Nộp  30.000đ.", CROSSED),
        ('<w:rStyle w:val="Bo"/><w:strike w:val="0"/>', "Nộp 50.000đ 30.000đ.", ""),
    ],
)
def test_what_is_crossed_out_or_hidden_stays_out_and_is_told(tmp_path: Path, mark: str, left: str, note: str) -> None:
    style = '<w:style w:type="character" w:styleId="Bo"><w:rPr><w:strike/></w:rPr></w:style>'
    paragraph = f"<w:p>{r('Nộp ')}{r('50.000đ', mark)}{r(' 30.000đ.')}</w:p>"
    found = import_file(word_body(tmp_path / "a.docx", p("Mở đầu.") + paragraph, styles=style))
    assert found.body == f"Mở đầu.\n\n{' '.join(left.split())}"
    assert found.notes == ((note,) if note else ())


def test_a_comment_in_the_margin_stays_out_and_is_told(tmp_path: Path) -> None:
    word = f'<w:p>{r("Xin chào bà con.")}<w:r><w:commentReference w:id="0"/></w:r></w:p>'
    odt = "<text:p>Xin chào<office:annotation><text:p>Hỏi lại chị Lan</text:p></office:annotation> bà con.</text:p>"
    for found in (import_file(word_body(tmp_path / "a.docx", word)), import_file(odt_file(tmp_path / "a.odt", odt))):
        assert (found.body, found.notes) == ("Xin chào bà con.", ("comments in the margin were left out",))


def test_header_and_footer_stay_out_and_are_told(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("Xin chào bà con.")
    document.sections[0].header.paragraphs[0].text = "UBND xã An Bình"
    document.sections[0].footer.paragraphs[0].text = "Lưu hành nội bộ"
    document.save(str(tmp_path / "a.docx"))
    found = import_file(tmp_path / "a.docx")
    assert found.body == "Xin chào bà con."
    assert found.notes == ("the page's header and footer were left out: “UBND xã An Bình”, “Lưu hành nội bộ”",)


def test_a_page_number_alone_is_no_text(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("Xin chào bà con.")
    document.sections[0].footer.paragraphs[0].text = "1"
    document.save(str(tmp_path / "a.docx"))
    assert import_file(tmp_path / "a.docx").notes == ()
