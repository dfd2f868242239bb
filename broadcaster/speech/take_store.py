"""The takes of a script on disk: what people read into a microphone, each a WAV with a JSON file of facts beside it.

`scripts/takes/<script>-<number>.wav` is renamed into place last, so that a take is whole, with its facts, or not there.
Its name is what `recording` in a script takes: `takes/thong-diep-1-2.wav`.
"""

from __future__ import annotations

import hashlib
import json
import re
import wave
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from broadcaster.files import replace_file, replacing, sha256_file
from broadcaster.models import CLIP_RATE, Paragraph
from broadcaster.speech.take_check import TakeFault

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from broadcaster.models import Script

FOLDER = "takes"
"""Below `scripts/`."""


@dataclass(frozen=True, slots=True)
class TakeFacts:
    """What is known of a take besides its sound."""

    script: str
    text_digest: str  # of the paragraphs that were read, see `digest_of_text`
    at: datetime  # when it was ended, with its zone
    by: str  # who recorded it
    device: str
    seconds: float
    voice: float  # dBFS
    noise: float  # dBFS
    faults: tuple[TakeFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Take:
    """One take; `sha256` is that of its WAV when it was recorded."""

    number: int
    path: Path
    sha256: str
    frames: int
    facts: TakeFacts

    @property
    def name(self) -> str:
        """What a script calls it."""
        return f"{FOLDER}/{self.path.name}"

    def is_unchanged(self) -> bool:
        """Return whether its file still holds what was recorded."""
        try:
            return sha256_file(self.path) == self.sha256
        except OSError:
            return False


def digest_of_text(script: Script) -> str:
    """Return the SHA-256, in hex, of what a person reads of a script: its paragraphs, and nothing of its front matter.

    Choosing a take changes the front matter, and no take is of another text for that.
    """
    texts = [block.text for block in script.blocks if isinstance(block, Paragraph)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def stored_takes(scripts: Path, script: str) -> list[Take]:
    """Return the takes of a script, the first one first; a WAV without readable facts is none of ours."""
    found = [(number, path) for number, path in _numbered(scripts / FOLDER, script) if path.suffix == ".wav"]
    takes = (_load(number, path) for number, path in sorted(found))
    return [take for take in takes if take is not None]


def keep_take(scripts: Path, facts: TakeFacts, blocks: Iterable[npt.NDArray[np.int16]], frames: int) -> Take:
    """Write a take under the next free number, and return it; `blocks` are `frames` mono samples at `CLIP_RATE`.

    Raise OSError where it cannot be written: then nothing of it is there.
    """
    folder = scripts / FOLDER
    number = max((number for number, _path in _numbered(folder, facts.script)), default=0) + 1
    path = folder / f"{facts.script}-{number}.wav"
    with replacing(path) as file:
        hashed = _HashedFile(file)
        with wave.open(hashed, "wb") as sound:  # type: ignore[call-overload]  # all of a file that wave asks for
            sound.setparams((1, 2, CLIP_RATE, frames, "NONE", ""))
            for block in blocks:
                sound.writeframesraw(block.astype("<i2", copy=False).tobytes())
        take = Take(number, path, hashed.sha256, frames, facts)
        replace_file(path.with_suffix(".json"), _to_json(take))
    return take


class _HashedFile:
    """A file that is written once from its beginning to its end, and the digest of what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell()

    def flush(self) -> None:
        self._file.flush()


def _numbered(folder: Path, script: str) -> list[tuple[int, Path]]:
    """Return the files of a script's takes with their numbers."""
    name = re.compile(rf"{re.escape(script)}-(?P<number>[1-9][0-9]*)\.(?:wav|json)")
    try:
        paths = list(folder.iterdir())
    except OSError:  # no take yet, or not readable: writing one reports it
        return []
    return [(int(found["number"]), path) for path in paths if (found := name.fullmatch(path.name))]


def _to_json(take: Take) -> bytes:
    facts = asdict(take.facts)
    facts["at"] = take.facts.at.isoformat()
    facts["faults"] = [{"kind": str(fault.kind), **dict(fault.facts)} for fault in take.facts.faults]
    known = {**facts, "sha256": take.sha256, "frames": take.frames}
    return json.dumps(known, ensure_ascii=False, indent=1).encode()


def _load(number: int, path: Path) -> Take | None:
    try:
        known: dict[str, Any] = json.loads(path.with_suffix(".json").read_bytes())
        sha256, frames = str(known.pop("sha256")), int(known.pop("frames"))
        known["at"] = datetime.fromisoformat(known["at"])
        known["faults"] = tuple(TakeFault.of(**fault) for fault in known["faults"])
        return Take(number, path, sha256, frames, TakeFacts(**known))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
