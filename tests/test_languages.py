"""Scripts in other languages: whose file is one, who reads it, as it is written, and what is asked of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from studios import Studio

from broadcaster.errors import InputError, Problem
from broadcaster.models import LineRemark, Script, ScriptWarning, WarningKind
from broadcaster.office.script_review import ScriptReviewer
from broadcaster.script_ids import in_versions, parse_script_id, parse_version, text_id, version_of
from broadcaster.settings import Settings, SpeechSettings
from broadcaster.speech.casting import choices_for
from broadcaster.speech.clip_recipe import Recipes, split_sentences
from broadcaster.speech.make_clip import ClipMaker
from broadcaster.speech.script import parse_script, read_scripts
from broadcaster.station.odd_files import find_odd_files

MONG = 'language = "tiếng Mông"\n'
ALLOWED = (
    'allowed: a-z, 0-9 and "-", 1 to 64 characters, such as "thong-diep-1.md"; '
    'a version of it has one dot, such as "thong-diep-1.hmong.md"'
)


def parse(front: str = "", body: str = "Nyob zoo 2027.", name: str = "bai.hmong.md") -> Script:
    return parse_script(Path(name), f'+++\ntitle = "Bài"\n{front}+++\n\n{body}\n')


def problem(front: str = "", body: str = "Nyob zoo.", name: str = "bai.hmong.md") -> Problem:
    with pytest.raises(InputError) as caught:
        parse(front, body, name)
    (found,) = caught.value.problems
    return found


# ---- ids ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", ["bai", "bai.hmong", "thong-diep-1.jrai", "1.2", f"{'a' * 64}.{'b' * 64}"])
def test_a_text_and_its_version_are_ids(id_: str) -> None:
    assert parse_script_id(id_) == id_


@pytest.mark.parametrize(
    "id_",
    ["", ".", "bai.", ".hmong", "a.b.c", "bai.vi", "bai.md", "bai.txt", "Bai.hmong", "bai.Hmong", "bai.mông", "bai. x",
     f"bai.{'b' * 65}", 5, None],
)  # fmt: skip
def test_nothing_else_is_one(id_: object) -> None:
    assert parse_script_id(id_) is None


def test_an_id_falls_into_text_and_version() -> None:
    assert (text_id("bai.hmong"), version_of("bai.hmong")) == ("bai", "hmong")
    assert (text_id("bai"), version_of("bai")) == ("bai", "")
    assert (parse_version("vi"), parse_version("hmong"), parse_version("md"), parse_version(5)) == (
        "vi", "hmong", None, None
    )  # fmt: skip


def test_scripts_come_in_their_versions_one_after_the_other() -> None:
    assert in_versions(("a", "b"), ("vi", "hmong")) == ("a", "a.hmong", "b", "b.hmong")
    assert in_versions(("a", "b"), ("hmong",)) == ("a.hmong", "b.hmong")
    assert in_versions(("a", "b.tay"), ("hmong", "vi")) == ("a.hmong", "a", "b.tay")
    assert in_versions(("a", "b"), ()) == ("a", "b")


# ---- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.b.c.md", "Bai.hmong.md", "bai.Hmong.md", "bai..md", "bai.md.md", "bai.tiếng.md"])
def test_a_name_that_is_none_says_what_is(name: str) -> None:
    found = problem(name=name)
    assert (found.what, found.todo) == (f'the file name is "{name}"', ALLOWED)


def test_the_text_itself_is_no_version() -> None:
    found = problem(name="bai.vi.md")
    assert (found.what, found.todo) == ('the file name is "bai.vi.md"', '"vi" is the text itself: bai.md')


def test_what_a_folder_holds_of_versions(tmp_path: Path) -> None:
    text = '+++\ntitle = "Bài"\n+++\nNói.\n'
    for name in (
        "bai-a.md",
        "bai.md",
        "bai.hmong.md",
        "bai.hmong.md.txt",
        "bai.tay.MD",
        ".hmong.md",
        "._bai.md",
        "khac.tay.md",
    ):
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "bai.hmong").mkdir()
    (tmp_path / "bai.hmong" / "x.md").write_text(text, "utf-8")
    scripts, problems = read_scripts(tmp_path)
    assert list(scripts) == ["bai", "bai.hmong", "bai-a", "khac.tay"]  # a text is followed by its versions
    assert [(each.what, each.todo) for each in problems] == [
        ('the file name is "bai.hmong.md.txt"', 'it must end in ".md": bai.hmong.md'),
        ('the file name is "bai.tay.MD"', 'it must end in ".md": bai.tay.md'),
    ]
    odd = [each for each in find_odd_files((), tmp_path, tmp_path / "khong") if each.path != tmp_path / "bai.hmong"]
    assert [(each.path, each.what, each.todo) for each in odd] == [
        (
            tmp_path / ".hmong.md",
            "is hidden, and is not read",
            'if it is a version of a text, begin its name with that of the text, such as "thong-diep-1.hmong.md"',
        )
    ]


# ---- language and voice ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "",
        "tiếng Việt",
        "Tiếng Kinh",
        "việt",
        "TIẾNG  VIỆT",
        "tieng viet",
        "Vietnamese",
        "vi",
        "vi-VN",
        "tiếng phổ thông",
    ],
)
def test_vietnamese_has_many_names_and_is_no_other_language(name: str) -> None:
    assert parse(f'language = "{name}"\n').language == ""


def test_a_language_is_what_people_call_it() -> None:
    assert parse(f'{MONG}voice = "silent"\n').language == "tiếng Mông"
    assert parse('language = " tiếng  Gia Rai "\nvoice = "silent"\n').language == "tiếng Gia Rai"
    assert parse().language == ""


@pytest.mark.parametrize("value", ["5", '" "', '"2027"', f'"{"a" * 41}"', '["tiếng Mông"]', "true"])
def test_what_is_no_language_is_one_clear_line(value: str) -> None:
    found = problem(f"language = {value}\n")
    assert (found.line, found.key) == (3, "language")
    assert found.todo == 'allowed: the language as people call it, such as "tiếng Mông"'


def test_a_voice_that_there_is_not_is_a_mistake() -> None:
    found = problem(f'{MONG}voice = "espeak:hmong"\n')
    assert (found.line, found.key, found.what) == (4, "voice", 'there is no voice "espeak:hmong"')


def test_a_language_below_the_voices_of_speakers_is_told() -> None:
    found = problem('[voices]\n"Nam" = "silent"\nlanguage = "tiếng Mông"\n', "Nam: Nyob zoo.")
    assert (found.line, found.key, found.todo) == (5, "voices.language", "put it above [voices]")


def test_a_text_that_nobody_can_read_says_what_to_do() -> None:
    found = problem(f'source = "1"\n{MONG}')
    assert (found.line, found.key) == (4, "language")
    assert found.what == "nobody can read this text: the station's voices read Vietnamese"
    assert found.todo == (
        'name a recording of it (recording = "…"), or the voice that reads it as it is written (voice = "…")'
    )


def test_a_text_without_a_narrator_or_not_written_yet_needs_no_voice() -> None:
    assert parse(f'{MONG}[voices]\n"Nam" = "silent"\n', "Nam: Nyob zoo.").language == "tiếng Mông"
    assert parse(MONG, "‹lời›").unfinished == "‹lời›"


def test_a_language_and_a_voice_are_part_of_what_is_approved() -> None:
    plain = parse()
    other = parse('language = "tiếng Tày"\nvoice = "silent"\n')
    assert len({plain.digest, other.digest, parse('voice = "silent"\n').digest}) == 3


# ---- reading -----------------------------------------------------------------------------------------------------


def test_the_narrators_own_voice_comes_before_the_stations_and_alone_in_another_language() -> None:
    vietnamese = parse('voice = "espeak:vi+f2"\n')
    assert choices_for(vietnamese, ("espeak:vi", "gtts")) == {"": ("espeak:vi+f2", "espeak:vi", "gtts")}
    other = parse(f'{MONG}voice = "espeak:vi+f2"\n[voices]\n"Nam" = "silent"\n', "Nyob zoo.\nNam: Zoo.")
    assert choices_for(other, ("espeak:vi", "gtts")) == {"": ("espeak:vi+f2",), "Nam": ("silent",)}


class Listening(ClipMaker):
    """A maker that notes what reaches the voices."""

    def __init__(self, recipes: Recipes) -> None:
        super().__init__(recipes, lambda _clip: True)
        self.said: list[tuple[str, str]] = []

    def speak(self, spec: str, sentence: str) -> object:  # type: ignore[override]
        self.said.append((spec, sentence))
        return super().speak(spec, sentence)


def said(studio: Studio, script: Script) -> list[tuple[str, str]]:
    with Listening(Recipes(studio.root, studio.speech, studio.mix)) as maker:
        maker.make(script)
        return maker.said


def test_what_a_voice_says_in_another_language_is_what_is_written(studio: Studio) -> None:
    studio.speech = SpeechSettings(voices=("espeak:vi",))
    (studio.root / "lexicon.toml").write_text('"BHXH" = "bảo hiểm xã hội"\n', "utf-8")
    body = "Xyoo 2027, BHXH 1.500.000 đ. Hu 1900 9068! 30/2/2027"
    script = studio.script(body, "bai.hmong", f'{MONG}voice = "silent"')
    assert said(studio, script) == [
        ("silent", "Xyoo 2027, BHXH 1.500.000 đ."), ("silent", "Hu 1900 9068!"), ("silent", "30/2/2027")
    ]  # fmt: skip
    assert studio.renderer.heard(script).lexicon == {}
    vietnamese = studio.script("Năm 2027, BHXH.", "bai")
    assert studio.renderer.spoken(vietnamese)[0][1].spoken.startswith("Năm hai nghìn")  # type: ignore[union-attr]
    assert studio.renderer.heard(vietnamese).lexicon == {"BHXH": "bảo hiểm xã hội"}


def test_the_full_stops_of_other_scripts_end_sentences() -> None:
    assert split_sentences("ជំរាបសួរ។ អរគុណ៕ 你好。再见！“好？”") == ("ជំរាបសួរ។", "អរគុណ៕", "你好。", "再见！", "“好？”")
    assert split_sentences("Giá 1.5 tỉ. Hết.") == ("Giá 1.5 tỉ.", "Hết.")


def test_a_voice_that_is_down_is_not_replaced_by_one_that_reads_vietnamese(studio: Studio) -> None:
    script = studio.script("Nyob zoo.", "bai.hmong", f'{MONG}voice = "piper:khong-co"')
    report = studio.render(script)
    assert "khong-co" in report.failed["bai.hmong"]
    assert studio.renderer.find(script) is None


def test_the_clips_of_a_text_and_of_its_versions_do_not_mix(studio: Studio) -> None:
    text = studio.script("Nói.", "bai")
    version = studio.script("Nyob zoo.", "bai.hmong", f'{MONG}voice = "silent"')
    second, first = studio.clip(version), studio.clip(text)
    assert first.path.name.startswith("bai-")
    assert second.path.name.startswith("bai.hmong-")
    assert (studio.clip(text), studio.clip(version)) == (first, second)
    second.path.unlink()
    assert studio.renderer.find(text) == first
    assert studio.renderer.find(version) is None


# ---- what is asked of it -----------------------------------------------------------------------------------------

SHOUTED = "THÔNG BÁO VỀ VIỆC ĐÓNG BẢO HIỂM XÃ HỘI NGÀY 30/2/2027: gọi 1900 9068. Thứ hai 15/6. " + "CHỮ " * 40


def kinds(studio: Studio, script: Script) -> set[WarningKind]:
    reviewer = ScriptReviewer(studio.renderer, Settings(speech=studio.speech), [script], date(2027, 5, 3))
    return {warning.kind for warning in reviewer.review(script).warnings}


def test_what_only_makes_sense_for_vietnamese_is_not_asked(studio: Studio) -> None:
    here = studio.script(SHOUTED, "bai")
    there = studio.script(SHOUTED, "bai.hmong", f'{MONG}voice = "silent"')
    of_any = {WarningKind.PHONE_UNSOURCED}
    assert kinds(studio, there) == of_any
    assert kinds(studio, here) > of_any | {WarningKind.IMPOSSIBLE, WarningKind.CAPITALS, WarningKind.LONG_SENTENCE}


def test_signs_that_part_words_elsewhere_are_no_remark() -> None:
    body = "ខ្មែរ\u200bខ្មែរ\n\nM\ufffdng\n\n［nghỉ 1s］"
    lost = LineRemark(8, ScriptWarning.of(WarningKind.LOST_LETTER, token="M\ufffdng"))
    found = parse(f'{MONG}voice = "silent"\n', body).remarks
    assert [remark.warning.kind for remark in found] == [WarningKind.LOST_LETTER, WarningKind.CUE_BRACKETS]
    assert replace(found[0], line=8) == lost
    assert WarningKind.INVISIBLE in [remark.warning.kind for remark in parse(body=body).remarks]
