"""What the computer tells about itself: muted outputs, network time, sleep. Best effort: None means "not known".

Each answer comes from a program of the system that may be missing, hang, or answer in another language. It gets two
seconds; an answer that is not understood is None.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 2.0
_IDLE = re.compile(r"^\s*IdleAction\s*=\s*(\S+)", re.MULTILINE)
_HEX = re.compile(r"0x[0-9a-f]{8}")
_WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0)


@dataclass(frozen=True, slots=True)
class Sink:
    """An output of PulseAudio or PipeWire. `volume` is of the loudest channel, 1.0 is full."""

    name: str
    description: str
    muted: bool
    volume: float


def ask(*command: str) -> str | None:
    """Return the output of a program of the system; None where it is missing, fails or takes too long."""
    done = _run(*command)
    return done.stdout if done is not None and done.returncode == 0 else None


def _run(*command: str) -> subprocess.CompletedProcess[str] | None:
    """Run a program of the system to its end; None where it is missing, cannot be started or takes too long."""
    program = shutil.which(command[0])
    if program is None or not Path(program).is_absolute():  # relative: found in the folder that we run in
        return None
    try:
        return subprocess.run(
            [program, *command[1:]],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            creationflags=_WINDOWS_FLAGS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def sinks() -> tuple[list[Sink], str] | None:
    """Return the outputs of PulseAudio or PipeWire and the name of the default one; None: not known."""
    listed, default = ask("pactl", "--format=json", "list", "sinks"), ask("pactl", "get-default-sink")
    if listed is None or default is None:
        return None
    try:
        return [_sink(found) for found in json.loads(listed)], default.strip()
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _sink(found: dict[str, object]) -> Sink:
    volumes = found["volume"]
    if not isinstance(volumes, dict):
        raise TypeError("volume")
    loudest = max((channel["value"] / 65536 for channel in volumes.values()), default=0.0)
    return Sink(str(found["name"]), str(found["description"]), bool(found["mute"]), loudest)


def clock_is_set_by_network() -> bool | None:
    """Return whether NTP sets the clock; None: not known."""
    answer = ask("timedatectl", "show", "--property=NTP", "--property=NTPSynchronized")
    if answer is None:
        return None
    found = dict(line.split("=", 1) for line in answer.split() if "=" in line)
    return found["NTPSynchronized"] == "yes" if "NTPSynchronized" in found else None


def may_sleep() -> bool | None:
    """Return whether the computer goes to sleep by itself when nobody uses it; None: not known."""
    if sys.platform == "win32":
        return sleeps_by_powercfg(ask("powercfg", "/query", "SCHEME_CURRENT", "SUB_SLEEP", "STANDBYIDLE"))
    masked = ask_state("sleep.target") == "masked"
    if masked:
        return False
    desktop = ask("gsettings", "get", "org.gnome.settings-daemon.plugins.power", "sleep-inactive-ac-type")
    if desktop is not None and desktop.strip() not in ("'nothing'", "'blank'"):
        return True
    idle = idle_action(Path("/etc/systemd"))
    if idle is not None and idle not in ("ignore", "lock"):
        return True
    return False if desktop is not None else None


def ask_state(unit: str) -> str | None:
    """Return the state of a systemd unit, such as "enabled" or "masked", whatever exit code comes with it."""
    done = _run("systemctl", "is-enabled", unit)
    return done.stdout.strip() or None if done is not None else None


def idle_action(folder: Path) -> str | None:
    """Return what logind does when nobody uses the computer; None where its files say nothing. The last file wins."""
    files = [folder / "logind.conf", *sorted((folder / "logind.conf.d").glob("*.conf"))]
    found = None
    for path in files:
        try:
            settings = _IDLE.findall(path.read_text("utf-8", "replace"))
        except OSError:
            continue
        found = settings[-1] if settings else found
    return found


def sleeps_by_powercfg(answer: str | None) -> bool | None:
    """Return whether `powercfg /query` shows sleep on mains: its last two numbers are seconds, on mains and battery."""
    numbers = _HEX.findall(answer.casefold()) if answer else []
    return int(numbers[-2], 16) > 0 if len(numbers) >= 2 else None
