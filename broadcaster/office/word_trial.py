"""How a word or a phrase is read, and how it would be with another entry of the lexicon; nothing of it stays."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import read_file
from broadcaster.i18n import _
from broadcaster.office.voice_test import VoiceTest
from broadcaster.speech.station_lexicon import add_entry, read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.station.folder import Station


@contextmanager
def word_trial(station: Station, written: str, spoken: str | None = None) -> Iterator[VoiceTest]:
    """Yield the trial of a word, read as in a clip; with `spoken`, as if the lexicon had that entry already.

    Raise InputError for a wrong lexicon or entry, and for a word of nothing but spaces.
    """
    if not written.strip():
        raise InputError(Problem(_("there is nothing to read"), _('write broadcaster lexicon try "TDP"')))
    if spoken is None:
        yield VoiceTest.of(station, written, None)
        return
    with tempfile.TemporaryDirectory() as folder:
        lexicon = Path(folder) / station.lexicon_path.name
        if read_lexicon(station.lexicon_path):
            lexicon.write_bytes(read_file(station.lexicon_path))
        add_entry(lexicon, written, spoken)
        yield VoiceTest.of(station, written, None, lexicon)
