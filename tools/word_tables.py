"""Tables of the Word template that have a row for each item of a list."""

# ruff: noqa: SLF001 - python-docx shows the XML of its objects under private names only
from __future__ import annotations

from typing import TYPE_CHECKING

from tools.word_parts import CENTER, LEFT, LIST, RIGHT, TABLE, body, columns, element, first, side_margins, tag, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document

WIDE = frozenset(
    {
        *("ten", "ly_do", "ket_qua", "luc", "noi_dung", "loai", "nguoi", "kich_ban", "khung", "ghi_chu"),
        *("thang", "ngay", "dia_diem", "chu_de", "van_ban"),
    }
)
"""Fields that hold words, not numbers."""

NARROW = 50
"""The side margins of cells full of numbers, in twentieths of a point."""


def table_of(document: Document, name: str, heads: Sequence[tuple[str, str, float]], total: str | None = None) -> None:
    """Add a table with a row for each item of `name`; of each head: its text, the item's field, its width in mm."""
    table = columns(document, 4 + bool(total), [width for _text, _field, width in heads], "Table Grid")
    side_margins(table, NARROW)
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


def table_or_none(document: Document, name: str, heads: Sequence[tuple[str, str, float]]) -> None:
    """Add a table of `name`, or where that is empty, a sentence that says so."""
    tag(document, f"{{%p if {name} %}}")
    table_of(document, name, heads)
    tag(document, "{%p else %}")
    body(document, "Không có.")
    tag(document, "{%p endif %}")
