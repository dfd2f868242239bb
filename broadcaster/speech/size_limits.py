"""How large a script and its sounds may be: all limits, in one place. docs/formats.md tells them to people.

They lie far above what a commune airs, and far below what stops an office PC.
"""

from __future__ import annotations

from datetime import timedelta

from broadcaster.i18n import _

LARGEST_SCRIPT = 200_000
"""Bytes of a script's file: about three hours of speech, a minute being 1.1 kB of Vietnamese."""

LONGEST_SOUND = timedelta(hours=4)
"""Of a recording or music, and of a whole clip: 1.4 GB as a WAV."""

LARGEST_SOUND = 3_000_000_000
"""Bytes of a sound file: four hours of a stereo WAV from a CD are 2.5 GB."""

DECODER_MEMORY = 512 << 20
"""Bytes that the process that decodes may have; it needs 160 MB, however long the sound is."""

DECODER_SECONDS = 60.0
"""What decoding may take, besides half the length of what has been decoded: MP3 is decoded 300 times as fast as it
plays, on a computer that has nothing else to do."""

FREE_DISK = 300_000_000
"""Bytes that rendering leaves free on the disk, for the play history and everything else."""

_GB = 1_000_000_000


def too_long() -> str:
    """Return what is wrong with sound that exceeds `LONGEST_SOUND`."""
    hours = LONGEST_SOUND / timedelta(hours=1)
    return _("it is longer than {hours:g} hours, which is the limit; cut it into parts").format(hours=hours)


def too_large(size: int) -> str:
    """Return what is wrong with a sound file of `size` bytes; "" if it is not too large."""
    if size <= LARGEST_SOUND:
        return ""
    text = _("the file has {size:.1f} GB, and the limit is {limit:.1f} GB; save it as MP3 or FLAC, or cut it")
    return text.format(size=size / _GB, limit=LARGEST_SOUND / _GB)
