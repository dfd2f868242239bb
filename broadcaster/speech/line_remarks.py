"""What seems amiss in a line of a script: a speaker whom nothing speaks for, a cue that is none, signs nobody sees.

None of it is a mistake that keeps a script from airing: the line is said, but perhaps not as its author meant it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from broadcaster.models import LineRemark, ScriptWarning, WarningKind
from broadcaster.printable import is_unseen, printable
from broadcaster.speech.plain_letters import plain_letters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_NAME = re.compile(r"^(?P<head>[^\w(\[“\"]*)(?P<name>[^\W\d_][^:：\n]{0,40}?)\s*(?P<end>[:：]|\s[-–—]\s)")
_AROUND = " *_-–—+•~\"'“”«»"
_ASIDE = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_PERSONS = re.compile(
    r"(?:Bác|Cô|Chú|Anh|Chị|Ông|Bà|Em|Cháu|Cụ|Thím|Dì|Cậu|Mợ|Già|Trưởng thôn|Phát thanh viên|Người dẫn|MC)\b"
)
_NO_NAMES = (
    "thôn", "xóm", "tổ", "khu", "ấp", "bản", "buôn", "phường", "xã", "phố", "đường", "số", "điểm", "thứ", "ngày",
    "tháng", "mục", "phần", "điều", "khoản", "trạm", "trường",
)  # fmt: skip
_PLACES = frozenset(map(plain_letters, _NO_NAMES))
_LONGEST_NAME = 4  # words
_BRACKETED = re.compile(r"[［【〔（(｛{<＜«]\s*(?P<inside>[^\]［】〕）)｝}>＞»\n]{2,60})[］】〕）)｝}>＞»]")
_WIDE = re.compile(r"[［【〔][^\]］】〕\n]{2,60}[\]］】〕]")
_SAID_SO = re.compile(r"\s*(?P<aside>[(\[（][^\W\d_][^()\[\]（）\d]{1,50}[)\]）])")
_CUE = re.compile(r"(?:nghi\s*:?\s*\d|chuong\s*$|nhac\s*:|ghi ?am\s*:)")
_LOST = "\ufffd"
_LONGEST_SHOWN = 60  # letters of a word


class LineRemarks:
    """Looks at the lines of one script, in their order; `speakers` are those that have a voice."""

    def __init__(self, speakers: Collection[str]) -> None:
        self._speakers = {plain_letters(name): name for name in speakers}
        self._found: list[LineRemark] = []
        self._single: list[tuple[str, LineRemark]] = []  # of one-word labels: a name only if it speaks more than once

    def found(self) -> tuple[LineRemark, ...]:
        """Return what was found, in the order of the lines."""
        labels = [label for label, _remark in self._single]
        often = [remark for label, remark in self._single if labels.count(label) > 1]
        return tuple(sorted([*self._found, *often], key=lambda remark: remark.line))

    def look(self, line: str, number: int, speaker: str | None) -> None:
        """Look at a line that no speaker begins; `speaker` is who says it, None for the narrator."""
        if found := _NAME.match(line):
            self._look_at_name(found, number, speaker or "")
        if self._speakers and (aside := _SAID_SO.fullmatch(line)):
            self._look_at_aside(aside, number)
        self._look_inside(line, number)

    def look_at_speech(self, words: str, number: int) -> None:
        """Look at what stands behind a speaker's name."""
        if aside := _SAID_SO.match(words):
            self._look_at_aside(aside, number)
        self._look_inside(words, number)

    def _look_inside(self, line: str, number: int) -> None:
        self._found += (LineRemark(number, warning) for warning in _inside(line))

    def _look_at_aside(self, found: re.Match[str], number: int) -> None:
        """Note what says how something is said, such as "(cười)"; a cue in such brackets is told itself."""
        if not _CUE.match(plain_letters(found["aside"][1:-1].strip())):
            warning = ScriptWarning.of(WarningKind.ASIDE, token=found["aside"])
            self._found.append(LineRemark(number, warning))

    def _look_at_name(self, found: re.Match[str], number: int, by: str) -> None:
        name = _ASIDE.sub("", found["name"]).strip(_AROUND)
        token = f"{found['head']}{found['name']}{found['end']}".strip()
        if meant := self._speakers.get(plain_letters(" ".join(name.split()))):
            facts = {"token": token, "name": meant, "by": by}
            self._found.append(LineRemark(number, ScriptWarning.of(WarningKind.SPEAKER_VARIANT, **facts)))
        elif found["end"] in ":：" and _looks_like_name(name, skit=bool(self._speakers)):
            remark = LineRemark(number, ScriptWarning.of(WarningKind.SPEAKER_UNKNOWN, token=token, by=by))
            if " " in name or _PERSONS.match(name):
                self._found.append(remark)
            else:
                self._single.append((name, remark))


def _looks_like_name(name: str, *, skit: bool) -> bool:
    """Return whether these words are a person's name; in a script without voices only with "Bác", "Cô" before it."""
    words = name.split()
    if not words or len(words) > _LONGEST_NAME or plain_letters(words[0]) in _PLACES:
        return False
    is_person = bool(_PERSONS.match(name.title() if name.isupper() and name != "MC" else name))
    capital = all(word[0].isupper() for word in words) and not any(map(str.isdigit, name))
    shouted = any(word.isupper() and len(word) > 1 for word in words)  # "THÔNG BÁO:" is a heading, "SXH" no name
    return capital and (is_person or (skit and not shouted))


def _inside(line: str) -> Iterator[ScriptWarning]:
    brackets = [*_BRACKETED.finditer(line), *_WIDE.finditer(line)]
    for token in dict.fromkeys(found.group() for found in brackets):
        alone, wide = line.strip(" .") == token, token[0] in "［【〔" or token[-1] in "］】〕"
        if _CUE.match(plain_letters(token[1:-1].strip())) and (alone or wide):
            yield ScriptWarning.of(WarningKind.CUE_BRACKETS, token=token)
    words = line.split()
    for word in words if printable(line) != line else ():
        if sign := next(filter(is_unseen, word), ""):
            token = "".join("·" if is_unseen(letter) else letter for letter in word[:_LONGEST_SHOWN])
            yield ScriptWarning.of(WarningKind.INVISIBLE, token=token, sign=f"U+{ord(sign):04X}")
    for word in words:
        if _LOST in word:
            yield ScriptWarning.of(WarningKind.LOST_LETTER, token=word[:_LONGEST_SHOWN])
