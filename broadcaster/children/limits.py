"""Limits that a child process puts on itself, before it does work that may run away."""

from __future__ import annotations

import contextlib
import os
import sys

_NICENESS = 10
_BELOW_NORMAL = 0x4000  # BELOW_NORMAL_PRIORITY_CLASS


def limit_memory(size: int) -> None:
    """Let this process have at most `size` bytes; a library that asks for more is refused.

    Linux counts address space, Windows (a job object) what is committed. macOS takes the limit and does not keep it.
    """
    if sys.platform == "win32":
        _limit_by_job(size)
    else:
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def give_way() -> None:
    """Let every other program go first, from now on."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            import ctypes

            kernel = ctypes.WinDLL("kernel32")
            kernel.SetPriorityClass(ctypes.c_void_p(-1), _BELOW_NORMAL)  # -1: this process
        else:
            os.nice(_NICENESS)


def write_no_files() -> None:
    """Let no file grow by what this process writes, from now on; pipes stay open. Not on Windows."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes
    from typing import ClassVar

    _PROCESS_MEMORY = 0x100  # JOB_OBJECT_LIMIT_PROCESS_MEMORY
    _EXTENDED = 9  # JobObjectExtendedLimitInformation

    class _Limits(ctypes.Structure):
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, with the basic limits written out at its beginning."""

        _fields_: ClassVar = [
            ("process_time", wintypes.LARGE_INTEGER),
            ("job_time", wintypes.LARGE_INTEGER),
            ("flags", wintypes.DWORD),
            ("least_working_set", ctypes.c_size_t),
            ("most_working_set", ctypes.c_size_t),
            ("processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("priority", wintypes.DWORD),
            ("scheduling", wintypes.DWORD),
            ("io_counters", ctypes.c_ulonglong * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process_memory", ctypes.c_size_t),
            ("peak_job_memory", ctypes.c_size_t),
        ]

    def _limit_by_job(size: int) -> None:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        job = kernel.CreateJobObjectW(None, None)  # never closed: it lives as long as this process
        limits = _Limits(flags=_PROCESS_MEMORY, process_memory=size)
        this_process = ctypes.c_void_p(-1)
        job = wintypes.HANDLE(job)
        done = kernel.SetInformationJobObject(job, _EXTENDED, ctypes.byref(limits), ctypes.sizeof(limits))
        if not (done and kernel.AssignProcessToJobObject(job, this_process)):
            raise ctypes.WinError(ctypes.get_last_error())
