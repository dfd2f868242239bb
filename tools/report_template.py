"""Build the shipped Word template of the report: `python -m tools.report_template [FILE]`.

Its layout is that of appendix I to decree 30/2020/NĐ-CP: A4, margins 20/20/30/20 mm, Times New Roman, the parts in
their places and sizes. What a station cannot know (the body above it, number, date, signatory) stays a dotted blank.
Between braces stand the names that `broadcaster.records.monthly.word` fills in; docs/bao-cao.md lists them.
"""

# ruff: noqa: SLF001 - python-docx shows the XML of its objects under private names only
from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

TEMPLATE = Path(__file__).parents[1] / "broadcaster" / "records" / "reports" / "report.docx"
FONT = "Times New Roman"
BLANK = "…………"
BODY, SMALL, TABLE, LIST = 14, 13, 12, 11
LEFT, CENTER, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT

COUNTS = (
    ("Theo lịch", "theo_lich", 15),
    ("Đã phát", "da_phat", 15),
    ("Trong đó muộn", "muon", 16),
    ("Không phát", "khong_phat", 18),
    ("Chưa đến giờ", "chua_den", 16),
    ("Ngoài lịch", "ngoai_lich", 15),
    ("Buổi", "buoi", 13),
    ("Phút", "phut", 17),
)


def write(of: _Cell | Document | Paragraph, text: str, size: int = BODY, align: int = LEFT, **look: bool) -> Paragraph:
    """Add a paragraph, or fill an empty one; `look` is bold, italic."""
    paragraph = of if hasattr(of, "add_run") else of.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.bold, run.italic = look.get("bold"), look.get("italic")
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def body(document: Document, text: str, **look: bool) -> Paragraph:
    """Add a paragraph of the text proper: justified, its first line indented."""
    paragraph = write(document, text, align=WD_ALIGN_PARAGRAPH.JUSTIFY, **look)
    paragraph.paragraph_format.first_line_indent = Mm(12.7)
    paragraph.paragraph_format.space_after = Pt(6)
    return paragraph


def heading(document: Document, text: str) -> None:
    """Add the heading of a section."""
    body(document, text, bold=True).paragraph_format.keep_with_next = True


def tag(document: Document, text: str) -> None:
    """Add a paragraph that only steers: it is gone from the finished report."""
    write(document, text, LIST)


