"""The station's chime: two bell strokes, computed, so that no file, licence or download is needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.speech.voices.base import Pcm

if TYPE_CHECKING:
    from broadcaster.speech.sound.filters import Samples

_NOTES_HZ = (783.99, 587.33)  # G5 and D5, like a railway station's announcement chime
_APART_S = 0.45
_RING_S = 1.1
_PARTIALS = ((1.0, 1.0, 1.0), (2.0, 0.35, 1.6), (3.01, 0.15, 2.4))  # frequency, level, how much sooner it fades
_DECAY_S = 0.35
_ATTACK_S = 0.004
_LEVEL = 0.25


@cache
def make_chime(*, closing: bool = False) -> Pcm:
    """Return the chime at `CLIP_RATE`; the closing one goes up instead of down."""
    import numpy as np

    notes = tuple(reversed(_NOTES_HZ)) if closing else _NOTES_HZ
    sound = np.zeros(round((_APART_S * (len(notes) - 1) + _RING_S) * CLIP_RATE), np.float32)
    for number, hertz in enumerate(notes):
        start = round(number * _APART_S * CLIP_RATE)
        stroke = _stroke(hertz)[: len(sound) - start]
        sound[start : start + len(stroke)] += stroke
    return Pcm(np.rint(sound * (_LEVEL * 32_767)).astype("<i2").tobytes(), CLIP_RATE)


def _stroke(hertz: float) -> Samples:
    import numpy as np

    seconds = np.arange(round(_RING_S * CLIP_RATE)) / CLIP_RATE
    bell = sum(
        level * np.sin(2 * np.pi * hertz * ratio * seconds) * np.exp(-seconds * sooner / _DECAY_S)
        for ratio, level, sooner in _PARTIALS
    )
    attack = np.minimum(1.0, seconds / _ATTACK_S)
    end = np.minimum(1.0, (_RING_S - seconds) / 0.05)
    return (bell * attack * end).astype(np.float32)
