"""The reader as a whole: what it gives back, a station's own words, and what holds for any text."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.speech.normalise import Doubt, read

SIGNS = "0123456789aăâbcdđeêghiklmnoôơpqrstuưvxyAĐBCDEGHIKLMNOPQSTUVXủỦồẾ .,;:!?-/()%&@+*'\"\n=<>°²½…–"
PIECES = ["BHXH", "UBND", "QĐ-TTg", "ngày ", "tháng ", "số ", "1900", "15/5", "TP.", "P.", "Q.", "v.v.", "km", "đồng"]
MORE_PIECES = [
    "T5",
    "II",
    ".vn",
    "h30",
    "thứ ",
    "  ",
    "0912",
    "1.000",
    "CT",
    "Ô.",
    " x ",
    "mã thẻ ",
    "H'",
    "(năm)",
    "www.",
]
ALPHABET = st.sampled_from([*SIGNS, *PIECES, *MORE_PIECES])
SCRAPS = st.lists(ALPHABET, max_size=60).map("".join)


def capital_groups(text: str) -> list[str]:
    return re.findall(r"[A-ZĐĂÂÊÔƠƯÀ-Ý]{2,}", text)


def test_changes_tell_what_was_written_and_where() -> None:
    reading = read("Nộp BHXH trước ngày 15/5.")
    assert [(change.written, change.spoken) for change in reading.changes] == [
        ("BHXH", "bảo hiểm xã hội"),
        ("15/5", "mười lăm tháng năm"),
    ]
    for change in reading.changes:
        assert "Nộp BHXH trước ngày 15/5."[change.start : change.end] == change.written


def test_offsets_count_in_the_composed_form_of_the_input() -> None:
    text = "Hộ nghèo\u200b được giảm ½ phí, mời gọi XQZK"
    reading = read(unicodedata.normalize("NFD", text))
    (warning,) = reading.warnings
    assert text[warning.start : warning.start + 4] == warning.token == "XQZK"
    assert all(text[change.start : change.end] == change.written for change in reading.changes)
    assert "giảm một phần hai phí" in reading.spoken


@pytest.mark.parametrize("word", ["Xin", "xin", "Xã", "xem"])
@pytest.mark.parametrize("number", ["1900.90.68", "1900 9068", "1800-1234", "19009068"])
def test_the_word_after_a_hotline_keeps_its_first_letter(number: str, word: str) -> None:
    told = read(f"Gọi {number}. {word} cảm ơn bà con.").spoken
    assert told.endswith(f". {word} cảm ơn bà con.")
    assert "ích" not in told
    assert read(f"Gọi {number} {word} cảm ơn.").spoken.endswith(f" {word} cảm ơn.")


def test_a_masked_hotline_is_read_sign_by_sign() -> None:
    assert read("Gọi 1900xxxx.").spoken == "Gọi một chín không không, ích ích ích ích."


def test_a_spelled_token_is_warned_of() -> None:
    (warning,) = read("Theo mẫu của BQKZ xã.").warnings
    assert (warning.kind, warning.token, warning.reading) == (Doubt.SPELLED, "BQKZ", "bê quy ca dét")


@pytest.mark.parametrize(
    "text",
    [
        "Người dân mang theo thẻ BHYT và CCCD.",
        "Từ ngày 15/5 đến ngày 25/5/2026, mức đóng 330.000 đồng/tháng, bằng 22% thu nhập.",
        "Quyết định số 1676/QĐ-TTg ngày 21/11/2019 của Thủ tướng Chính phủ.",
        "Liên hệ hotline 1900.90.68 hoặc (024) 3628 5231.",
        "Vào https://dichvucong.baohiemxahoi.gov.vn lúc 7h30.",
        "ĐẢNG ỦY - HĐND - UBND XÃ TÂN LẬP",
        "Đồng bào Ê Đê, M’Nông, Hrê ở Krông Pắk và bạn bè từ London, New York.",
    ],
)
def test_a_sure_reading_has_no_warning(text: str) -> None:
    assert read(text).warnings == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Họp ngày 5-7.", Doubt.GUESSED),
        ("Xã họp T5 tại đình.", Doubt.GUESSED),
        ("Gửi về tanphubaccc@gmail.com.", Doubt.UNTONED),
        ("Mức đóng 1,500 đồng.", Doubt.GUESSED),
        ("Đoàn khách đến từ Szeged.", Doubt.FOREIGN),
        ("Máy chạy bằng turbin hơi.", Doubt.FOREIGN),
        ("Gặp già làng ở buôn Kdun.", Doubt.FOREIGN),
        ("Nghỉ 2/5 nhé.", Doubt.GUESSED),
        ("Chia 3:1 cho hai tổ.", Doubt.GUESSED),
        ("Ăn 30.000đ/ng.", Doubt.GUESSED),
    ],
)
def test_a_guess_has_a_warning(text: str, kind: Doubt) -> None:
    assert [warning.kind for warning in read(text).warnings] == [kind]


@pytest.mark.parametrize(
    ("text", "slips"),
    [
        ("Hạn nộp hồ sơ là ngày 31/11/2026.", ["31/11/2026"]),
        ("Họp thôn ngày 30/2, lúc 25h00.", ["30/2", "25h00"]),
        ("Hạn chót là 31/4, nộp từ 30/2.", ["31/4", "30/2"]),
        ("Hạn nộp: 31/11/26.", ["31/11/26"]),
        ("Tiêm từ 25 đến 31/11/2026.", ["25 đến 31/11/2026"]),
        ("Tiêm từ ngày 25-31/11.", ["25-31/11"]),
        ("Nghỉ ngày 29 và 30/2.", ["29 và 30/2"]),
        ("Khai mạc 28-30/2/2027.", ["28-30/2/2027"]),
        ("Có mặt lúc 25 giờ.", ["25 giờ"]),
        ("Họp lúc 7 giờ 75.", ["7 giờ 75"]),
        ("Mở cửa từ 7:00 đến 25:30.", ["25:30"]),
        ("Nhận quà lúc 7h75 ngày 31 tháng 4 năm 2027.", ["7h75", "ngày 31 tháng 4 năm 2027"]),
        ("Hết tháng 13/2027 thì dừng.", ["tháng 13/2027"]),
        ("Từ 29/2/2027, ngày 31-4-2027 và ngày 0/5.", ["29/2/2027", "31-4-2027", "0/5"]),
        ("Ngày 5 tháng 13 họp từ 24h30, lúc 25:00.", ["Ngày 5 tháng 13", "24h30", "25:00"]),
        ("Ngày 5 tháng 13 năm 2027, 7 giờ 75 phút.", ["Ngày 5 tháng 13 năm 2027", "7 giờ 75 phút"]),
        ("Sáng 31 tháng 4 họp; nộp đến hết 31 tháng 6.", ["31 tháng 4", "31 tháng 6"]),
        ("Thứ Sáu, 31 tháng 9, và ngày 31 tháng tư.", ["31 tháng 9", "ngày 31 tháng tư"]),
        ("Ngày 30 và 31 tháng 11.", ["31 tháng 11"]),
        ("Hạn: 31-11-2026, họp 31.11.2026, ngày 31 / 11 / 2026.", ["31-11-2026", "31.11.2026", "31 / 11 / 2026"]),
        ("Họp ngày 31-4, ngày 30/4 và 31/4, ngày 31/9-5/10.", ["31-4", "31/4", "31/9"]),
        ("Hết tháng 13-2027, lúc 24 giờ 30.", ["tháng 13-2027", "24 giờ 30"]),
    ],
)
def test_a_day_or_time_that_does_not_exist_has_a_warning(text: str, slips: list[str]) -> None:
    found = [warning.token for warning in read(text).warnings if warning.kind is Doubt.IMPOSSIBLE]
    assert found == slips


@pytest.mark.parametrize(
    "text",
    [
        "Ngày 29/2, ngày 29/2/2028, ngày 31/12/2026 và ngày 30 tháng 4 năm 2027.",
        "Lễ ngày 30/2 âm lịch, ngày 30 tháng 2 âm lịch, ngày 30 tháng 2 năm Giáp Thìn.",
        "Có 30/45 hộ, đạt 32/13 chỉ tiêu, thắng 25:20, hết 25 giờ 30 phút.",
        "Mở cửa 24h00, 0h00, 23h59, 24/24h; trẻ 15 tháng 20 ngày; trong 36h.",
        "Trẻ từ 31 tháng 4 ngày, sau 30 tháng 2 tuần, hơn 31 tháng 4 lần, lúc 24 giờ; từ ngày 30-2 hộ.",
        "Đạt 2/3 và 31/6 hộ, 1/2 hoặc 31/4; từ ngày 30-31/12, lương tháng 13, ngày 31 tháng ba.",
        "Quyết định 45/2026/NĐ-CP, công văn 31/11/BHXH, điện thoại 0912-34-5678, mã 12.34.2026.",
    ],
)
def test_what_exists_or_is_no_day_has_none(text: str) -> None:
    assert Doubt.IMPOSSIBLE not in {warning.kind for warning in read(text).warnings}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Họp thứ Hai, ngày 25/11/2026.", [("thứ Hai, ngày 25/11/2026", "thứ tư")]),
        ("Họp Thứ 2 ngày 25-11-2026.", [("Thứ 2 ngày 25-11-2026", "thứ tư")]),
        ("Họp CN (28/11/2026).", [("CN (28/11/2026", "thứ bảy")]),
        ("Họp chủ nhật ngày 28 tháng 11 năm 2026.", [("chủ nhật ngày 28 tháng 11 năm 2026", "thứ bảy")]),
        ("Ngày 25/11/2026 (thứ Năm) họp.", [("25/11/2026 (thứ Năm", "thứ tư")]),
        ("Họp thứ Tư, ngày 25/11/2026, và chủ nhật 29/11/2026.", []),
        ("Họp thứ Hai, ngày 25/11.", []),
        ("Thứ Tư 25/11/2026, thứ Năm 26/11/2026, CN, ngày 29 tháng 11.", []),
        ("Từ thứ Hai đến thứ Sáu, 23-27/11/2026.", []),
        ("Khám T2 ngày 25/11/2026, T4 25/11/2026.", [("T2 ngày 25/11/2026", "thứ tư")]),
        ("Họp thứ Hai, ngày 31/11/2026.", []),
        ("Lần thứ năm, 25/11/2026.", [("thứ năm, 25/11/2026", "thứ tư")]),
        ("Rằm là thứ Hai, ngày 15/7/2026 âm lịch.", []),
    ],
)
def test_a_day_of_the_week_that_is_not_the_dates_has_a_warning(text: str, found: list[tuple[str, str]]) -> None:
    warnings = [warning for warning in read(text).warnings if warning.kind is Doubt.WEEKDAY]
    assert [(warning.token, warning.reading) for warning in warnings] == found


def test_the_station_has_the_last_word() -> None:
    lexicon = {"BHXH": "bảo hiểm", "BHXH TN": "bảo hiểm tự nguyện", "Đắk Búk So": "đắc búc xo", "Zalo": "gia lô"}
    assert read("BHXH TN, BHXH, BHXHX ở Đắk Búk So qua Zalo", lexicon).spoken.startswith(
        "Bảo hiểm tự nguyện, bảo hiểm, "
    )
    assert read("Ở Đắk Búk So.", lexicon).spoken == "Ở đắc búc xo."
    assert read("Kết bạn Zalo.", lexicon).spoken == "Kết bạn gia lô."


def test_a_station_word_is_matched_whole() -> None:
    assert read("Bánh và Ban, ba", {"Ba": "bác Ba"}).spoken == "Bánh và Ban, ba"


def test_what_a_station_says_is_read_too() -> None:
    assert (
        read("Gọi ĐDN.", {"ĐDN": "tổng đài 1900.90.68"}).spoken
        == "Gọi tổng đài một chín không không, chín không, sáu tám."
    )


def test_composed_and_decomposed_text_read_alike() -> None:
    text = "Ủy ban nhân dân xã thông báo ngày 05/5: mức đóng 330.000đ/tháng."
    assert read(unicodedata.normalize("NFD", text)).spoken == read(text).spoken
    assert unicodedata.is_normalized("NFC", read(text).spoken)


def test_borders_of_sentences_and_paragraphs_stay() -> None:
    spoken = read("UBND xã thông báo.\n\n- Chi trả từ 7h; nghỉ trưa.\n- Mang CCCD!").spoken
    assert spoken == "Ủy ban nhân dân xã thông báo.\n\nChi trả từ bảy giờ; nghỉ trưa.\nMang căn cước công dân!"


def test_a_sentence_keeps_its_capital() -> None:
    assert read("BHXH là gì? BHYT là gì?").spoken == "Bảo hiểm xã hội là gì? Bảo hiểm y tế là gì?"
    assert read("15 hộ đã nhận.").spoken == "Mười lăm hộ đã nhận."


def test_the_south_counts_in_its_own_words() -> None:
    assert read("Có 1.205 hộ và 24 tổ.", region="south").spoken == "Có một ngàn hai trăm lẻ năm hộ và hai mươi bốn tổ."
    assert read("Mức 500k.", region="south").spoken == "Mức năm trăm ngàn đồng."


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    reading = read(text)
    assert not any(letter.isdigit() for letter in reading.spoken)
    assert unicodedata.is_normalized("NFC", reading.spoken)


@settings(max_examples=600, deadline=None)
@given(SCRAPS)
def test_nothing_is_left_to_read(text: str) -> None:
    reading = read(text)
    assert not any(letter.isdigit() for letter in reading.spoken)
    assert not capital_groups(reading.spoken), text
    assert read(reading.spoken).spoken == reading.spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Mời bà con ở lô A.3 đến họp.", "Mời bà con ở lô a ba đến họp."),
        ("Hộ ở ngõ 2 & Ô.5 nhận thẻ.", "Hộ ở ngõ hai và ô năm nhận thẻ."),
        ("Nhận tại phòng Ô.N.", "Nhận tại phòng ô en."),
        ("Gọi TeL 1900.90.68", "Gọi điện thoại một chín không không, chín không, sáu tám"),
        ("HHâủ", "Hờ hẩu"),
    ],
)
def test_what_is_read_does_not_become_another_word_when_it_is_read_again(written: str, spoken: str) -> None:
    assert (read(written).spoken, read(spoken).spoken) == (spoken, spoken)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Đaị hội nghiã vụ qúy bà con", "Đại hội nghĩa vụ quý bà con"),
        ("ĐAỊ HỘI", "Đại hội"),
        ("Hòa, hoà, khỏe, khoẻ, thủy, thuỷ, gì, giữa", "Hòa, hoà, khỏe, khoẻ, thủy, thuỷ, gì, giữa"),
        ("Mời gìa làng", "Mời già làng"),
    ],
)
def test_a_tone_mark_on_the_wrong_vowel_is_put_right(written: str, spoken: str) -> None:
    assert read(written).spoken == spoken


def test_a_forgotten_tone_mark_is_warned_of_and_what_could_be_meant_is_named() -> None:
    reading = read("Đề nghi các hộ khai đúng diên\ntích; đề nghị, Đề nghiệm và đê nghị thì không sao.")
    assert [(str(each.kind), each.token, each.reading) for each in reading.warnings] == [
        ("slip", "Đề nghi", "đề nghị"),
        ("slip", "diên\ntích", "diện tích"),
        ("slip", "đê nghị", "đề nghị"),
    ]
    assert "Đề nghi các hộ" in reading.spoken, "it is read as it is written"


def test_capitals_that_are_no_syllable_are_read_as_in_small_letters_and_warned_of() -> None:
    reading = read("CTỦ")
    assert (reading.spoken, read("ctủ").spoken) == ("Cờ tủ", "Cờ tủ")
    assert [str(warning.kind) for warning in reading.warnings] == ["foreign"]


@settings(max_examples=300, deadline=None)
@given(SCRAPS)
def test_changes_and_warnings_point_into_the_text(text: str) -> None:
    source = unicodedata.normalize("NFC", text)
    reading = read(text)
    ends = 0
    for change in reading.changes:
        assert source[change.start : change.end] == change.written
        assert change.start >= ends
        ends = change.end
    for warning in reading.warnings:
        assert source[warning.start : warning.start + len(warning.token)] == warning.token


def test_the_reader_stands_alone() -> None:
    """Only the standard library and its own package: it can be lifted out and used elsewhere."""
    code = """
import sys
before = set(sys.modules)
from broadcaster.speech.normalise import read
read("BHXH 15/5, a@b.vn")
ours = "broadcaster.speech.normalise"
foreign = {name for name in set(sys.modules) - before if name.partition(".")[0] not in sys.stdlib_module_names}
print(sorted(name for name in foreign if not ours.startswith(name) and not name.startswith(ours)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
