"""Recording a person who reads a script: from the microphone to a take that is checked and kept."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RenderError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE
from broadcaster.os_reasons import os_reason
from broadcaster.playout.sound.microphone import MicrophoneInput, NoMicrophoneError
from broadcaster.speech.content_review import estimated_seconds
from broadcaster.speech.size_limits import LONGEST_SOUND
from broadcaster.speech.take_store import FOLDER, TakeFacts, digest_of_text, keep_take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    import numpy as np
    import numpy.typing as npt

    from broadcaster.models import Script
    from broadcaster.speech.sound.spool import Spool
    from broadcaster.speech.take_store import Take
    from broadcaster.station.folder import Station

SILENT_DB = -90.0
"""What a meter shows of digital silence, dBFS."""
_PERSONS_PACE = 200
"""Syllables a minute, in the measure of `[speech] words_per_minute`: as people read to others; pauses come on top."""
_LOOK_EVERY_S = 0.1
_BLOCK = 10 * CLIP_RATE


@dataclass(frozen=True, slots=True)
class Meter:
    """How far a recording is: its length so far, and the highest level of the last tenth of a second, in dBFS."""

    seconds: float
    level: float


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a microphone brought, and what became of it."""

    take: Take
    whole: float  # seconds, with the silence that was cut off


def expected_seconds(station: Station, script: Script) -> float:
    """Return about how long a person takes to read the text; 0 where nobody knows, as of one in another language.

    Raise InputError for a wrong lexicon.
    """
    if script.language:
        return 0.0
    spoken = [reading.spoken for _block, reading in station.renderer().spoken(script) if reading]
    return estimated_seconds(script, spoken, _PERSONS_PACE, station.settings.mix) if spoken else 0.0


def open_microphone(device: str) -> MicrophoneInput:
    """Return a microphone that records; raise InputError where it is not there, PlayoutError where it does not open."""
    try:
        return MicrophoneInput(device)
    except NoMicrophoneError as error:
        raise InputError(Problem(str(error), _("plug one in; see: broadcaster device list"))) from None


def record_take(
    station: Station,
    script: Script,
    microphone: MicrophoneInput,
    name: str,
    goes_on: Callable[[Meter], bool],
) -> Recorded:
    """Record until `goes_on` says no or Ctrl-C is pressed, and keep what was read as the script's next take.

    `goes_on` is asked ten times a second. Raise PlayoutError where the microphone is lost, RenderError where nobody is
    heard or the disk is full: then nothing is kept.
    """
    from broadcaster.speech.sound.spool import Spool

    folder = station.scripts_folder / FOLDER
    try:
        with Spool(folder, "<i2") as spool:
            _fill(spool, microphone, goes_on)
            return _kept(station, script, spool, microphone, name)
    except OSError as error:
        text = _("{path}: cannot be written ({reason})")
        raise RenderError(text.format(path=folder, reason=os_reason(error))) from None


def _fill(spool: Spool, microphone: MicrophoneInput, goes_on: Callable[[Meter], bool]) -> None:
    import numpy as np

    level = SILENT_DB
    with microphone:
        try:
            while goes_on(Meter(len(spool) / CLIP_RATE, level)) and len(spool) < _longest(LONGEST_SOUND):
                samples = microphone.take(_LOOK_EVERY_S)
                level = peak_level(samples) if samples else level
                spool.append(np.frombuffer(samples, "<i2"))
        except KeyboardInterrupt:  # that is how people end things; what was read is kept
            return


def _longest(length: timedelta) -> int:
    return int(length.total_seconds()) * CLIP_RATE


def peak_level(samples: bytes) -> float:
    """Return the highest level of 16-bit samples, in dBFS."""
    values = array("h", samples)
    peak = max(max(values, default=0), -min(values, default=0))
    return max(SILENT_DB, 20 * math.log10(peak / 32_768)) if peak else SILENT_DB


def _kept(station: Station, script: Script, spool: Spool, microphone: MicrophoneInput, name: str) -> Recorded:
    """Check what was recorded, cut the silence around it, and keep it."""
    from broadcaster.speech.take_check import measure

    expected = expected_seconds(station, script)
    found = measure(_blocks(spool, 0, len(spool)), missing=microphone.missing, expected=expected)
    if found.is_silent:
        what = _("nobody is heard in it, so nothing was kept; is {device} switched on, and the right microphone?")
        raise RenderError(what.format(device=microphone.device))
    facts = TakeFacts(
        script.id,
        digest_of_text(script),
        station.now().replace(microsecond=0),
        name,
        microphone.device,
        round(found.seconds, 1),
        found.voice,
        found.noise,
        found.faults,
    )
    blocks = _blocks(spool, found.first, found.last)
    take = keep_take(station.scripts_folder, facts, blocks, found.last - found.first)
    return Recorded(take, len(spool) / CLIP_RATE)


def _blocks(spool: Spool, first: int, last: int) -> Iterator[npt.NDArray[np.int16]]:
    return (spool.read(at, min(at + _BLOCK, last)) for at in range(first, last, _BLOCK))
