"""The base of the online voices: cache, rate limits, timeouts, and checks of the answer.

The client itself runs in a worker process, so that a request that hangs can be abandoned.
"""

from __future__ import annotations

import hashlib
import io
import threading
import time
import unicodedata
from array import array
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.children.worker import Worker, WorkerLostError, WorkerTimeoutError
from broadcaster.errors import RenderError
from broadcaster.files import replace_file
from broadcaster.i18n import _
from broadcaster.speech.decode.decoder import SoundDecoder
from broadcaster.speech.decode.mp3 import inspect_mp3
from broadcaster.speech.voices.base import Pcm, VoiceError, has_words, silence, trim_silence
from broadcaster.speech.voices.clauses import ends_clause, split_clauses
from broadcaster.speech.voices.rate import syllables_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_PAUSE_AT_CLAUSE = timedelta(milliseconds=150)
_PAUSE_INSIDE = timedelta(milliseconds=40)
_QUICKEST_SYLLABLE = 0.15  # seconds at the service's usual rate; an announcer needs 0.2 to 0.3
_SLOWEST_SYLLABLE = 1.2
_LEAST_LENGTH, _MOST_EXTRA = 0.15, 3.0
_LAST_MOMENT = 0.01  # seconds at the end, in which a voice has faded
_FADED = 0.1  # to at most this part of its peak
_CODEC_DELAY = 0.2  # seconds by which a whole MP3's frames and its samples may differ


@dataclass(frozen=True, slots=True)
class OnlineService:
    """One online voice: its worker module, the constant part of a request, and the longest text.

    The worker answers {"text", …} with an MP3 or a fault of the kind unreachable, busy (with "retry_after" in seconds)
    or unusable, and a request without "text" as soon as it has loaded its client.
    """

    name: str  # "gtts"
    version: str
    module: str
    limit: int  # characters in a request
    pace: float = 1.0  # how much faster than usual it speaks
    request: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OnlineTimeouts:
    """How long to wait for a service, in seconds."""

    start: float = 30.0  # for the client process, on a slow disk
    first: float = 4.5  # for the first answer in a batch: without a network a batch must not lose more than 5 s
    request: float = 15.0
    sentence: float = 25.0  # all attempts together
    gap: float = 0.3  # from the end of a request to the next one
    back_off: tuple[float, ...] = (1.0, 3.0)  # before the second attempt, before the third, …


class _BusyError(Exception):
    """429 or 5xx: worth trying again later."""

    def __init__(self, text: str, retry_after: float) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class _UnusableError(Exception):
    """An answer that is not the complete sound of this text."""


class _UnreachableError(Exception):
    """No answer at all."""


