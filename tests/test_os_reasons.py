"""What the system says when a file cannot be read or written is told in the user's language."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from broadcaster.errors import InputError
from broadcaster.files import read_file
from broadcaster.i18n import speaking
from broadcaster.os_reasons import os_reason, os_text

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand


def refused(number: int, file: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), file) if file else OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EISDIR, errno.ENOENT])
def test_the_usual_reasons_have_their_words(number: int) -> None:
    assert os_reason(refused(number)) == os.strerror(number)
    with speaking("vi"):
        assert os_reason(refused(number)) != os.strerror(number)


def test_another_is_told_as_the_system_does() -> None:
    with speaking("vi"):
        assert os_reason(refused(errno.EPIPE)) == os.strerror(errno.EPIPE)
        assert os_reason(OSError("no number")) == "no number"


def test_the_file_is_named_where_it_is_known() -> None:
    with speaking("vi"):
        assert os_text(refused(errno.ENOSPC, "state/heartbeat.json")) == "state/heartbeat.json: ổ đĩa đã hết chỗ"
        assert os_text(refused(errno.ENOSPC)) == "ổ đĩa đã hết chỗ"


def test_a_file_in_a_loop_is_told_in_vietnamese(broadcaster: RunCommand, station_folder: Path) -> None:
    loop = station_folder / "scripts" / "vong.md"
    try:
        loop.symlink_to(loop)
    except OSError:
        pytest.skip("this user may make no links")
    told = broadcaster("script", "list", station=station_folder, lang="vi")
    assert "liên kết vòng quanh" in told.err
    with pytest.raises(InputError, match="Too many levels of symbolic links"), speaking("en"):
        read_file(loop)
