"""Whatever is done to a script, it is read or refused in words; no paragraph is lost on the way."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.errors import InputError
from broadcaster.models import Paragraph
from broadcaster.speech.script import read_script

SAMPLE = Path(__file__).parents[1] / "scripts" / "tieu-pham-hai-giong.md"

PIECES = ["+++", "[nghỉ 1s]", "[nhạc: x.mp3]", "[", "]", '"', "\n\n", "\r", "\0", "Bác Ba:"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scripts")


@given(
    patch=st.text()
    | st.sampled_from(["+++", "[nghỉ 1s]", "[nhạc: x.mp3]", "[", "]", '"', "\n\n", "\r", "\0", "Bác Ba:"]),
    at=st.integers(0, 4000),
    length=st.integers(0, 60),
)
@settings(max_examples=150, deadline=None)
def test_a_script_with_anything_done_to_it_is_read_or_refused(folder: Path, patch: str, at: int, length: int) -> None:
    text = SAMPLE.read_text("utf-8")
    path = folder / "bai.md"
    path.write_bytes((text[:at] + patch + text[at + length :]).encode("utf-8", "surrogateescape"))
    try:
        script = read_script(path)
    except InputError as error:
        told = str(error)
    else:
        told = "".join(block.text for block in script.blocks if isinstance(block, Paragraph)) or script.recording
    assert told.strip()


@given(data=st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_called_script_are_read_or_refused(folder: Path, data: bytes) -> None:
    path = folder / "bai.md"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read_script(path)


@given(lines=st.lists(st.from_regex(r"[a-zăâđêôơư]{2,8}( [a-z]{2,8}){0,5}", fullmatch=True), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_every_written_line_is_in_some_paragraph(folder: Path, lines: list[str]) -> None:
    path = folder / "bai.md"
    path.write_text('+++\ntitle = "Bài"\n+++\n\n' + "\n\n".join(lines) + "\n", "utf-8")
    found = [block.text for block in read_script(path).blocks if isinstance(block, Paragraph)]
    assert found == [unicodedata.normalize("NFC", line) for line in lines]
