"""Of an official letter, the body is imported, whole; its frame, which is for the eye, stays out."""

from __future__ import annotations

from pathlib import Path

import pytest
from brought import letter
from commands import RunCommand

from broadcaster.speech.import_text import import_file
from broadcaster.speech.importing.found_text import ImportedText
from broadcaster.speech.script import read_script


def imported(tmp_path: Path, text: str) -> ImportedText:
    (tmp_path / "cv.txt").write_text(text, "utf-8")
    return import_file(tmp_path / "cv.txt")


def paragraphs(found: ImportedText) -> list[str]:
    return found.body.split("\n\n")


SAID = [
    "Ủy ban nhân dân xã đề nghị bà con bỏ rác đúng giờ, đúng chỗ.",
    "1. Xe thu gom đi qua lúc 17 giờ.",
    "Đề nghị bà con thực hiện./.",
]


def test_an_official_letter_gives_its_body_and_its_subject_and_says_what_stayed_out(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    result = broadcaster("script", "import", str(letter(tmp_path / "cv.docx")), station=station_folder)
    assert result.code == 0, result.err
    script = read_script(station_folder / "scripts" / "cv.md")
    assert [block.text for block in script.blocks] == SAID  # type: ignore[union-attr]
    assert (script.title, script.source) == ("Tuyên truyền thu gom rác", "45/UBND-VHXH")
    assert (
        "this is an official letter; left out, as they are not for the ear: the issuing body, the national motto, the "
        "number, place and date, the addressees, the recipients and the signature"
    ) in result.err
    assert "tables" not in result.err  # those of the frame


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (("THÔNG BÁO", "Về việc thu gom rác"), "Thông báo về việc thu gom rác"),
        (("THÔNG BÁO", "V/v thu gom rác"), "Thông báo về việc thu gom rác"),
        (("KẾ HOẠCH", "Ra quân dọn vệ sinh"), "Kế hoạch: Ra quân dọn vệ sinh"),
        (("THÔNG BÁO", "Về việc thu gom rác", "và dọn vệ sinh"), "Thông báo về việc thu gom rác và dọn vệ sinh"),
        (("THÔNG BÁO", "VỀ VIỆC THU GOM", "RÁC THẢI"), "Thông báo về việc thu gom rác thải"),
    ],
)
def test_a_notice_or_a_plan_has_its_kind_in_the_title(tmp_path: Path, kind: tuple[str, ...], title: str) -> None:
    found = import_file(letter(tmp_path / "tb.docx", about="", kind=kind))
    assert (found.title, paragraphs(found)) == (title, SAID)


def test_the_letter_of_the_campaign_is_read_as_one(tmp_path: Path) -> None:
    text = (
        "ỦY BAN NHÂN DÂN\nXÃ AN BÌNH\nCỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập – Tự do – Hạnh phúc\n"
        "Số: 07/TB-UBND\nAn Bình, ngày 02 tháng 3 năm 2026\nTHÔNG BÁO\nVề việc họp dân\nKính gửi: Bà con thôn Một\n"
        "Mời bà con họp lúc 19 giờ.\nTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nLê Văn B\n"
    )
    (tmp_path / "tb.txt").write_text(text, "utf-8")
    found = import_file(tmp_path / "tb.txt")
    assert (found.title, found.body, found.source) == (
        "Thông báo về việc họp dân",
        "Mời bà con họp lúc 19 giờ.",
        "07/TB-UBND",
    )


def test_a_text_that_only_names_a_letter_is_no_letter(tmp_path: Path) -> None:
    text = "Tin trong xã\n\nTheo Công văn số 45/UBND, bà con bỏ rác đúng giờ.\n\nNơi nhận: nhà văn hóa.\n"
    found = imported(tmp_path, text)
    assert (found.title, paragraphs(found)) == (
        "Tin trong xã",
        ["Theo Công văn số 45/UBND, bà con bỏ rác đúng giờ.", "Nơi nhận: nhà văn hóa."],
    )


# ---- no line of the body is lost ---------------------------------------------------------------------------------

