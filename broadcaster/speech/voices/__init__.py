"""The voices: one file an engine, each in its own process where it could hang or crash.

Importing this package imports no engine.
"""

from broadcaster.speech.voices.base import Pcm, Voice, VoiceError
from broadcaster.speech.voices.catalog import open_voice

__all__ = ["Pcm", "Voice", "VoiceError", "open_voice"]
