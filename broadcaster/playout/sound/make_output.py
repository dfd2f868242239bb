"""Makes an output from its name in `[output] devices`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.models import FILE, SILENT
from broadcaster.playout.sound.simulated import FileOutput, SilentOutput

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.playout.sound.output import Clock, Output


def make_output(
    name: str,
    *,
    clock: Clock,
    folder: Path,
    extra: timedelta | None = None,
    unmute: bool = False,
    levels: dict[str, float] | None = None,
) -> Output:
    """Return the output that `[output] devices` calls `name`; nothing is opened yet.

    `folder` is where "file" writes. `extra` is how much later than the computer knows a device is heard (a radio
    link, a slow amplifier); None: not at all. `unmute` and `levels` as for `DeviceOutput`.
    """
    if name == SILENT:
        return SilentOutput(clock)
    if name == FILE:
        return FileOutput(folder, clock)
    from broadcaster.playout.sound.device import DeviceOutput  # a rehearsal starts no process

    return DeviceOutput(name, clock, extra=extra or timedelta(), unmute=unmute, levels=levels)
