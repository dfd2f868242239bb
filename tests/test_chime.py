"""The chime: without a click, two kinds, and where a horn loudspeaker can play it."""

from __future__ import annotations

import numpy as np
from tones import samples

from broadcaster.models import CLIP_RATE
from broadcaster.speech.sound.chime import make_chime


class TestChime:
    def test_it_rings_out_without_a_click(self) -> None:
        for closing in (False, True):
            chime = samples(make_chime(closing=closing).samples)
            assert 0.05 < np.max(np.abs(chime)) < 0.9
            assert abs(chime[0]) < 0.001
            assert abs(chime[-1]) < 0.001
            assert np.max(np.abs(np.diff(chime))) < 0.1

    def test_opening_and_closing_can_be_told_apart(self) -> None:
        assert make_chime().samples != make_chime(closing=True).samples

    def test_it_lies_where_a_horn_loudspeaker_can_play(self) -> None:
        chime = samples(make_chime().samples)
        spectrum = np.abs(np.fft.rfft(chime)) ** 2
        hertz = np.fft.rfftfreq(len(chime), 1 / CLIP_RATE)
        assert spectrum[(hertz > 300) & (hertz < 6000)].sum() / spectrum.sum() > 0.99
