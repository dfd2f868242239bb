"""Whether the clips of the next days are ready, whole and audible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import RenderError
from broadcaster.office.check_findings import Finding, FindingKind, Level, finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broadcaster.models import Clip
    from broadcaster.office.forecast import Forecast

_AUDIBLE_LUFS = -40.0
_AUDIBLE_SHARE = 0.2
_BLOCK_SECONDS = 0.5
_BLOCK_LEVEL = 10 ** (-50 / 20)


def check_clips(forecast: Forecast) -> list[Finding]:
    """Return what is wrong with the clips of a forecast, or one finding that all are ready; empty without scripts."""
    needed = _planned(forecast)
    unfinished = {id_: gap for id_ in needed if (gap := forecast.scripts[id_].unfinished)}
    clips = [forecast.clips[id_] for id_ in needed if id_ in forecast.clips]
    found = [fault for clip in clips if (fault := _fault(clip))]
    found += _in_lesser_voices(clips)
    if missing := tuple(id_ for id_ in needed if id_ not in forecast.clips and id_ not in unfinished):
        found.insert(0, finding("clips", Level.BAD, FindingKind.CLIPS_NOT_RENDERED, ids=missing))
    found = [_unfinished(id_, gap) for id_, gap in unfinished.items()] + found
    if needed and not found:
        return [finding("clips", Level.GOOD, FindingKind.CLIPS_READY, count=len(needed))]
    return found


def _unfinished(id_: str, gap: str) -> Finding:
    return finding("clips", Level.BAD, FindingKind.SCRIPT_UNFINISHED, id=id_, gap=gap)


def _planned(forecast: Forecast) -> list[str]:
    named = {id_ for prospect in forecast.prospects for id_ in prospect.occurrence.scripts}
    return sorted(named & forecast.scripts.keys())


def _fault(clip: Clip) -> Finding | None:
    """Check a clip as the desk does before it airs, and whether there is anything to hear in it."""
    from broadcaster.speech.clip_store import verify_clip

    try:
        verify_clip(clip)
    except RenderError as error:
        return finding("clips", Level.BAD, FindingKind.CLIP_DAMAGED, error=str(error))
    if not is_audible(clip):
        facts = {"id": clip.script, "loudness": clip.loudness, "voice": clip.voice}
        return finding("clips", Level.BAD, FindingKind.CLIP_SILENT, **facts)
    return None


def _in_lesser_voices(clips: Sequence[Clip]) -> Iterator[Finding]:
    voices = dict.fromkeys(clip.voice for clip in clips if clip.fell_back)
    for voice in voices:
        ids = tuple(clip.script for clip in clips if clip.fell_back and clip.voice == voice)
        yield finding("clips", Level.WARNING, FindingKind.CLIPS_IN_LESSER_VOICE, ids=ids, voice=voice)


def is_audible(clip: Clip) -> bool:
    """Return whether a clip is more than silence and a chime: at least a fifth of its half seconds must sound."""
    import wave

    import numpy as np

    if clip.loudness < _AUDIBLE_LUFS:
        return False
    with wave.open(str(clip.path), "rb") as file:
        block = round(file.getframerate() * _BLOCK_SECONDS)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    whole = samples[: len(samples) // block * block].reshape(-1, block).astype(np.float32) / 32768
    return len(whole) == 0 or float(np.mean(np.sqrt(np.mean(whole**2, axis=1)) > _BLOCK_LEVEL)) >= _AUDIBLE_SHARE
