"""Hearing a script from one of its sentences on."""

from __future__ import annotations

import tempfile
import wave
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import make_folder
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE
from broadcaster.office.reading import read_paragraphs
from broadcaster.office.rendering import ready_clip
from broadcaster.office.voice_test import NAME, VoiceTest
from broadcaster.playout.sound.output import Segment
from broadcaster.speech.plain_letters import plain_letters
from broadcaster.speech.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from broadcaster.models import Clip, Script
    from broadcaster.office.reading import Sentence
    from broadcaster.station.folder import Station

_MOST_NAMED = 5


def find_sentence(station: Station, script: Script, typed: str) -> Sentence:
    """Return the sentence of that number, or the one that has these words, written or as they are said.

    Raise InputError where there is none, or more than one.
    """
    if script.recording:
        what = _("the recording {file} airs in place of the text, which has no sentences to begin at")
        raise InputError(Problem(what.format(file=script.recording), _("leave out --from")))
    renderer = station.renderer()
    sentences = [each for part in read_paragraphs(renderer, script) for each in part.sentences]
    if typed.strip().isdecimal():
        return _numbered(sentences, int(typed), script)
    found = _with_words(sentences, typed) or _with_words(sentences, _said(station, typed))
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(Problem(_('no sentence has the words "{words}"').format(words=typed), _see(script)))
    numbers = ", ".join(str(each.number) for each in found[:_MOST_NAMED]) + (", …" if len(found) > _MOST_NAMED else "")
    what = _('"{words}" stands in several sentences: {numbers}').format(words=typed, numbers=numbers)
    raise InputError(Problem(what, _("give the number of one")))


def _numbered(sentences: Sequence[Sentence], number: int, script: Script) -> Sentence:
    if not 1 <= number <= len(sentences):
        what = _("there is no sentence {number}; the script has {count}").format(number=number, count=len(sentences))
        raise InputError(Problem(what, _see(script)))
    return sentences[number - 1]


def _see(script: Script) -> str:
    return _("see: broadcaster script read {id}").format(id=script.id)


def _said(station: Station, typed: str) -> str:
    """Return typed words as the station says them: "1900.90.68" stands in no sentence that is said."""
    (part,) = VoiceTest.of(station, typed, None).read()
    return part.spoken


def _with_words(sentences: Iterable[Sentence], words: str) -> list[Sentence]:
    """Return the sentences with these words, with their marks; where there is none, also without."""
    each = list(sentences)
    for form in (str.casefold, plain_letters):
        wanted = _spaced(form(words))
        if wanted.strip() and (found := [one for one in each if wanted in _spaced(form(one.text))]):
            return found
    return []


def _spaced(text: str) -> str:
    """Return the words of a text alone, each between spaces."""
    words = "".join(letter if letter.isalnum() else " " for letter in text).split()
    return f" {' '.join(words)} "


@contextmanager
def clip_from(station: Station, script: Script, sentence: Sentence, name: str | None) -> Iterator[tuple[Clip, Segment]]:
    """Yield a script's clip, and what of it sounds from a sentence on, as a clip of its own that is deleted afterwards.

    Where the clip was made by a version that did not note where sentences begin, one is made to listen to.
    """
    clip = ready_clip(station, script, "listen", name)
    if len(clip.sentences) >= sentence.number:
        with _rest(station, clip, sentence) as rest:
            yield clip, rest
        return
    settings = station.settings
    renderer = Renderer(station.root, settings.speech, settings.mix)
    trial = VoiceTest(replace(script, id=NAME), renderer, station.audio_folder)
    with trial.clip() as made, _rest(station, made, sentence) as rest:
        yield replace(made, script=script.id), rest


@contextmanager
def _rest(station: Station, clip: Clip, sentence: Sentence) -> Iterator[Segment]:
    first = clip.sentences[sentence.number - 1]
    make_folder(station.state_folder)
    with tempfile.TemporaryDirectory(dir=station.state_folder, prefix=".listen.") as folder:
        path = Path(folder) / f"{clip.script}-{sentence.number}.wav"
        yield Segment(path, _copy_from(clip.path, first, path))


def _copy_from(source: Path, first: int, target: Path) -> int:
    """Copy a WAV from a frame on, in pieces; return how many frames that are."""
    with wave.open(str(source), "rb") as whole, wave.open(str(target), "wb") as rest:
        rest.setparams(whole.getparams())
        whole.setpos(min(first, whole.getnframes()))
        while samples := whole.readframes(CLIP_RATE):
            rest.writeframesraw(samples)
        return whole.getnframes() - min(first, whole.getnframes())
