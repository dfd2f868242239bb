"""Open a voice by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from broadcaster.settings import SpeechSettings
    from broadcaster.speech.voices.base import Voice

    Opener = Callable[[str, SpeechSettings, Path], Voice | None]


def open_voice(spec: str, settings: SpeechSettings, root: Path) -> Voice:
    """Open a voice by its name in station.toml, such as "espeak:vi+f2" or "gtts".

    `root` is the station folder: models are in voices/, sentences from the network in state/speech-cache/.
    Raise InputError for an unknown name, VoiceError if the voice cannot work on this computer.
    """
    engine, _colon, variant = spec.strip().partition(":")
    opener = _openers().get(engine)
    voice = opener(variant, settings, root) if opener else None
    if voice is None:
        raise InputError(
            Problem(
                _('there is no voice "{spec}"').format(spec=spec),
                _("allowed: {allowed}").format(allowed=", ".join(SPECS)),
            )
        )
    return voice


def is_voice(spec: str) -> bool:
    """Return whether there is a voice of that name, whether it works on this computer or not; nothing is opened."""
    engine, _colon, variant = spec.strip().partition(":")
    if engine == "espeak":
        from broadcaster.speech.voices.espeak import is_espeak_voice

        return is_espeak_voice(variant or "vi")
    if engine == "edge":
        from broadcaster.speech.voices.edge import VOICES

        return not variant or variant in VOICES
    return bool(variant) if engine == "piper" else engine in _openers() and not variant


SPECS = (
    "espeak:vi",
    "espeak:vi-vn-x-central",
    "espeak:vi-vn-x-south",
    "espeak:vi+f2",
    "piper:vi_VN-vais1000-medium",
    "gtts",
    "edge:vi-VN-HoaiMyNeural",
    "edge:vi-VN-NamMinhNeural",
    "silent",
)
"""An example of each kind of name."""


def _openers() -> dict[str, Opener]:
    return {"espeak": _espeak, "piper": _piper, "gtts": _google, "edge": _edge, "silent": _silent}


def _espeak(variant: str, settings: SpeechSettings, _root: Path) -> Voice | None:
    from broadcaster.speech.voices.espeak import EspeakVoice, is_espeak_voice

    variant = variant or "vi"
    return EspeakVoice(variant, settings.words_per_minute) if is_espeak_voice(variant) else None


def _piper(variant: str, settings: SpeechSettings, root: Path) -> Voice | None:
    from broadcaster.speech.voices.piper import PiperVoice

    return PiperVoice(variant, settings.words_per_minute, root) if variant else None


def _edge(variant: str, settings: SpeechSettings, root: Path) -> Voice | None:
    from broadcaster.speech.voices.edge import VOICES, open_edge

    variant = variant or VOICES[0]
    return open_edge(variant, settings.words_per_minute, _cache(root)) if variant in VOICES else None


def _google(variant: str, _settings: SpeechSettings, root: Path) -> Voice | None:
    from broadcaster.speech.voices.google import open_google

    return open_google(_cache(root)) if not variant else None


def _silent(variant: str, settings: SpeechSettings, _root: Path) -> Voice | None:
    from broadcaster.speech.voices.silent import SilentVoice

    return SilentVoice(settings.words_per_minute) if not variant else None


def _cache(root: Path) -> Path:
    return root / "state" / "speech-cache"
