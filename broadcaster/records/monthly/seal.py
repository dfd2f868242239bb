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
    """A signed checkpoint for printing: the note, the short form to type by hand, and the key to check it with."""

    note: str
    short: str
    key: str  # the public key, as one line

    @classmethod
    def of(cls, taken: SignedCheckpoint) -> Seal:
        """Return the printed form of a checkpoint."""
        return cls(taken.note, taken.checkpoint.short, taken.key.text)


def qr_png(text: str) -> bytes:
    """Return a text as a QR code, for paper."""
    target = io.BytesIO()
    _code(text).save(target, kind="png", scale=8, border=_QUIET)
    return target.getvalue()


def qr_svg(text: str) -> str:
    """Return a text as a QR code for HTML, black on white even on a dark page."""
    return _code(text).svg_inline(border=_QUIET, light="#fff", dark="#000", omitsize=True)


def _code(text: str) -> QRCode:
    import segno

    return segno.make_qr(text, error="m", encoding="utf-8")
