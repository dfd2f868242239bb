"""The sample campaign says what letter 1192/BHXH-TT says, and not one fact more."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from broadcaster.models import Paragraph, Script
from broadcaster.settings import MixSettings, SpeechSettings
from broadcaster.speech.normalise import read
from broadcaster.speech.render import Renderer
from broadcaster.speech.script import read_scripts

SCRIPTS = Path(__file__).parents[1] / "scripts"

THEME = "Bảo hiểm xã hội cho tất cả mọi người"
MESSAGES = {
    "thong-diep-1": (
        "Hướng tới mục tiêu thực hiện bảo hiểm xã hội, bảo hiểm y tế toàn dân là góp phần xây dựng sự nghiệp an sinh "
        "bền vững."
    ),
    "thong-diep-2": "Tham gia bảo hiểm xã hội là đầu tư cho tương lai.",
    "thong-diep-3": "Bảo hiểm xã hội giúp bạn giảm bớt khó khăn về tài chính khi gặp rủi ro trong cuộc sống.",
    "thong-diep-4": "Lương hưu và bảo hiểm y tế - Chỗ dựa tài chính lúc tuổi già.",
    "thong-diep-5": "Tham gia bảo hiểm xã hội là bảo vệ cuộc sống của mỗi gia đình.",
    "thong-diep-6": (
        "Vì sự ổn định cuộc sống của bản thân và gia đình, hãy tham gia bảo hiểm xã hội, bảo hiểm y tế ngay hôm nay. "
        "Liên hệ số hotline 1900.90.68 hoặc đại lý thu bảo hiểm xã hội, bảo hiểm y tế để được tư vấn, hỗ trợ."
    ),
}
PROGRAMME = "chuong-trinh-5-phut"
SKIT = "tieu-pham-hai-giong"
IDS = {"chu-de", *MESSAGES, "duong-day-nong", PROGRAMME, SKIT}

FACTS = {
    "1192/BHXH-TT",  # the letter itself
    "1676/QĐ-TTg",  # the Prime Minister's decision that names the month …
    "21/11/2019",  # … its date …
    "5",  # … and the month
    "1900.90.68",  # the hotline
}
"""Everything in the letter that is written with a digit and that a script may say."""

OTHER_FACTS = re.compile(
    r"phần trăm|%|nghìn|ngàn|triệu|tỷ đồng|\bluật\b|nghị định|thông tư|\btuổi\b(?! già)|mức đóng|mức hưởng|số năm",
    re.IGNORECASE,
)
"""Words that only come with figures, laws, ages and benefit levels; the letter holds none of those."""

NAME_AT_LINE_START = re.compile(r"^(?:[A-ZĐ]\w*)(?: [A-ZÀ-ỸĐ]\w*)+:", re.MULTILINE)


@pytest.fixture(scope="module")
def scripts() -> dict[str, Script]:
    good, problems = read_scripts(SCRIPTS)
    assert not problems, "\n".join(map(str, problems))
    return good


def paragraphs(script: Script) -> list[str]:
    return [block.text for block in script.blocks if isinstance(block, Paragraph)]


def test_the_campaign_is_complete_and_names_its_source(scripts: dict[str, Script]) -> None:
    assert set(scripts) == IDS
    for script in scripts.values():
        assert script.title
        assert script.author
        assert script.source == "1192/BHXH-TT"


@pytest.mark.parametrize("script_id", sorted(MESSAGES))
def test_each_message_is_the_letter_word_for_word(scripts: dict[str, Script], script_id: str) -> None:
    assert MESSAGES[script_id] in paragraphs(scripts[script_id])


def test_the_programme_uses_the_theme_the_messages_in_order_and_the_hotline(scripts: dict[str, Script]) -> None:
    said = paragraphs(scripts[PROGRAMME])
    assert any(THEME in text for text in said)
    assert [text for text in said if text in MESSAGES.values()] == list(MESSAGES.values())
    assert "1900.90.68." in said


def test_the_theme_and_the_hotline_have_their_own_scripts(scripts: dict[str, Script]) -> None:
    assert any(THEME in text for text in paragraphs(scripts["chu-de"]))
    assert sum("1900.90.68" in text for text in paragraphs(scripts["duong-day-nong"])) >= 2


@pytest.mark.parametrize("script_id", sorted(IDS))
def test_every_figure_comes_from_the_letter(scripts: dict[str, Script], script_id: str) -> None:
    script = scripts[script_id]
    text = "\n".join([script.title, *paragraphs(script)])
    tokens = {token.strip('.,:;!?“”"()') for token in re.findall(r"\S*\d\S*", text)}
    assert tokens <= FACTS
    assert not OTHER_FACTS.findall(text)


@pytest.mark.parametrize("script_id", sorted(IDS))
def test_nothing_has_to_be_guessed_and_plain_words_stay(scripts: dict[str, Script], script_id: str) -> None:
    for text in paragraphs(scripts[script_id]):
        reading = read(text)
        assert not reading.warnings
        assert reading.spoken.lower().count("bảo hiểm y tế") == text.lower().count("bảo hiểm y tế")
        assert {change.written.strip('“”"-') for change in reading.changes} <= {*FACTS, "hotline", ""}


@pytest.mark.parametrize("script_id", sorted(IDS))
def test_every_speaker_has_a_voice(scripts: dict[str, Script], script_id: str) -> None:
    script = scripts[script_id]
    speakers = {block.speaker for block in script.blocks if isinstance(block, Paragraph) and block.speaker}
    assert speakers == set(script.voices)
    spoken = "\n".join(paragraphs(script))
    assert not NAME_AT_LINE_START.findall(spoken), "a name that no voice belongs to would be read aloud"


def test_the_skit_is_a_talk_between_two(scripts: dict[str, Script]) -> None:
    assert set(scripts[SKIT].voices) == {"Bác Ba", "Cô Hạnh"}


def test_messages_are_short_and_the_programme_takes_five_minutes(scripts: dict[str, Script], tmp_path: Path) -> None:
    renderer = Renderer(tmp_path, SpeechSettings(), MixSettings())
    report = renderer.render(scripts[script_id] for script_id in (*MESSAGES, PROGRAMME))
    assert not report.failed
    clips = {script_id: renderer.find(scripts[script_id]) for script_id in (*MESSAGES, PROGRAMME)}
    seconds = {script_id: clip.length.total_seconds() for script_id, clip in clips.items() if clip}
    assert all(15 <= seconds[message] <= 40 for message in MESSAGES), seconds
    assert 280 <= seconds[PROGRAMME] <= 310


@pytest.mark.parametrize("script_id", sorted(IDS))
def test_the_text_is_composed_vietnamese_without_leftovers(script_id: str) -> None:
    text = (SCRIPTS / f"{script_id}.md").read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)
    body = text.split("+++\n")[2]
    lines = [line for line in body.splitlines() if line]
    cues = [line for line in lines if line.startswith("[")]
    assert not [line for line in lines if line not in cues and re.search(r"[\[\]*_#<>]|\s$|\s\s", line)]