HEAD = (
    "ỦY BAN NHÂN DÂN\nXÃ AN BÌNH\n-------\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
    "---------------\nSố: 16/KH-UBND\nAn Bình, ngày 20 tháng 11 năm 2026\nKẾ HOẠCH\nRa quân tổng vệ sinh\n"
)
FOOT = "Nơi nhận:\n- Các thôn;\n- Lưu: VT.\nTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n(Đã ký)\nTrần Văn B\n"


@pytest.mark.parametrize(
    "body",
    [
        ["Các thôn dọn vệ sinh.", "_______________", "Mỗi hộ cử một người."],
        ["Các thôn dọn vệ sinh.", "Bắt đầu tại:", "An Bình, ngày 28 tháng 11 năm 2026", "Mỗi hộ cử một người."],
        ["Nhân kỷ niệm ngày thành lập nước", "Cộng hòa xã hội chủ nghĩa Việt Nam, các thôn dọn vệ sinh."],
        ["Các thôn dọn vệ sinh.", "HỘI NGHỊ TỔNG KẾT BẮT ĐẦU LÚC 14H00 NGÀY 25/11/2026.", "Đề nghị đến đúng giờ."],
        ["BAN CHỈ ĐẠO XÃ YÊU CẦU:", "Mỗi hộ cử một người, mang theo chổi và cuốc."],
        ["Đề nghị các thôn dọn vệ sinh.", "Trân trọng"],
        ["Các thôn họp bàn tại:", "HỘI TRƯỜNG XÃ LÚC 14 GIỜ"],
        ["HỘI LÀNG TA", *(f"Câu hát thứ {word}" for word in ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám"))],
        ["- Mỗi hộ một người.", "- Mang theo chổi và cuốc."],
        ["Uỷ ban nhân dân xã giao tổ hoà giải các thôn nhắc bà con."],
    ],
)
@pytest.mark.parametrize("foot", [FOOT, FOOT.partition("TM.")[0], "TM." + FOOT.partition("TM.")[2], ""])
def test_every_line_of_the_body_stays_as_it_was_written(tmp_path: Path, body: list[str], foot: str) -> None:
    found = imported(tmp_path, HEAD + "\n\n".join(body) + "\n" + foot)
    assert (found.title, found.source) == ("Kế hoạch: Ra quân tổng vệ sinh", "16/KH-UBND")
    assert paragraphs(found) == body


@pytest.mark.parametrize(
    "to",
    [
        ["Kính gửi: Toàn thể nhân dân."],
        ["Kính gửi: Bà con thôn Một"],
        ["Kính gửi:", "Toàn thể nhân dân"],
        ["Kính gửi", "- Các trưởng thôn;", "- Đài truyền thanh xã."],
        ["Kính gửi: - Các trưởng thôn;", "- Hội Phụ nữ,", "- Đài truyền thanh xã"],
        ["Kính gửi:", "+ Các trưởng thôn;", "• Đài truyền thanh xã."],
    ],
)
@pytest.mark.parametrize("body", [["Các thôn dọn vệ sinh."], ["- Mỗi hộ một người.", "- Mang theo chổi."]])
def test_whom_a_letter_is_for_stays_out_and_nothing_below_that(tmp_path: Path, to: list[str], body: list[str]) -> None:
    found = imported(tmp_path, HEAD + "\n\n".join([*to, *body]) + "\n" + FOOT)
    assert (found.title, paragraphs(found)) == ("Kế hoạch: Ra quân tổng vệ sinh", body)
    assert "the addressees" in found.notes[0]


@pytest.mark.parametrize(
    ("foot", "parts"),
    [
        (FOOT, "the recipients and the signature"),
        (
            "Nơi nhận:\nNhư trên;\nĐài truyền thanh xã.\nLưu: VT.\nTM. ỦY BAN NHÂN DÂN\nTrần Văn B\n",
            "the recipients and",
        ),
        ("Nơi nhận: Như trên; Lưu: VT, VP.\n", "the recipients and the signature"),
        ("CHỦ TỊCH\n(Đã ký)\nTrần Văn B\n", "the signature"),
        ("T/M BAN CHẤP HÀNH\nBÍ THƯ\nTrần Văn B\n", "the signature"),
        (
            "CHỦ TỊCH\n(Đã ký)\nTrần Văn B\nNơi nhận:\n- Các thôn;\nĐài truyền thanh xã;\n- Lưu: VT.\nLưu: VP.\n",
            "the recipients and",
        ),
        ("", "place and date"),
    ],
)
def test_who_signed_and_who_gets_it_stays_out_and_is_told(tmp_path: Path, foot: str, parts: str) -> None:
    found = imported(tmp_path, HEAD + "Các thôn dọn vệ sinh.\n" + foot)
    assert found.body == "Các thôn dọn vệ sinh."
    assert found.notes[0].rpartition("place and date, ")[2].startswith(parts) or found.notes[0].endswith(parts)


def test_what_follows_the_signature_stays_whatever_it_begins_with(tmp_path: Path) -> None:
    found = imported(
        tmp_path, HEAD + "Các thôn dọn vệ sinh.\n" + FOOT + "Lịch dọn: thôn Một lúc 7 giờ.\n- Thôn Hai sau đó.\n"
    )
    assert paragraphs(found) == ["Các thôn dọn vệ sinh.", "Lịch dọn: thôn Một lúc 7 giờ.", "- Thôn Hai sau đó."]


@pytest.mark.parametrize(
    ("lines", "title", "body"),
    [
        (["Kính gửi: Bà con.", "Họp lúc 7 giờ."], "Thông báo", ["Họp lúc 7 giờ."]),
        (["Họp lúc 7 giờ."], "Thông báo", ["Họp lúc 7 giờ."]),
        (["- Họp lúc 7 giờ"], "Thông báo", ["- Họp lúc 7 giờ"]),
        (["Về việc họp dân.", "Họp lúc 7 giờ."], "Thông báo về việc họp dân", ["Họp lúc 7 giờ."]),
        (["Họp dân", "Mời bà con họp."], "Thông báo: Họp dân", ["Mời bà con họp."]),
        (["Họp dân", "MỜI BÀ CON"], "Thông báo: Họp dân", ["MỜI BÀ CON"]),
        (["HỌP DÂN", "Mời bà con"], "Thông báo: họp dân", ["Mời bà con"]),
        (["-----", "Họp lúc 7 giờ."], "Thông báo", ["Họp lúc 7 giờ."]),
    ],
)
def test_the_subject_is_the_line_below_the_kind_where_that_is_one(
    tmp_path: Path, lines: list[str], title: str, body: list[str]
) -> None:
    head = HEAD.partition("KẾ HOẠCH")[0]
    found = imported(tmp_path, head + "THÔNG BÁO\n\n" + "\n\n".join(lines) + "\n")
    assert (found.title, paragraphs(found)) == (title, body)


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("Số: 12 / TB-UBND", "12/TB-UBND"),
        ("Số:12/2026/TB-UBND", "12/2026/TB-UBND"),
        ("Số:      /TB-UBND", ""),
        ("Số: ….../TB-UBND", ""),
        ("Số 5-KH/ĐU", "5-KH/ĐU"),
    ],
)
def test_the_number_becomes_the_source_once_it_has_one(tmp_path: Path, written: str, source: str) -> None:
    found = imported(tmp_path, HEAD.replace("Số: 16/KH-UBND", written) + "Các thôn dọn vệ sinh.\n")
    assert (found.source, found.body) == (source, "Các thôn dọn vệ sinh.")


