"""A checkpoint put into a folder: a USB stick, a network share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.files import replace_file
from broadcaster.uplink.send_error import SendError, SendFailureKind, told

if TYPE_CHECKING:
    from broadcaster.records.copies import CopyTarget
    from broadcaster.uplink.parcel import Parcel


def put(parcel: Parcel, target: CopyTarget) -> None:
    """Write the files into the folder, which is never made: where a stick is missing, its place is none.

    Raises SendError.
    """
    folder = Path(target.to)
    if not folder.is_dir():
        raise SendError(SendFailureKind.FOLDER_AWAY, folder)
    with told():
        for name, data in parcel.files.items():
            replace_file(folder / name, data)
