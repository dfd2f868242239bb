"""`broadcaster check`: one page before the day begins, each line with what to do, and a verdict for scripts."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.show import say, show_json
from broadcaster.errors import PlayoutError
from broadcaster.i18n import N_, _, ngettext
from broadcaster.office import computer
from broadcaster.office.station_check import Finding, Level, look
from broadcaster.playout.heartbeat import read_heartbeat, seen_alive
from broadcaster.playout.sound.output import REHEARSAL_OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.playout.sound.device import Device
    from broadcaster.station.folder import Station

_ALIVE = timedelta(seconds=30)
_SPARE = 1_000_000_000
_LEAST = 100_000_000
_QUIET = 0.05
_MARKS = {Level.GOOD: "✓", Level.UNKNOWN: "?", Level.MIND: "!", Level.BAD: "✗"}


@command(
    help=N_(
        "Check everything that must be right for the next 7 days to play, on one page: files, clips, approvals, rules, "
        "play history, clock, device, disk, sleep. Each line says what to do. Leaves with 0 (ready), 1 (somebody "
        "should look) or 2 (something will not play)."
    ),
    examples=["check", "check --json"],
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def check(station: Station, *, as_json: bool) -> int:
    """Check the station and the computer."""
    found = [*look(station), *_computer(station)]
    worst = _worst(found)
    if as_json:
        items = [{"about": f.about, "level": str(f.level), "text": f.text, "todo": f.todo or None} for f in found]
        show_json({"exit": worst, "verdict": _verdict(found), "findings": items})
        return worst
    for finding in found:
        say(f"{_MARKS[finding.level]} {finding.text}")
        if finding.todo:
            say("    → " + finding.todo)
    say()
    say(_verdict(found))
    return worst


def _worst(found: list[Finding]) -> int:
    levels = {finding.level for finding in found}
    return 2 if Level.BAD in levels else 1 if Level.MIND in levels else 0


def _verdict(found: list[Finding]) -> str:
    count = sum(finding.level is (Level.BAD, Level.MIND)[_worst(found) == 1] for finding in found)
    if _worst(found) == 0:
        return _("READY: nothing stands in the way of the next 7 days.")
    if _worst(found) == 1:
        text = ngettext("READY, but look at {count} point (!).", "READY, but look at {count} points (!).", count)
    else:
        text = ngettext("NOT READY: {count} point (✗).", "NOT READY: {count} points (✗).", count)
    return text.format(count=count)


# ---- the computer -----------------------------------------------------------------------------------------------


def _computer(station: Station) -> Iterator[Finding]:
    yield _daemon(station)
    yield from _devices(station.settings.output.devices)
    yield _disk(station)
    yield _network_clock()
    yield _zone(station)
    yield _sleep()


def _daemon(station: Station) -> Finding:
    sign = seen_alive(read_heartbeat(station))
    if sign is not None and abs(station.now() - sign) < _ALIVE:
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