class OnlineVoice:
    """A voice from the network. Create one per batch: once the service has failed, all later requests fail at once.

    Sentences in the cache still work then. Only one request is made at a time, also from several threads. `sleep` and
    `clock` (monotonic seconds) can be replaced in tests.
    """

    local = False

    def __init__(
        self,
        service: OnlineService,
        cache: Path,
        timeouts: OnlineTimeouts | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = service.name
        self.version = service.version
        self._service = service
        self._cache = cache
        self._timeouts = timeouts or OnlineTimeouts()
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._worker = Worker(service.module)
        self._decoder = SoundDecoder()
        self._answered = False  # the service has answered, even if with a refusal
        self._has_spoken = False  # the service has returned usable sound
        self._down = ""  # why it is no longer used
        self._free_at = clock()

    def speak(self, text: str) -> Pcm:
        """Speak one sentence, from the cache or the network; raise VoiceError if neither has all of it."""
        pieces = split_clauses(unicodedata.normalize("NFC", text), self._service.limit)
        with self._lock:
            spoken = [(self._piece(piece), piece) for piece in pieces if has_words(piece)]
        return _join(spoken) if spoken else Pcm(b"", 24_000)

    def close(self) -> None:
        """End the worker process."""
        with self._lock:
            self._worker.close()
            self._decoder.close()

    def _piece(self, text: str) -> Pcm:
        return self._from_cache(text) or self._from_network(text)

    # ---- cache

    def _path(self, text: str) -> Path:
        key = "\n".join((self.name, self.version, text))
        return self._cache / f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}.mp3"

    def _from_cache(self, text: str) -> Pcm | None:
        path = self._path(text)
        try:
            return check_sound(path.read_bytes(), text, self._decoder, self._service.pace)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):  # damaged: request it again
            path.unlink(missing_ok=True)
            return None

    # ---- network

    def _from_network(self, text: str) -> Pcm:
        if self._down:
            raise VoiceError(self._down)
        give_up_at = self._clock() + self._timeouts.sentence
        waits = iter(self._timeouts.back_off)
        while True:
            try:
                return self._request(text, give_up_at)
            except _UnreachableError as error:
                raise self._give_up(_("cannot be reached ({reason})").format(reason=error)) from None
            except _BusyError as error:
                if not self._wait(next(waits, None), give_up_at, at_least=error.retry_after):
                    raise self._give_up(_("refuses for now ({reason})").format(reason=error)) from None
            except _UnusableError as error:
                if not self._wait(next(waits, None), give_up_at):
                    raise self._spoilt(str(error)) from None

    def _request(self, text: str, give_up_at: float) -> Pcm:
        """Make one request; cache and return the sound of a good answer."""
        self._sleep(max(0.0, self._free_at - self._clock()))
        most = self._timeouts.request if self._answered else self._timeouts.first
        try:
            data = self._ask(text, max(0.1, min(most, give_up_at - self._clock())))
            pcm = check_sound(data, text, self._decoder, self._service.pace)
        except ValueError as error:
            raise _UnusableError(str(error)) from None
        finally:
            self._free_at = self._clock() + self._timeouts.gap
        self._has_spoken = True
        self._keep(text, data)
        return pcm

    def _ask(self, text: str, deadline: float) -> bytes:
        request = {"text": text, **self._service.request}
        try:
            spent = self._start()
            answer = self._worker.ask(request, max(deadline / 2, deadline - spent))
        except (WorkerTimeoutError, WorkerLostError) as error:
            raise _UnreachableError(str(error)) from None
        fault, reason = answer.head.get("fault"), answer.head.get("text", "")
        if fault == "unreachable":
            raise _UnreachableError(reason)
        self._answered = True
        if fault == "busy":
            raise _BusyError(reason, answer.head.get("retry_after", 0.0))
        if fault:
            raise _UnusableError(reason)
        return answer.body

    def _start(self) -> float:
        """Start the client if it is not running; return the seconds spent, which do not count against the network."""
        began = self._clock()
        if self._worker.pid is None:
            self._worker.ask({}, self._timeouts.start)
        return self._clock() - began

    def _keep(self, text: str, data: bytes) -> None:
        try:
            replace_file(self._path(text), data)
        except OSError:  # on a full disk the sentence works without the cache
            return

    def _wait(self, seconds: float | None, give_up_at: float, at_least: float = 0.0) -> bool:
        """Wait before the next attempt; return False if no attempt or no time is left."""
        if seconds is None or self._clock() + max(seconds, at_least) >= give_up_at:
            return False
        self._sleep(max(seconds, at_least))
        return True

    def _spoilt(self, reason: str) -> VoiceError:
        """Give up this sentence; also the service, if it has never returned sound (as with a network's log-in page)."""
        if not self._has_spoken:
            return self._give_up(_("gives no sound ({reason})").format(reason=reason))
        return VoiceError(_("voice {name}: {reason}").format(name=self.name, reason=reason))

    def _give_up(self, reason: str) -> VoiceError:
        self._down = _("voice {name}: {reason}").format(name=self.name, reason=reason)
        self._worker.close()
        return VoiceError(self._down)


def _join(spoken: list[tuple[Pcm, str]]) -> Pcm:
    rate = spoken[0][0].rate
    parts: list[bytes] = []
    for pcm, text in spoken:
        pause = silence(_PAUSE_AT_CLAUSE if ends_clause(text) else _PAUSE_INSIDE, rate)
        parts += [pcm.samples, pause.samples]
    return Pcm(b"".join(parts[:-1]), rate)


def check_sound(data: bytes, text: str, decoder: SoundDecoder, pace: float = 1.0) -> Pcm:
    """Decode an MP3 of `text`; raise ValueError if it is not one, is cut off, or cannot be that text."""
    mp3 = inspect_mp3(io.BytesIO(data))
    if not mp3.length:
        raise ValueError(_("there is no sound in the answer"))
    pcm = _decode(data, decoder)
    shorter = mp3.length.total_seconds() - pcm.length.total_seconds()
    if not mp3.whole or shorter > _CODEC_DELAY or _ends_loud(pcm):
        raise ValueError(_("the sound is cut off"))
    pcm = trim_silence(pcm)
    syllables, seconds = syllables_in(text), pcm.length.total_seconds()
    if seconds < max(_LEAST_LENGTH, syllables * _QUICKEST_SYLLABLE / max(1.0, pace)):
        raise ValueError(_("{seconds:.1f} s of sound are too few for this text").format(seconds=seconds))
    if seconds > syllables * _SLOWEST_SYLLABLE / min(1.0, pace) + _MOST_EXTRA:
        raise ValueError(_("{seconds:.1f} s of sound are too many for this text").format(seconds=seconds))
    return pcm


def _ends_loud(pcm: Pcm) -> bool:
    """Return whether the voice stops in the middle of a sound, as when an MP3 was cut between two frames."""
    samples = array("h", pcm.samples)
    last = samples[-round(_LAST_MOMENT * pcm.rate) :]
    return max(last, default=0) > _FADED * max(samples, default=0)


def _decode(data: bytes, decoder: SoundDecoder) -> Pcm:
    try:
        sound = decoder.open_data(data)
        return Pcm(b"".join(sound.blocks()), sound.rate)
    except RenderError as error:
        raise ValueError(str(error)) from None
