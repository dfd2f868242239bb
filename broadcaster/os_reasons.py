"""Why the operating system refused something with a file, in the user's language: the usual reasons, by their number.

In English they are the system's own words. What is not among them is told as the system does.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Mapping[int, str] = {
    errno.EACCES: N_("Permission denied"),
    errno.EPERM: N_("Operation not permitted"),
    errno.ENOENT: N_("No such file or directory"),
    errno.ENOSPC: N_("No space left on device"),
    errno.EDQUOT: N_("Disk quota exceeded"),
    errno.EROFS: N_("Read-only file system"),
    errno.EIO: N_("Input/output error"),
    errno.EBUSY: N_("Device or resource busy"),
    errno.EEXIST: N_("File exists"),
    errno.EISDIR: N_("Is a directory"),
    errno.ENOTDIR: N_("Not a directory"),
    errno.ENOTEMPTY: N_("Directory not empty"),
    errno.ENAMETOOLONG: N_("File name too long"),
    errno.ELOOP: N_("Too many levels of symbolic links"),
    errno.EMFILE: N_("Too many open files"),
    errno.EFBIG: N_("File too large"),
    errno.ENOMEM: N_("Cannot allocate memory"),
    errno.ENODEV: N_("No such device"),
    errno.EXDEV: N_("Invalid cross-device link"),
}


def os_reason(error: OSError) -> str:
    """Return why, without the file: "Permission denied"."""
    known = _WORDS.get(error.errno) if error.errno is not None else None
    return _(known) if known else error.strerror or str(error)


def os_text(error: OSError) -> str:
    """Return the file, where one is known, and why: "state/heartbeat.json: Permission denied"."""
    return f"{error.filename}: {os_reason(error)}" if error.filename else os_reason(error)
