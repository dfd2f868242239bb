"""A neural voice, which needs 200 MB, in a separate process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.children.child_side import Parent, serve
from broadcaster.children.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from piper import PiperVoice  # type: ignore[import-not-found,unused-ignore]  # an extra


def main(parent: Parent) -> None:
    """Serve requests {"model", "text", "length_scale"}; the model is loaded with the first one."""
    loaded: dict[str, PiperVoice] = {}

    def handle(request: Mapping[str, Any]) -> Message:
        from piper import SynthesisConfig  # type: ignore[import-not-found,unused-ignore]  # an extra

        model = request["model"]
        if model not in loaded:
            loaded[model] = _load(Path(model))
        voice = loaded[model]
        how = SynthesisConfig(length_scale=voice.config.length_scale * request["length_scale"])
        sound = b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(request["text"], how))
        return Message({"rate": voice.config.sample_rate}, sound)

    serve(parent, handle)


def _load(model: Path) -> PiperVoice:
    """Load a model, in the folder of its eSpeak NG data, for a short data path (see `espeak_worker.EspeakLibrary`)."""
    import piper  # type: ignore[import-not-found,unused-ignore]  # an extra

    os.chdir(Path(piper.__file__).parent)
    voice: PiperVoice = piper.PiperVoice.load(model, espeak_data_dir="espeak-ng-data")
    return voice
