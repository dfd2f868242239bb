"""What is used of libpulse, the client library of PulseAudio that PipeWire serves too, through ctypes.

The device library has one call for all sound systems; what tells when a sample is heard, writes to an exact place, and
says whether the output is muted, is in libpulse alone. The structures are those of its headers (`pulse/def.h`,
`introspect.h`, `sample.h`, `volume.h`), which only ever grew at their ends since 1.0.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_size_t, c_uint8, c_uint32, c_uint64
from ctypes import c_void_p as pointer
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARY = "libpulse.so.0"
ANSWER_SECONDS = 3.0
FULL_VOLUME = 0x10000
ANY = 0xFFFFFFFF
"""Where libpulse may choose: a length, an index."""

_NO_AUTOSPAWN = 0x1
_CONTEXT_READY, _CONTEXT_FAILED, _CONTEXT_TERMINATED = 4, 5, 6
_RUNNING = 0  # of an operation
_FLAT_VOLUME = 0x40  # of a sink: the volumes of its streams include its own


class PulseError(Exception):
    """The sound server refuses, or does not answer in time; the text is libpulse's own where it has one."""


class NoPulseError(PulseError):
    """There is no such library, or no such server."""


class SampleSpec(Structure):
    """`pa_sample_spec`."""

    _fields_ = (("format", c_int), ("rate", c_uint32), ("channels", c_uint8))


