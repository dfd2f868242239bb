"""A child process as the program sees it: started, written to without waiting, heard, and lost with a reason."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from broadcaster.children.messages import Message, MessageError, MessageReader, encode_message, write_all
from broadcaster.children.stderr_tail import StderrTail
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

URGENT_NICENESS = -10
"""Before the renderer and whatever else runs on the computer; what sound servers take for themselves."""
LEAVING_SECONDS = 2.0
"""How long a child that has closed its pipe may take to end."""
END_SECONDS = 0.5
_FOLDER = Path(__file__).parent
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows: no console flashes up under a daemon
_HIGH_PRIORITY = getattr(subprocess, "HIGH_PRIORITY_CLASS", 0)

log = logging.getLogger(__name__)


class LossKind(Enum):
    """How a child process was lost."""

    ENDED = auto()  # by itself: it crashed, was killed, or left
    UNREADABLE = auto()  # it sent something that is not a message
    GIVEN_UP = auto()  # by the program, for a reason of its own
    CLOSED = auto()  # by the program, which has no more use for it


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a child process was lost.

    `text` is, by kind: the last words on stderr or "", what was received, the reason that the program gave.
    """

    kind: LossKind
    text: str = ""
    exit_status: int | None = None


def command(module: str) -> list[str]:
    """Return the command that runs `module` as a child.

    `-P` keeps the present folder from the search for modules. `-I` would also do without the user's own site-packages,
    where the program may be installed.
    """
    return [sys.executable, "-P", str(_FOLDER / "run_child.py"), module]


def environment() -> dict[str, str]:
    """Return the environment of a child: ours, with a search path that means the same from another folder."""
    environment = dict(os.environ)
    if folders := environment.pop("PYTHONPATH", ""):
        absolute = [str(Path(folder).absolute()) for folder in folders.split(os.pathsep) if folder]
        environment["PYTHONPATH"] = os.pathsep.join(absolute)
    return environment


class Child:
    """A child process that runs `main(parent)` of `module`; OSError where it cannot be started.

    `hear` is called with each message that comes, in the thread that reads; it returns True where it took the message,
    False where that is an answer to `ask`. A message that it cannot make sense of, it answers with MessageError.
    """

    def __init__(self, module: str, hear: Callable[[Message], bool] | None = None, *, urgent: bool = False) -> None:
        self.lost: Loss | None = None
        self._module = module
        self._hear = hear
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._answers: list[Message] = []
        self._changed = threading.Condition(threading.RLock())
        self._process = _start(module, urgent=urgent)
        self._tail = StderrTail(cast(BinaryIO, self._process.stderr))
        self._reader = threading.Thread(target=self._read, name=f"{module}: messages", daemon=True)
        self._reader.start()
        threading.Thread(target=self._write, name=f"{module}: orders", daemon=True).start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def send(self, head: dict[str, Any]) -> None:
        """Send a message, without waiting. Does nothing if the process is gone: see `lost`."""
        self._outbox.put(encode_message(Message(head)))

    def ask(self, head: dict[str, Any], seconds: float) -> Message | None:
        """Send a message and return the answer; None where the process is lost or does not answer in time."""
        with self._changed:
            self._answers.clear()
        self.send(head)
        self.wait_for(lambda: bool(self._answers), seconds)
        with self._changed:
            return self._answers.pop(0) if self._answers else None

    def wait_for(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Wait until `is_so()` or until the process is lost, at most `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: is_so() or self.lost is not None, seconds)

    def give_up(self, reason: str) -> None:
        """Kill the process, for `reason`; the first reason why it was lost stays."""
        self._lose(Loss(LossKind.GIVEN_UP, reason))

    def end(self, reason: str = "", patience: float = 0.0) -> None:
        """End the process; it has `patience` seconds to leave by itself."""
        with self._changed:
            self.lost = self.lost or Loss(LossKind.CLOSED, reason)
            self._changed.notify_all()
        self._outbox.put(None)
        self._reader.join(patience)
        self._process.kill()
        self._reader.join(END_SECONDS)

    def _lose(self, loss: Loss) -> None:
        with self._changed:
            self.lost = self.lost or loss
            self._changed.notify_all()
        self._process.kill()

    def _write(self) -> None:
        """Send what is in the outbox, until the process is ended or gone."""
        with cast(BinaryIO, self._process.stdin) as pipe, contextlib.suppress(OSError):
            while (data := self._outbox.get()) is not None:
                write_all(pipe, data)

    def _read(self) -> None:
        """Hear the process until its end, then say why it was lost."""
        unreadable = self._hear_all()
        if unreadable is not None:
            self._process.kill()
        self._wait_for_exit()
        self._tail.wait_for_end(END_SECONDS)
        loss = self.lost or unreadable or Loss(LossKind.ENDED, self._tail.last_words(), self._process.returncode)
        self._log_tail(loss)
        self._lose(loss)
        self._outbox.put(None)

    def _hear_all(self) -> Loss | None:
        """Hear messages until there are no more; return a loss where one cannot be understood."""
        try:
            with cast(BinaryIO, self._process.stdout) as pipe:
                reader = MessageReader(pipe)
                while (message := reader.read()) is not None:
                    self._take(message)
        except MessageError as error:
            log.error(_("%s sent something that is not a message: %s"), self._module, error)  # noqa: TRY400 - no bug of ours
            return Loss(LossKind.UNREADABLE, str(error))
        except OSError:  # the pipe broke: the end of the process says why
            return None
        except Exception as error:
            log.exception(_("a message of %s was not understood"), self._module)
            return Loss(LossKind.UNREADABLE, f"{type(error).__name__}: {error}")
        return None

    def _take(self, message: Message) -> None:
        with self._changed:
            if self._hear is None or not self._hear(message):
                self._answers.append(message)
            self._changed.notify_all()

    def _wait_for_exit(self) -> None:
        try:
            self._process.wait(LEAVING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _log_tail(self, loss: Loss) -> None:
        """Log what the process last wrote to stderr; after an end on purpose hardly anyone wants to know."""
        lines = self._tail.lines()
        if lines:
            level = logging.DEBUG if loss.kind is LossKind.CLOSED else logging.WARNING
            text = _("%s ended (exit status %s). It last wrote:\n%s")
            log.log(level, text, self._module, self._process.returncode, "\n".join(lines))


def _start(module: str, *, urgent: bool) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command(module),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=_FOLDER,  # holds nothing that anybody looks for by name; the folder that we run in may be unplugged
        env=environment(),
        creationflags=_NO_WINDOW | (_HIGH_PRIORITY if urgent else 0),
    )
    if urgent and hasattr(os, "setpriority"):  # before it starts threads, which inherit this
        with contextlib.suppress(OSError):  # not everyone may
            os.setpriority(os.PRIO_PROCESS, process.pid, URGENT_NICENESS)
    return process
