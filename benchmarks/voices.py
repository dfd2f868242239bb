"""How well each voice is understood: the span of its tones, its rate, and what a recogniser and a horn make of it.

    python benchmarks/voices.py [--voice SPEC ...] [--rate N] [--preset flat] [--as-before] [--tones-only]
    python benchmarks/voices.py --recording FILE.wav --text FILE.txt [--at-rates 180 230 260]

All voices say the sentences of voices_sentences.toml, which are finished as clips are (`[mix]`), then

- tones: the span of the six tones and the least distance of two of them, in semitones (`voice_tones.py`);
- rate: syllables a minute in the finished sound (`broadcaster/speech/voices/rate.py`);
- recogniser: syllables that it got wrong, of all, clean and in the three places of `horn_and_valley.py`; in brackets
  those that are wrong even without their tones (`voice_hearing.py`);
- choice: syllables that came out of the horn nearer to another one of their set (`voice_choice.py`).

Without --voice: eSpeak's three dialects, and the models of Piper in voices/ of --station. `--as-before` lets eSpeak
speak as it did before its tones, pauses and rate were set. `--recording` measures the recogniser itself on a recording
whose words are known, also stretched to other rates. Ten sentences give figures that differ by some 5 points from run
to run, for eSpeak never says the same twice. The packages are in the group
measure: `uv run --group measure python benchmarks/voices.py`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import parselmouth
import soundfile
from horn_and_valley import PLACES, through_horn
from voice_choice import wrongly_heard
from voice_tones import measure_tones

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from broadcaster.settings import MixSettings, SpeechSettings  # noqa: E402
from broadcaster.speech.sound.master import master  # noqa: E402
from broadcaster.speech.sound.mix import lay_out, speech  # noqa: E402
from broadcaster.speech.sound.spool import Spool, spool_sound  # noqa: E402
from broadcaster.speech.voices import Pcm, open_voice  # noqa: E402
from broadcaster.speech.voices import espeak as espeak_voice  # noqa: E402
from broadcaster.speech.voices.piper import installed_models  # noqa: E402
from broadcaster.speech.voices.rate import speaking_seconds, syllables_in  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Sound = npt.NDArray[np.float64]
    Said = list[tuple[str, Sound, int]]

CLIP_RATE = 48_000
AS_BEFORE = 150  # the library's words a minute


def as_sound(pcm: Pcm) -> tuple[Sound, int]:
    return np.frombuffer(pcm.samples, "<i2").astype(np.float64) / 32768, pcm.rate


def finished(pcm: Pcm, mix: MixSettings) -> tuple[Sound, int]:
    """Return a sentence filtered, compressed and levelled as a clip is."""
    found = bytearray()
    with tempfile.TemporaryDirectory() as name, Spool(Path(name), "<i2") as spool:
        spoken = spool_sound(spool, pcm.rate, iter([np.frombuffer(pcm.samples, "<i2")]))

        def write(blocks: Any) -> None:
            found[:] = b"".join(blocks)

        master(lay_out([speech((spoken,), "voice")], mix), mix, Path(name), write)
    return as_sound(Pcm(bytes(found), CLIP_RATE))


def opened(spec: str, options: argparse.Namespace) -> Callable[[str], Pcm]:
    """Return what speaks a sentence in that voice."""
    voice = open_voice(spec, replace(SpeechSettings(), words_per_minute=options.rate), options.station)
    if options.as_before and isinstance(voice, espeak_voice.EspeakVoice):
        return lambda text: voice.speak_at(AS_BEFORE, [text])
    return voice.speak


def recognised(said: Said, snr: float) -> str:
    """Return the syllables that the recogniser got wrong, clean and behind the horn, in per cent."""
    from voice_hearing import errors, syllables, understood

    def wrong(sounds: Said) -> str:
        pairs = [(syllables(text), understood(sound, rate)) for text, sound, rate in sounds]
        all_ = sum(len(text) for text, _heard in pairs)
        whole = sum(errors(text, heard) for text, heard in pairs)
        bare = sum(errors([each[0] for each in text], [each[0] for each in heard]) for text, heard in pairs)
        return f"{100 * whole / all_:4.0f} ({100 * bare / all_:.0f})"

    horn = [(text, through_horn(sound, rate, place, snr), rate) for place in PLACES for text, sound, rate in said]
    return f"{wrong(said)}  {wrong(horn)}"


def measure(spec: str, known: dict[str, Any], options: argparse.Namespace) -> str:
    speak, mix = opened(spec, options), MixSettings(preset=options.preset)

    def plain(text: str) -> tuple[Sound, int]:
        return as_sound(speak(text))

    tones = measure_tones(plain, known["frame"], known["tones"])
    said = [(text, *finished(speak(text), mix)) for text in known["sentences"]]
    sounds = [Pcm((sound * 32767).astype("<i2").tobytes(), rate) for _text, sound, rate in said]
    rate = 60 * sum(map(syllables_in, known["sentences"])) / sum(map(speaking_seconds, sounds))
    figures = f"{spec:<30}{tones.span:5.1f} {tones.closest:5.2f} {tones.pair:<8}{rate:6.0f}"
    if options.tones_only:
        return figures
    sets = [known["beginnings"], known["ends"]]
    mistaken = wrongly_heard(lambda text: finished(speak(text), mix), known["choice_frame"], sets, options.snr)
    return f"{figures}   {recognised(said, options.snr):<24}{100 * mistaken:4.0f}"


def measure_recording(options: argparse.Namespace) -> None:
    sound, rate = soundfile.read(options.recording, always_2d=True)
    sound, text = sound.mean(axis=1), options.text.read_text("utf-8")
    pcm = Pcm((sound * 32767).astype("<i2").tobytes(), rate)
    own = 60 * syllables_in(text) / speaking_seconds(pcm)
    print(f"{own:6.0f} {recognised([(text, sound, rate)], options.snr)}", flush=True)
    for wanted in options.at_rates:
        stretched = parselmouth.Sound(sound, rate).lengthen(60.0, 400.0, own / wanted).values[0]
        print(f"{wanted:6.0f} {recognised([(text, stretched, rate)], options.snr)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voice", action="append")
    parser.add_argument("--station", type=Path, default=REPOSITORY)
    parser.add_argument("--rate", type=int, default=SpeechSettings().words_per_minute)
    parser.add_argument("--preset", choices=("horn", "flat"), default="horn")
    parser.add_argument("--snr", type=float, default=20.0, help="dB of speech above the noise behind the horn")
    parser.add_argument("--pitch-range", type=int)
    parser.add_argument("--as-before", action="store_true")
    parser.add_argument("--tones-only", action="store_true")
    parser.add_argument("--recording", type=Path)
    parser.add_argument("--text", type=Path)
    parser.add_argument("--at-rates", type=float, nargs="*", default=())
    options = parser.parse_args()
    if options.recording:
        measure_recording(options)
        return
    pitch_range = 50 if options.as_before else options.pitch_range
    if pitch_range is not None:
        espeak_voice.PITCH_RANGE = pitch_range
    known = tomllib.loads((REPOSITORY / "benchmarks" / "voices_sentences.toml").read_text("utf-8"))
    models = [f"piper:{name}" for name in installed_models(options.station)]
    print(f"{'':<30}span  least          rate   wrong: clean   horn        choice, %")
    for spec in options.voice or [*(f"espeak:{dialect}" for dialect in espeak_voice.DIALECTS), *models]:
        print(measure(spec, known, options), flush=True)


if __name__ == "__main__":
    main()
