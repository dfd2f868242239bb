"""The base of the offline engines: a worker process that speaks sentence by sentence, with two attempts for each."""

from __future__ import annotations

import threading
import unicodedata
from typing import Any

from broadcaster.children.worker import Worker, WorkerLostError, WorkerTimeoutError
from broadcaster.i18n import _
from broadcaster.speech.voices.base import Pcm, VoiceError, has_words, trim_silence

_ATTEMPTS = 2

NOTHING = Pcm(b"", 22_050)
"""The sound of a text without words."""


class LocalVoice:
    """An engine in its own process, started with the first sentence and restarted whenever it dies or hangs.

    Safe to share between threads: one sentence at a time. `timeout` is the time for one sentence in seconds, including
    the start of the process and the loading of a model.
    """

    local = True

    def __init__(self, name: str, module: str, timeout: float) -> None:
        self.name = name
        self._timeout = timeout
        self._lock = threading.Lock()
        self._worker = Worker(module)

    def speak(self, text: str) -> Pcm:
        """Speak one sentence; raise VoiceError if the engine does not load or failed twice."""
        text = unicodedata.normalize("NFC", text)
        return self.speak_words(text) if has_words(text) else NOTHING

    def speak_words(self, text: str) -> Pcm:
        """Speak a sentence with words in it (NFC), at the rate of this voice."""
        raise NotImplementedError

    def sound(self, text: str, request: dict[str, Any]) -> Pcm:
        """Return the sound of a text with words, which the worker is asked for by `request`.

        Raise VoiceError if the engine does not load or failed twice.
        """
        with self._lock:
            head, body = self._ask(request)
        if "fault" in head:
            raise self.error(head["text"])
        pcm = trim_silence(Pcm(body, head["rate"]))
        if not pcm.samples:
            raise self.error(_("no sound came for: {text}").format(text=text))
        return pcm

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        for _attempt in range(_ATTEMPTS):
            try:
                answer = self._worker.ask(request, self._timeout)
            except (WorkerLostError, WorkerTimeoutError) as error:
                reason = str(error)
            else:
                return dict(answer.head), answer.body
        raise self.error(reason)

    def error(self, reason: str) -> VoiceError:
        """Return an error that begins with the name of this voice."""
        return VoiceError(_("voice {name}: {reason}").format(name=self.name, reason=reason))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._worker.close()
