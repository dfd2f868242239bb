"""Whether the person at the terminal pressed Enter, asked without waiting and without taking what is typed later."""

from __future__ import annotations

import os
import sys


def enter_pressed() -> bool:
    """Return whether Enter was pressed since this was last asked, or the terminal is gone; other keys are passed over.

    For a terminal only: see `asking.is_person`.
    """
    return _pressed_on_windows() if sys.platform == "win32" else _pressed_elsewhere()


def _pressed_elsewhere() -> bool:
    import select

    number = sys.stdin.fileno()  # below Python's own buffer: nothing that comes later is lost in it
    while select.select([number], [], [], 0)[0]:
        typed = os.read(number, 1024)
        if not typed or b"\n" in typed:
            return True
    return False


def _pressed_on_windows() -> bool:
    import msvcrt

    typed = ""
    while msvcrt.kbhit():  # type: ignore[attr-defined]  # Windows has it
        typed += msvcrt.getwch()  # type: ignore[attr-defined]  # likewise
    if "\x03" in typed:  # Ctrl-C, where the console hands it over as a key
        raise KeyboardInterrupt
    return "\r" in typed or "\n" in typed
