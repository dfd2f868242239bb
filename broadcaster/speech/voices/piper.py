"""`piper:NAME`: a neural voice from a model on this computer. Extra `piper`; models lie in the station's voices/."""

from __future__ import annotations

import threading
import unicodedata
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.files import replace_file, sha256_file
from broadcaster.i18n import _
from broadcaster.speech.voices.base import Pcm, VoiceError, has_words, trim_silence
from broadcaster.speech.voices.worker import Worker, WorkerLostError, WorkerTimeoutError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.speech.voices.frames import Message

_MODULE = "broadcaster.speech.voices.piper_worker"
_ORDINARY_RATE = 150  # words a minute at which models speak by themselves
_ATTEMPTS = 2


def installed_models(root: Path) -> Iterator[str]:
    """Yield the names of the models in a station's voices/, sorted."""
    models = (*(root / "voices").glob("*.onnx"), *(root / "voices").glob("[!.]*/*.onnx"))
    yield from sorted({model.stem for model in models if find_model(model.stem, root) is not None})


def find_model(name: str, root: Path) -> Path | None:
    """Return the model NAME.onnx, its NAME.onnx.json beside it, from voices/, voices/NAME/, or a whole path; else None.

    A whole path names the folder that holds one model, or the model without its suffix.
    """
    given = Path(name)
    places = [given.with_name(f"{given.name}.onnx"), *sorted(given.glob("*.onnx"))] if given.is_absolute() else []
    if given.name == name:
        places = [root / "voices" / f"{name}.onnx", root / "voices" / name / f"{name}.onnx"]
    return next((place for place in places if place.is_file() and _config(place).is_file()), None)


def _config(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")


class PiperVoice:
    """A model in its own process, which loads it with the first sentence. Safe to share between threads.

    `patience` is how many seconds a sentence may take, loading included.
    """

    local = True

    def __init__(self, name: str, words_per_minute: int, root: Path, *, patience: float = 90.0) -> None:
        """Find the model (see `find_model`); raise VoiceError where it or the package piper-tts is not installed."""
        self.name = f"piper:{name}"
        self._words_per_minute = words_per_minute
        self._patience = patience
        self._digests = root / "state" / "speech-cache" / "models"
        self._lock = threading.Lock()
        self._worker = Worker(_MODULE)
        if find_spec("piper") is None:
            raise self._error(_('install it with pip install "commune-broadcaster[{extra}]"').format(extra="piper"))
        model = find_model(name, root)
        if model is None:
            raise self._error(_("there is no such model in voices/; broadcaster voice install brings one"))
        self._model = model.resolve()

    @cached_property
    def version(self) -> str:
        """The beginnings of the SHA-256 of model and configuration, and the rate of speech: "ec7c89e2c85f-fafb@150"."""
        model, config = self._digest(self._model), sha256_file(_config(self._model))
        return f"{model[:12]}-{config[:4]}@{self._words_per_minute}"

    def _digest(self, path: Path) -> str:
        """Return the SHA-256 of a large file, remembered until its size or time changes."""
        stat = path.stat()
        memory = self._digests / f"{path.name}-{stat.st_size}-{stat.st_mtime_ns}.sha256"
        if memory.is_file() and len(known := memory.read_text()) == 64:
            return known
        digest = sha256_file(path)
        replace_file(memory, digest.encode())
        return digest

    def speak(self, text: str) -> Pcm:
        """Read one sentence; raise VoiceError where the model does not load or failed twice."""
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
        scale = _ORDINARY_RATE / self._words_per_minute
        request = {"model": str(self._model), "text": text, "length_scale": scale}
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
