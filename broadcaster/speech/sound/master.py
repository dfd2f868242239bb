"""The last step for every clip: filter for the loudspeaker, set the loudness, limit the peaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.speech.sound.samples import pcm_of, round_samples, samples_of

if TYPE_CHECKING:
    from broadcaster.settings import MixSettings
    from broadcaster.speech.sound.filters import Samples
    from broadcaster.speech.voices import Pcm

TRUE_PEAK = -1.0
"""dBTP that no clip exceeds."""

_CEILING = -1.3  # the limiter's target, with a margin for rounding and for meters that interpolate differently
_CLOSE_ENOUGH = 0.2  # LU
_ATTEMPTS = 3
_MOST_GAIN = 40.0  # dB: anything softer than that is noise
_SHORTEST = CLIP_RATE // 2
_BLOCK_STEP = CLIP_RATE // 10


@dataclass(frozen=True, slots=True)
class MasteredClip:
    """A clip ready to be written: 16-bit little-endian mono samples at `CLIP_RATE`, and its measured levels."""

    samples: bytes
    loudness: float  # LUFS
    true_peak: float  # dBTP


def master(sound: Pcm, settings: MixSettings) -> MasteredClip:
    """Return sound at `CLIP_RATE` as a finished clip, with its measured levels.

    Silence is left silent. Sound that cannot reach the loudness below the ceiling (a single click) gets as near as
    possible.
    """
    from broadcaster.speech.sound.loudness import SILENCE, integrated, true_peak

    aim, ceiling = settings.loudness, _CEILING
    for _attempt in range(_ATTEMPTS):
        samples = _finish(sound, settings.preset, aim, ceiling)
        loudness, peak = integrated(samples), true_peak(samples)
        missing, over = settings.loudness - loudness, max(0.0, peak - TRUE_PEAK)
        if loudness <= SILENCE or (abs(missing) <= _CLOSE_ENOUGH and not over):
            break
        aim, ceiling = aim + missing, ceiling - over
    return MasteredClip(pcm_of(samples).samples, round(loudness, 2), round(peak, 2))


def _finish(sound: Pcm, preset: str, aim: float, ceiling: float) -> Samples:
    from broadcaster.speech.sound import dynamics, filters
    from broadcaster.speech.sound.loudness import CELL, SILENCE, cell_peaks, gated_loudness, weighted_powers

    samples = samples_of(sound, _whole_blocks(len(sound.samples) // 2))
    filters.shape(samples, preset)
    if preset == "horn":
        dynamics.compress(samples)
    powers = weighted_powers(samples)
    loudness = gated_loudness(powers)
    if loudness > SILENCE:
        highest = 10 ** (ceiling / 20)
        gain = min(aim - loudness, _MOST_GAIN)
        peaks = cell_peaks(samples, highest / 10 ** ((gain + 6) / 20))  # 6 dB above the final gain
        gains = dynamics.gains_for_loudness(peaks, powers, loudness + gain, highest)
        dynamics.apply_gains(samples, dynamics.at_borders(gains), CELL)
    round_samples(samples)
    return samples


def _whole_blocks(length: int) -> int:
    """Return the length, in samples, to which a clip of `length` is padded.

    Loudness is measured in blocks of 400 ms, one every 100 ms; meters differ on a block that the end cuts short.
    """
    return max(_SHORTEST, -(-length // _BLOCK_STEP) * _BLOCK_STEP)
