"""The default voice: eSpeak NG, offline, from a wheel that brings library and data along."""

from __future__ import annotations

import threading
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.speech.voices.base import Pcm, VoiceError, has_words, trim_silence
from broadcaster.speech.voices.worker import Worker, WorkerLostError, WorkerTimeoutError

if TYPE_CHECKING:
    from broadcaster.speech.voices.frames import Message

DIALECTS = ("vi", "vi-vn-x-central", "vi-vn-x-south")
"""Northern, central, southern."""

VARIANTS = (*(f"m{number}" for number in range(1, 9)), *(f"f{number}" for number in range(1, 6)))
"""Other throats: male and female pitches, written after a plus sign."""

_MODULE = "broadcaster.speech.voices.espeak_worker"
_ATTEMPTS = 2


def is_espeak_voice(voice: str) -> bool:
    """Tell whether `voice` is one of ours, such as "vi" or "vi-vn-x-south+f2".

    Checked here because the library accepts any variant and speaks on without it.
    """
    dialect, plus, variant = voice.partition("+")
    return dialect in DIALECTS and (variant in VARIANTS if plus else True)


class EspeakVoice:
    """eSpeak NG in its own process, which starts with the first sentence and anew whenever it dies or hangs.

    Safe to share between threads: one sentence at a time. `patience` is how many seconds a sentence may take, the start
    of the process on a slow disk included.
    """

    local = True

    def __init__(
        self, voice: str, words_per_minute: int, *, patience: float = 20.0, folder: Path | None = None
    ) -> None:
        """Open `voice` as in `is_espeak_voice`; `folder` holds library and data, by default those of the wheel."""
        self.name = f"espeak:{voice}"
        self._voice = voice
        self._words_per_minute = words_per_minute
        self._patience = patience
        self._folder = folder
        self._lock = threading.Lock()
        self._worker = Worker(_MODULE)

    @cached_property
    def version(self) -> str:
        """The library's version and the rate of speech, such as "1.52.0@150"."""
        return f"{library_version(self._library)}@{self._words_per_minute}"

    @cached_property
    def _library(self) -> Path:
        import espeakng_loader

        path = Path(espeakng_loader.get_library_path())
        return self._folder / path.name if self._folder else path

    def speak(self, text: str) -> Pcm:
        """Read one sentence; raise VoiceError where the engine failed twice over it."""
        text = unicodedata.normalize("NFC", text)
        if not has_words(text):
            return Pcm(b"", 22_050)
        with self._lock:
            answer = self._ask(text)
        if "fault" in answer.head:
            raise self._error(answer.head["text"])
        pcm = trim_silence(Pcm(answer.body, answer.head["rate"]))
        if not pcm.samples:
            raise self._error(_("no sound came for: {text}").format(text=text))
        return pcm

    def _ask(self, text: str) -> Message:
        request = {
            "library": str(self._library),
            "data": str(self._library.parent / "espeak-ng-data"),
            "text": text,
            "voice": self._voice,
            "words_per_minute": self._words_per_minute,
        }
        for _attempt in range(_ATTEMPTS):
            try:
                return self._worker.ask(request, self._patience)
            except (WorkerLostError, WorkerTimeoutError) as error:
                reason = str(error)
        raise self._error(reason)

    def _error(self, reason: str) -> VoiceError:
        return VoiceError(_("voice {name}: {reason}").format(name=self.name, reason=reason))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._worker.close()


def library_version(library: Path) -> str:
    """Return what libespeak-ng calls itself, such as "1.52.0"; raise VoiceError where it cannot be loaded.

    Asked in this process: espeak_Info returns a constant and starts nothing.
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
