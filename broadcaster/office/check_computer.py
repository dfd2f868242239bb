"""Whether the computer of a station is ready: desk, devices, volume, disk, clock, time zone, sleep."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError
from broadcaster.files import drive_of
from broadcaster.models import NO_LOUDSPEAKERS
from broadcaster.office import computer
from broadcaster.office.check_backups import condition_finding
from broadcaster.office.check_findings import Finding, FindingKind, Level, finding
from broadcaster.office.facts import frozen_facts
from broadcaster.office.present_conditions import desk_conditions
from broadcaster.office.running_desk import running_desk
from broadcaster.playout.sound.mute import QUIET
from broadcaster.playout.station_lock import is_running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.playout.sound.device import Device
    from broadcaster.station.folder import Station

_SPARE_BYTES = 1_000_000_000
_LEAST_BYTES = 100_000_000


def check_computer(station: Station) -> Iterator[Finding]:
    """Yield the findings about desk, devices, disk, clock, zone and sleep, in the order of a page."""
    yield _desk(station)
    yield from (condition_finding("daemon", found) for found in desk_conditions(station))
    groups = ["", *(group.title for group in station.settings.groups.values())]
    for group, devices in zip(groups, station.settings.outputs, strict=True):
        yield from (_of_group(each, group) for each in _devices(devices))
    yield _disk(station)
    yield _network_time()
    yield _zone(station)
    yield _sleep()


def _desk(station: Station) -> Finding:
    if (desk := running_desk(station)) is not None and desk.paused is not None:
        return finding("daemon", Level.BAD, FindingKind.DESK_PAUSED, until=desk.paused)
    if is_running(station):
        return finding("daemon", Level.GOOD, FindingKind.DESK_RUNS)
    return finding("daemon", Level.BAD, FindingKind.DESK_DOES_NOT_RUN)


def _of_group(found: Finding, group: str) -> Finding:
    """Return a finding that says whose device it is about; "": that of the whole commune."""
    return replace(found, facts=frozen_facts(**found.facts, group=group)) if group else found


def _devices(names: tuple[str, ...]) -> Iterator[Finding]:
    if names[0] in NO_LOUDSPEAKERS:
        yield finding("device", Level.WARNING, FindingKind.REHEARSAL_DEVICE, name=names[0])
        return
    from broadcaster.playout.sound.device import list_devices

    try:
        there = list_devices()
    except PlayoutError as error:
        yield finding("device", Level.BAD, FindingKind.DEVICES_UNREADABLE, error=str(error))
        return
    name = next((name for name in names if _is_there(name, there)), None)
    if name is None:
        yield finding("device", Level.BAD, FindingKind.NO_DEVICE, names=names)
        return
    if name == names[0]:
        yield finding("device", Level.GOOD, FindingKind.DEVICE_THERE, name=name)
    else:
        yield finding("device", Level.WARNING, FindingKind.OTHER_DEVICE_THERE, name=name, first=names[0])
    yield _volume(name)


def _is_there(name: str, there: list[Device]) -> bool:
    return bool(there) if name == "default" else any(device.name == name for device in there)


def _volume(name: str) -> Finding:
    found, default = computer.sinks() or ([], "")
    sink = next((s for s in found if name == s.description or (name == "default" and s.name == default)), None)
    if sink is None:
        return finding("volume", Level.UNKNOWN, FindingKind.VOLUME_UNKNOWN)
    if sink.muted:
        return finding("volume", Level.BAD, FindingKind.MUTED, name=sink.description)
    percent = round(sink.volume * 100)
    if sink.volume < QUIET:
        return finding("volume", Level.BAD, FindingKind.VOLUME_LOW, name=sink.description, percent=percent)
    return finding("volume", Level.GOOD, FindingKind.VOLUME_GOOD, name=sink.description, percent=percent)


def _disk(station: Station) -> Finding:
    free, drive = shutil.disk_usage(station.root).free, str(drive_of(station.root))
    if free >= _SPARE_BYTES:
        return finding("disk", Level.GOOD, FindingKind.DISK_SPACE, free_bytes=free, drive=drive)
    level = Level.BAD if free < _LEAST_BYTES else Level.WARNING
    return finding("disk", level, FindingKind.DISK_SPACE_LOW, free_bytes=free, drive=drive)


def _network_time() -> Finding:
    is_set = computer.clock_is_set_by_network()
    if is_set is None:
        return finding("clock", Level.UNKNOWN, FindingKind.NETWORK_TIME_UNKNOWN)
    if is_set:
        return finding("clock", Level.GOOD, FindingKind.NETWORK_TIME)
    return finding("clock", Level.WARNING, FindingKind.NO_NETWORK_TIME)


def _zone(station: Station) -> Finding:
    ours = station.now()
    theirs = datetime.now().astimezone()
    if theirs.utcoffset() == ours.utcoffset():
        return finding("zone", Level.GOOD, FindingKind.SAME_ZONE, zone=str(ours.tzinfo))
    offset = theirs.strftime("%z")
    return finding("zone", Level.WARNING, FindingKind.OTHER_ZONE, zone=str(ours.tzinfo), offset=offset)


def _sleep() -> Finding:
    sleeps = computer.may_sleep()
    if sleeps is None:
        return finding("sleep", Level.UNKNOWN, FindingKind.SLEEP_UNKNOWN)
    if sleeps:
        return finding("sleep", Level.BAD, FindingKind.SLEEPS)
    return finding("sleep", Level.GOOD, FindingKind.NO_SLEEP)
