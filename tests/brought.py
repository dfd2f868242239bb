"""Files as officers bring them: Word files with marks and lists in them, OpenDocument texts, letters of decree 30."""

from __future__ import annotations

import zipfile
from pathlib import Path

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_body(path: Path, body: str, *, styles: str = "", numbering: str = "") -> Path:
    """Write a Word file with this XML as its body; `styles` is put into its styles, `numbering` replaces its lists."""
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    for part in reversed(list(parse_xml(f'<w:body xmlns:w="{W}">{body}</w:body>'))):
        document.element.body.insert(0, part)
    for style in parse_xml(f'<w:styles xmlns:w="{W}">{styles}</w:styles>'):
        document.styles.element.append(style)
    if numbering:
        lists = document.part.numbering_part.element
        for child in list(lists):
            lists.remove(child)
        for child in parse_xml(f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>'):
            lists.append(child)
    document.save(str(path))
    return path


def p(text: str, marks: str = "", paragraph: str = "") -> str:
    """Return the XML of a paragraph of one run: `marks` are the run's properties, `paragraph` the paragraph's."""
    return f"<w:p>{paragraph and f'<w:pPr>{paragraph}</w:pPr>'}{r(text, marks)}</w:p>"


def r(text: str, marks: str = "") -> str:
    """Return the XML of a run."""
    return f'<w:r>{marks and f"<w:rPr>{marks}</w:rPr>"}<w:t xml:space="preserve">{text}</w:t></w:r>'


_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
    )
)  # fmt: skip


def odt_file(path: Path, body: str, *, automatic: str = "", styles: str = "") -> Path:
    """Write an OpenDocument text: its body, its automatic styles, and what stands in styles.xml."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    content = (
        f"{head}<office:document-content {_SPACES}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("styles.xml", f"{head}<office:document-styles {_SPACES}>{styles}</office:document-styles>")
    return path


def letter(path: Path, *, about: str = "V/v tuyên truyền thu gom rác", kind: tuple[str, ...] = ()) -> Path:
    """Write a Word file in the layout of decree 30: its frame in tables, as most offices make them."""
    import docx

    document = docx.Document()
    head = document.add_table(2, 2)
    head.cell(0, 0).text = "ỦY BAN NHÂN DÂN\nXÃ AN BÌNH\n-------"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n---------------"
    head.cell(1, 0).text = "Số: 45/UBND-VHXH" + (f"\n{about}" if about else "")
    head.cell(1, 1).text = "An Bình, ngày 05 tháng 11 năm 2026"
    for line in kind:
        document.add_paragraph(line)
    document.add_paragraph("Kính gửi:")
    document.add_paragraph("- Các ông, bà trưởng thôn;")
    document.add_paragraph("- Đài truyền thanh xã.")
    document.add_paragraph("Ủy ban nhân dân xã đề nghị bà con bỏ rác đúng giờ, đúng chỗ.")
    document.add_paragraph("1. Xe thu gom đi qua lúc 17 giờ.")
    document.add_paragraph("Đề nghị bà con thực hiện./.")
    foot = document.add_table(1, 2)
    foot.cell(0, 0).text = "Nơi nhận:\n- Như trên;\n- Lưu: VT."
    foot.cell(0, 1).text = "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n(Đã ký)\nNguyễn Văn A"
    document.save(str(path))
    return path
