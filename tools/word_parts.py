"""What the Word template is built from: paragraphs, lines and tables in the looks of decree 30/2020/NĐ-CP."""

# ruff: noqa: SLF001 - python-docx shows the XML of its objects under private names only
from __future__ import annotations

from typing import TYPE_CHECKING

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

BODY, SMALL, TABLE, LIST, CODE = 14, 13, 12, 11, 10
"""Sizes of type, in points."""

LEFT, CENTER, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


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


def body_if(document: Document, condition: str, text: str) -> None:
    """Add a paragraph that is there only where a condition of the template holds."""
    tag(document, f"{{%p if {condition} %}}")
    body(document, text)
    tag(document, "{%p endif %}")


def heading(document: Document, text: str) -> None:
    """Add the heading of a section."""
    form = body(document, text, bold=True).paragraph_format
    form.keep_with_next, form.space_before = True, Pt(8)


def code(document: Document, text: str) -> None:
    """Add a line that is typed from paper to the letter."""
    write(document, text, CODE).runs[0].font.name = "Courier New"


def tag(document: Document, text: str) -> None:
    """Add a paragraph that only steers: it is gone from the finished report."""
    write(document, text, LIST)


def rule(cell: _Cell | Document, indent: float) -> None:
    """Draw a line, `indent` millimetres from either side."""
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


def side_margins(table: Table, twips: int) -> None:
    """Set how far the cells' text stays from their edges, in twentieths of a point."""
    margins = element("w:tblCellMar")
    margins.extend(element(f"w:{side}", w=str(twips), type="dxa") for side in ("left", "right"))
    table._tbl.tblPr.append(margins)


def first(cell: _Cell) -> Paragraph:
    """Return the paragraph that every cell has."""
    return cell.paragraphs[0]
