"""The official report in Word: the parts of decree 30/2020/NĐ-CP, the checkpoint, a commune's own template."""

from __future__ import annotations

import io
import re
import runpy
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from histories import month_window
from made_report import NOW, Made, word_table
from stations import ZONE

from broadcaster.errors import InputError
from broadcaster.records.checkpoint import read
from broadcaster.records.ledger import Ledger
from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.excel import SHEETS, write_excel
from broadcaster.records.monthly.figures import Heading, figures
from broadcaster.records.monthly.html_page import write_html
from broadcaster.records.monthly.word import TEMPLATE, context, write_word
from broadcaster.records.reconcile import reconcile_window

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def word(made: Made) -> Any:
    return docx.Document(io.BytesIO(write_word(made.figures, made.seal)))


def test_the_word_report_has_the_parts_of_decree_30(word: Any) -> None:
    section = word.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= round(section.top_margin.mm) <= 25
    assert 20 <= round(section.bottom_margin.mm) <= 25
    assert 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20
    assert section.different_first_page_header_footer
    style = word.styles["Normal"]
    assert (style.font.name, style.font.size.pt) == ("Times New Roman", 14)
    head = "\n".join(cell.text for row in word.tables[0].rows for cell in row.cells)
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: ……",
        ", ngày …",
        "XÃ TÂN PHÚ",
    ):
        assert part in head
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for part in (
        "BÁO CÁO",
        "tháng 5 năm 2027",
        "Kính gửi: Bảo hiểm xã hội ……",
        "Thực hiện văn bản số 1192/BHXH-TT",
        "./.",
    ):
        assert part in text
    closing = "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    assert "Nơi nhận:" in closing
    assert "- Lưu: VT." in closing
    assert "Xã Tân Phú & <b>" in text, "names are text, not markup"
    assert "{" not in text + head + closing


def test_why_things_did_not_air_and_make_goods_are_told(word: Any) -> None:
    causes = word_table(word, "Kết quả")
    title = "Tham gia bảo hiểm xã hội là đầu tư cho tương lai"
    off = "máy tắt từ 16:40 đến 18:10"
    assert causes[1] == ["bị lỡ", off, title, "thang-5/chieu", "2", "17:00 các ngày 03/5, 04/5"]
    silence = [phrases.STATUS["no record"], phrases.NO_RECORD, "Bảo hiểm xã hội cho tất cả mọi người", "tin-xa/tin"]
    assert [*silence, "1", "18:30 ngày 28/5"] in causes
    others = word_table(word, "Lúc")
    assert others[1][1:] == ["phát bù", title, "đã phát", "0,7", "Nguyễn Thị Hòa", "thay lượt 17:00 ngày 03/5"]
    storm = ["khẩn cấp", "Tin bão khẩn cấp & <sơ tán>", "đã phát", "2,0", "Trần Văn Tâm", "bão số 1"]
    assert others[2][1:] == storm
    (edit,) = word_table(word, "Khung phát")[1:]
    assert edit[:4] == ["thang-5/toi", "sửa lịch", "sửa tệp bằng tay", "27"]
    late = word_table(word, "Giờ theo lịch")[1:]
    assert [row[0] for row in late] == ["05:30 ngày 05/5/2027", "05:30 ngày 15/5/2027", "05:30 ngày 25/5/2027"]
    assert late[0][1::2] == ["1 phút 16 giây", "thang-5/sang"]
    assert late[0][4] == "máy đang khởi động"


def test_the_last_page_bears_a_checkpoint_that_verifies(made: Made, word: Any) -> None:
    lines = [paragraph.text for paragraph in word.paragraphs]
    start = next(index for index, line in enumerate(lines) if line.startswith(made.key.name))
    printed = "\n".join(lines[start : start + len(made.taken.note.splitlines())]) + "\n"
    assert printed == made.taken.note
    given = read(printed, made.key)
    with Ledger.open(made.path, read_only=True) as ledger:
        assert given.checkpoint.head == ledger.head()
    assert str(given.signature) == "good"
    assert made.key.text in lines, "whoever has only this paper can check the signature"
    note, key = word.inline_shapes
    assert 40 <= note.width.mm <= 60
    assert 25 <= key.width.mm <= 40
    assert made.seal.short in lines


