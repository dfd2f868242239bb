"""A child process that answers questions, and all that can befall it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from stand_ins.google import HERE
from waiting import GIVE_UP

from broadcaster.children.messages import Message, encode_message
from broadcaster.children.stderr_tail import KEPT_BYTES, KEPT_LINES
from broadcaster.children.worker import Worker, WorkerLostError, WorkerTimeoutError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEADLINE = GIVE_UP
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and C's stdio, as POSIX has them")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setenv("PYTHONPATH", str(HERE.parent))
    made = Worker("stand_ins.odd_child")
    yield made
    made.close()


def test_an_answer_is_what_the_worker_said_and_the_process_stays(worker: Worker) -> None:
    text = "xin chào " * 100_000  # far more than a pipe holds
    assert worker.ask({"do": "echo", "echo": text}, DEADLINE) == ({"did": "echo"}, text.encode())
    first = worker.pid
    assert worker.ask({"do": "echo"}, DEADLINE).body == b""
    assert worker.pid == first


@pytest.mark.parametrize(
    "what", ["print", pytest.param("print through C", marks=posix), pytest.param("run a program", marks=posix), "flood"]
)
def test_what_a_library_prints_spoils_nothing(worker: Worker, what: str) -> None:
    for _ in range(3):
        assert worker.ask({"do": what}, DEADLINE).head == {"did": what}


def test_of_a_flood_on_stderr_the_end_is_kept(worker: Worker) -> None:
    worker.ask({"do": "flood"}, DEADLINE)
    with pytest.raises(WorkerLostError, match=r"the last words$"):
        worker.ask({"do": "crash"}, DEADLINE)


def test_an_error_is_an_answer(worker: Worker) -> None:
    assert worker.ask({"do": "raise"}, DEADLINE).head == {"fault": "failed", "text": "ValueError: no such\tthing"}
    assert worker.ask({"do": "name a fault"}, DEADLINE).head == {
        "fault": "busy",
        "text": "come back later",
        "retry_after": 7,
    }


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("crash", "ended unexpectedly: the last words$"),
        ("segfault", "ended unexpectedly: (Fatal Python error: Segmentation fault|Windows fatal exception.*)$"),
        pytest.param("abort", r"Assertion 'sink' failed at pulse.c:12, function play\(\). Aborting.$", marks=posix),
        ("fail in a thread", "ended unexpectedly: ZeroDivisionError: division by zero$"),
    ],
)
def test_a_crash_is_told_with_its_last_words_and_the_next_request_finds_a_new_process(
    worker: Worker, what: str, reason: str
) -> None:
    with pytest.raises(WorkerLostError, match=reason):
        worker.ask({"do": what}, DEADLINE)
    assert worker.pid is None
    assert worker.ask({"do": "echo"}, DEADLINE).head == {"did": "echo"}


def test_a_crash_without_a_word_is_told_with_its_exit_status(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadcaster.children.stderr_tail.RECENT_SECONDS", -1)  # its greeting is long past
    with pytest.raises(WorkerLostError, match=r"ended unexpectedly: exit status 3$"):
        worker.ask({"do": "crash silently"}, DEADLINE)


def test_a_crash_leaves_a_traceback_in_the_log(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(WorkerLostError):
        worker.ask({"do": "segfault"}, DEADLINE)
    assert "stand_ins.odd_child ended" in caplog.text
    assert "hello from an import" in caplog.text
    assert "in string_at" in caplog.text
    assert "in behave" in caplog.text


def test_the_log_of_a_flood_is_bounded(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    worker.ask({"do": "flood"}, DEADLINE)
    with pytest.raises(WorkerLostError):
        worker.ask({"do": "crash"}, DEADLINE)
    assert len(caplog.text) < KEPT_BYTES + 1000
    assert caplog.text.count("\n") < KEPT_LINES + 10


def test_bytes_that_are_no_message_lose_the_process_and_are_told_and_logged(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(WorkerLostError, match=r"not a message: oops: xin ch\\xc3\\xa0o"):
        worker.ask({"do": "send", "data": "oops: xin chào"}, DEADLINE)
    assert "stand_ins.odd_child sent something that is not a message: oops" in caplog.text
    assert worker.ask({"do": "echo"}, DEADLINE).head == {"did": "echo"}


@posix
def test_a_process_that_was_killed_while_idle_is_replaced(worker: Worker) -> None:
    worker.ask({"do": "echo"}, DEADLINE)
    child = worker._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait_for(lambda: False, DEADLINE)
    assert child.lost is not None
    assert worker.pid is None
    assert worker.ask({"do": "echo"}, DEADLINE).head == {"did": "echo"}


def test_a_hang_ends_at_the_deadline_and_with_it_the_process(worker: Worker) -> None:
    worker.ask({"do": "echo"}, DEADLINE)
    with pytest.raises(WorkerTimeoutError, match=r"0\.3 s"):
        worker.ask({"do": "hang"}, 0.3)
    assert worker.pid is None


def test_nothing_is_left_of_a_worker_that_was_closed(worker: Worker) -> None:
    before = set(threading.enumerate())
    worker.ask({"do": "flood"}, DEADLINE)
    child = worker._child
    assert child is not None
    worker.close()
    assert child._process.returncode == 0
    for thread in set(threading.enumerate()) - before:
        thread.join(DEADLINE)
        assert not thread.is_alive()


def test_a_module_that_does_not_exist_is_told() -> None:
    worker = Worker("broadcaster.speech.voices.nobody")
    with pytest.raises(WorkerLostError, match=r"ModuleNotFoundError: .*nobody"):
        worker.ask({"do": "echo"}, DEADLINE)


def test_an_interpreter_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(WorkerLostError, match="cannot start"):
        Worker("broadcaster.speech.voices.espeak_worker").ask({}, DEADLINE)


def test_a_worker_that_hangs_ends_itself_where_nobody_enforces_the_deadline(worker: Worker) -> None:
    worker.ask({"do": "echo"}, DEADLINE)
    child = worker._child
    assert child is not None
    child._outbox.put(encode_message(Message({"do": "hang", "deadline": -4.5})))
    child.wait_for(lambda: False, DEADLINE)
    assert child.lost is not None
    assert child.lost.exit_status == 1


@posix
@pytest.mark.parametrize("forked", [False, True], ids=["alone", "with a worker that holds its pipes"])
@pytest.mark.parametrize("hanging", [False, True], ids=["idle", "hanging"])
def test_a_child_leaves_when_its_parent_is_killed(
    worker: Worker, tmp_path: Path, *, forked: bool, hanging: bool
) -> None:
    lock = tmp_path / "lock"  # held by the child, and by nobody when it has gone
    code = f"""
import os, time
from broadcaster.children.worker import Worker
worker = Worker("stand_ins.odd_child")
worker.ask({{"do": "lock", "path": {str(lock)!r}}}, 20)
if {hanging}:
    worker._child.send({{"do": "hang"}})
if {forked} and os.fork() == 0:
    time.sleep(3600)
    os._exit(0)
print("ready", flush=True)
time.sleep(3600)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        parent.kill()
        parent.wait()
        with FileLock(lock, timeout=GIVE_UP):
            pass
        with contextlib.suppress(ProcessLookupError):  # what was forked
            os.killpg(parent.pid, signal.SIGKILL)
