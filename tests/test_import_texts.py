"""Texts that officers bring are read as they were meant: lists, broken lines, letters, LibreOffice's texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from brought import odt_file, p, r, word_body

from broadcaster.errors import InputError
from broadcaster.speech.import_text import import_file


def body(path: Path) -> list[str]:
    return import_file(path).body.split("\n\n")


# ---- lists -------------------------------------------------------------------------------------------------------


def level(number: int, form: str, text: str) -> str:
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


LISTS = (
    f'<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "%2)")}'
    f"{level(2, 'decimal', '%1.%2.%3')}</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="1">{level(0, "bullet", "·")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="2">{level(0, "upperRoman", "%1.")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>'
    '<w:num w:numId="4"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    "</w:lvlOverride></w:num>"
)


def item(text: str, list_: int, depth: int = 0) -> str:
    return p(text, paragraph=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_}"/></w:numPr>')


def test_the_numbers_that_word_makes_by_itself_are_kept(tmp_path: Path) -> None:
    parts = [
        p("Bà con mang theo những thứ sau đây."),
        item("Căn cước", 1),
        item("Bản gốc", 1, 1),
        item("Bản chụp", 1, 1),
        item("Sổ", 1),
        item("Bản gốc", 1, 1),
        item("Không số", 0),
        item("Gạch", 2),
        item("Phần đầu", 3),
        item("Phần sau", 3),
        item("Bắt đầu lại", 4),
    ]
    assert body(word_body(tmp_path / "a.docx", "".join(parts), numbering=LISTS))[1:] == [
        "1. Căn cước",
        "a) Bản gốc",
        "b) Bản chụp",
        "2. Sổ",
        "a) Bản gốc",
        "Không số",
        "- Gạch",
        "I. Phần đầu",
        "II. Phần sau",
        "1. Bắt đầu lại",
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("1. Mang căn cước", "2. Mang sổ"), ["1. Mang căn cước", "2. Mang sổ"]),
        (("Địa điểm: nhà văn hóa", "Thời gian: 7h30"), ["Địa điểm: nhà văn hóa", "Thời gian: 7h30"]),
        (("bà con đến họp", "cho đông đủ."), ["bà con đến họp cho đông đủ."]),
        (("THÔNG BÁO", "VỀ VIỆC HỌP DÂN"), ["THÔNG BÁO VỀ VIỆC HỌP DÂN"]),
    ],
)
def test_lines_broken_by_hand_in_word_stay_apart_where_they_are_lines(
    tmp_path: Path, lines: tuple[str, ...], expected: list[str]
) -> None:
    runs = "<w:r><w:br/></w:r>".join(map(r, lines))
    assert body(word_body(tmp_path / "a.docx", p("Mở đầu.") + f"<w:p>{runs}</w:p>"))[1:] == expected


def test_a_title_in_two_lines_is_one_in_a_text_from_libreoffice_too(tmp_path: Path) -> None:
    lines = (
        "<text:p>THÔNG BÁO<text:line-break/>VỀ VIỆC HỌP DÂN</text:p><text:p>Kính mời bà con họp lúc 19 giờ.</text:p>"
    )
    found = import_file(odt_file(tmp_path / "a.odt", lines))
    assert (found.title, found.body) == ("THÔNG BÁO VỀ VIỆC HỌP DÂN", "Kính mời bà con họp lúc 19 giờ.")


CELL = "<w:tc><w:tcPr/>{}</w:tc>"


def table(*cells: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{''.join(map(CELL.format, cells))}</w:tr></w:tbl>"


@pytest.mark.parametrize("beside", ["", p("")])
def test_a_page_in_a_border_of_one_cell_is_no_table(tmp_path: Path, beside: str) -> None:
    page = p("Tên bài") + p("Kính mời bà con đến họp.") + p("Địa điểm: nhà văn hóa.")
    found = import_file(word_body(tmp_path / "a.docx", table(page, *([beside] if beside else []))))
    assert (found.title, found.body.split("\n\n"), found.notes) == (
        "Tên bài",
        ["Kính mời bà con đến họp.", "Địa điểm: nhà văn hóa."],
        (),
    )


# ---- plain text --------------------------------------------------------------------------------------------------


def plain(tmp_path: Path, text: str) -> tuple[str, list[str]]:
    (tmp_path / "bai.txt").write_text(text, "utf-8")
    found = import_file(tmp_path / "bai.txt")
    return found.title, found.body.split("\n\n")


def test_a_text_that_word_saved_has_a_paragraph_on_each_line(tmp_path: Path) -> None:
    text = "THÔNG BÁO\nVề việc họp dân\nKính mời bà con đến họp lúc 7h30.\nMang theo:\n1. Căn cước\n2. Sổ\n"
    assert plain(tmp_path, text) == (
        "THÔNG BÁO",
        ["Về việc họp dân", "Kính mời bà con đến họp lúc 7h30.", "Mang theo:", "1. Căn cước", "2. Sổ"],
    )


def test_a_text_that_was_wrapped_at_a_width_is_put_together(tmp_path: Path) -> None:
    text = (
        "Thông báo\n\nKính thưa bà con, sáng thứ Bảy tuần này Trạm y tế xã tổ chức khám\n"
        "sức khỏe cho người cao tuổi ở nhà văn hóa thôn Một, do bác sĩ Bệnh viện\n"
        "Đa khoa huyện khám. Bà con mang theo:\n- thẻ bảo hiểm;\n- căn cước.\n"
    )
    assert plain(tmp_path, text) == (
        "Thông báo",
        [
            (
                "Kính thưa bà con, sáng thứ Bảy tuần này Trạm y tế xã tổ chức khám sức khỏe cho người cao tuổi ở nhà "
                "văn hóa thôn Một, do bác sĩ Bệnh viện Đa khoa huyện khám. Bà con mang theo:"
            ),
            "- thẻ bảo hiểm;",
            "- căn cước.",
        ],
    )


# ---- LibreOffice -------------------------------------------------------------------------------------------------

STYLES = (
    '<style:style style:name="T1" style:family="text">'
    '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="T2" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="T3" style:family="text" style:parent-style-name="T1"/>'
    '<style:style style:name="T4" style:family="text"><style:text-properties style:font-name=".VnTime"/></style:style>'
    '<text:list-style style:name="L1">'
    '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/></text:list-style>'
    '<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"/></text:list-style>'
)
PARTS = (
    '<text:p>Bảo <text:span>hiểm</text:span></text:p><text:p>Nộp <text:span text:style-name="T1">50.000đ</text:span> '
    '30.000đ<text:span text:style-name="T2">bí mật</text:span>.<text:note>chú</text:note></text:p>'
    '<text:p>Xin<text:s text:c="2"/>chào<text:tab/>bà con.<text:line-break/>1. Một<text:line-break/>2. Hai</text:p>'
    '<text:list text:style-name="L1"><text:list-item><text:p>Căn cước</text:p><text:list><text:list-item>'
    "<text:p>Bản gốc</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>Sổ</text:p>"
    '</text:list-item></text:list><text:list text:style-name="L2"><text:list-item><text:p>Bút</text:p></text:list-item>'
    "</text:list><table:table><table:table-row><table:table-cell><text:p>Sáng</text:p></table:table-cell>"
    "<table:table-cell><text:p>7 giờ</text:p></table:table-cell></table:table-row></table:table>"
)


def test_an_opendocument_text_becomes_a_script(tmp_path: Path) -> None:
    margins = "<style:header><text:p>UBND xã</text:p></style:header>"
    found = import_file(odt_file(tmp_path / "a.odt", PARTS, automatic=STYLES, styles=margins))
    assert found.title == "Bảo hiểm"
    assert found.body.split("\n\n") == [
        "Nộp 30.000đ.",
        "Xin chào bà con.",
        "1. Một",
        "2. Hai",
        "1. Căn cước",
        "a) Bản gốc",
        "2. Sổ",
        "- Bút",
        "Sáng, 7 giờ",
    ]
    assert found.notes == (
        "footnotes were left out",
        "tables were read row by row: see that they sound right",
        "crossed-out text was left out: “50.000đ”",
        "hidden text was left out: “bí mật”",
        "the page's header and footer were left out: “UBND xã”",
    )


def test_an_inherited_mark_and_an_old_font_count_in_libreoffice_too(tmp_path: Path) -> None:
    crossed = '<text:p>Nộp <text:span text:style-name="T3">50.000đ</text:span> sau.</text:p>'
    assert import_file(odt_file(tmp_path / "a.odt", crossed, automatic=STYLES)).body == "Nộp sau."
    old = '<text:p><text:span text:style-name="T4">x· hép</text:span></text:p>'
    with pytest.raises(InputError, match="old encoding TCVN3, not in Unicode: “x· hép”"):
        import_file(odt_file(tmp_path / "b.odt", old, automatic=STYLES))


def test_tracked_deletions_of_libreoffice_stay_out(tmp_path: Path) -> None:
    text = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>đã xóa</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:p>Xin chào.</text:p>"
    )
    found = import_file(odt_file(tmp_path / "a.odt", text))
    assert (found.body, found.notes) == ("Xin chào.", ("tracked changes were taken as accepted",))
