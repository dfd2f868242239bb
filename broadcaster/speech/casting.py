"""Which voice speaks which role of a script, from the best assignment to the last resort.

A role is a speaker's name, "" for the narrator. Its voice is the first of its choices that works: the voice that the
script gives to it, then the station's voices in their order. A script in another language has its own voices alone: the
station's read Vietnamese.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.models import Paragraph

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from broadcaster.models import Script

NARRATOR = ""

Choices = dict[str, tuple[str, ...]]
"""Role → voices, best first."""

Cast = dict[str, str]
"""Role → voice."""


def choices_for(script: Script, voices: Sequence[str]) -> Choices:
    """Return the choices for every role that speaks in a script, in the order of their first words."""
    if script.recording:
        return {}
    roles = dict.fromkeys(block.speaker or NARRATOR for block in script.blocks if isinstance(block, Paragraph))
    others = () if script.language else voices
    return {role: _choices(script.voices.get(role, "") if role else script.voice, others) for role in roles}


def _choices(own: str, voices: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([own, *voices] if own else voices))


def assign(choices: Choices, down: Collection[str] = ()) -> Cast | None:
    """Return the best cast without the voices that are `down`; None if no voice is left for a role."""
    cast: Cast = {}
    for role, voices in choices.items():
        voice = next((voice for voice in voices if voice not in down), None)
        if voice is None:
            return None
        cast[role] = voice
    return cast


def rank(choices: Choices, cast: Mapping[str, str]) -> int | None:
    """Return how far a cast is from the best one (0); None if it gives a role a voice that is not among its choices."""
    if cast.keys() != choices.keys() or any(voice not in choices[role] for role, voice in cast.items()):
        return None
    return sum(choices[role].index(voice) for role, voice in cast.items())
