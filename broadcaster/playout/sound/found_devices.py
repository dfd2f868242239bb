"""The devices that a sound system lists, and which of them is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from broadcaster.errors import PlayoutError
from broadcaster.i18n import _

NOT_DEVICES = frozenset({"auto_null", "null", "lavrate", "samplerate", "speexrate", "jack", "oss", "pulse"})
NOT_DEVICES |= frozenset({"speex", "upmix", "vdownmix", "usbstream"})
"""Ids of what sound servers and ALSA list and nobody can hear: PulseAudio's stand-in for a missing card, converters."""


@dataclass(frozen=True, slots=True)
class Found:
    """One device as a sound system lists it; `id` is what that system or its library knows it by."""

    name: str
    is_default: bool
    id: Any


def is_device(id_: str) -> bool:
    """Return whether a person could hear what is listed under this id."""
    return id_ not in NOT_DEVICES


def choose(devices: list[Found], wanted: str) -> Found:
    """Return the device called `wanted`, or the present default one; PlayoutError where it is not there."""
    if wanted == "default":
        # ALSA marks none; its first is its own default
        defaults = [device for device in devices if device.is_default] or devices[:1]
        if not defaults:
            raise PlayoutError(_("this computer has no sound output"))
        return defaults[0]
    if found := named(devices, wanted):
        return found
    text = _('there is no sound output called "{name}" (there are: {names})')
    raise PlayoutError(text.format(name=wanted, names=names_text(devices)))


def named(devices: list[Found], wanted: str) -> Found | None:
    """Return the device called `wanted`, in whatever case; None where it is not there."""
    return next((device for device in devices if device.name.casefold() == wanted.casefold()), None)


def names_text(devices: list[Found]) -> str:
    """Return the names of devices in one line, for a message."""
    return ", ".join(f'"{device.name}"' for device in devices) or _("none")
