"""Make many clips at once, in a few threads that share the voices."""

from __future__ import annotations

import logging
import os
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

from broadcaster.errors import BroadcasterError
from broadcaster.i18n import _
from broadcaster.speech.make_clip import ClipMaker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broadcaster.models import Clip, MadeClip, Script
    from broadcaster.speech.clip_recipe import Recipes
    from broadcaster.speech.render_report import BatchResults

_MOST_THREADS = 4
"""Clips made at once: each takes memory, and more threads would only wait for each other."""

log = logging.getLogger(__name__)


def make_all(
    recipes: Recipes, scripts: Sequence[Script], results: BatchResults, is_known: Callable[[Clip], bool]
) -> None:
    """Make the clips of these scripts and add each outcome to `results`, in order of completion.

    `is_known` as in ClipMaker. If interrupted, it leaves only complete clips.
    """
    with ClipMaker(recipes, is_known) as maker, ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS)) as pool:
        waiting = {pool.submit(maker.make, script): script for script in scripts}
        try:
            for done in as_completed(waiting):
                _note(results, waiting.pop(done), done)
        except BaseException:
            maker.leave()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        results.voices_failed(maker.reasons)


def _note(results: BatchResults, script: Script, done: Future[tuple[Clip, MadeClip | None]]) -> None:
    try:
        clip, made = done.result()
    except BroadcasterError as error:
        results.fail(script, str(error))
    except Exception as error:  # a bug, or no memory: it must not cost the other scripts their clips
        log.exception(_("%s could not be rendered"), script.id)
        results.fail(script, f"{type(error).__name__}: {error}")
    else:
        results.add(script, clip, made)
