"""What a text says of its own abbreviations decides how they are read in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from broadcaster.speech.normalise import Doubt, find_glosses, read

if TYPE_CHECKING:
    from studios import Studio


def doubts(text: str) -> list[tuple[Doubt, str]]:
    return [(warning.kind, warning.token) for warning in read(text).warnings]


@pytest.mark.parametrize(
    ("text", "glosses"),
    [
        ("Ban tổ chức (BTC) hội thi", {"BTC": "ban tổ chức"}),
        ("BTC (ban tổ chức) hội thi", {"BTC": "ban tổ chức"}),
        ("Phòng, chống thiên tai (PCTT)", {"PCTT": "phòng chống thiên tai"}),
        ("Quỹ hỗ trợ nông dân (sau đây gọi tắt là QHTND)", {"QHTND": "quỹ hỗ trợ nông dân"}),
        ("Quỹ hỗ trợ nông dân (“QHTND”)", {"QHTND": "quỹ hỗ trợ nông dân"}),
        ("Bộ phận tiếp nhận và trả kết quả (BPTNTKQ)", {"BPTNTKQ": "bộ phận tiếp nhận và trả kết quả"}),
        ("Bồi thường & hỗ trợ (BT&HT)", {"BT&HT": "bồi thường và hỗ trợ"}),
        ("thành phố Cần Thơ (TPCT)", {"TPCT": "thành phố Cần Thơ"}),
        ("NGƯỜI LAO ĐỘNG (NLĐ)", {"NLĐ": "người lao động"}),
        ("người lao động (NLD)", {"NLD": "người lao động"}),
        ("Chương trình (CTr)", {"CTr": "chương trình"}),
        ("Chương trình (C.Tr)", {"C.Tr": "chương trình"}),
        ("Ban tổ chức hội thi (BTC) mời", {"BTC": "ban tổ chức"}),
        ("BTC (ban tổ chức hội thi)", {"BTC": "ban tổ chức"}),
        ("Thường trực xã (TT)", {}),
        ("BTC (của ban tổ chức)", {}),
        ("BHXH (tự nguyện)", {}),
        ("Ông An. Tổ chức (BATC)", {}),
        ("Thu 5 triệu (TT)", {}),
        ("Ban tổ chức (Hà Nội)", {}),
        ("Gọi 113 (CA)", {}),
    ],
)
def test_a_gloss_is_words_in_the_order_of_the_letters(text: str, glosses: dict[str, str]) -> None:
    assert find_glosses(text) == glosses


def test_a_gloss_holds_in_the_whole_text_and_is_sure() -> None:
    text = "Thông báo của BTC.\nBảo tồn chè (BTC) họp lúc 7h. Quỹ BTC còn 2 triệu đồng."
    assert read(text).spoken.lower().count("bảo tồn chè") == 4
    assert doubts(text) == []


def test_an_address_is_no_place_for_a_gloss() -> None:
    text = "Bảo tồn chè (BTC). Viết tới BTC@gmail.com."
    assert read(text).spoken.count("bảo tồn chè") == 1


def test_two_glosses_for_one_abbreviation_decide_nothing() -> None:
    text = "Ban tổ chức (BTC) và bảo tồn chè (BTC). Gặp BTC."
    assert doubts(text) == [(Doubt.GUESSED, "BTC")] * 3


def test_a_gloss_is_no_part_of_a_longer_code() -> None:
    text = "Trung tâm (TT) mở cửa theo Thông tư 05/2026/TT-BYT và TT-BNV."
    assert "thông tư bộ y tế và thông tư bộ nội vụ" in read(text).spoken


def test_the_lexicon_of_the_station_goes_before_a_gloss() -> None:
    assert "ban tổ chức chè" in read("Bảo tồn chè (BTC)", lexicon={"BTC": "ban tổ chức chè"}).spoken


def test_a_gloss_of_one_paragraph_holds_in_the_others(studio: Studio) -> None:
    script = studio.script("Nhóm Bảo tồn chè (BTC) họp.\n\nMời bà con đến với BTC.")
    first, second = [reading for _block, reading in studio.renderer.spoken(script) if reading]
    assert second.spoken == "Mời bà con đến với bảo tồn chè."
    assert first.warnings == second.warnings == ()
