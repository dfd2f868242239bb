"""The lines of a script: which are paragraphs, who says them, and what is told of signs that nobody meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import RunCommand
from officers import write_script

from broadcaster.errors import InputError
from broadcaster.models import Paragraph, Script
from broadcaster.office.wording_script import warning_text
from broadcaster.speech.normalise import read
from broadcaster.speech.script import parse_script

SKIT = 'title = "T"\n[voices]\n"Bác Ba" = "espeak:vi"\n"Cô Tư" = "espeak:vi+f2"'


def script(body: str, front: str = 'title = "T"') -> Script:
    return parse_script(Path("scripts") / "bai.md", f"+++\n{front}\n+++\n{body}")


def said(found: Script) -> list[tuple[str | None, str]]:
    return [(block.speaker, block.text) for block in found.blocks if isinstance(block, Paragraph)]


def told(found: Script) -> list[str]:
    return [warning_text(remark.warning) for remark in found.remarks]


@pytest.mark.parametrize(
    ("body", "paragraphs"),
    [
        ("Mang theo:\n1. Căn cước\n2. Sổ", ["Mang theo:", "1. Căn cước", "2. Sổ"]),
        ("Giờ họp:\na) Thôn 1: 7h30\nb) Thôn 2: 8h", ["Giờ họp:", "a) Thôn 1: 7h30", "b) Thôn 2: 8h"]),
        ("Gồm:\n1) một\n2/ hai\n(3) ba", ["Gồm:", "1) một", "2/ hai", "(3) ba"]),
        ("Gồm:\n3.1. Treo băng rôn\n3.2 Phát thanh", ["Gồm:", "3.1. Treo băng rôn", "3.2 Phát thanh"]),
        ("Gồm:\nI. Phần đầu\nII. Phần sau", ["Gồm:", "I. Phần đầu", "II. Phần sau"]),
        ("Luật có:\nĐiều 1. Phạm vi\nĐiều 2. Đối tượng", ["Luật có:", "Điều 1. Phạm vi", "Điều 2. Đối tượng"]),
        ("Gồm:\n1.Căn cước\nđ) Sổ", ["Gồm:", "1.Căn cước", "đ) Sổ"]),
        ("1. Căn cước\nbản gốc", ["1. Căn cước bản gốc"]),
        ("Họp lúc\n7.30 sáng", ["Họp lúc 7.30 sáng"]),
        ("Có khoảng\n10 người, nộp\n1.500 đồng", ["Có khoảng 10 người, nộp 1.500 đồng"]),
        ("Hạn là ngày\n15/5 tới", ["Hạn là ngày 15/5 tới"]),
        ("Lời. <!-- ghi chú --> Tiếp.", ["Lời. Tiếp."]),
        ("Một.\n<!-- nhiều\ndòng\n[nghỉ 1s]\n-->\nHai.", ["Một.", "Hai."]),
    ],
)
def test_a_numbered_or_lettered_line_is_a_paragraph_and_a_comment_is_none(body: str, paragraphs: list[str]) -> None:
    assert [text for _speaker, text in said(script(body))] == paragraphs


def test_a_comment_without_an_end_is_a_mistake() -> None:
    with pytest.raises(InputError) as error:
        script("Một.\n<!-- quên\nHai.")
    (problem,) = error.value.problems
    assert (problem.line, problem.what, problem.todo) == (5, 'found "<!--"', 'end the comment with "-->"')


def test_a_comment_moves_no_line_and_its_blank_is_nobodys_to_fill() -> None:
    found = script("<!-- một\nhai ‹trống› -->\n\nLời.")
    assert [(block.line, found.unfinished) for block in found.blocks] == [(7, "")]


def test_an_item_below_a_speaker_is_the_speakers() -> None:
    found = script("Bác Ba: Có hai thứ:\n1. Căn cước\n- Sổ\n\nCô Tư:\n- Dạ.\n\n1. Hết.", SKIT)
    assert said(found) == [
        ("Bác Ba", "Có hai thứ:"),
        ("Bác Ba", "1. Căn cước"),
        ("Bác Ba", "- Sổ"),
        ("Cô Tư", "- Dạ."),
        (None, "1. Hết."),
    ]


REST = "\n\nBác Ba: A.\n\nCô Tư: B."
NOT_HIM = '"{0}" is not how the speaker is written, so {1} says the whole line; write "Bác Ba:"'


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("BÁC BA: Chào.", "BÁC BA:"),
        ("Bác ba: Chào.", "Bác ba:"),
        ("Bac Ba: Chào.", "Bac Ba:"),
        ("- Bác Ba: Chào.", "- Bác Ba:"),
        ("+ Bác Ba: Chào.", "+ Bác Ba:"),
        ("**Bác Ba:** Chào.", "**Bác Ba:"),
        ("**Bác Ba**: Chào.", "**Bác Ba**:"),
        ("Bác Ba： Chào.", "Bác Ba："),
        ("Bác Ba (cười): Chào.", "Bác Ba (cười):"),
        ("Bác Ba - Chào.", "Bác Ba -"),
    ],
)
def test_a_speaker_who_is_written_otherwise_is_told(line: str, token: str) -> None:
    assert told(script(line + REST, SKIT)) == [NOT_HIM.format(token, "the narrator")]


@pytest.mark.parametrize(
    ("body", "warnings"),
    [
        ("Cô Tư: B.\nCô Tám: Chào.", ['"Cô Tám:" has no voice under [voices], so Cô Tư says the line and the name']),
        ("Cô Tư: B.\nBÁC BA: Chào.", [NOT_HIM.format("BÁC BA:", "Cô Tư")]),
        ("Cô Tư: B.\n\nTý: Dạ.\n\nTý: Vâng.", ['"Tý:" has no voice under [voices], so the narrator says '] * 2),
        ("Cô Tư: B.\n\nNhớ: mang thẻ.", []),
        ("Cô Tư: B.\n\nĐịa điểm: nhà văn hóa.\n\nThôn Một: 7 giờ.", []),
        ("Cô Tư: B.\n\nTHÔNG BÁO: họp.", []),
        ("Cô Tư: B.\n\nMã KH: PE04.\n\nDịch SXH: phun thuốc.", []),
        ("Cô Tư: B.\n\nBác bảo cô thế này: chào.", []),
    ],
)  # fmt: skip
def test_a_speaker_without_a_voice_is_told(body: str, warnings: list[str]) -> None:
    found = told(script(f"Bác Ba: A.\n\n{body}", SKIT))
    assert [text.startswith(start) for text, start in zip(found, warnings, strict=True)] == [True] * len(warnings)


@pytest.mark.parametrize(
    ("body", "asides"),
    [
        ("Bác Ba: (cười) Tốt quá.\nCô Tư: [ngạc nhiên] Thế à?", ["(cười)", "[ngạc nhiên]"]),
        ("Bác Ba: A.\nCô Tư: B.\n\n(Tiếng gà gáy)", ["(Tiếng gà gáy)"]),
        ("Bác Ba: A (xã An Bình) b.\nCô Tư: (0912) 345 678.\n\n(nghỉ 1s)", []),
        ("Bác Ba: A.\nCô Tư: B.\n\n(Theo Đài truyền thanh xã) Sáng nay họp.", []),
    ],
)
def test_how_a_line_is_said_is_not_to_be_read_out(body: str, asides: list[str]) -> None:
    about = "is read out as words; what is not to be said stands between <!-- and -->"
    found = [text.removesuffix(about).strip(' "') for text in told(script(body, SKIT)) if text.endswith(about)]
    assert found == asides


def test_brackets_are_no_asides_where_nobody_speaks() -> None:
    assert told(script("(Theo Báo Hòa Bình)")) == []


def test_a_talk_without_any_voices_is_told() -> None:
    warning = '"{0}" has no voice under [voices], so the narrator says the line and the name'
    assert told(script("Bác Ba: Chào.\n\nCô Tư: Chào bác.\n\nLưu ý: mang thẻ.")) == [
        warning.format("Bác Ba:"),
        warning.format("Cô Tư:"),
    ]


def test_reading_shows_who_says_each_line(broadcaster: RunCommand, station_folder: Path) -> None:
    write_script(station_folder, "kich", f"+++\n{SKIT}\n+++\n\nMời nghe.\n\nBác Ba: Chào.\n\nCô Tư: Chào.\n")
    result = broadcaster("script", "read", "kich", station=station_folder)
    assert "line 8: narrator (silent): Mời nghe." in result.out
    assert "line 10: Bác Ba (espeak:vi): Chào." in result.out
    assert "line 12: Cô Tư (espeak:vi+f2): Chào." in result.out
    parts = broadcaster("script", "read", "kich", "--json", station=station_folder).json["paragraphs"]
    assert [(part["speaker"], part["voice"]) for part in parts] == [
        (None, "silent"),
        ("Bác Ba", "espeak:vi"),
        ("Cô Tư", "espeak:vi+f2"),
    ]


@pytest.mark.parametrize("voice", ["espeak:xx", "espeak:vi+x9", "edge:vi-VN-Nobody", "giong-hay", "gtts:vi", "piper:"])
@pytest.mark.parametrize("command", [("script", "list"), ("schedule", "check"), ("check",), ("script", "read", "kich")])
def test_a_voice_that_does_not_exist_is_a_mistake_wherever_the_script_is_checked(
    broadcaster: RunCommand, station_folder: Path, voice: str, command: tuple[str, ...]
) -> None:
    write_script(station_folder, "kich", f'+++\ntitle = "T"\n[voices]\nAn = "{voice}"\n+++\n\nAn: Chào.\n')
    result = broadcaster(*command, station=station_folder)
    assert result.code == 2
    assert f'kich.md:4: voices.An: there is no voice "{voice}"; allowed: espeak:vi, ' in result.out + result.err


@pytest.mark.parametrize("voice", ["espeak:vi+f2", "espeak:", "edge", "edge:vi-VN-HoaiMyNeural", "gtts", "piper:toi"])
def test_a_voice_that_is_only_not_here_is_no_mistake(voice: str) -> None:
    assert script("An: Chào.", f'title = "T"\nvoices = {{ An = "{voice}" }}').voices == {"An": voice}


# ---- signs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Xin\u200bchào bà\u00adcon.", "Xin chào bà con."),
        ("thông\ufeffbáo", "thông báo"),
        ("th\u200bông báo", "thông báo"),
        ("bà\u200b con", "bà con"),
        ("thông\u200dbáo", "thôngbáo"),
        ("\u200bXin chào", "Xin chào"),
    ],
)
def test_an_invisible_sign_between_two_syllables_parts_them(written: str, spoken: str) -> None:
    assert read(written).spoken == spoken


def test_offsets_still_count_in_the_text_with_invisible_signs() -> None:
    text = "Xin\u200bchào bà\u00adcon, ngày 31/11/2026."
    (warning,) = read(text).warnings
    assert text[warning.start : warning.start + len(warning.token)] == warning.token == "31/11/2026"


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        ("Xin\u200bchào.", '"Xin·chào." holds an invisible sign, U+200B, here shown as ·; type the word again'),
        ("bà\u00adcon", '"bà·con" holds an invisible sign, U+00AD, here shown as ·; type the word again'),
        ("\x1b[8mChuyển tiền.", '"·[8mChuyển" holds an invisible sign, U+001B, here shown as ·; type the word again'),
        ("Nộp \u202e000.05.", '"·000.05." holds an invisible sign, U+202E'),
        ("Nộp 5\u03360\u0336.", '"5·0·." holds an invisible sign, U+0336'),
        ("Xin\u3164chào.", '"Xin·chào." holds an invisible sign, U+3164'),
        ("b\ufffdo hiểm", 'a letter of "b\ufffdo" is lost; type the word again'),
        ("［nghỉ 1s］", '"［nghỉ 1s］" is read out as words; a cue stands in square brackets, such as [nghỉ 1s]'),
        ("Xin chào ［nghỉ 1s］ bà con.", '"［nghỉ 1s］" is read out as words; a cue stands in square brackets'),
        ("【chuông】", '"【chuông】" is read out as words'),
        ("(nghỉ 2s)", '"(nghỉ 2s)" is read out as words'),
        ("{chuông}", '"{chuông}" is read out as words'),
        ("（nhạc: a.mp3）", '"（nhạc: a.mp3）" is read out as words'),
    ],
)
def test_a_sign_that_nobody_meant_is_told(line: str, warning: str) -> None:
    found = told(script(f"Mở đầu.\n\n{line}"))
    assert [text[: len(warning)] for text in found] == [warning]


@pytest.mark.parametrize(
    "line", ["Mời họp (nghỉ trưa 1 giờ).", "Theo [1], mức đóng không đổi.", "«Tiểu phẩm»", "(nhạc)"]
)
def test_other_brackets_are_not_told(line: str) -> None:
    assert told(script(f"Mở đầu.\n\n{line}")) == []
