"""What the offline engines share: a process of their own that reads sentence by sentence, and is given two chances."""

from __future__ import annotations

import threading
import unicodedata
from typing import Any

from broadcaster.children.worker import Worker, WorkerLostError, WorkerTimeoutError
from broadcaster.i18n import _
from broadcaster.speech.voices.base import Pcm, VoiceError, has_words, trim_silence

_ATTEMPTS = 2
_RATE_OF_NOTHING = 22_050


class LocalVoice:
    """An engine in its own process, which starts with the first sentence and anew whenever it dies or hangs.

    Safe to share between threads: one sentence at a time. `patience` is how many seconds a sentence may take, the start
    of the process and what it loads included.
    """

    local = True

    def __init__(self, name: str, module: str, patience: float) -> None:
        self.name = name
        self._patience = patience
        self._lock = threading.Lock()
        self._worker = Worker(module)

    def request(self, text: str) -> dict[str, Any]:
        """Return what the worker is asked to read `text`."""
        raise NotImplementedError

    def speak(self, text: str) -> Pcm:
        """Read one sentence; raise VoiceError where the engine does not load or failed twice over it."""
        text = unicodedata.normalize("NFC", text)
        if not has_words(text):
            return Pcm(b"", _RATE_OF_NOTHING)
        with self._lock:
            head, body = self._ask(self.request(text))
        if "fault" in head:
            raise self.error(head["text"])
        pcm = trim_silence(Pcm(body, head["rate"]))
        if not pcm.samples:
            raise self.error(_("no sound came for: {text}").format(text=text))
        return pcm

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        for _attempt in range(_ATTEMPTS):
            try:
                answer = self._worker.ask(request, self._patience)
            except (WorkerLostError, WorkerTimeoutError) as error:
                reason = str(error)
            else:
                return dict(answer.head), answer.body
        raise self.error(reason)

    def error(self, reason: str) -> VoiceError:
        """Return the error of this voice, with its name."""
        return VoiceError(_("voice {name}: {reason}").format(name=self.name, reason=reason))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._worker.close()
