"""`piper:NAME`: a neural voice from a model on this computer. Extra `piper`; models are in the station's voices/."""

from __future__ import annotations

import json
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.files import replace_file, sha256_file
from broadcaster.i18n import _
from broadcaster.program import install_command
from broadcaster.speech.voices.offline import LocalVoice
from broadcaster.speech.voices.rate import speaking_seconds, syllables_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.speech.voices.base import Pcm

_MODULE = "broadcaster.speech.voices.piper_worker"
_USE = 2
"""To be raised whenever the same model is asked for another sound."""
_SCALES = (1.0, 1.5)
"""Length scales at which a model is measured. A syllable's length has a fixed part, because each sound is rounded up to
whole blocks of samples, and one that grows with the scale."""
_SHORTEST, _LONGEST = 0.4, 3.0  # scales beyond which models mumble
_REFERENCE = (
    "Ủy ban nhân dân xã kính mời toàn thể bà con đến nhà văn hóa thôn vào tám giờ sáng chủ nhật.",
    "Người dân tham gia bảo hiểm xã hội tự nguyện được nhà nước hỗ trợ tiền đóng hằng tháng.",
    "Chị em phụ nữ nghỉ sinh con được nhận trợ cấp hai triệu đồng cho mỗi cháu.",
    "Mọi thắc mắc xin gọi đến trạm y tế hoặc bưu điện để được giải đáp.",
)
"""What a model says to be measured: no pauses in it, 73 syllables, for a model never says the same twice."""


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

    def __init__(self, name: str, rate: int, root: Path, *, timeout: float = 90.0) -> None:
        """Find the model (see `find_model`), to speak so many syllables a minute, as `rate.py` counts them.

        Raise VoiceError if it or the package piper-tts is not installed.
        """
        super().__init__(f"piper:{name}", _MODULE, timeout)
        self._rate = rate
        self._digests = root / "state" / "speech-cache" / "models"
        if find_spec("piper") is None:
            raise self.error(_("install it: {command}").format(command=install_command("piper-tts")))
        model = find_model(name, root)
        if model is None:
            raise self.error(_("there is no such model in voices/; broadcaster voice install brings one"))
        self._model = model.resolve()

    @cached_property
    def version(self) -> str:
        """Parts of the SHA-256 of model and configuration, how it is used, and the rate: "ec7c89e2c85f-fafb-2@230"."""
        return f"{self._model_name}-{_USE}@{self._rate}"

    @cached_property
    def _model_name(self) -> str:
        return f"{self._digest(self._model)[:12]}-{sha256_file(_config(self._model))[:4]}"

    def _digest(self, path: Path) -> str:
        """Return the SHA-256 of a large file, computed again only if its size or time changed."""
        stat = path.stat()
        memory = self._digests / f"{path.name}-{stat.st_size}-{stat.st_mtime_ns}.sha256"
        if memory.is_file() and len(known := memory.read_text()) == 64:
            return known
        digest = sha256_file(path)
        replace_file(memory, digest.encode())
        return digest

    def speak_words(self, text: str) -> Pcm:
        """Speak a sentence at the length scale for the rate."""
        return self.speak_at(self._scale, text)

    def speak_at(self, scale: float, text: str) -> Pcm:
        """Speak one sentence at a length scale, 1 for the model's own."""
        return self.sound(text, {"model": str(self._model), "text": text, "length_scale": scale})

    @cached_property
    def _scale(self) -> float:
        """The length scale for the rate of speech, from how fast the model is by itself."""
        (low, high), (short, long) = _SCALES, self._seconds_a_syllable()
        if long <= short:
            return 1.0
        wanted = low + (60 / self._rate - short) * (high - low) / (long - short)
        return min(_LONGEST, max(_SHORTEST, wanted))

    def _seconds_a_syllable(self) -> tuple[float, float]:
        """Return what a syllable takes at each of `_SCALES`; measured when a model first speaks, then remembered."""
        memory = self._digests / f"{self._model_name}.seconds.json"
        try:
            short, long = json.loads(memory.read_bytes())
            return float(short), float(long)
        except (OSError, ValueError, TypeError):
            short, long = (self._measured(scale) for scale in _SCALES)
        replace_file(memory, json.dumps([short, long]).encode())
        return short, long

    def _measured(self, scale: float) -> float:
        seconds = sum(speaking_seconds(self.speak_at(scale, sentence)) for sentence in _REFERENCE)
        return round(seconds / sum(map(syllables_in, _REFERENCE)), 4)