def test_without_a_name_letters_or_plays_there_are_blanks_and_words(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        found = reconcile_window(ledger, *month_window(2027, 2, ZONE), NOW)
    empty = figures(found, Heading("", date(2027, 2, 1), date(2027, 2, 28), ZONE, NOW))
    document = docx.Document(io.BytesIO(write_word(empty, None)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "……… báo cáo kết quả" in text
    assert text.count("Không có.") == 3
    assert "Thực hiện" not in text
    assert "không kèm điểm kiểm tra" in text
    assert b"data-day" in write_html(empty, None)
    assert openpyxl.load_workbook(io.BytesIO(write_excel(empty, None))).sheetnames == list(SHEETS)


def test_the_shipped_template_is_the_one_that_the_tool_builds(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "tools" / "report_template.py"))["build"]().save(str(tmp_path / "built.docx"))
    with zipfile.ZipFile(tmp_path / "built.docx") as built, zipfile.ZipFile(TEMPLATE) as shipped:
        assert built.namelist() == shipped.namelist()
        for name in built.namelist():
            assert built.read(name) == shipped.read(name), f"{name}: run python -m tools.report_template"


def test_a_commune_s_own_template_is_filled(made: Made, tmp_path: Path) -> None:
    own = docx.Document(str(TEMPLATE))
    own.paragraphs[0].add_run("UBND XÃ TÂN PHÚ: {{ tong.da_phat }}/{{ tong.theo_lich }}, {{ tu_ngay }}–{{ den_ngay }}")
    own.save(str(tmp_path / "mau.docx"))
    filled = docx.Document(io.BytesIO(write_word(made.figures, made.seal, tmp_path / "mau.docx")))
    assert "UBND XÃ TÂN PHÚ: 119/128, 01/5/2027–31/5/2027" in "\n".join(p.text for p in filled.paragraphs)


def own_template(folder: Path, text: str) -> Path:
    """Return the shipped template with a paragraph before it, as in one that came by mail."""
    own = docx.Document(str(TEMPLATE))
    own.paragraphs[0].insert_paragraph_before(text)
    path = folder / "mau.docx"
    own.save(str(path))
    return path


@pytest.mark.parametrize("text", ["{{ khong_co }}", "{{ tong.khong_co }}", "{% if %}", "{{ 1 / 0 }}", "{{ 1 + ky }}"])
def test_a_template_that_asks_for_what_there_is_not_is_told(made: Made, tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"mau\.docx: the template asks wrongly"):
        write_word(made.figures, made.seal, own_template(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "{{ qr.tpl.save('stolen.docx') }}",
        "{{ qr.tpl.replace_zipname('word/settings.xml', 'stolen.docx') }}",
        "{{ qr.tpl.get_docx() }}",
        "{{ qr.image_descriptor.read() }}",
        "{{ qr._draw }}",
        "{{ qr|attr('_draw') }}",
        "{{ qr.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ '{0.__class__}'.format(qr) }}",
        "{{ self.__init__ }}",
        "{{ cycler }}",
        "{{ lipsum.__globals__ }}",
        "{% include 'stolen.docx' %}",
        "{% import 'os' as os %}",
        "{{ ngay.append(1) }}",
        "{% for a in range(999999) %}{% endfor %}",
    ],
)
def test_a_template_reaches_nothing_but_its_values(made: Made, tmp_path: Path, text: str) -> None:
    template = own_template(tmp_path, text.replace("stolen.docx", str(tmp_path / "stolen.docx")))
    with pytest.raises(InputError, match=r"mau\.docx: the template asks wrongly"):
        write_word(made.figures, made.seal, template)
    assert list(tmp_path.iterdir()) == [template]


def test_a_template_can_use_too_little_memory_to_harm_the_desk(made: Made, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="takes too much memory"):
        write_word(made.figures, made.seal, own_template(tmp_path, "{{ 'a' * 3000000000 }}"))


@pytest.mark.parametrize(
    "text",
    [
        "{{ 9 ** (9 ** 9) }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    ],
)
def test_a_template_without_an_end_is_ended(made: Made, tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="takes too long"):
        write_word(made.figures, made.seal, own_template(tmp_path, text), seconds=4.0)


def test_a_template_that_unpacks_into_too_much_is_refused_before_it_does(made: Made, tmp_path: Path) -> None:
    template = own_template(tmp_path, "")
    with zipfile.ZipFile(template, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/bomb.png", bytes(300_000_000))
    with pytest.raises(InputError, match="cannot be used as a Word template"):
        write_word(made.figures, made.seal, template)


def test_the_worker_writes_no_file_even_if_it_is_told_to(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from broadcaster.children.limits import write_no_files; write_no_files();"
        f"Path({str(tmp_path / 'report.docx')!r}).write_text('x')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "File too large" in done.stderr
    assert (tmp_path / "report.docx").read_bytes() == b""


@pytest.mark.parametrize("data", [b"", b"Word 97", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_word_document_is_told(made: Made, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "mau.docx").write_bytes(data)
    with pytest.raises(InputError, match="cannot be used as a Word template"):
        write_word(made.figures, made.seal, tmp_path / "mau.docx")


def test_the_guide_names_everything_that_a_template_may_use(made: Made) -> None:
    guide = (ROOT / "docs" / "bao-cao.md").read_text("utf-8")
    documented = set(re.findall(r"`([A-Za-z_.]+)`", guide))
    for name, value in (context(made.figures, made.seal) | {"qr": ""}).items():
        if isinstance(value, dict):
            assert {f"{name}.{field}" for field in value} <= documented
        else:
            assert name in documented
        if value and isinstance(value, list) and isinstance(value[0], dict):
            assert {f"dong.{field}" for field in value[0]} <= documented