class BufferAttributes(Structure):
    """`pa_buffer_attr`, in bytes."""

    _fields_ = tuple((name, c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize"))


class TimingInfo(Structure):
    """The beginning of `pa_timing_info`; durations in microseconds, indexes in bytes."""

    _fields_ = (
        ("seconds", ctypes.c_long),
        ("microseconds", ctypes.c_long),
        ("synchronized_clocks", c_int),
        ("sink", c_uint64),
        ("source", c_uint64),
        ("transport", c_uint64),
        ("playing", c_int),
        ("write_index_corrupt", c_int),
        ("write_index", c_int64),
        ("read_index_corrupt", c_int),
        ("read_index", c_int64),
    )


class _ChannelMap(Structure):
    _fields_ = (("channels", c_uint8), ("map", c_int * 32))


class _Volumes(Structure):
    _fields_ = (("channels", c_uint8), ("values", c_uint32 * 32))


class _ServerInfo(Structure):
    _fields_ = (
        *((name, c_char_p) for name in ("user", "host", "version", "name")),
        ("sample_spec", SampleSpec),
        ("default_sink", c_char_p),
    )


class _SinkInfo(Structure):
    _fields_ = (
        ("name", c_char_p),
        ("index", c_uint32),
        ("description", c_char_p),
        ("sample_spec", SampleSpec),
        ("channel_map", _ChannelMap),
        ("owner_module", c_uint32),
        ("volumes", _Volumes),
        ("mute", c_int),
        ("monitor_source", c_uint32),
        ("monitor_source_name", c_char_p),
        ("latency", c_uint64),
        ("driver", c_char_p),
        ("flags", c_int),
    )


class _SinkInputInfo(Structure):
    _fields_ = (
        ("index", c_uint32),
        ("name", c_char_p),
        ("owner_module", c_uint32),
        ("client", c_uint32),
        ("sink", c_uint32),
        ("sample_spec", SampleSpec),
        ("channel_map", _ChannelMap),
        ("volumes", _Volumes),
        ("buffer", c_uint64),
        ("latency", c_uint64),
        ("resample_method", c_char_p),
        ("driver", c_char_p),
        ("mute", c_int),
    )


@dataclass(frozen=True, slots=True)
class PulseSink:
    """An output of the server. `volume` is of its loudest channel, as people see it: 1.0 is full."""

    index: int
    name: str
    description: str
    muted: bool
    volume: float
    flat: bool  # the volumes of its streams include its own


@dataclass(frozen=True, slots=True)
class SinkInput:
    """A stream of a program to a sink; `volume` as for `PulseSink`."""

    muted: bool
    volume: float


_INFO = CFUNCTYPE(None, pointer, pointer, c_int, pointer)
_SERVER_INFO = CFUNCTYPE(None, pointer, pointer, pointer)
_SIGNATURES: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (
    ("threaded_mainloop_new", pointer, ()),
    ("threaded_mainloop_get_api", pointer, (pointer,)),
    ("threaded_mainloop_start", c_int, (pointer,)),
    ("threaded_mainloop_lock", None, (pointer,)),
    ("threaded_mainloop_unlock", None, (pointer,)),
    ("strerror", c_char_p, (c_int,)),
    ("operation_get_state", c_int, (pointer,)),
    ("operation_cancel", None, (pointer,)),
    ("operation_unref", None, (pointer,)),
    ("context_new", pointer, (pointer, c_char_p)),
    ("context_connect", c_int, (pointer, c_char_p, c_int, pointer)),
    ("context_get_state", c_int, (pointer,)),
    ("context_errno", c_int, (pointer,)),
    ("context_get_server_info", pointer, (pointer, _SERVER_INFO, pointer)),
    ("context_get_sink_info_list", pointer, (pointer, _INFO, pointer)),
    ("context_get_sink_info_by_index", pointer, (pointer, c_uint32, _INFO, pointer)),
    ("context_get_sink_input_info", pointer, (pointer, c_uint32, _INFO, pointer)),
    ("context_set_sink_mute_by_index", pointer, (pointer, c_uint32, c_int, pointer, pointer)),
    ("context_set_sink_input_mute", pointer, (pointer, c_uint32, c_int, pointer, pointer)),
    ("context_set_sink_input_volume", pointer, (pointer, c_uint32, POINTER(_Volumes), pointer, pointer)),
    ("stream_new", pointer, (pointer, c_char_p, POINTER(SampleSpec), pointer)),
    (
        "stream_connect_playback",
        c_int,
        (pointer, c_char_p, POINTER(BufferAttributes), c_int, pointer, pointer),
    ),
    ("stream_get_state", c_int, (pointer,)),
    ("stream_get_index", c_uint32, (pointer,)),
    ("stream_cork", pointer, (pointer, c_int, pointer, pointer)),
    ("stream_update_timing_info", pointer, (pointer, pointer, pointer)),
    ("stream_get_timing_info", POINTER(TimingInfo), (pointer,)),
    ("stream_write", c_int, (pointer, c_char_p, c_size_t, pointer, c_int64, c_int)),
)

Found = TypeVar("Found")
_Ask = Callable[..., int | None]
"""A call of the library that answers through a callback; it returns the operation."""


def load() -> ctypes.CDLL:
    """Return the library with its signatures; raise NoPulseError where it is not there."""
    if ctypes.sizeof(pointer) < 8:
        raise NoPulseError("instants have no certain size on a 32-bit system")  # of 32 or 64 bits, by the release
    try:
        library = ctypes.CDLL(LIBRARY)
        for name, result, arguments in _SIGNATURES:
            function = getattr(library, f"pa_{name}")
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise NoPulseError(str(error)) from None
    return library


class Server:
    """A connection to the sound server. Nothing here waits without a limit, and nothing is closed: the process ends.

    `pa` is the library: call its functions under `locked()`.
    """

    def __init__(self, application: str) -> None:
        """Connect; raise NoPulseError where there is no library or no server, PulseError where it does not answer."""
        self.pa = load()
        self._loop = self.pa.pa_threaded_mainloop_new()
        self.context = self.pa.pa_context_new(self.pa.pa_threaded_mainloop_get_api(self._loop), application.encode())
        self.pa.pa_threaded_mainloop_start(self._loop)
        with self.locked():
            self.pa.pa_context_connect(self.context, None, _NO_AUTOSPAWN, None)
        self.wait_for(self._is_ready)

    def _is_ready(self) -> bool:
        state = self.pa.pa_context_get_state(self.context)
        if state in (_CONTEXT_FAILED, _CONTEXT_TERMINATED):
            raise NoPulseError(str(self.error()))
        return bool(state == _CONTEXT_READY)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the library's lock."""
        self.pa.pa_threaded_mainloop_lock(self._loop)
        try:
            yield
        finally:
            self.pa.pa_threaded_mainloop_unlock(self._loop)

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until `is_so()`, asked under the lock; raise PulseError where that takes too long."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            with self.locked():
                if is_so():
                    return
            if time.monotonic() > deadline:
                raise PulseError("the sound server does not answer")
            time.sleep(0.002)

    def error(self) -> PulseError:
        """Return why the last call failed."""
        return PulseError(self.pa.pa_strerror(self.pa.pa_context_errno(self.context)).decode("utf-8", "replace"))

    def start(self, operation: int | None) -> None:
        """Let an operation run that nobody waits for. Under the lock."""
        if operation:
            self.pa.pa_operation_unref(operation)

    def is_running(self, operation: int) -> bool:
        """Return whether an operation waits for the server's answer. Under the lock."""
        return bool(self.pa.pa_operation_get_state(operation) == _RUNNING)

    # ---- what the server knows ---------------------------------------------------------------------------------

    def sinks(self) -> list[PulseSink]:
        """Return the outputs that are there."""
        return self._ask(self.pa.pa_context_get_sink_info_list, (), _SinkInfo, _sink)

    def sink(self, index: int) -> PulseSink:
        """Return an output as it is now."""
        return self._ask(self.pa.pa_context_get_sink_info_by_index, (index,), _SinkInfo, _sink)[0]

    def sink_input(self, index: int) -> SinkInput:
        """Return a stream as it is now."""
        return self._ask(self.pa.pa_context_get_sink_input_info, (index,), _SinkInputInfo, _sink_input)[0]

    def default_sink(self) -> str:
        """Return the name of the output that is the default one; "" where there is none."""
        found: list[str] = []
        heard = threading.Event()

        def hear(_context: int, info: int, _data: int) -> None:
            if info:
                found.append(_text(ctypes.cast(info, POINTER(_ServerInfo)).contents.default_sink))
            heard.set()

        callback = _SERVER_INFO(hear)
        self._wait(heard, lambda: self.pa.pa_context_get_server_info(self.context, callback, None))
        return found[0] if found else ""

    def unmute_sink(self, index: int) -> None:
        """Let an output be heard."""
        with self.locked():
            self.start(self.pa.pa_context_set_sink_mute_by_index(self.context, index, 0, None, None))

    def unmute_stream(self, index: int) -> None:
        """Let a stream be heard."""
        with self.locked():
            self.start(self.pa.pa_context_set_sink_input_mute(self.context, index, 0, None, None))

    def raise_stream(self, index: int, channels: int) -> None:
        """Set a stream to its full volume."""
        full = _Volumes(channels, (c_uint32 * 32)(*[FULL_VOLUME] * channels))
        with self.locked():
            self.start(self.pa.pa_context_set_sink_input_volume(self.context, index, ctypes.byref(full), None, None))

    def _ask(
        self, function: _Ask, arguments: tuple[int, ...], kind: type[Structure], read: Callable[[Any], Found]
    ) -> list[Found]:
        """Return what a call answers through its callback, one item at a time; PulseError where it is none."""
        found: list[Found] = []
        heard = threading.Event()

        def hear(_context: int, info: int, last: int, _data: int) -> None:
            if info and not last:
                found.append(read(ctypes.cast(info, POINTER(kind)).contents))
            else:
                heard.set()

        callback = _INFO(hear)
        self._wait(heard, lambda: function(self.context, *arguments, callback, None))
        if not found and arguments:
            raise PulseError("it is gone")
        return found

    def _wait(self, heard: threading.Event, ask: Callable[[], int | None]) -> None:
        """Ask, and wait until the callback was called to the end; it is never called after this returns."""
        with self.locked():
            operation = ask()
            if not operation:
                raise self.error()
        answered = heard.wait(ANSWER_SECONDS)
        with self.locked():
            self.pa.pa_operation_cancel(operation)
            self.pa.pa_operation_unref(operation)
        if not answered:
            raise PulseError("the sound server does not answer")


def _sink(info: _SinkInfo) -> PulseSink:
    flat = bool(info.flags & _FLAT_VOLUME)
    return PulseSink(
        info.index, _text(info.name), _text(info.description), bool(info.mute), _loudest(info.volumes), flat
    )


def _sink_input(info: _SinkInputInfo) -> SinkInput:
    return SinkInput(bool(info.mute), _loudest(info.volumes))


def _loudest(volumes: _Volumes) -> float:
    return max(volumes.values[: volumes.channels], default=FULL_VOLUME) / FULL_VOLUME


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
