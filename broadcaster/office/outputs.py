"""The outputs that a station can play on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.models import NO_LOUDSPEAKERS

if TYPE_CHECKING:
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class AudioOutput:
    """An audio output of this computer."""

    name: str  # as station.toml takes it
    system: str  # the sound system that has it
    is_default: bool
    is_used: bool  # by this station


def list_outputs(station: Station) -> tuple[AudioOutput, ...]:
    """Return the audio outputs of this computer; raise PlayoutError where they cannot be listed."""
    from broadcaster.playout.sound.device import list_devices

    used = station.settings.all_devices
    return tuple(
        AudioOutput(device.name, device.backend, device.is_default, device.name in used) for device in list_devices()
    )


@dataclass(frozen=True, slots=True)
class AudioInput:
    """A microphone of this computer."""

    name: str  # as `script record --device` takes it
    system: str
    is_default: bool


def list_inputs() -> tuple[AudioInput, ...]:
    """Return the microphones of this computer; raise PlayoutError where they cannot be listed."""
    from broadcaster.playout.sound.microphone import list_microphones

    return tuple(AudioInput(each.name, each.system, each.is_default) for each in list_microphones())


def output_names() -> tuple[str, ...]:
    """Return every name that station.toml takes on this computer: "default", those for rehearsal, the devices."""
    from broadcaster.playout.sound.device import list_devices

    return ("default", *NO_LOUDSPEAKERS, *(device.name for device in list_devices()))
