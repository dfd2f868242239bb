"""The clips that the play history knows: which sound was made for which text, in which words, by whom.

A clip airs only where a row names the SHA-256 of its file for the present text: a file that somebody put in its place
is no clip, whatever the JSON beside it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from broadcaster.models import Heard
from broadcaster.records.follower import Follower
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from broadcaster.models import Clip, MadeClip
    from broadcaster.records.ledger import Row

KINDS = (Kind.CLIP_MADE, Kind.CLIP_FOUND)
"""The rows that make a clip known."""

_Key = tuple[str, str, str, str]


def clip_body(made: MadeClip, how: str) -> dict[str, Any]:
    """Return the body of the row of a clip; `how` is the part of the program that made it, such as "desk"."""
    clip = made.clip
    body: dict[str, Any] = {
        "script": clip.script,
        "title": made.title,
        "clip": clip.digest,
        "sha256": clip.sha256,
        "seconds": clip.length.total_seconds(),
        "voice": clip.voice,
        "voices": [{"speaker": who, "voice": spec, "version": now} for who, (spec, now) in made.cast.items()],
        **heard_to_body(made.heard),
        "how": how,
    }
    body |= {name: told for name, told in (("topic", made.topic), ("language", made.language)) if told}
    return body | ({"replaced": made.replaced} if made.replaced else {})


@dataclass(frozen=True, slots=True)
class ClipRow:
    """What is to be entered about a clip: the kind of its row, `CLIP_MADE` or `CLIP_FOUND`, and a `clip_body`."""

    kind: Kind
    body: Mapping[str, Any]

    @property
    def script(self) -> str:
        """The script that it is a clip of."""
        return str(self.body["script"])

    def entry(self, actor: str, at: datetime) -> Entry:
        """Return it as a ledger row."""
        return Entry(self.kind, actor, at, None, self.body)


def heard_to_body(heard: Heard) -> dict[str, Any]:
    """Return the part of a row's body that says what is heard of a script."""
    return {
        "text_digest": heard.text,
        "spoken_digest": heard.words,
        "lexicon": dict(heard.lexicon),
        "sounds": dict(heard.sounds),
    }


def heard_from_body(body: Mapping[str, Any]) -> Heard | None:
    """Return what was heard; None for a row that does not say: an approval by version 0.1."""
    lexicon, sounds = body.get("lexicon"), body.get("sounds")
    if not isinstance(lexicon, dict) or not isinstance(sounds, dict):
        return None
    return Heard(str(body.get("text_digest", "")), str(body.get("spoken_digest", "")), lexicon, sounds)


class KnownClips(Follower):
    """The clips that a ledger knows; `follow` reads the new ones and costs almost nothing.

    One thread may follow while others ask.
    """

    kinds = KINDS

    def __init__(self, *, is_strict: bool = True) -> None:
        """`is_strict`: whether a clip that no row names does not count."""
        super().__init__()
        self._is_strict = is_strict
        self._heard: dict[_Key, Heard] = {}

    def _take(self, row: Row) -> None:
        if heard := heard_from_body(row.body):
            digests = (str(row.body.get(name, "")) for name in ("script", "text_digest", "clip", "sha256"))
            script, text, clip, sha256 = digests
            self._heard[script, text, clip, sha256] = heard

    def counts(self, clip: Clip) -> bool:
        """Return whether a clip may air: exactly this sound was entered for this text."""
        return not self._is_strict or _key(clip) in self._heard

    def heard(self, clip: Clip) -> Heard | None:
        """Return what is heard in a clip, as its row says; None for one that is not known."""
        return self._heard.get(_key(clip))


def _key(clip: Clip) -> _Key:
    return clip.script, clip.text_digest, clip.digest, clip.sha256
