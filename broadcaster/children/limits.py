"""Limits that a child process puts on itself before it opens what strangers have made."""

from __future__ import annotations

import sys


def limit_memory(most: int) -> None:
    """Let this process have at most `most` bytes of memory; beyond them an allocation fails.

    Windows and macOS have no such limit for a process on itself: there only the parent's deadline holds.
    """
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def write_no_files() -> None:
    """Let no file grow by what this process writes, from now on; pipes stay open. Not on Windows."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
