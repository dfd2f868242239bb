"""One text in the sound of every voice at hand, to choose the station's voices by ear; nothing of it stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RenderError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE, SILENT, Paragraph
from broadcaster.office.voice_test import NAME, VoiceTest
from broadcaster.speech.render import Renderer
from broadcaster.speech.sound.compressed import CompressedSound, compress
from broadcaster.speech.voices.available import VoiceInfo, known_voices
from broadcaster.speech.voices.catalog import is_voice, open_voice

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from broadcaster.models import Script, ScriptWarning
    from broadcaster.office.reading import ReadParagraph
    from broadcaster.station.folder import Station

FASTEST, SLOWEST = 270, 120
"""Syllables a minute, as `speech/voices/rate.py` counts them: an announcer says about 230. Faster is hard to follow
between echoes, slower tires who listens."""


class Pace(StrEnum):
    """How fast a voice reads."""

    FAST = "fast"
    FINE = "fine"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class ComparedVoice:
    """What became of the text in one voice: its sound, or why there is none."""

    info: VoiceInfo
    seconds: float = 0.0
    syllables_per_minute: int = 0  # measured in its sound; with the pauses where that cannot be, as of silence
    warnings: tuple[ScriptWarning, ...] = ()  # that the other voices do not share
    sound: CompressedSound | None = None
    failure: str = ""

    @property
    def pace(self) -> Pace:
        """How fast it reads."""
        if self.syllables_per_minute > FASTEST:
            return Pace.FAST
        return Pace.SLOW if self.syllables_per_minute < SLOWEST else Pace.FINE


@dataclass(frozen=True, slots=True)
class Comparison:
    """A text in several voices, in the order in which they were asked; `left_out`: those that the network kept away."""

    script: Script
    parts: tuple[ReadParagraph, ...]
    voices: tuple[ComparedVoice, ...]
    left_out: tuple[VoiceInfo, ...] = ()

    @property
    def heard(self) -> tuple[ComparedVoice, ...]:
        """The voices that spoke."""
        return tuple(each for each in self.voices if each.sound is not None)


def voices_at_hand(station: Station, *, probe: bool = True) -> tuple[list[VoiceInfo], list[VoiceInfo]]:
    """Return the installed voices that can speak now, the station's own first, and those that no network reaches.

    `probe`: the network is asked, for 3 s at most; else no voice that needs it counts as reached.
    """
    settings = station.settings.speech
    known = known_voices(station.root, settings, probe=probe)
    found = [*_infos(settings.voices, known, settings.voices), *known]
    installed = {info.spec: info for info in reversed(found) if info.installed and info.spec != SILENT}
    ordered = [installed[spec] for spec in dict.fromkeys(info.spec for info in found) if spec in installed]
    local = {info.spec for info in ordered if not is_online(info.spec)}
    here = [info for info in ordered if info.spec in local or info.reachable]
    return here, [info for info in ordered if info not in here]


def named_voices(station: Station, specs: Iterable[str]) -> list[VoiceInfo]:
    """Return the voices of these names, whether they can speak now or not; raise InputError for a wrong name."""
    specs = list(dict.fromkeys(specs))
    for spec in specs:
        if not is_voice(spec):
            open_voice(spec, station.settings.speech, station.root)  # says what is allowed
    settings = station.settings.speech
    return _infos(specs, known_voices(station.root, settings, probe=False), settings.voices)


def is_online(spec: str) -> bool:
    """Return whether a voice needs the network."""
    return spec.partition(":")[0] in ("gtts", "edge")


def _infos(specs: Iterable[str], known: Sequence[VoiceInfo], used: Collection[str]) -> list[VoiceInfo]:
    """Return what is known of voices; of a variant ("espeak:vi+f2") what is known of its voice."""
    by_spec = {info.spec: info for info in known}
    found: list[VoiceInfo] = []
    for spec in specs:
        info = by_spec.get(spec) or by_spec.get(spec.partition("+")[0]) or by_spec.get(f"{spec}:vi")
        plain = VoiceInfo(spec, installed=True, reachable=None, licence="?", quality="?")
        named = replace(info, spec=spec, note=info.note if info.spec == spec else "") if info else plain
        found.append(replace(named, configured=spec in used))
    return found


def compare(
    station: Station,
    script: Script,
    voices: Sequence[VoiceInfo],
    progress: Callable[[int, int, str], None] = lambda _done, _total, _voice: None,
) -> Comparison:
    """Return a script in each of these voices, by the chain of a clip, without the station's chime.

    Every speaker of a skit gets the voice that is compared. What fails is in the result and stops no other. Raise
    InputError for a script that no voice reads, or a wrong lexicon.
    """
    if script.recording or not any(isinstance(block, Paragraph) for block in script.blocks):
        what = _("{id}: a recording is heard in it, and no voice").format(id=script.id)
        raise InputError(Problem(what, _("name a script that is read aloud"), script.path))
    trials = [_trial(station, script, info.spec) for info in voices]
    found = []
    for done, (info, trial) in enumerate(zip(voices, trials, strict=True)):
        progress(done, len(voices), info.spec)
        found.append(_spoken(trial, info))
    progress(len(voices), len(voices), "")
    return Comparison(script, tuple(_trial(station, script, "").read()), tuple(found))


def _trial(station: Station, script: Script, spec: str) -> VoiceTest:
    speech = replace(station.settings.speech, voices=(spec,))
    voice = spec if script.language else ""  # a text in another language knows no voice but its own
    alone = replace(script, id=NAME, voice=voice, voices={}, chime=False)
    return VoiceTest(alone, Renderer(station.root, speech, station.settings.mix), station.audio_folder)


def _spoken(trial: VoiceTest, info: VoiceInfo) -> ComparedVoice:
    syllables = sum(len(part.spoken.split()) for part in trial.read())
    shared = {warning for part in trial.read() for warning in part.warnings}
    try:
        with trial.clip() as clip:
            seconds = clip.frames / CLIP_RATE
            rate = clip.rate or (round(syllables * 60 / seconds) if seconds else 0)
            own = tuple(warning for warning in clip.warnings if warning not in shared)
            return ComparedVoice(info, seconds, rate, own, compress(clip.path))
    except RenderError as error:
        return ComparedVoice(info, failure=str(error))