def rule(cell: _Cell | Document, indent: float) -> None:
    """Draw a line across what `indent` millimetres on both sides leave."""
    paragraph = cell.add_paragraph()
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm(indent)
    form.space_after, form.line_spacing = Pt(0), Pt(4)
    borders = OxmlElement("w:pBdr")
    borders.append(element("w:top", val="single", sz="6", space="1", color="000000"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def element(name: str, **attributes: str) -> OxmlElement:
    """Make an element of WordprocessingML."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def columns(document: Document, rows: int, widths: Sequence[float], style: str | None = None) -> Table:
    """Add a table with columns of these widths in mm; no row of it breaks across pages."""
    table = document.add_table(rows=rows, cols=len(widths), style=style)
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))
    return table


def no_margins(table: Table) -> None:
    """Let the cells' text reach their edges: the national name has to stand on one line."""
    margins = element("w:tblCellMar")
    margins.extend(element(f"w:{side}", w="0", type="dxa") for side in ("left", "right"))
    table._tbl.tblPr.append(margins)


def first(cell: _Cell) -> Paragraph:
    """Return the paragraph that every cell has."""
    return cell.paragraphs[0]


# ---- the parts ---------------------------------------------------------------------------------------------------


def page(document: Document) -> None:
    """Set A4, the margins, and page numbers in the middle above, from the second page on."""
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin, section.header_distance = Mm(30), Mm(10)
    section.different_first_page_header_footer = True
    number = write(section.header.paragraphs[0], "", SMALL, CENTER)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = number.add_run()
        run.font.size = Pt(SMALL)
        run._r.append(element("w:fldChar", fldCharType=kind) if kind else element("w:instrText"))
        run._r[-1].text = text or None


def fonts(document: Document) -> None:
    """Set the typeface and the language of everything."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY)
    run = style.element.get_or_add_rPr()
    run.rFonts.set(qn("w:eastAsia"), FONT)
    run.rFonts.set(qn("w:cs"), FONT)
    run.append(element("w:lang", val="vi-VN"))


def letterhead(document: Document) -> None:
    """Add the issuing body and number on the left, the national name, place and date on the right."""
    table = columns(document, 2, (62, 102))
    no_margins(table)
    left, right = table.rows[0].cells
    write(first(left), "………………………………", SMALL, CENTER)
    write(left, "{{ DON_VI }}", SMALL, CENTER, bold=True)
    rule(left, 20)
    write(first(right), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", SMALL, CENTER, bold=True)
    write(right, "Độc lập - Tự do - Hạnh phúc", BODY, CENTER, bold=True)
    rule(right, 17)
    number, place = table.rows[1].cells
    write(first(number), f"Số: {BLANK}/BC-{BLANK}", SMALL, CENTER)
    write(first(place), f"{BLANK}……, ngày …… tháng …… năm ………", SMALL, CENTER, italic=True)


def title(document: Document) -> None:
    """Add what the paper is called and to whom it goes."""
    write(document, "", 6)
    write(document, "BÁO CÁO", BODY, CENTER, bold=True)
    write(document, "Kết quả tuyên truyền trên hệ thống loa truyền thanh cơ sở", BODY, CENTER, bold=True)
    write(document, "{{ ky }}{% if pham_vi %} {{ pham_vi }}{% endif %}", BODY, CENTER, bold=True)
    rule(document, 55)
    write(document, "", 6)
    write(document, "Kính gửi: Bảo hiểm xã hội ………………………………", BODY, CENTER)
    write(document, "", 6)


def summary(document: Document) -> None:
    """Add the opening sentence and the totals."""
    body(
        document,
        "{% if van_ban %}Thực hiện văn bản số {{ van_ban }}, {% endif %}{{ don_vi }} báo cáo kết quả tuyên truyền "
        "trên hệ thống loa truyền thanh cơ sở {{ ky }}{% if tinh_den %} (số liệu tính đến {{ tinh_den }}){% endif %} "
        "như sau:",
    )
    heading(document, "I. KẾT QUẢ CHUNG")
    body(document, "1. Số lượt phát theo lịch: {{ tong.theo_lich }} lượt, gồm {{ so_kich_ban }} kịch bản.")
    body(
        document,
        "2. Đã phát: {{ tong.da_phat }} lượt, đạt {{ tong.ty_le }}; trong đó đúng giờ {{ tong.dung_gio }} lượt, "
        "muộn {{ tong.muon }} lượt.",
    )
    body(document, "3. Không phát hoặc phát không trọn: {{ tong.khong_phat }} lượt.")
    tag(document, "{%p if tong.chua_den != '0' %}")
    body(document, "Chưa đến giờ phát: {{ tong.chua_den }} lượt.")
    tag(document, "{%p endif %}")
    body(document, "4. Phát ngoài lịch: {{ tong.ngoai_lich }} lượt, trong đó phát bù trọn {{ tong.phat_bu }} lượt.")
    body(document, "5. Tổng thời lượng đã phát: {{ tong.phut }} phút, trong {{ tong.buoi }} buổi phát.")


def table_of(document: Document, name: str, heads: Sequence[tuple[str, str, float]], total: str | None = None) -> None:
    """Add a table with a row for each item of `name`; of each head: its text, the item's field, its width in mm."""
    table = columns(document, 4 + bool(total), [width for _text, _field, width in heads], "Table Grid")
    opening, closing = table.rows[1].cells, table.rows[3].cells
    table.rows[0]._tr.get_or_add_trPr().append(element("w:tblHeader"))
    write(first(opening[0]), f"{{%tr for dong in {name} %}}", LIST)
    write(first(closing[0]), "{%tr endfor %}", LIST)
    for index, (text, field, _width) in enumerate(heads):
        wide = field in WIDE
        write(first(table.rows[0].cells[index]), text, TABLE, CENTER, bold=True)
        write(first(table.rows[2].cells[index]), f"{{{{ dong.{field} }}}}", TABLE, LEFT if wide else RIGHT)
        if total:
            value = "Tổng cộng" if index == 0 else f"{{{{ {total}.{field} }}}}"
            write(first(table.rows[4].cells[index]), value, TABLE, LEFT if wide else RIGHT, bold=True)
    write(document, "", 6)


WIDE = frozenset({"ten", "ly_do", "ket_qua", "luc", "noi_dung", "loai", "nguoi", "thay_cho"})
"""Fields that hold words, not numbers."""


def tables(document: Document) -> None:
    """Add the sections that hold tables."""
    heading(document, "II. KẾT QUẢ THEO TUẦN")
    table_of(document, "tuan", [("Tuần", "ten", 35), *COUNTS], "tong")
    heading(document, "III. KẾT QUẢ THEO KỊCH BẢN")
    scripts = (
        ("Kịch bản", "ten", 82),
        ("Lượt theo lịch", "theo_lich", 20),
        ("Lượt đã phát", "da_phat", 20),
        ("Số lần đọc", "so_lan_doc", 20),
        ("Phút", "phut", 18),
    )
    table_of(document, "kich_ban", scripts)
    heading(document, "IV. LƯỢT KHÔNG PHÁT HOẶC PHÁT KHÔNG TRỌN")
    tag(document, "{%p if ly_do %}")
    causes = (("Kết quả", "ket_qua", 28), ("Lý do", "ly_do", 54), ("Số lượt", "so_luot", 16), ("Giờ, ngày", "luc", 62))
    table_of(document, "ly_do", causes)
    tag(document, "{%p else %}")
    body(document, "Không có.")
    tag(document, "{%p endif %}")
    heading(document, "V. PHÁT BÙ VÀ PHÁT NGOÀI LỊCH")
    tag(document, "{%p if ngoai_lich %}")
    others = (
        ("Lúc", "luc", 28),
        ("Loại", "loai", 20),
        ("Nội dung", "noi_dung", 42),
        ("Kết quả", "ket_qua", 20),
        ("Người ra lệnh", "nguoi", 24),
        ("Phát bù cho", "thay_cho", 26),
    )
    table_of(document, "ngoai_lich", others)
    tag(document, "{%p else %}")
    body(document, "Không có.")
    tag(document, "{%p endif %}")
    tag(document, "{%p if rut %}")
    heading(document, "VI. LƯỢT RÚT KHỎI LỊCH TRƯỚC GIỜ PHÁT")
    withdrawn = (
        ("Khung phát", "ten", 38),
        ("Lý do", "ly_do", 44),
        ("Số lượt", "so_luot", 16),
        ("Giờ, ngày", "luc", 62),
    )
    table_of(document, "rut", withdrawn)
    tag(document, "{%p endif %}")


def closing(document: Document) -> None:
    """Add the last sentences, who receives the paper and who signs it."""
    body(
        document,
        "Số liệu từng ngày tại Phụ lục I, điểm kiểm tra của nhật ký phát sóng tại Phụ lục II. Lượt phát muộn là lượt "
        "bắt đầu chậm hơn giờ theo lịch quá 1 giây. Thời lượng tính bằng phút, làm tròn đến một chữ số thập phân.",
    )
    body(document, "Trên đây là báo cáo kết quả tuyên truyền {{ ky }} của {{ don_vi }}./.")
    table = columns(document, 1, (70, 90))
    left, right = table.rows[0].cells
    write(first(left), "Nơi nhận:", 12, LEFT, bold=True, italic=True)
    for line in ("- Bảo hiểm xã hội ……………………;", "- ………………………………;", "- Lưu: VT."):
        write(left, line, LIST)
    write(first(right), "…………………………………", BODY, CENTER, bold=True)
    write(right, "(Ký, ghi rõ họ tên, đóng dấu)", SMALL, CENTER, italic=True)
    for _line in range(4):
        write(right, "", BODY, CENTER)
    write(right, "…………………………………", BODY, CENTER, bold=True)


def annex(document: Document, number: str, name: str) -> None:
    """Begin an annex on a page of its own."""
    paragraph = document.add_paragraph()
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    write(paragraph, f"Phụ lục {number}", BODY, CENTER, bold=True)
    write(document, name, BODY, CENTER, bold=True)
    attached = f"(Kèm theo Báo cáo số {BLANK}/BC-{BLANK} ngày …… tháng …… năm {BLANK} của {{{{ don_vi }}}})"
    write(document, attached, BODY, CENTER, italic=True)
    rule(document, 55)
    write(document, "", 6)


def checkpoint(document: Document) -> None:
    """Add the last page: the checkpoint and its QR code."""
    annex(document, "II", "ĐIỂM KIỂM TRA NHẬT KÝ PHÁT SÓNG")
    tag(document, "{%p if diem_kiem_tra %}")
    body(
        document,
        "Các số liệu trên lấy từ nhật ký phát sóng của máy. Điểm kiểm tra dưới đây ghi số dòng và mã băm của dòng cuối "
        "cùng lúc lập báo cáo, có chữ ký số. Ai giữ tờ giấy này có thể kiểm tra nhật ký về sau: nếu một dòng đã ghi bị "
        "sửa, xóa hoặc chèn thêm thì mã không còn khớp.",
    )
    write(document, "{{ qr }}", BODY, CENTER)
    tag(document, "{%p for dong in diem_kiem_tra %}")
    paragraph = write(document, "{{ dong }}", LIST)
    paragraph.runs[0].font.name = "Courier New"
    tag(document, "{%p endfor %}")
    write(document, "", 6)
    body(document, "Mã ngắn để gõ tay:").paragraph_format.keep_with_next = True
    write(document, "{{ ma_ngan }}", LIST).runs[0].font.name = "Courier New"
    write(document, "", 6)
    body(
        document,
        "Cách kiểm tra: lệnh “broadcaster audit verify --checkpoint”, tệp là nội dung của mã QR hoặc các dòng trên.",
    )
    tag(document, "{%p else %}")
    body(document, "Báo cáo này được lập không kèm điểm kiểm tra.")
    tag(document, "{%p endif %}")
    body(document, "Lập lúc {{ lap_luc }}.", italic=True)


def build() -> Document:
    """Return the template as a document."""
    document = docx.Document()
    moment = datetime(2027, 1, 1)  # noqa: DTZ001 - the format knows no zones; one moment keeps the file the same
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.title = "Báo cáo kết quả tuyên truyền"
    document.core_properties.language = "vi-VN"
    document.core_properties.created = document.core_properties.modified = moment
    fonts(document)
    page(document)
    letterhead(document)
    title(document)
    summary(document)
    tables(document)
    closing(document)
    annex(document, "I", "KẾT QUẢ TỪNG NGÀY")
    table_of(document, "ngay", [("Ngày", "ten", 35), *COUNTS], "tong")
    checkpoint(document)
    return document


if __name__ == "__main__":
    build().save(str(sys.argv[1] if len(sys.argv) > 1 else TEMPLATE))