@pytest.mark.parametrize(
    "head",
    [
        ["Độc lập - Tự do - Hạnh phúc", "Số: 16/UBND", "V/v dọn vệ sinh", "An Bình, ngày 20 tháng 11 năm 2026"],
        ["Số: 16/UBND", "V/v dọn vệ sinh", "Độc lập - Tự do - Hạnh phúc", "An Bình, ngày 20 tháng 11 năm 2026"],
        [
            "Số: 16/UBND",
            "V/v dọn vệ sinh",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "-----",
        ],
        [
            "Độc lập - Tự do - Hạnh phúc",
            "Số: 16/UBND",
            "(Dự thảo)",
            "V/v dọn vệ sinh",
            "An Bình, ngày … tháng … năm 2026",
        ],
        ["Độc lập - Tự do - Hạnh phúc", "Số: 16/UBND", "V/v dọn vệ sinh"],
    ],
)
@pytest.mark.parametrize("body", [["Các thôn dọn vệ sinh."], ["Các thôn dọn.", "Mỗi hộ.", "Cùng làm.", "Số: 5/7 hộ."]])
def test_the_head_ends_where_the_frame_ends(tmp_path: Path, head: list[str], body: list[str]) -> None:
    found = imported(tmp_path, "ỦY BAN NHÂN DÂN\nXÃ AN BÌNH\n" + "\n\n".join([*head, *body]) + "\n")
    assert (found.title, found.source, paragraphs(found)) == ("Dọn vệ sinh", "16/UBND", body)


