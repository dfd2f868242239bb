"""A voice's worker process, seen from the program: started when needed, given a deadline, ended when it hangs.

Engines that crash, hang or keep global state live there: a process can always be ended, a thread never.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

import broadcaster
from broadcaster.i18n import _
from broadcaster.speech.voices.base import VoiceError
from broadcaster.speech.voices.frames import Message, read_message, write_message

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows: no console flashes up under a daemon
_CLOSING = 2.0


class WorkerLostError(VoiceError):
    """The worker died before it answered."""


class WorkerTimeoutError(VoiceError):
    """The worker did not answer in time, and was ended."""


class Worker:
    """One child process `python -m MODULE` that answers one request at a time; starts anew after it was lost.

    Not for two threads at once: its owner holds a lock.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None  # a file: a pipe that nobody empties would stop the worker one day

    @property
    def pid(self) -> int | None:
        """The process in use, or None."""
        return self._process.pid if self._process else None

    def ask(self, head: Mapping[str, Any], deadline: float) -> Message:
        """Send a request and return the answer, a fault included.

        Raise WorkerTimeoutError after `deadline` seconds (the start counted), WorkerLostError where it died.
        """
        process = self._process or self._start()
        exchange = _Exchange(process, Message({**head, "deadline": deadline}))
        if not exchange.finish(deadline):
            self._end()
            raise WorkerTimeoutError(_("no answer within {seconds:g} s").format(seconds=deadline))
        if exchange.answer is None:
            raise WorkerLostError(_("its process ended unexpectedly: {reason}").format(reason=self._end()))
        return exchange.answer

    def close(self) -> None:
        """Let the worker end by itself, or end it."""
        if self._process is None:
            return
        cast(BinaryIO, self._process.stdin).close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_CLOSING)
        self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process, _end closes it
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                cwd=Path(broadcaster.__file__).parents[1],  # the package is found from there, installed or not
                creationflags=_NO_WINDOW,
            )
        except OSError as error:
            self._stderr.close()
            raise WorkerLostError(_("its process cannot start: {reason}").format(reason=error)) from None
        return self._process

    def _end(self) -> str:
        """End the process for good, and return the last thing it said on stderr, or how it exited."""
        process, stderr = cast("subprocess.Popen[bytes]", self._process), cast("IO[bytes]", self._stderr)
        self._process = self._stderr = None
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            _close_quietly(cast("IO[bytes]", pipe))
        with stderr:
            stderr.seek(0)
            said = stderr.read().decode("utf-8", "replace").strip()
        return said.splitlines()[-1] if said else f"exit status {process.returncode}"


class _Exchange:
    """One request and its answer, in a thread, since a pipe cannot be read with a deadline on Windows."""

    def __init__(self, process: subprocess.Popen[bytes], request: Message) -> None:
        self.answer: Message | None = None
        self._pipes = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        self._request = request
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def finish(self, deadline: float) -> bool:
        """Wait for the answer; False where it did not come in time."""
        self._thread.join(deadline)
        return not self._thread.is_alive()

    def _run(self) -> None:
        requests, answers = self._pipes
        try:
            write_message(requests, self._request)
            self.answer = read_message(answers)
        except (OSError, ValueError):  # the pipe broke, or was closed under us: no answer is the answer
            self.answer = None


def _close_quietly(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what was still buffered for a dead process
        pipe.close()
