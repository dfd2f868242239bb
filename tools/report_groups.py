"""The parts of the Word template about months, groups and activities; each is there only where it has something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.word_parts import body, tag
from tools.word_tables import table_of

if TYPE_CHECKING:
    from docx.document import Document

COUNTS = (
    ("Lượt theo lịch", "theo_lich", 20),
    ("Lượt đã phát", "da_phat", 20),
    ("Lượt ngoài lịch", "ngoai_lich", 20),
    ("Phút", "phut", 20),
)
"""What is counted of each group, with widths in mm."""


def months(document: Document) -> None:
    """Add the months side by side, and the topics of each."""
    tag(document, "{%p if thang %}")
    _above(document, "Theo tháng:")
    heads = (
        ("Tháng", "ten", 38),
        ("Theo lịch", "theo_lich", 17),
        ("Đã phát", "da_phat", 17),
        ("Tỷ lệ", "ty_le", 16),
        ("Trong đó muộn", "muon", 15),
        ("Không phát", "khong_phat", 15),
        ("Ngoài lịch", "ngoai_lich", 14),
        ("Buổi", "buoi", 12),
        ("Phút", "phut", 18),
    )
    table_of(document, "thang", heads)
    tag(document, "{%p if chu_de_thang %}")
    _above(document, "Từng chủ đề theo tháng:")
    table_of(document, "chu_de_thang", [("Chủ đề", "ten", 44), ("Tháng", "thang", 38), *COUNTS])
    tag(document, "{%p endif %}")
    tag(document, "{%p endif %}")


def groups(document: Document) -> None:
    """Add the tables by topic, letter, group of loudspeakers, origin and language."""
    for name, text, head in (
        ("chu_de", "Theo chủ đề:", "Chủ đề"),
        ("theo_van_ban", "Theo văn bản yêu cầu:", "Văn bản"),
        ("cum_loa", "Theo cụm loa:", "Cụm loa"),
        ("loai_phat", "Theo loại phát:", "Loại phát"),
        ("ngon_ngu", "Theo ngôn ngữ:", "Ngôn ngữ"),
    ):
        tag(document, f"{{%p if {name} %}}")
        _above(document, text)
        table_of(document, name, [(head, "ten", 80), *COUNTS])
        tag(document, "{%p endif %}")


def activities(document: Document) -> None:
    """Add what was done besides broadcasting: the sums by kind, then each entry."""
    sums = (("Loại", "ten", 100), ("Số mục", "so_dong", 30), ("Số lượng", "so_luong", 30))
    table_of(document, "hoat_dong_loai", sums)
    _above(document, "Từng hoạt động:")
    heads = (
        ("Ngày", "ngay", 22),
        ("Loại", "loai", 28),
        ("Số lượng", "so_luong", 13),
        ("Nội dung", "noi_dung", 36),
        ("Địa điểm", "dia_diem", 21),
        ("Chủ đề", "chu_de", 20),
        ("Văn bản", "van_ban", 21),
    )
    table_of(document, "hoat_dong", heads)


def _above(document: Document, text: str) -> None:
    """Add the line above a table, which never stands alone at the end of a page."""
    form = body(document, text).paragraph_format
    form.keep_with_next, form.space_before = True, form.space_after
