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
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tools.report_groups import activities, groups, months
from tools.word_parts import (
    BODY,
    CENTER,
    LEFT,
    LIST,
    SMALL,
    body,
    body_if,
    code,
    columns,
    element,
    first,
    heading,
    rule,
    side_margins,
    tag,
    write,
)
from tools.word_tables import table_of, table_or_none

if TYPE_CHECKING:
    from docx.document import Document

TEMPLATE = Path(__file__).parents[1] / "broadcaster" / "records" / "monthly" / "report.docx"
FONT = "Times New Roman"
BLANK = "…………"
LAST_ANNEX = "{% if hoat_dong %}IV{% else %}III{% endif %}"
"""The number of the annex with the checkpoint: that of activities comes before it, where there are any."""

COUNTS = (
    ("Theo lịch", "theo_lich", 15),
    ("Đã phát", "da_phat", 15),
    ("Trong đó muộn", "muon", 16),
    ("Không phát", "khong_phat", 16),
    ("Chưa đến giờ", "chua_den", 15),
    ("Ngoài lịch", "ngoai_lich", 14),
    ("Buổi", "buoi", 14),
    ("Phút", "phut", 21),
)
"""Of a table of days: the counts with their widths in mm. A year's "36.500" and "100.000,0" stand on one line."""

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
    side_margins(table, 0)  # the national name has to stand on one line
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
    body_if(
        document,
        "chot_tong",
        "So với lịch đã chốt ({{ chot_tong.theo_lich }} lượt): đã phát {{ chot_tong.da_phat }} lượt, đạt "
        "{{ chot_tong.ty_le }}; bị bỏ khỏi lịch {{ chot_tong.bo }} lượt, thêm vào lịch {{ chot_tong.them }} lượt.",
    )
    body_if(document, "chua_chot", "Lịch {{ chua_chot }} chưa được chốt, không có lịch đã chốt để đối chiếu.")
    body(document, "3. Không phát hoặc phát không trọn: {{ tong.khong_phat }} lượt.")
    body_if(
        document,
        "tong.khong_ra_loa != '0'",
        "Trong đó {{ tong.khong_ra_loa }} lượt chỉ ghi ra tệp hoặc phát câm, không ra loa: không tính là đã phát.",
    )
    body_if(document, "tong.chua_den != '0'", "Chưa đến giờ phát: {{ tong.chua_den }} lượt.")
    body(document, "4. Phát ngoài lịch: {{ tong.ngoai_lich }} lượt, trong đó phát bù trọn {{ tong.phat_bu }} lượt.")
    body_if(
        document,
        "tong.phat_thu != '0'",
        "Phát thử, nghe thử: {{ tong.phat_thu }} lượt, không tính vào các số liệu này.",
    )
    body(document, "5. Tổng thời lượng đã phát: {{ tong.phut }} phút, trong {{ tong.buoi }} buổi phát.")
    device = "{{ dong.ten }} ({{ dong.so_luot }} lượt, {{ dong.phut }} phút ra loa)"
    devices = f"{{% for dong in thiet_bi %}}{device}{{% if not loop.last %}}; {{% endif %}}{{% endfor %}}"
    body_if(document, "thiet_bi", f"6. Thiết bị phát: {devices}.")


def tables(document: Document) -> None:
    """Add the sections that hold tables."""
    heading(document, "II. KẾT QUẢ THEO TUẦN")
    table_of(document, "tuan", [("Tuần", "ten", 35), *COUNTS], "tong")
    months(document)
    heading(document, "III. KẾT QUẢ THEO KỊCH BẢN, CHỦ ĐỀ, VĂN BẢN")
    scripts = (
        ("Kịch bản", "ten", 82),
        ("Lượt theo lịch", "theo_lich", 20),
        ("Lượt đã phát", "da_phat", 20),
        ("Số lần đọc", "so_lan_doc", 20),
        ("Phút", "phut", 18),
    )
    table_of(document, "kich_ban", scripts)
    groups(document)
    heading(document, "IV. LƯỢT KHÔNG PHÁT HOẶC PHÁT KHÔNG TRỌN")
    causes = (
        ("Kết quả", "ket_qua", 20),
        ("Lý do", "ly_do", 36),
        ("Kịch bản", "kich_ban", 36),
        ("Khung phát", "khung", 24),
        ("Số lượt", "so_luot", 12),
        ("Giờ, ngày", "luc", 32),
    )
    table_or_none(document, "ly_do", causes)
    heading(document, "V. PHÁT BÙ VÀ PHÁT NGOÀI LỊCH")
    others = (
        ("Lúc", "luc", 24),
        ("Loại", "loai", 16),
        ("Nội dung", "noi_dung", 36),
        ("Kết quả", "ket_qua", 16),
        ("Phút", "phut", 13),
        ("Người ra lệnh", "nguoi", 22),
        ("Lý do, phát bù cho", "ghi_chu", 33),
    )
    table_or_none(document, "ngoai_lich", others)
    tag(document, "{%p if rut %}")
    heading(document, "VI. LƯỢT RÚT KHỎI LỊCH TRƯỚC GIỜ PHÁT")
    withdrawn = (
        ("Khung phát", "ten", 30),
        ("Lý do", "ly_do", 38),
        ("Người sửa", "nguoi", 26),
        ("Số lượt", "so_luot", 14),
        ("Giờ, ngày", "luc", 52),
    )
    table_of(document, "rut", withdrawn)
    tag(document, "{%p endif %}")


