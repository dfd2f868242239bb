"""Many scripts at once: some threads share the voices, and numpy's filters run beside each other."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

from broadcaster.errors import BroadcasterError
from broadcaster.speech.make_clip import Studio
from broadcaster.speech.render_report import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.models import Clip, Script
    from broadcaster.speech.clip_recipe import Recipes
    from broadcaster.speech.render_report import Tally

_MOST_THREADS = 4
"""Clips made at once: each takes some memory, and past a few the threads wait for each other."""


def make_all(recipes: Recipes, scripts: Sequence[Script], tally: Tally) -> None:
    """Make the clips of these scripts and note in `tally` what came of each, in the order in which they are done.

    Whatever interrupts it leaves whole clips and no others.
    """
    with Studio(recipes) as studio, ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS)) as pool:
        waiting = {pool.submit(studio.make, script): script for script in scripts}
        try:
            for done in as_completed(waiting):
                _note(tally, waiting.pop(done), done)
        except BaseException:
            studio.leave()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _note(tally: Tally, script: Script, done: Future[tuple[Clip, bool]]) -> None:
    try:
        clip, made = done.result()
    except BroadcasterError as error:
        tally.fail(script, str(error))
    else:
        tally.add(script, Result.MADE if made else Result.KEPT, clip)
