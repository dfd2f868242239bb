"""Whether the computer of a station is ready: desk, devices, volume, disk, clock, time zone, sleep."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError
from broadcaster.i18n import _
from broadcaster.office import computer
from broadcaster.office.check_station import Finding, Level
from broadcaster.playout.heartbeat import ALIVE, read_heartbeat, seen_alive
from broadcaster.playout.sound.output import REHEARSAL_OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.playout.sound.device import Device
    from broadcaster.station.folder import Station

_SPARE = 1_000_000_000
_LEAST = 100_000_000
_QUIET = 0.05


def check_computer(station: Station) -> Iterator[Finding]:
    """Yield what is to be known about desk, devices, disk, clock, zone and sleep, in the order of a page."""
    yield _daemon(station)
    yield from _devices(station.settings.output.devices)
    yield _disk(station)
    yield _network_clock()
    yield _zone(station)
    yield _sleep()


def _daemon(station: Station) -> Finding:
    sign = seen_alive(read_heartbeat(station))
    if sign is not None and abs(station.now() - sign) < ALIVE:
        return Finding("daemon", Level.GOOD, _("Desk: it is running."))
    return Finding(
        "daemon", Level.MIND, _("Desk: it is not running, so nothing will play."), _("start it: broadcaster run")
    )


def _devices(names: tuple[str, ...]) -> Iterator[Finding]:
    if names[0] in REHEARSAL_OUTPUTS:
        text = _('Device: "{name}" is for rehearsal, nothing will be heard.').format(name=names[0])
        yield Finding("device", Level.MIND, text, _("name the amplifier's: broadcaster device list"))
        return
    from broadcaster.playout.sound.device import list_devices

    try:
        there = list_devices()
    except PlayoutError as error:
        yield Finding("device", Level.BAD, _("Device: {error}.").format(error=error), _("start the computer anew"))
        return
    name = next((name for name in names if _is_there(name, there)), None)
    if name is None:
        text = _("Device: none of {names} is there.").format(names=", ".join(names))
        yield Finding("device", Level.BAD, text, _("plug it in, or choose another: broadcaster device list"))
        return
    level = Level.GOOD if name == names[0] else Level.MIND
    todo = "" if level is Level.GOOD else _("the first choice, {name}, is not there: plug it in").format(name=names[0])
    yield Finding("device", level, _("Device: {name} is there.").format(name=name), todo)
    yield _muted(name)


def _is_there(name: str, there: list[Device]) -> bool:
    return bool(there) if name == "default" else any(device.name == name for device in there)


def _muted(name: str) -> Finding:
    seen = computer.sinks()
    found, default = seen or ([], "")
    sink = next((s for s in found if name == s.description or (name == "default" and s.name == default)), None)
    if sink is None:
        text = _("Volume: not known; this computer does not tell.")
        return Finding("volume", Level.UNKNOWN, text, _("hear it: broadcaster device test"))
    if sink.muted:
        text = _("Volume: {name} is muted.").format(name=sink.description)
        return Finding("volume", Level.BAD, text, _("unmute it in the system's sound settings"))
    text = _("Volume: {name} at {percent} %.").format(name=sink.description, percent=round(sink.volume * 100))
    if sink.volume < _QUIET:
        return Finding("volume", Level.BAD, text, _("turn it up in the system's sound settings"))
    return Finding("volume", Level.GOOD, text)


def _disk(station: Station) -> Finding:
    free = shutil.disk_usage(station.root).free
    text = _("Disk: {free:.1f} GB free.").format(free=free / 1e9)
    level = Level.BAD if free < _LEAST else Level.MIND if free < _SPARE else Level.GOOD
    return Finding("disk", level, text, "" if level is Level.GOOD else _("make room"))


def _network_clock() -> Finding:
    kept = computer.clock_is_set_by_network()
    if kept is None:
        text = _("Clock: whether the network sets it is not known.")
        return Finding("clock", Level.UNKNOWN, text, _("compare it with the radio's time signal"))
    if kept:
        return Finding("clock", Level.GOOD, _("Clock: set by the network."))
    text = _("Clock: not set by the network, so it wanders.")
    return Finding("clock", Level.MIND, text, _("switch network time on, or set it by hand every week"))


def _zone(station: Station) -> Finding:
    ours = station.now()
    theirs = datetime.now().astimezone()
    if theirs.utcoffset() == ours.utcoffset():
        return Finding("zone", Level.GOOD, _("Time zone: {zone}, as the computer's.").format(zone=ours.tzinfo))
    text = _("Time zone: the station's is {zone}, the computer shows {theirs}.")
    todo = _("the station plays by its own; set the computer's so that people read the same time")
    return Finding("zone", Level.MIND, text.format(zone=ours.tzinfo, theirs=theirs.strftime("UTC%z")), todo)


def _sleep() -> Finding:
    sleeps = computer.may_sleep()
    if sleeps is None:
        text = _("Sleep: whether the computer sleeps by itself is not known.")
        return Finding("sleep", Level.UNKNOWN, text, _("see that it never does in its power settings"))
    if not sleeps:
        return Finding("sleep", Level.GOOD, _("Sleep: the computer does not sleep by itself."))
    text = _("Sleep: the computer goes to sleep when nobody uses it; asleep, it plays nothing.")
    return Finding("sleep", Level.BAD, text, _("switch that off in its power settings"))
