"""Scripts are read strictly: what a person wrote comes through, and every mistake is told with its place."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.errors import InputError, Problem
from broadcaster.models import Chime, Music, Paragraph, Pause, Recording, Script
from broadcaster.speech.script import parse_script, read_script, read_scripts
from broadcaster.speech.sound_names import find_sound

FRONT = '+++\ntitle = "Thử"\n+++\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    scripts = tmp_path / "scripts"
    (scripts / "am").mkdir(parents=True)
    for name in ("nen.mp3", "bac-ba.wav", "am/thu.FLAC"):
        (scripts / name).write_bytes(b"sound")
    (tmp_path / "bi-mat.wav").write_bytes(b"secret")
    return scripts


def write(folder: Path, text: str, name: str = "bai.md") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def read(folder: Path, body: str, front: str = 'title = "Thử"') -> Script:
    return read_script(write(folder, f"+++\n{front}\n+++\n{body}"))


def problems(folder: Path, body: str = "Nói.", front: str = 'title = "Thử"') -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read(folder, body, front)
    assert all(problem.path == folder / "bai.md" for problem in caught.value.problems)
    return caught.value.problems


def only(folder: Path, body: str = "Nói.", front: str = 'title = "Thử"') -> Problem:
    (problem,) = problems(folder, body, front)
    return problem


class TestText:
    def test_everything_a_script_can_hold(self, folder: Path) -> None:
        front = (
            'title = "Tiểu phẩm"\nsource = "1192/BHXH-TT"\nauthor = "Lan"\nvalid_until = 2027-12-31\nchime = false\n'
            '[voices]\n"Bác Ba" = "espeak:vi+m3"'
        )
        body = (
            "Kính thưa\nbà con!\n\n[nghỉ 1.5s]\nBác Ba: Chào cô.\nCô khỏe không?\n[chuông]\n"
            "[nhạc: nen.mp3]\n[ghi âm: am/thu.FLAC]\nHết."
        )
        script = read(folder, body, front)
        assert script.blocks == (
            Paragraph("Kính thưa bà con!", 10),
            Pause(timedelta(seconds=1.5), 13),
            Paragraph("Chào cô. Cô khỏe không?", 14, "Bác Ba"),
            Chime(16),
            Music("nen.mp3", 17),
            Recording("am/thu.FLAC", 18),
            Paragraph("Hết.", 19),
        )
        assert (script.id, script.title, script.source, script.author) == ("bai", "Tiểu phẩm", "1192/BHXH-TT", "Lan")
        assert script.valid_until == date(2027, 12, 31)
        assert script.voices == {"Bác Ba": "espeak:vi+m3"}
        assert not script.chime
        assert script.path == folder / "bai.md"

    def test_what_is_left_out_has_its_default(self, folder: Path) -> None:
        script = read(folder, "Nói.")
        assert (script.source, script.author, script.valid_until, script.recording) == ("", "", None, "")
        assert script.chime
        assert script.voices == {}

    def test_list_items_and_headings_are_breaths_of_their_own(self, folder: Path) -> None:
        body = "# Thông báo\nMời họp.\nMang theo:\n- sổ\n  hộ khẩu\n- bút\n\n5 - 6 giờ\n-5 độ"
        texts = [block.text for block in read(folder, body).blocks if isinstance(block, Paragraph)]
        assert texts == ["# Thông báo", "Mời họp. Mang theo:", "- sổ hộ khẩu", "- bút", "5 - 6 giờ -5 độ"]

    def test_a_name_without_a_voice_is_plain_text(self, folder: Path) -> None:
        (block,) = read(folder, "Lưu ý: mang theo thẻ.").blocks
        assert block == Paragraph("Lưu ý: mang theo thẻ.", 4)

    def test_a_speaker_may_begin_on_the_line_below_the_name(self, folder: Path) -> None:
        (block,) = read(folder, "Bác Ba:\nChào cô.", 'title = "T"\nvoices = { "Bác Ba" = "silent" }').blocks
        assert block == Paragraph("Chào cô.", 5, "Bác Ba")

    def test_what_commands_take_is_taken_too(self, folder: Path) -> None:
        front = 'title = "T"\nvalid_until = "31/12/2027"\nchime = "không"\n[[claims]]\ntext = "A"\nfrom = "1/7/2025"'
        script = read(folder, "A.\n[nghỉ 2 giây]", front)
        assert (script.valid_until, script.chime) == (date(2027, 12, 31), False)
        assert script.claims[0].start == date(2025, 7, 1)
        assert script.blocks[1] == Pause(timedelta(seconds=2), 10)

    @pytest.mark.parametrize("cue", ["[Nghỉ 400ms]", "[ nghỉ: 400ms ]", "[NGHỈ 0.4s]"])
    def test_cues_are_read_as_people_write_them(self, folder: Path, cue: str) -> None:
        assert read(folder, f"A.\n{cue}").blocks[1] == Pause(timedelta(milliseconds=400), 5)

    def test_decomposed_letters_windows_line_ends_and_a_mark_are_the_same_script(self, folder: Path) -> None:
        text = FRONT + "Bảo hiểm xã hội.\n[nghỉ 1s]\nHết.\n"
        composed = read_script(write(folder, text))
        decomposed = "\ufeff" + unicodedata.normalize("NFD", text).replace("\n", "\r\n")
        assert read_script(write(folder, decomposed)) == composed
        assert composed.digest == hashlib.sha256(text.encode()).hexdigest()

    def test_a_recording_may_stand_for_the_whole_text(self, folder: Path) -> None:
        script = read(folder, "", 'title = "T"\nrecording = "bac-ba.wav"')
        assert script.recording == "bac-ba.wav"
        assert script.blocks == ()

    @given(st.lists(st.text("abcăâđêôơưáàảãạ ,.!?", min_size=1).filter(str.strip), min_size=1, max_size=5))
    def test_no_word_is_lost_between_file_and_paragraphs(
        self, tmp_path_factory: pytest.TempPathFactory, paragraphs: list[str]
    ) -> None:
        folder = tmp_path_factory.mktemp("scripts")
        script = read(folder, "\n\n".join(paragraphs))
        texts = [block.text.split() for block in script.blocks if isinstance(block, Paragraph)]
        assert texts == [paragraph.split() for paragraph in paragraphs]


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "line", "what"),
        [
            ("Chỉ có chữ.", 1, 'there is no front matter between "+++" lines'),
            ("", 1, 'there is no front matter between "+++" lines'),
            ('\n+++\ntitle = "T"\nChữ.', 2, 'the front matter has no closing "+++" line'),
            ('Chữ.\n+++\ntitle = "T"\n+++\nChữ.', 1, 'there is no front matter between "+++" lines'),
        ],
    )
    def test_front_matter_is_needed(self, folder: Path, text: str, line: int, what: str) -> None:
        with pytest.raises(InputError) as caught:
            read_script(write(folder, text))
        assert [(problem.line, problem.what) for problem in caught.value.problems] == [(line, what)]

    def test_lines_are_those_of_the_file(self, folder: Path) -> None:
        problem = only(folder, front='title = "T"\n\nvalid_until = "31/12"')
        assert (problem.line, problem.key, problem.what) == (4, "valid_until", 'found "31/12"')
        assert problem.todo == 'allowed: a date such as "2027-05-31"'

    @pytest.mark.parametrize(
        "line", ['author = "An"', "valid_until = 2027-12-31", 'claims = [{ text = "A", source = "B" }]']
    )
    def test_a_key_that_slipped_below_the_voices_is_told_its_place(self, folder: Path, line: str) -> None:
        problem = only(folder, "An: Chào.", f'title = "T"\n[voices]\nAn = "silent"\n{line}')
        assert (problem.line, problem.what) == (5, "it stands below [voices], where every line is a speaker")
        assert (problem.key, problem.todo) == (f"voices.{line.split(' ', 1)[0]}", "put it above [voices]")

    def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(self, folder: Path) -> None:
        found = problems(folder, "[nghi 1s]\nNói.\n[nhạc: khong-co.mp3]", "titel = 1\nchime = 3")
        assert [(problem.line, problem.key) for problem in found] == [
            (1, "title"),
            (2, "titel"),
            (3, "chime"),
            (5, ""),
            (7, ""),
        ]

    def test_front_matter_that_is_no_toml_hides_no_mistake_in_the_text(self, folder: Path) -> None:
        assert [problem.line for problem in problems(folder, "[abc]", "title = Thử")] == [2, 4]

    @pytest.mark.parametrize(
        ("cue", "todo"),
        [
            ("[nghi 1s]", 'did you mean "[nghỉ 1s]"?'),
            ("[chuong]", 'did you mean "[chuông]"?'),
            ("[nhac: a.mp3]", 'did you mean "[nhạc: khai-mac.mp3]"?'),
            ("[ghi am: a.wav]", 'did you mean "[ghi âm: bac-ba.wav]"?'),
            ("[chuông 2]", "allowed: [chuông]"),
            ("[pause]", "allowed: [nghỉ 1s], [chuông], [nhạc: khai-mac.mp3], [ghi âm: bac-ba.wav]"),
            ("[]", "allowed: [nghỉ 1s], [chuông], [nhạc: khai-mac.mp3], [ghi âm: bac-ba.wav]"),
        ],
    )
    def test_an_unknown_cue_is_told_with_what_is_allowed(self, folder: Path, cue: str, todo: str) -> None:
        problem = only(folder, f"Nói.\n{cue}")
        assert (problem.line, problem.what, problem.todo) == (5, f'found "{cue}"', todo)

    @pytest.mark.parametrize("length", ["", "1", "1 ngày", "0s", "-1s", "61s", "1h"])
    def test_a_pause_has_a_sensible_length(self, folder: Path, length: str) -> None:
        problem = only(folder, f"Nói.\n[nghỉ {length}]")
        assert problem.todo == 'allowed: a length of time such as "[nghỉ 1s]" or "[nghỉ 400ms]", at most 1m'

    @pytest.mark.parametrize("line", ["Xin chào [nghỉ 1s] bà con.", "Xin chào [nghi 1s]", "[nghỉ 1s", "Hết [chuông]"])
    def test_a_cue_inside_a_line_is_not_spoken_as_text(self, folder: Path, line: str) -> None:
        assert only(folder, line).todo == "put the cue on a separate line"

    def test_other_brackets_are_text(self, folder: Path) -> None:
        assert read(folder, "Theo [1], mức đóng [xem phụ lục] không đổi.").blocks

    @pytest.mark.parametrize(
        "name",
        [
            "../bi-mat.wav",
            "am/../../bi-mat.wav",
            "/etc/passwd.wav",
            "..\\bi-mat.wav",
            "C:bi-mat.wav",
            "C:/bi-mat.wav",
            "\\\\may-khac\\bi-mat.wav",
            "bai.md",
            "khong-co.wav",
            "am",
            "",
            "a" * 300 + ".wav",
            "a\0.wav",
        ],
    )
    def test_only_sounds_in_the_folder_can_be_named(self, folder: Path, name: str) -> None:
        problem = only(folder, f"[ghi âm: {name}]")
        assert problem.line == 4
        assert problem.todo == "allowed: a file in scripts/ that ends in .wav, .mp3, .flac, .ogg, .oga, .opus"

    def test_the_front_matters_recording_is_held_to_the_same(self, folder: Path) -> None:
        problem = only(folder, "", 'title = "T"\nrecording = "../bi-mat.wav"')
        assert (problem.line, problem.key, problem.what) == (3, "recording", 'found "../bi-mat.wav"')

    def test_a_link_out_of_the_folder_is_refused(self, folder: Path) -> None:
        try:
            (folder / "lien-ket.wav").symlink_to(folder.parent / "bi-mat.wav")
        except OSError:
            pytest.skip("this system lets nobody make links")
        assert "lien-ket.wav" in only(folder, "[ghi âm: lien-ket.wav]").what

    @pytest.mark.parametrize("body", ["", "\n \n", "[nghỉ 1s]\n[chuông]"])
    def test_a_script_that_says_nothing_is_a_mistake(self, folder: Path, body: str) -> None:
        assert only(folder, body).what == "the script has no text"

    def test_a_voice_that_nobody_uses_is_a_slip_of_the_pen(self, folder: Path) -> None:
        problem = only(folder, "Bác Bà: Chào cô.", 'title = "T"\n[voices]\n"Bác Ba" = "silent"')
        assert (problem.line, problem.key, problem.todo) == (4, "voices.Bác Ba", 'begin a line with "Bác Ba:"')

    def test_a_speaker_who_says_nothing_is_told(self, folder: Path) -> None:
        front = 'title = "T"\nvoices = { An = "silent" }'
        assert only(folder, "An: Chào.\n\nAn:\n\nHết.", front).line == 7

    @pytest.mark.parametrize("name", ["Bài 1.md", "Bai.md", "a_b.md", "x" * 65 + ".md", "READ ME.md"])
    def test_the_file_name_is_the_id(self, folder: Path, name: str) -> None:
        with pytest.raises(InputError) as caught:
            read_script(write(folder, FRONT + "Nói.", name))
        assert [problem.what for problem in caught.value.problems] == [f'the file name is "{name}"']

    def test_bytes_that_are_no_text_are_told_with_their_line(self, folder: Path) -> None:
        path = folder / "bai.md"
        path.write_bytes(FRONT.encode() + "Bảo hiểm".encode("utf-16-le"))
        with pytest.raises(InputError) as caught:
            read_script(path)
        assert [(problem.line, problem.what) for problem in caught.value.problems] == [(4, "not UTF-8 text")]


class TestFolder:
    def test_good_scripts_are_read_beside_bad_ones(self, folder: Path) -> None:
        write(folder, FRONT + "Một.", "mot.md")
        write(folder, FRONT + "[abc]\n[def]", "hai.md")
        write(folder, "rác", ".an.md")
        scripts, found = read_scripts(folder)
        assert list(scripts) == ["mot"]
        assert [(problem.path, problem.line) for problem in found] == [(folder / "hai.md", 4), (folder / "hai.md", 5)]

    def test_a_folder_that_is_away_is_a_problem_of_its_own(self, tmp_path: Path) -> None:
        scripts, (problem,) = read_scripts(tmp_path / "scripts")
        assert scripts == {}
        assert (problem.path, problem.what) == (tmp_path / "scripts", "there is no such folder")

    def test_the_sample_has_no_mistakes(self) -> None:
        scripts, found = read_scripts(Path(__file__).parents[1] / "scripts")
        assert scripts
        assert not found


class TestSize:
    def test_a_script_larger_than_the_limit_is_a_mistake_with_its_name_and_is_not_read_whole(
        self, tmp_path: Path
    ) -> None:
        folder = tmp_path / "scripts"
        folder.mkdir()
        (folder / "tot.md").write_text('+++\ntitle = "Tốt"\n+++\nLời.\n', "utf-8")
        with (folder / "lon.md").open("wb") as file:
            file.truncate(540_000_000)  # a hole: it takes no room
        scripts, (problem,) = read_scripts(folder)
        assert list(scripts) == ["tot"]
        assert (problem.path, problem.what) == (folder / "lon.md", "is larger than 200 kB")

    def test_three_hours_of_speech_are_a_script_and_a_text_over_the_limit_is_none(self, tmp_path: Path) -> None:
        head = '+++\ntitle = "Dài"\n+++\n'
        line = "Mức đóng thấp nhất là 330.000đ mỗi tháng.\n\n"
        body = line * ((200_000 - len(head.encode())) // len(line.encode()))
        parse_script(tmp_path / "dai.md", head + body)
        with pytest.raises(InputError, match=r"dai\.md: is larger than 200 kB; split it"):
            parse_script(tmp_path / "dai.md", head + body + line)


class TestSoundNames:
    HEAD = '+++\ntitle = "Bác Ba"\n'

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "scripts" / "am").mkdir(parents=True)
        return tmp_path / "scripts"

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    @pytest.mark.parametrize(
        "text",
        ['recording = "Bác Ba đọc.mp3"\n+++\n', "+++\n[nhạc: Bác Ba đọc.mp3]\n", "+++\n[ghi âm: Bác Ba đọc.mp3]\n"],
    )
    def test_a_name_counts_by_its_letters_however_the_computer_encodes_their_marks(
        self, folder: Path, form: Literal["NFC", "NFD"], text: str
    ) -> None:
        (folder / unicodedata.normalize(form, "Bác Ba đọc.mp3")).write_bytes(b"sound")
        for written in ("NFC", "NFD"):
            script = parse_script(folder / "bac-ba.md", unicodedata.normalize(written, self.HEAD + text))
            named = [script.recording, *(block.file for block in script.blocks if isinstance(block, Music | Recording))]
            sounds = [find_sound(folder, name) for name in named if name]
            assert [sound and sound.read_bytes() for sound in sounds] == [b"sound"]

    def test_the_file_that_is_found_is_the_one_that_is_there(self, folder: Path) -> None:
        decomposed = folder / unicodedata.normalize("NFD", "am") / unicodedata.normalize("NFD", "Bác Ba.wav")
        decomposed.write_bytes(b"sound")
        assert find_sound(folder, "am/Bác Ba.wav") == decomposed
        assert find_sound(folder, "am/Bác Tư.wav") is None
        assert find_sound(folder, "am") is None

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names have no case")
    def test_a_name_that_differs_in_capital_letters_is_told(self, folder: Path) -> None:
        (folder / "am" / "HOP.MP3").write_bytes(b"sound")
        with pytest.raises(InputError) as error:
            parse_script(folder / "hop.md", self.HEAD + "+++\n[nhạc: am/hop.mp3]\n")
        (problem,) = error.value.problems
        assert problem.what == 'there is no sound file "am/hop.mp3" in scripts/'
        assert problem.todo == 'there is "am/HOP.MP3"; write its capital and small letters as the file has them'

    def test_a_sound_that_is_too_large_is_told_with_the_limit(self, folder: Path) -> None:
        with (folder / "lon.wav").open("wb") as file:
            file.truncate(5_400_000_000)  # a hole: it takes no room
        with pytest.raises(InputError, match=r"lon\.wav: the file has 5\.4 GB, and the limit is 3\.0 GB"):
            parse_script(folder / "lon.md", self.HEAD + "+++\n[nhạc: lon.wav]\n")
