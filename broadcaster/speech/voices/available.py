"""List the voices that this station has or could have, for `voice list`."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.i18n import _
from broadcaster.program import install_command
from broadcaster.speech.voices.install import MANIFEST, VoicePack, read_pack, shipped_packs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from broadcaster.settings import SpeechSettings

_HOSTS = {"gtts": "https://translate.google.com/", "edge": "https://speech.platform.bing.com/"}
_PROBE = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """One voice. `reachable` is None if the voice needs no network, or the network was not tried."""

    spec: str
    installed: bool
    reachable: bool | None
    licence: str
    quality: str
    note: str = ""
    configured: bool = False  # station.toml names it


def known_voices(root: Path, settings: SpeechSettings, *, probe: bool = True) -> list[VoiceInfo]:
    """Return every voice for the station at `root`, best known first; `probe` tries the network, for 3 s at most."""
    found = [*_espeak(), *_piper(root), *_online(), *_silent()]
    reached = _reach({info.spec.partition(":")[0] for info in found} & _HOSTS.keys()) if probe else {}
    return [
        replace(info, reachable=reached.get(info.spec.partition(":")[0]), configured=info.spec in settings.voices)
        for info in found
    ]


def _espeak() -> Iterator[VoiceInfo]:
    from broadcaster.speech.voices.espeak import DIALECTS, is_nearly_toneless

    installed = find_spec("espeakng_loader") is not None
    accents = (_("north"), _("centre"), _("south"))
    for dialect, accent in zip(DIALECTS, accents, strict=True):
        note = _("{accent}; +m1 to +m8 and +f1 to +f5 are other men and women").format(accent=accent)
        if is_nearly_toneless(f"espeak:{dialect}"):
            note = _("{note}; not recommended: its tones hardly differ").format(note=note)
        yield VoiceInfo(f"espeak:{dialect}", installed, None, "GPL-3.0-or-later", _("plain, always there"), note)


def _piper(root: Path) -> Iterator[VoiceInfo]:
    from broadcaster.speech.voices.piper import installed_models

    here = list(installed_models(root))
    shipped = shipped_packs()
    for name in [*here, *(name for name in shipped if name not in here)]:
        pack = _installed_pack(root, name) or shipped.get(name)
        licence, quality, note = (pack.licence, pack.quality, pack.note) if pack else ("?", "?", "")
        works = name in here and find_spec("piper") is not None
        yield VoiceInfo(f"piper:{name}", works, None, licence, quality, note if works else _piper_todo(name, here))


def _piper_todo(name: str, here: list[str]) -> str:
    if name in here:
        return _("install it: {command}").format(command=install_command("piper-tts"))
    return _("broadcaster voice install {name}").format(name=name)


def _installed_pack(root: Path, name: str) -> VoicePack | None:
    path = root / "voices" / name / MANIFEST
    try:
        return read_pack(path) if path.is_file() else None
    except InputError:  # a wrong manifest: the model may work all the same
        return None


def _online() -> Iterator[VoiceInfo]:
    from broadcaster.speech.voices.edge import VOICES

    terms = _("the service's own terms")
    yield VoiceInfo("gtts", find_spec("gtts") is not None, None, terms, _("good"), _("Google Translate; unofficial"))
    installed = find_spec("edge_tts") is not None
    note = _("Microsoft Edge; unofficial")
    todo = _("install it: {command}").format(command=install_command("edge-tts"))
    for voice in VOICES:
        yield VoiceInfo(f"edge:{voice}", installed, None, terms, _("very good"), note if installed else todo)


def _silent() -> Iterator[VoiceInfo]:
    yield VoiceInfo("silent", True, None, "GPL-3.0-or-later", _("says nothing"), _("for rehearsals"))  # noqa: FBT003


def _reach(engines: set[str]) -> dict[str, bool]:
    """Try all hosts at once, in daemon threads: name resolution can take a minute, longer than the time limit."""
    answers: dict[str, bool] = {}

    def ask(engine: str) -> None:
        answers[engine] = _answers(_HOSTS[engine])

    threads = [threading.Thread(target=ask, args=(engine,), daemon=True) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PROBE)
    return {engine: answers.get(engine, False) for engine in engines}


def _answers(url: str) -> bool:
    """Return whether a server answers at `url`, even with an error."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    try:
        with urlopen(Request(url, method="HEAD"), timeout=_PROBE):  # noqa: S310 - one of our two constants
            return True
    except HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
