"""What a voice is, and the sound it returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from broadcaster.errors import RenderError

_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Pcm:
    """Sound: mono 16-bit little-endian samples, `rate` of them a second."""

    samples: bytes
    rate: int

    @property
    def length(self) -> timedelta:
        """How long it plays."""
        return timedelta(seconds=len(self.samples) / _SAMPLE_BYTES / self.rate)


class VoiceError(RenderError):
    """The voice cannot speak now; the next one in the station's list may."""


class Voice(Protocol):
    """Somebody who reads a sentence aloud."""

    @property
    def name(self) -> str:
        """What station.toml calls it, such as "espeak:vi"."""

    @property
    def version(self) -> str:
        """Changes whenever the same sentence may sound otherwise: engine, model, rate of speech."""

    @property
    def local(self) -> bool:
        """True where no network is needed."""

    def speak(self, text: str) -> Pcm:
        """Read one sentence of normalised text (NFC); raise VoiceError where that fails.

        The sound begins and ends without silence of note. Text without a letter or digit gives no samples.
        """

    def close(self) -> None:
        """Let go of processes and models. Closing twice is fine."""


def has_words(text: str) -> bool:
    """Tell whether there is anything in `text` to pronounce."""
    return any(character.isalnum() for character in text)


def silence(length: timedelta, rate: int) -> Pcm:
    """Return digital silence of `length`."""
    return Pcm(bytes(round(length.total_seconds() * rate) * _SAMPLE_BYTES), rate)


def trim_silence(pcm: Pcm, *, floor: int = 64, margin: timedelta = timedelta(milliseconds=15)) -> Pcm:
    """Cut what is quieter than `floor` (of 32768, so −54 dBFS) from both ends, but for `margin`.

    The margin keeps the breath of an h or s that begins below the floor. Pure silence becomes no samples at all.
    """
    from array import array

    samples = array("h", pcm.samples)
    first = next((at for at, sample in enumerate(samples) if not -floor < sample < floor), None)
    if first is None:
        return Pcm(b"", pcm.rate)
    last = next(at for at in range(len(samples) - 1, -1, -1) if not -floor < samples[at] < floor)
    keep = round(margin.total_seconds() * pcm.rate)
    start, end = max(0, first - keep), min(len(samples), last + 1 + keep)
    return Pcm(pcm.samples[start * _SAMPLE_BYTES : end * _SAMPLE_BYTES], pcm.rate)
