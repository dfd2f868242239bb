"""The default voice: eSpeak NG, offline, from a wheel that contains library and data."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from broadcaster.i18n import _
from broadcaster.speech.voices.base import VoiceError
from broadcaster.speech.voices.offline import LocalVoice

DIALECTS = ("vi", "vi-vn-x-central", "vi-vn-x-south")
"""Northern, central, southern."""

VARIANTS = (*(f"m{number}" for number in range(1, 9)), *(f"f{number}" for number in range(1, 6)))
"""Variants, written after a plus sign: male and female pitches."""

_MODULE = "broadcaster.speech.voices.espeak_worker"


def is_espeak_voice(voice: str) -> bool:
    """Return whether `voice` is one of these dialects and variants, such as "vi" or "vi-vn-x-south+f2".

    Checked here because the library accepts any variant and ignores unknown ones.
    """
    dialect, plus, variant = voice.partition("+")
    return dialect in DIALECTS and (variant in VARIANTS if plus else True)


class EspeakVoice(LocalVoice):
    """eSpeak NG; `timeout` as in `LocalVoice`."""

    def __init__(self, voice: str, words_per_minute: int, *, timeout: float = 20.0, folder: Path | None = None) -> None:
        """Open `voice`, see `is_espeak_voice`; `folder` contains library and data, by default those of the wheel."""
        super().__init__(f"espeak:{voice}", _MODULE, timeout)
        self._voice = voice
        self._words_per_minute = words_per_minute
        self._folder = folder

    @cached_property
    def version(self) -> str:
        """The library's version and the rate of speech, such as "1.52.0@150"."""
        return f"{library_version(self._library)}@{self._words_per_minute}"

    @cached_property
    def _library(self) -> Path:
        import espeakng_loader

        path = Path(espeakng_loader.get_library_path())
        return self._folder / path.name if self._folder else path

    def request(self, text: str) -> dict[str, Any]:
        """Return the request to the worker for `text`."""
        return {
            "library": str(self._library),
            "data": str(self._library.parent / "espeak-ng-data"),
            "text": text,
            "voice": self._voice,
            "words_per_minute": self._words_per_minute,
        }


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
