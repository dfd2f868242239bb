"""`piper:NAME`: a neural voice from a model on this computer. Extra `piper`; models are in the station's voices/."""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.files import replace_file, sha256_file
from broadcaster.i18n import _
from broadcaster.program import install_command
from broadcaster.speech.voices.offline import LocalVoice

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULE = "broadcaster.speech.voices.piper_worker"
_ORDINARY_RATE = 150  # words a minute of the models at normal speed


def installed_models(root: Path) -> Iterator[str]:
    """Yield the names of the models in a station's voices/, sorted."""
    models = (*(root / "voices").glob("*.onnx"), *(root / "voices").glob("[!.]*/*.onnx"))
    yield from sorted({model.stem for model in models if find_model(model.stem, root) is not None})


def find_model(name: str, root: Path) -> Path | None:
    """Return the path of NAME.onnx, with NAME.onnx.json next to it, in voices/ or voices/NAME/; None if there is none.

    NAME may also be a full path: of a folder with one model, or of the model without its suffix.
    """
    given = Path(name)
    places = [given.with_name(f"{given.name}.onnx"), *sorted(given.glob("*.onnx"))] if given.is_absolute() else []
    if given.name == name:
        places = [root / "voices" / f"{name}.onnx", root / "voices" / name / f"{name}.onnx"]
    return next((place for place in places if place.is_file() and _config(place).is_file()), None)


def _config(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")


class PiperVoice(LocalVoice):
    """A model, loaded with the first sentence; `timeout` as in `LocalVoice`."""

    def __init__(self, name: str, words_per_minute: int, root: Path, *, timeout: float = 90.0) -> None:
        """Find the model (see `find_model`); raise VoiceError if it or the package piper-tts is not installed."""
        super().__init__(f"piper:{name}", _MODULE, timeout)
        self._words_per_minute = words_per_minute
        self._digests = root / "state" / "speech-cache" / "models"
        if find_spec("piper") is None:
            raise self.error(_("install it: {command}").format(command=install_command("piper-tts")))
        model = find_model(name, root)
        if model is None:
            raise self.error(_("there is no such model in voices/; broadcaster voice install brings one"))
        self._model = model.resolve()

    @cached_property
    def version(self) -> str:
        """Parts of the SHA-256 of model and configuration, and the rate of speech: "ec7c89e2c85f-fafb@150"."""
        model, config = self._digest(self._model), sha256_file(_config(self._model))
        return f"{model[:12]}-{config[:4]}@{self._words_per_minute}"

    def _digest(self, path: Path) -> str:
        """Return the SHA-256 of a large file, computed again only if its size or time changed."""
        stat = path.stat()
        memory = self._digests / f"{path.name}-{stat.st_size}-{stat.st_mtime_ns}.sha256"
        if memory.is_file() and len(known := memory.read_text()) == 64:
            return known
        digest = sha256_file(path)
        replace_file(memory, digest.encode())
        return digest

    def request(self, text: str) -> dict[str, Any]:
        """Return the request to the worker for `text`."""
        scale = _ORDINARY_RATE / self._words_per_minute
        return {"model": str(self._model), "text": text, "length_scale": scale}
