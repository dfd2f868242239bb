"""What pydub lays over each other comes out to the frame: it counts in milliseconds, and a clip in frames."""

from __future__ import annotations

import numpy as np
import pytest

from broadcaster.models import CLIP_RATE
from broadcaster.speech.sound.timeline import frames_of, overlay, segment, silent

A_MILLISECOND = CLIP_RATE // 1000


@pytest.mark.parametrize("longer", [-500, -7, 0, 11, 500])
def test_an_overlay_is_as_long_as_what_lies_above_and_keeps_all_of_it(longer: int) -> None:
    for frames in range(20 * A_MILLISECOND, 21 * A_MILLISECOND + 1):
        above = np.full(frames, 0.25, np.float32)

        both = overlay(silent(frames + longer), segment(above))

        assert frames_of(both) == frames
        assert both.raw_data == segment(above).raw_data
