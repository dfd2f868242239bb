"""What rate of speech an engine gives for its own settings: the laws in `speech/voices/rate.py` and `piper.py`.

    python benchmarks/speech_rate.py [--voice piper:NAME --station FOLDER]

Every sentence of voices_sentences.toml and of the sample scripts is spoken. Printed are syllables a minute as
`speech/voices/rate.py` counts them, over all sentences, and the slowest and the fastest sentence as parts of that: for
eSpeak by the library's own words a minute, for a model of Piper by its length scale.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from broadcaster.models import Paragraph  # noqa: E402
from broadcaster.speech.clip_recipe import split_sentences  # noqa: E402
from broadcaster.speech.normalise import read  # noqa: E402
from broadcaster.speech.script import read_scripts  # noqa: E402
from broadcaster.speech.voices.espeak import DIALECTS, EspeakVoice  # noqa: E402
from broadcaster.speech.voices.piper import PiperVoice  # noqa: E402
from broadcaster.speech.voices.rate import speaking_seconds, syllables_in  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from broadcaster.speech.voices import Pcm

ESPEAK = (80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230, 240)
PIPER = (0.6, 0.8, 1.0, 1.2, 1.5, 2.0)


def sentences() -> Iterator[str]:
    yield from tomllib.loads((REPOSITORY / "benchmarks" / "voices_sentences.toml").read_text("utf-8"))["sentences"]
    scripts, _problems = read_scripts(REPOSITORY / "scripts")
    for script in scripts.values():
        for block in script.blocks:
            if isinstance(block, Paragraph) and not script.language:
                yield from split_sentences(read(block.text).spoken)


def show(name: str, setting: float, speak: Callable[[str], Pcm]) -> None:
    counts = [(syllables_in(each), speaking_seconds(speak(each))) for each in sentences()]
    rate = 60 * sum(count for count, _seconds in counts) / sum(seconds for _count, seconds in counts)
    parts = sorted(60 * count / seconds / rate for count, seconds in counts if count > 7)
    print(f"{name:<28}{setting:>8}{rate:>8.1f} syllables/min   {parts[0]:.2f}–{parts[-1]:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voice")
    parser.add_argument("--station", type=Path, default=REPOSITORY)
    options = parser.parse_args()
    if options.voice:
        voice = PiperVoice(options.voice.removeprefix("piper:"), 200, options.station)
        for scale in PIPER:
            show(voice.name, scale, partial(voice.speak_at, scale))
        voice.close()
        return
    for dialect in DIALECTS:
        espeak = EspeakVoice(dialect, 200)
        for setting in ESPEAK:
            show(espeak.name, setting, lambda text, setting=setting, voice=espeak: voice.speak_at(setting, [text]))
        espeak.close()


if __name__ == "__main__":
    main()
