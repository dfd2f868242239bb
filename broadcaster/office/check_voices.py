"""Whether a voice of the station speaks on this computer now: without one, nothing new can be read aloud."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, RenderError
from broadcaster.office.check_findings import Finding, FindingKind, Level, finding

if TYPE_CHECKING:
    from broadcaster.settings import SpeechSettings
    from broadcaster.station.folder import Station

_WORDS = "Xin chào."
_SILENT = "silent"


def check_voices(station: Station) -> Finding:
    """Let the station's voices say two words, the best first, until one has; nothing is heard."""
    voices, why = station.settings.speech.voices, ""
    for name in voices:
        try:
            _speak(name, station)
        except InputError as error:
            return finding("voices", Level.BAD, FindingKind.VOICES_WRONG, problem=str(error))
        except (RenderError, OSError) as error:
            why = why or str(error)
            continue
        if name == _SILENT:
            return finding("voices", Level.WARNING, FindingKind.REHEARSAL_VOICE, name=name)
        if name != voices[0]:
            return finding("voices", Level.WARNING, FindingKind.OTHER_VOICE, name=name, first=voices[0])
        return finding("voices", Level.GOOD, FindingKind.VOICE_SPEAKS, name=name)
    return finding("voices", Level.BAD, FindingKind.NO_VOICE, names=voices, why=why)


def _speak(name: str, station: Station) -> None:
    """Raise RenderError if a voice does not speak, InputError if there is none of that name."""
    from broadcaster.speech.voices import VoiceError

    speech = station.settings.speech
    if not _is_local(name, speech, station.root):
        with tempfile.TemporaryDirectory() as empty:  # an answer from the cache would say nothing about today
            heard = _spoken(name, speech, Path(empty))
    else:
        heard = _spoken(name, speech, station.root)
    if not heard:
        raise VoiceError(name)


def _is_local(name: str, speech: SpeechSettings, root: Path) -> bool:
    from broadcaster.speech.voices import open_voice

    voice = open_voice(name, speech, root)
    voice.close()
    return voice.local


def _spoken(name: str, speech: SpeechSettings, root: Path) -> bytes:
    from broadcaster.speech.voices import open_voice

    voice = open_voice(name, speech, root)
    try:
        return voice.speak(_WORDS).samples
    finally:
        voice.close()