@pytest.mark.parametrize("line", ["Số: 16/UBND", "Độc lập - Tự do - Hạnh phúc"])
def test_a_part_of_the_frame_alone_makes_no_letter(tmp_path: Path, line: str) -> None:
    found = imported(tmp_path, f"Tin trong xã\n\n{line}\n\nNơi nhận: nhà văn hóa.\n")
    assert (found.title, paragraphs(found)) == ("Tin trong xã", [line, "Nơi nhận: nhà văn hóa."])


def test_a_frame_without_a_body_is_read_as_it_is(tmp_path: Path) -> None:
    text = "Độc lập - Tự do - Hạnh phúc\n\nSố: 16/UBND\n\nNơi nhận:\n\n- Các thôn.\n"
    assert imported(tmp_path, text).body.endswith("- Các thôn.")


def test_an_annex_below_the_signature_stays(tmp_path: Path) -> None:
    annex = ["PHỤ LỤC", "Lịch dọn vệ sinh", "- Thôn 1: 7 giờ.", "- Thôn 2: 8 giờ."]
    found = imported(tmp_path, HEAD + "Các thôn dọn vệ sinh theo lịch kèm theo.\n" + FOOT + "\n" + "\n".join(annex))
    assert paragraphs(found) == ["Các thôn dọn vệ sinh theo lịch kèm theo.", *annex]


def test_a_kind_without_a_subject_takes_that_of_the_number(tmp_path: Path) -> None:
    text = HEAD.replace("Số: 16/KH-UBND", "Số: 16/KH-UBND\nV/v ra quân dọn vệ sinh").replace(
        "Ra quân tổng vệ sinh\n", ""
    )
    found = imported(tmp_path, text + "Các thôn dọn vệ sinh.\n" + FOOT)
    assert (found.title, found.body) == ("Kế hoạch: Ra quân dọn vệ sinh", "Các thôn dọn vệ sinh.")


def test_a_letter_of_the_party_is_one_too(tmp_path: Path) -> None:
    text = (
        "ĐẢNG BỘ HUYỆN CAO PHONG\nĐẢNG ỦY XÃ AN BÌNH\n*\nSố 21-TB/ĐU\nĐẢNG CỘNG SẢN VIỆT NAM\n"
        "An Bình, ngày 20 tháng 11 năm 2026\nTHÔNG BÁO\nvề việc sinh hoạt chi bộ\n"
        "Các chi bộ sinh hoạt vào ngày 03/12/2026.\nNơi nhận:\n- Các chi bộ.\nT/M ĐẢNG ỦY\nBÍ THƯ\nLê Văn C\n"
    )
    found = imported(tmp_path, text)
    assert (found.title, found.body, found.source) == (
        "Thông báo về việc sinh hoạt chi bộ",
        "Các chi bộ sinh hoạt vào ngày 03/12/2026.",
        "21-TB/ĐU",
    )