def frozen(document: Document) -> None:
    """Add the section on plans as they were frozen; without any the totals have said so."""
    tag(document, "{%p if chot_tong %}")
    heading(document, "{% if rut %}VII{% else %}VI{% endif %}. ĐỐI CHIẾU VỚI LỊCH ĐÃ CHỐT")
    tag(document, "{%p for dong in chot %}")
    body(document, "{{ dong.cau }}")
    tag(document, "{%p endfor %}")
    tag(document, "{%p if chot_sua %}")
    edits = (
        ("Sửa lúc", "luc", 24),
        ("Người sửa", "nguoi", 24),
        ("Lý do", "ly_do", 32),
        ("Bỏ", "bo", 11),
        ("Thêm", "them", 14),
        ("Đổi bài", "doi", 13),
        ("Lượt phát", "noi_dung", 42),
    )
    table_of(document, "chot_sua", edits)
    tag(document, "{%p endif %}")
    tag(document, "{%p endif %}")


def closing(document: Document) -> None:
    """Add the last sentences, who receives the paper and who signs it."""
    explained = body(
        document,
        "Số liệu từng ngày tại Phụ lục I, các lượt phát muộn tại Phụ lục II, {% if hoat_dong %}hoạt động truyền thông "
        f"khác tại Phụ lục III, {{% endif %}}điểm kiểm tra của nhật ký phát sóng tại Phụ lục {LAST_ANNEX}. Lượt phát "
        "muộn là lượt bắt đầu chậm hơn giờ theo lịch quá 1 giây. Thời lượng tính bằng phút, làm tròn đến một chữ số "
        "thập phân sao cho cộng các dòng lại thì bằng tổng.",
    )
    # The signature never stands on a page of its own.
    explained.paragraph_format.keep_with_next, explained.paragraph_format.space_before = True, Pt(8)
    last = body(document, "Trên đây là báo cáo kết quả tuyên truyền {{ ky }} của {{ don_vi }}./.")
    last.paragraph_format.keep_with_next = True
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
    write(document, f"Phụ lục {number}", BODY, CENTER, bold=True).paragraph_format.page_break_before = True
    write(document, name, BODY, CENTER, bold=True)
    attached = f"(Kèm theo Báo cáo số {BLANK}/BC-{BLANK} ngày …… tháng …… năm {BLANK} của {{{{ don_vi }}}})"
    write(document, attached, BODY, CENTER, italic=True)
    rule(document, 55)
    write(document, "", 6)


def late(document: Document) -> None:
    """Add the annex that lists what aired late."""
    annex(document, "II", "CÁC LƯỢT PHÁT MUỘN")
    heads = (
        ("Giờ theo lịch", "luc", 30),
        ("Muộn", "muon", 24),
        ("Kịch bản", "kich_ban", 46),
        ("Khung phát", "khung", 28),
        ("Lý do", "ly_do", 32),
    )
    table_or_none(document, "muon", heads)


def checkpoint(document: Document) -> None:
    """Add the last page: the checkpoint and its QR code."""
    annex(document, LAST_ANNEX, "ĐIỂM KIỂM TRA NHẬT KÝ PHÁT SÓNG")
    body(document, "Lập lúc {{ lap_luc }}.", italic=True)
    tag(document, "{%p if diem_kiem_tra %}")
    body(
        document,
        "Các số liệu trên lấy từ nhật ký phát sóng của máy. Điểm kiểm tra dưới đây ghi số dòng và mã băm của dòng cuối "
        "cùng lúc lập báo cáo, cùng số liệu của chính báo cáo này, có chữ ký số. Ai giữ tờ giấy này có thể kiểm tra về "
        "sau: nếu một dòng nhật ký bị sửa, xóa hoặc chèn thêm, hay một con số trên báo cáo bị sửa, thì không còn khớp.",
    )
    left, right = columns(document, 1, (100, 60)).rows[0].cells
    for cell, picture, says in ((left, "qr", "Điểm kiểm tra"), (right, "qr_khoa", "Khóa công khai")):
        write(first(cell), f"{{{{ {picture} }}}}", LIST, CENTER)
        write(cell, says, LIST, CENTER, italic=True)
    tag(document, "{%p for dong in diem_kiem_tra %}")
    code(document, "{{ dong }}")
    tag(document, "{%p endfor %}")
    body(document, "Mã ngắn để gõ tay:").paragraph_format.keep_with_next = True
    code(document, "{{ ma_ngan }}")
    body(
        document,
        "Cách kiểm tra: nhật ký bằng lệnh “broadcaster audit verify --checkpoint”, số liệu bằng lệnh “broadcaster "
        "audit report”, với nội dung của mã QR hoặc các dòng trên.",
    )
    key = body(document, "Khóa công khai để kiểm chữ ký, hãy so với khóa đã ghi từ báo cáo đầu tiên:")
    key.paragraph_format.keep_with_next = True
    code(document, "{{ khoa_cong_khai }}")
    tag(document, "{%p else %}")
    body(document, "Báo cáo này được lập không kèm điểm kiểm tra.")
    tag(document, "{%p endif %}")


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
    frozen(document)
    closing(document)
    annex(document, "I", "KẾT QUẢ TỪNG NGÀY")
    table_of(document, "ngay", [("Ngày", "ten", 35), *COUNTS], "tong")
    late(document)
    tag(document, "{%p if hoat_dong %}")
    annex(document, "III", "CÁC HOẠT ĐỘNG TRUYỀN THÔNG KHÁC")
    activities(document)
    tag(document, "{%p endif %}")
    checkpoint(document)
    return document


if __name__ == "__main__":
    build().save(str(sys.argv[1] if len(sys.argv) > 1 else TEMPLATE))
