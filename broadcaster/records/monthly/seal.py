"""The checkpoint on a report's last page, as text and as a QR code that any telephone reads."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

    from broadcaster.records.checkpoint import SignedCheckpoint

_QUIET = 4
"""Blank modules around a QR code, as required by ISO/IEC 18004."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A signed checkpoint for printing: the note, and the short form to type by hand."""

    note: str
    short: str

    @classmethod
    def of(cls, taken: SignedCheckpoint) -> Seal:
        """Return the printed form of a checkpoint."""
        return cls(taken.note, taken.checkpoint.short)

    def png(self) -> bytes:
        """Return the note as a QR code, for paper."""
        target = io.BytesIO()
        _code(self.note).save(target, kind="png", scale=8, border=_QUIET)
        return target.getvalue()

    def svg(self) -> str:
        """Return the note as a QR code for HTML, black on white even on a dark page."""
        return _code(self.note).svg_inline(border=_QUIET, light="#fff", dark="#000", omitsize=True)


def _code(text: str) -> QRCode:
    import segno

    return segno.make_qr(text, error="m", encoding="utf-8")
