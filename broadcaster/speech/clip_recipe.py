"""What affects a clip, and the digest that names it: no clip is made twice, and no outdated one is used.

Reading is deterministic, so the digest covers the words to be said, not the lexicon: an entry that a script does not
use does not affect its clip.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from broadcaster.errors import InputError, Problem, RenderError
from broadcaster.files import read_file, sha256_file
from broadcaster.i18n import _
from broadcaster.models import Block, Heard, Music, Paragraph, Pause, Recording, Script, ScriptWarning
from broadcaster.os_reasons import os_reason
from broadcaster.speech.sound_names import find_sound, sound_problem
from broadcaster.speech.voices import VoiceError, open_voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from broadcaster.settings import MixSettings, SpeechSettings
    from broadcaster.speech.normalise import Reading

FORMAT = 1
"""To be raised whenever the same recipe gives a different sound: chime, filters, limiter."""

BUILT_IN_CHIMES = ("default", "none")

_SENTENCE = re.compile(r"""\S.*?(?:[.!?…]+["'”’»)\]]*(?=\s)|[។៕。！？]+["'”’»」』)\]]*|$)""", re.DOTALL)
"""The full stops of Khmer and Chinese end a sentence without a space behind them."""


def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text that the reader has put into words, where every full stop ends one.

    Or those of a text in another language, as it is written.
    """
    lines = (line for line in text.split("\n") if line.strip())
    return tuple(found[0].strip() for line in lines for found in _SENTENCE.finditer(line.strip()))


@dataclass(frozen=True, slots=True)
class SpokenText:
    """A script's blocks in order, each paragraph with its reading, any other block with None."""

    parts: tuple[tuple[Block, Reading | None], ...]

    @property
    def warnings(self) -> tuple[ScriptWarning, ...]:
        """What the reader had to guess or spell, each token once."""
        readings = (reading for _block, reading in self.parts if reading)
        return tuple(dict.fromkeys(warning for reading in readings for warning in doubts(reading)))


def doubts(reading: Reading) -> Iterator[ScriptWarning]:
    """Yield what the reader was not sure of, in the order of the text."""
    for found in reading.warnings:
        yield ScriptWarning.of(found.kind, token=found.token, reading=found.reading)


class WordsDigest(NamedTuple):
    """A digest of what a script is read from (text, lexicon, rules), and one of the resulting words."""

    source: str
    spoken: str


class Recipes:
    """Reads scripts with a station's settings and lexicon, and names their clips. `root` is the station folder."""

    def __init__(
        self,
        root: Path,
        speech: SpeechSettings,
        mix: MixSettings,
        *,
        lexicon: Path | None = None,
        sounds: Path | None = None,
    ) -> None:
        self.root = root
        self.speech = speech
        self.mix = mix
        self.lexicon = lexicon or root / "lexicon.toml"
        self.sounds_folder = sounds or root / "scripts"
        self._lexicon: tuple[object, dict[str, str]] | None = None
        self._last: tuple[Script, dict[str, str], SpokenText] | None = None
        self._sounds: dict[tuple[Path, int, int], str] = {}
        self._versions: dict[str, str] = {}

    @property
    def audio_folder(self) -> Path:
        """The folder of the clips."""
        return self.root / "audio"

    def sound_path(self, name: str) -> Path:
        """Return the file of a sound in scripts/; of one that is not there, where it would be."""
        return find_sound(self.sounds_folder, name) or self.sounds_folder / name

    # ---- reading

    def spoken(self, script: Script) -> SpokenText:
        """Return what is said in a script; raise InputError if the lexicon is wrong."""
        lexicon, last = self._current_lexicon(), self._last  # read once: other threads use other scripts
        if last is None or last[0] is not script or last[1] is not lexicon:
            readings = _as_written(script) if script.language else self._readings(script, lexicon)
            last = script, lexicon, SpokenText(tuple(zip(script.blocks, readings, strict=True)))
            self._last = last
        return last[2]

    def _readings(self, script: Script, lexicon: dict[str, str]) -> Iterator[Reading | None]:
        """Yield the reading of each block. What one paragraph says of an abbreviation holds in all of them."""
        from broadcaster.speech.normalise import find_glosses, read

        region = cast('Literal["north", "south"]', self.speech.region)
        glosses = find_glosses("\n".join(block.text for block in script.blocks if isinstance(block, Paragraph)))
        for block in script.blocks:
            yield read(block.text, lexicon, region, glosses) if isinstance(block, Paragraph) else None

    def _current_lexicon(self) -> dict[str, str]:
        """Return the station's lexicon, read again if its file changed: the desk keeps one Renderer for days."""
        stamp = _stamp(self.lexicon)
        if self._lexicon is None or self._lexicon[0] != stamp:
            self._lexicon = stamp, _read_lexicon(self.lexicon)
        return self._lexicon[1]

    def words_digest(self, script: Script, remembered: Iterable[tuple[str, str]] = ()) -> WordsDigest:
        """Return the digest of the words of a script; raise InputError if the lexicon is wrong.

        `remembered` are earlier digests, (source, words). If one of them has the same source, the script is not read
        again: loading the reading rules takes longer than the rest of looking up a clip.
        """
        source = self._source(script)
        for known in remembered:
            if known[0] == source:
                return WordsDigest(*known)
        return WordsDigest(
            source, _digest([reading.spoken for _block, reading in self.spoken(script).parts if reading])
        )

    def _source(self, script: Script) -> str:
        """Return a digest of what the words depend on: text, region, lexicon, and the files of the reading rules.

        Raise InputError if the lexicon cannot be read.
        """
        lexicon = hashlib.sha256(read_file(self.lexicon)).hexdigest() if os.path.lexists(self.lexicon) else ""
        rules = Path(__file__).with_name("normalise")
        states = ((path.name, path.stat()) for path in sorted(rules.glob("*.*")))
        rules_state = [(name, state.st_size, state.st_mtime_ns) for name, state in states]
        texts = [block.text for block in script.blocks if isinstance(block, Paragraph)]
        return _digest([script.digest, texts, self.speech.region, lexicon, rules_state])

    def heard(self, script: Script) -> Heard:
        """Return what is heard of a script, whichever voice reads it.

        Raise InputError if the lexicon is wrong, RenderError if a sound file cannot be read.
        """
        sounds = {name: self._sound(name) for name in self.sound_names(script)}
        if script.recording:
            return Heard(script.digest, "", {}, sounds)
        readings = [reading for _block, reading in self.spoken(script).parts if reading]
        words = hashlib.sha256("\n".join(reading.spoken for reading in readings).encode()).hexdigest()
        lexicon = {} if script.language else _entries_in(script, self._current_lexicon())
        return Heard(script.digest, words, lexicon, sounds)

    def sound_names(self, script: Script) -> tuple[str, ...]:
        """Return the files that are heard in a script, or in its place, and the chime where that is a file."""
        names = [block.file for block in script.blocks if isinstance(block, Music | Recording)]
        chime = [self.mix.chime] if script.chime and self.mix.chime not in BUILT_IN_CHIMES else []
        return tuple(dict.fromkeys([*([script.recording] if script.recording else names), *chime]))

    # ---- naming

    def digest(self, script: Script, words: WordsDigest, versions: Mapping[str, str]) -> str:
        """Return the SHA-256, in hex, of everything that affects the clip; `versions` is role → voice and its version.

        Raise RenderError if a sound file cannot be read.
        """
        recipe = {
            "format": FORMAT,
            "script": script.digest,
            "said": words.spoken,
            "blocks": [self._block(block) for block in script.blocks],
            "recording": self._sound(script.recording) if script.recording else "",
            "chime": self._chime() if script.chime else "",
            "cast": dict(versions),
            "mix": {key: _plain(value) for key, value in asdict(self.mix).items() if key != "chime"},
        }
        return _digest(recipe)

    def _block(self, block: Block) -> list[Any]:
        kind = type(block).__name__.lower()
        match block:
            case Paragraph():
                return [kind, block.speaker or ""]
            case Pause():
                return [kind, _plain(block.length)]
            case Music() | Recording():
                return [kind, self._sound(block.file)]
            case _:
                return [kind]

    def _chime(self) -> str:
        return self.mix.chime if self.mix.chime in BUILT_IN_CHIMES else self._sound(self.mix.chime)

    def _sound(self, name: str) -> str:
        """Return the SHA-256 of a sound in scripts/, computed again only if the file changed."""
        path = self.sound_path(name)
        try:
            status = path.stat()
            key = path, status.st_mtime_ns, status.st_size
            if key not in self._sounds:
                self._sounds[key] = sha256_file(path)
        except OSError as error:
            raise RenderError(
                _("{path}: cannot be read ({reason})").format(path=path, reason=os_reason(error))
            ) from None
        return self._sounds[key]

    def version(self, spec: str) -> str:
        """Return a voice's name with its version; raise VoiceError if it is not there, InputError for a wrong name."""
        if spec not in self._versions:
            voice = open_voice(spec, self.speech, self.root)
            try:
                self._versions[spec] = f"{voice.name}@{voice.version}"
            finally:
                voice.close()
        return self._versions[spec]

    def check_settings(self) -> None:
        """Raise InputError if station.toml names a voice or a chime that does not exist."""
        path = self.root / "station.toml"
        problems: list[Problem] = []
        for spec in self.speech.voices:
            try:
                self.version(spec)
            except InputError as error:
                problems += (Problem(found.what, found.todo, path, key="speech.voices") for found in error.problems)
            except VoiceError:
                continue  # it exists but does not work now: another one speaks
        if self.mix.chime not in BUILT_IN_CHIMES and (problem := sound_problem(self.sounds_folder, self.mix.chime)):
            problems.append(Problem(*problem, path, key="mix.chime"))
        if problems:
            raise InputError(*problems)


def _as_written(script: Script) -> Iterator[Reading | None]:
    """Yield the readings of a text in another language: what is said is what is written."""
    from broadcaster.speech.normalise.result import Reading

    for block in script.blocks:
        yield Reading(block.text, (), ()) if isinstance(block, Paragraph) else None


def _entries_in(script: Script, lexicon: Mapping[str, str]) -> dict[str, str]:
    """Return the entries of a lexicon whose written form stands somewhere in the text of a script."""
    text = "\n".join(block.text for block in script.blocks if isinstance(block, Paragraph)).casefold()
    forms = ((written, unicodedata.normalize("NFC", written).casefold()) for written in lexicon)
    return {written: lexicon[written] for written, form in forms if form in text}


def _digest(value: object) -> str:
    """Return the SHA-256, in hex, of the canonical JSON of a value."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        return path.stat().st_mtime_ns, path.stat().st_size
    except OSError:
        return None


def _read_lexicon(path: Path) -> dict[str, str]:
    from broadcaster.speech.station_lexicon import read_lexicon  # it loads tomlkit: a tenth of a second

    return read_lexicon(path)


def _plain(value: object) -> object:
    return value / timedelta(milliseconds=1) if isinstance(value, timedelta) else value
