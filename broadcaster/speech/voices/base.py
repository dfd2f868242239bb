"""The interface of a voice, and the sound that it returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from broadcaster.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Pcm:
    """Sound: mono 16-bit little-endian samples, `rate` of them a second."""

    samples: bytes
    rate: int

    @property
    def length(self) -> timedelta:
        """Playing time."""
        return timedelta(seconds=len(self.samples) / _SAMPLE_BYTES / self.rate)


class VoiceError(RenderError):
    """The voice cannot speak now; the next one in the station's list may."""


class Voice(Protocol):
    """Speaks sentences."""

    @property
    def name(self) -> str:
        """Its name in station.toml, such as "espeak:vi"."""

    @property
    def version(self) -> str:
        """Changes whenever the same sentence may sound different: engine, model, rate of speech."""

    @property
    def local(self) -> bool:
        """Whether it works without a network."""

    def speak(self, text: str) -> Pcm:
        """Speak one sentence of normalised text (NFC); raise VoiceError if that fails.

        There is hardly any silence at either end. Text without a letter or digit gives no samples.
        """

    def close(self) -> None:
        """Release processes and models. May be called twice."""


def has_words(text: str) -> bool:
    """Return whether `text` has a letter or a digit to pronounce."""
    return any(character.isalnum() for character in text)


def silence(length: timedelta, rate: int) -> Pcm:
    """Return digital silence of `length`."""
    return Pcm(bytes(round(length.total_seconds() * rate) * _SAMPLE_BYTES), rate)


def join(spoken: Sequence[Pcm], pause: timedelta) -> Pcm:
    """Return sounds of one rate, at least one, with a pause between them."""
    rate = spoken[0].rate
    return Pcm(silence(pause, rate).samples.join(pcm.samples for pcm in spoken), rate)


def trim_silence(pcm: Pcm, *, floor: int = 64, margin: timedelta = timedelta(milliseconds=15)) -> Pcm:
    """Cut what is quieter than `floor` (of 32768, so −54 dBFS) from both ends, except for `margin`.

    The margin keeps the breath of an h or s that begins below the floor. Pure silence gives no samples.
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
