"""What is left of a voice's syllables behind a horn, where a recogniser is too strict: part of `voices.py`.

A sentence with a syllable of a set is sent through the horn and compared with all sentences of the set by the same
voice, in the same noise but without echoes: the nearest one counts as heard. They are compared by 12 cepstral
coefficients of 300–4000 Hz every 10 ms, along dynamic time warping: of tones it knows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from horn_and_valley import BAND, PLACES, Place, through_horn
from scipy.fft import dct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Sound = npt.NDArray[np.float64]
    Speak = Callable[[str], tuple[Sound, int]]

_OPEN_FIELD = Place("an open field", ((1, -120),), 9)
_STEP, _WINDOW, _BANDS, _COEFFICIENTS = 0.01, 0.025, 24, 12


def wrongly_heard(speak: Speak, frame: str, sets: Sequence[Sequence[str]], snr: float) -> float:
    """Return the part of all syllables, in all places, that came out nearer to another one of their set."""
    wrong = tried = 0
    for syllables in sets:
        sounds = [speak(frame.format(each)) for each in syllables]
        clean = [cepstra(through_horn(*sound, _OPEN_FIELD, snr), sound[1]) for sound in sounds]
        for place in PLACES:
            for number, (sound, rate) in enumerate(sounds):
                heard = cepstra(through_horn(sound, rate, place, snr)[: len(sound)], rate)
                tried += 1
                wrong += int(np.argmin([warped(heard, each) for each in clean])) != number
    return wrong / tried


def cepstra(sound: Sound, rate: int) -> Sound:
    """Return 12 coefficients every 10 ms, less their mean: the shape of the spectrum and no level."""
    size, step = round(_WINDOW * rate), round(_STEP * rate)
    frames = np.lib.stride_tricks.sliding_window_view(sound, size)[::step] * np.hanning(size)
    power = np.abs(np.fft.rfft(frames, 2048)) ** 2
    bands = np.log(power @ _filters(rate).T + 1e-7)
    found = dct(bands, axis=1, norm="ortho")[:, 1 : _COEFFICIENTS + 1]
    return np.asarray(found - found.mean(axis=0), np.float64)


def _filters(rate: int) -> Sound:
    """Return triangles evenly spread over the horn's band in mel."""
    low, high = (1127 * np.log(1 + edge / 700) for edge in BAND)
    edges = 700 * (np.exp(np.linspace(low, high, _BANDS + 2) / 1127) - 1)
    hertz = np.fft.rfftfreq(2048, 1 / rate)
    rising = (hertz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hertz) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None), np.float64)


def warped(one: Sound, other: Sound) -> float:
    """Return the mean distance of two rows of features along the cheapest path, at most 0.15 s apart."""
    near = np.sqrt(((one[:, None, :] - other[None, :, :]) ** 2).sum(axis=2))
    rows, columns = near.shape
    slack = abs(rows - columns) + 15
    beyond = np.abs(np.arange(rows)[:, None] - np.arange(columns)) > slack
    near[beyond] = np.inf
    cost = np.full((rows + 1, columns + 1), np.inf)
    cost[0, 0] = 0
    for total in range(2, rows + columns + 1):  # all cells of an anti-diagonal at once
        at = np.arange(max(1, total - columns), min(rows, total - 1) + 1)
        along = total - at
        before = np.minimum(np.minimum(cost[at - 1, along], cost[at, along - 1]), cost[at - 1, along - 1])
        cost[at, along] = near[at - 1, along - 1] + before
    return float(cost[rows, columns] / (rows + columns))
