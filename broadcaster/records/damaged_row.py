"""A row that is there and cannot be what this program wrote: whatever reading it raises becomes one error."""

from __future__ import annotations

from broadcaster.errors import RecordError
from broadcaster.i18n import _

WRONG_SHAPE = (AttributeError, KeyError, TypeError, ValueError, OverflowError)
"""What reading a body raises that lacks something, or has something else in its place."""


def damaged_row(error: BaseException, seq: int | None = None) -> RecordError:
    """Return the error to raise of a row; `seq` is its number, None where the reader does not know it."""
    if seq is None:
        return RecordError(_("a row of the play history cannot be read: {reason}").format(reason=repr(error)))
    return RecordError(_("row {seq} of the play history is damaged: {reason}").format(seq=seq, reason=repr(error)))


class ReadingRow:
    """Turns what the body of a damaged row raises into RecordError, for a `with`."""

    __slots__ = ("_seq",)

    def __init__(self, seq: int | None = None) -> None:
        self._seq = seq

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, WRONG_SHAPE):
            raise damaged_row(error, self._seq) from error
