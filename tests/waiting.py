"""Waiting for what a test has set going."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

GIVE_UP = 300.0
"""Seconds after which something hangs. It judges no speed: on a slow machine all of it may be needed."""

Found = TypeVar("Found")


def wait_for(look: Callable[[], Found], told: Callable[[], object] = str) -> Found:
    """Look until something is there, and return it; fail with what is `told` where it never comes."""
    deadline = time.monotonic() + GIVE_UP
    while not (found := look()):
        assert time.monotonic() < deadline, told()
        time.sleep(0.01)
    return found
