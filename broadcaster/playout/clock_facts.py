"""What the system knows of its clock: which start of the computer this is, and whether the network keeps it right.

Within one start of the computer a counter that nobody can set tells how much time has passed, also while no desk ran.
Over a restart only a clock in the network can tell.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_UNSYNC = 0x40
"""The flag STA_UNSYNC in `struct timex`; Linux sets it too when nobody has kept the clock right for some hours."""
_NOT_IN_STEP = "3"
"""The leap indicator of a clock that is not synchronised (RFC 5905); the words beside it are in any language."""
_PATIENCE = 5.0
"""Seconds that Windows' own tool may take; it answers in a tenth of one."""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """`boot`: the id of this start of the computer, "" where the system has none. `synchronised`: None: not known."""

    boot: str = ""
    synchronised: bool | None = None


NOT_KNOWN = ClockFacts()


def read_clock_facts() -> ClockFacts:
    """Ask this computer; raises nothing."""
    return ClockFacts(_boot_id(), _is_synchronised())


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except (OSError, ValueError):  # another system: it has no such id
        return ""


def _is_synchronised() -> bool | None:
    if sys.platform == "win32":
        return _ask_windows()
    return _ask_linux() if sys.platform == "linux" else None


# ---- Linux ---------------------------------------------------------------------------------------------------------


class _Timex(ctypes.Structure):
    """The beginning of `struct timex`, and room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("numbers", ctypes.c_long * 4),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    )


def _ask_linux() -> bool | None:
    """Read the kernel's own state, which timesyncd, chrony and ntpd all keep; with `modes` of 0 nothing is changed."""
    found = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(found))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else not found.status & _UNSYNC


# ---- Windows -------------------------------------------------------------------------------------------------------


def _ask_windows() -> bool | None:
    tool = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "w32tm.exe"
    try:
        done = subprocess.run(
            [str(tool), "/query", "/status"],
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return read_w32tm(done.stdout.decode(errors="replace")) if done.returncode == 0 else None


def read_w32tm(answer: str) -> bool | None:
    """Return whether `w32tm /query /status` says that the clock is synchronised: its first line is the leap indicator.

    Only figures are read, for the words are in the system's language. None for any other answer, such as that the
    service does not run.
    """
    found = re.match(r"[^\r\n:]*:\s*(\d)\s*\(", answer.strip())
    return found[1] != _NOT_IN_STEP if found else None
