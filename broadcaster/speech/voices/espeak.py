"""The default voice: eSpeak NG, offline, from a wheel that contains library and data."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.i18n import _
from broadcaster.speech.voices.base import Pcm, VoiceError, has_words, join
from broadcaster.speech.voices.clauses import CLAUSE_PAUSE, clauses_of
from broadcaster.speech.voices.offline import LocalVoice
from broadcaster.speech.voices.rate import ESPEAK_RATES, along, speaking_seconds, syllables_in

if TYPE_CHECKING:
    from collections.abc import Sequence

DIALECTS = ("vi", "vi-vn-x-central", "vi-vn-x-south")
"""Northern, central, southern."""

_NEARLY_TONELESS = ("vi-vn-x-central",)
"""Dialects with tones nearer to each other than half a semitone: `docs/giong-doc.md`."""

VARIANTS = (*(f"m{number}" for number in range(1, 9)), *(f"f{number}" for number in range(1, 6)))
"""Variants, written after a plus sign: male and female pitches."""

_MODULE = "broadcaster.speech.voices.espeak_worker"
_USE = 2
"""To be raised whenever the same version of the library is asked for another sound."""

_SLOWEST, _FASTEST = 80, 400  # the library's words a minute
_NEAR, _FAR = 0.01, 0.25
"""What a sentence may be off by, and what is no matter of rate: words of another language are not syllables."""

PITCH_RANGE = 70
"""Of 0 to 99; the library's own is 50. It sets the tones further apart: `docs/giong-doc.md`."""


def is_espeak_voice(voice: str) -> bool:
    """Return whether `voice` is one of these dialects and variants, such as "vi" or "vi-vn-x-south+f2".

    Checked here because the library accepts any variant and ignores unknown ones.
    """
    dialect, plus, variant = voice.partition("+")
    return dialect in DIALECTS and (variant in VARIANTS if plus else True)


def is_nearly_toneless(spec: str) -> bool:
    """Return whether a voice by its name in station.toml has tones that lie too near together to be told apart."""
    engine, _colon, voice = spec.strip().partition(":")
    return engine == "espeak" and voice.partition("+")[0] in _NEARLY_TONELESS


class EspeakVoice(LocalVoice):
    """eSpeak NG; `timeout` as in `LocalVoice`."""

    def __init__(self, voice: str, rate: int, *, timeout: float = 20.0, folder: Path | None = None) -> None:
        """Open `voice` (see `is_espeak_voice`) at so many syllables a minute, as `rate.py` counts them.

        `folder` contains library and data, by default those of the wheel.
        """
        super().__init__(f"espeak:{voice}", _MODULE, timeout)
        self._voice = voice
        self._rate = rate
        self._folder = folder

    @cached_property
    def version(self) -> str:
        """The library's version, that of how it is used here, and the rate of speech, such as "1.52.0-2@230"."""
        return f"{library_version(self._library)}-{_USE}@{self._rate}"

    @cached_property
    def _library(self) -> Path:
        import espeakng_loader

        path = Path(espeakng_loader.get_library_path())
        return self._folder / path.name if self._folder else path

    def speak_words(self, text: str) -> Pcm:
        """Speak a sentence clause by clause, with pauses of our own.

        The law is that of many sentences: one of long syllables takes a tenth longer, and is spoken again by as much
        faster.
        """
        clauses = [clause for clause in clauses_of(text) if has_words(clause)]
        setting = along(ESPEAK_RATES, self._rate)
        spoken = self.speak_at(setting, clauses)
        longer = self._rate * speaking_seconds(spoken) / (60 * syllables_in(text))
        within = _NEAR < abs(longer - 1) < _FAR
        return self.speak_at(setting * longer, clauses) if within else spoken

    def speak_at(self, setting: float, clauses: Sequence[str]) -> Pcm:
        """Speak the clauses of a sentence at so many of what the library counts as words a minute."""
        whole = min(_FASTEST, max(_SLOWEST, round(setting)))
        return join([self.sound(clause, self._request(clause, whole)) for clause in clauses], CLAUSE_PAUSE)

    def _request(self, text: str, words_per_minute: int) -> dict[str, Any]:
        how = {"voice": self._voice, "words_per_minute": words_per_minute, "pitch_range": PITCH_RANGE}
        data = self._library.parent / "espeak-ng-data"
        return {"library": str(self._library), "data": str(data), "text": text, "how": how}


def library_version(library: Path) -> str:
    """Return the version of libespeak-ng, such as "1.52.0"; raise VoiceError if it cannot be loaded.

    Called in this process, which is safe: espeak_Info returns a constant and starts nothing.
    """
    import ctypes

    try:
        info = ctypes.CDLL(str(library)).espeak_Info
    except (OSError, AttributeError) as error:
        raise VoiceError(_("the speech library does not load: {reason}").format(reason=error)) from None
    info.restype = ctypes.c_char_p
    info.argtypes = [ctypes.POINTER(ctypes.c_char_p)]
    data_path = ctypes.c_char_p()
    return bytes(info(ctypes.byref(data_path))).decode()
