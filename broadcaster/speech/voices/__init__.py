"""The voices: one file for each engine; engines that could hang or crash run in their own process.

Importing this package imports no engine.
"""

from broadcaster.speech.voices.base import Pcm, Voice, VoiceError
from broadcaster.speech.voices.catalog import open_voice

__all__ = ["Pcm", "Voice", "VoiceError", "open_voice"]
