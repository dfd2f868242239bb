"""The library libespeak-ng in a separate process.

The library keeps global state, is not thread-safe and can crash; here that does no harm.
"""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.children.child_side import Parent, WorkerFault, serve
from broadcaster.children.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

# From espeak-ng's speak_lib.h.
_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_POSITION_CHARACTER = 1
_CHARS_UTF8 = 1
_ENDPAUSE = 0x1000
_PARAMETER_RATE = 1
_PARAMETER_RANGE = 4
_PHONEMES = 0x100  # "[[v'Ew]]" in the text is phonemes

_IN_PHONEMES = {"veo": "'Ew"}
"""Syllables that the library takes for English words: their rhymes in its phonemes for Vietnamese, as of "leo"."""
_TAKEN_FOR_ENGLISH = re.compile(r"(?<!\w)(?P<syllable>veo)(?!\w)", re.IGNORECASE)

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class EspeakLibrary:
    """The library, opened; one for each process."""

    def __init__(self, library: Path, data: Path) -> None:
        """Load `library`; `data` is its folder espeak-ng-data.

        The library keeps its data path in 160 bytes and opens files in the system's code page. So the process changes
        to the data's folder and passes ".", which is short and ASCII wherever the program is installed.
        """
        os.chdir(data.parent)
        self._library = ctypes.CDLL(str(library))
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        self.rate: int = self._library.espeak_Initialize(_OUTPUT_SYNCHRONOUS, 0, b".", _INITIALIZE_DONT_EXIT)
        if self.rate <= 0:
            raise WorkerFault("failed", f"espeak_Initialize in {data.parent}: {self.rate}")
        self._sound = bytearray()
        self._callback = _Callback(self._collect)  # the library does not keep a reference
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._sound += ctypes.string_at(samples, count * 2)
        return 0

    def speak(self, text: str, voice: str, words_per_minute: int, pitch_range: int) -> bytes:
        """Return the sound of `text`: 16-bit mono, `rate` samples a second.

        `words_per_minute` is the library's own count; `pitch_range` is from 0 to 99.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise WorkerFault("failed", f"espeak-ng has no voice {voice}")
        self._library.espeak_SetParameter(_PARAMETER_RATE, words_per_minute, 0)
        self._library.espeak_SetParameter(_PARAMETER_RANGE, pitch_range, 0)
        self._sound.clear()
        data = with_phonemes(text, voice).replace("\0", " ").encode("utf-8", "ignore") + b"\0"
        flags = _CHARS_UTF8 | _ENDPAUSE | _PHONEMES
        status = self._library.espeak_Synth(data, len(data), 0, _POSITION_CHARACTER, 0, flags, None, None)
        if status:
            raise WorkerFault("failed", f"espeak_Synth: {status}")
        self._library.espeak_Synchronize()
        return bytes(self._sound)


def with_phonemes(text: str, voice: str) -> str:
    """Return a text with the syllables that the library takes for English as phonemes; nothing else is taken for them.

    A "v" is its own sound in the north and the centre, and that of "d" in the south.
    """
    initial = "J^" if voice.startswith("vi-vn-x-south") else "v"
    plain = re.sub(r"\[(?=\[)", "[ ", text)
    return _TAKEN_FOR_ENGLISH.sub(lambda found: f"[[{initial}{_IN_PHONEMES[found['syllable'].lower()]}]]", plain)


def main(parent: Parent) -> None:
    """Serve requests {"library", "data", "text", "how"}; "how" has the arguments of `EspeakLibrary.speak`."""
    opened: list[EspeakLibrary] = []

    def handle(request: Mapping[str, Any]) -> Message:
        if not opened:
            opened.append(EspeakLibrary(Path(request["library"]), Path(request["data"])))
        espeak = opened[0]
        sound = espeak.speak(request["text"], **request["how"])
        return Message({"rate": espeak.rate}, sound)

    serve(parent, handle)
