"""The officer's guide does what it says: followed from its first line to its last on a new station."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import docx
import numpy as np
import pytest
import soundfile
import tomlkit
from commands import RunCommand
from officers import Editor, Person

from broadcaster.models import CLIP_RATE
from broadcaster.speech.script import read_script

PAGE = Path(__file__).parents[1] / "docs" / "can-bo.md"
BLOCK = re.compile(r"^```(sh|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITTEN = """+++
title = "Nhắc lịch"
author = "Hoa"
+++

Mời bà con đến nhà văn hóa.
"""


def blocks() -> list[tuple[str, str]]:
    """Return the kind and the text of every block of the page that is typed or written into a file, in order."""
    coming = str(datetime.now(UTC).year + 2)  # only a coming month can be frozen, whatever year the page names
    return [(kind, text.replace("2028", coming)) for kind, text in BLOCK.findall(PAGE.read_text("utf-8"))]


def write_into(station: Path, text: str) -> None:
    """Write a block into the file that it is of: tables into station.toml, keys into the front matter of a script."""
    if text.startswith("["):
        file = station / "station.toml"
        file.write_text(merged(file.read_text("utf-8"), text), "utf-8")
    else:
        file = station / "scripts" / "thong-diep-1.md"
        _nothing, front, spoken = file.read_text("utf-8").split("+++\n", 2)
        file.write_text(f"+++\n{merged(front, text)}+++\n{spoken}", "utf-8")


def merged(before: str, added: str) -> str:
    """Return a TOML text with the keys of another put in, as a person does who finds the table there already."""
    file = tomlkit.parse(before)
    for name, value in tomlkit.parse(added).items():
        if isinstance(file.get(name), dict):
            file[name].update(value)
        else:
            file[name] = value
    return tomlkit.dumps(file)


def test_the_guide_can_be_followed_from_its_first_line_to_its_last(
    broadcaster: RunCommand,
    station_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    person: Person,
    editor: Editor,
) -> None:
    monkeypatch.chdir(tmp_path)
    word = docx.Document()
    for line in ("Bài tháng 5", "Mời bà con tham gia bảo hiểm xã hội."):
        word.add_paragraph(line)
    word.save("Bài tháng 5.docx")
    tone = np.sin(np.arange(3 * CLIP_RATE) * 0.05) * 0.3
    soundfile.write(station_folder / "scripts" / "thong-diep-1-hmong.mp3", tone, CLIP_RATE)
    toml = station_folder / "station.toml"
    toml.write_text(re.sub(r"(?m)^devices = .*$", 'devices = ["file"]', toml.read_text("utf-8")), "utf-8")
    editor(WRITTEN)
    person(*[True] * 200)
    assert broadcaster("script", "render", station=station_folder).code == 0
    for kind, text in blocks():
        if kind == "toml":
            write_into(station_folder, text)
            continue
        for line in text.splitlines():
            result = broadcaster(*shlex.split(line)[1:], station=station_folder, lang="vi")
            assert result.code == 0, (line, result.out, result.err)
    assert {path.name for path in tmp_path.glob("*.*")} >= {"lich.xlsx", "mau.xlsx", "thang-5.html", "thang-5.ics"}
    script = read_script(station_folder / "scripts" / "thong-diep-1.md")
    assert (script.topic, [claim.text for claim in script.claims]) == ("bhxh-tu-nguyen", ["1900.90.68"])
