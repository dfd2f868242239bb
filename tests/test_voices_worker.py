from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stand_ins.google import HERE
from waiting import GIVE_UP

from broadcaster.speech.voices.worker import Worker, WorkerLostError, WorkerTimeoutError

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE = GIVE_UP


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setenv("PYTHONPATH", str(HERE.parent))
    made = Worker("stand_ins.odd_worker")
    yield made
    made.close()


def test_an_answer_is_what_the_worker_said_and_the_process_stays(worker: Worker) -> None:
    text = "xin chào " * 100_000  # far more than a pipe holds
    assert worker.ask({"do": "echo", "echo": text}, DEADLINE) == ({"did": "echo"}, text.encode())
    first = worker.pid
    assert worker.ask({"do": "echo"}, DEADLINE).body == b""
    assert worker.pid == first


@pytest.mark.parametrize("what", ["print", "flood"])
def test_what_a_library_prints_spoils_nothing(worker: Worker, what: str) -> None:
    for _ in range(3):
        assert worker.ask({"do": what}, DEADLINE).head == {"did": what}


def test_an_error_is_an_answer(worker: Worker) -> None:
    assert worker.ask({"do": "raise"}, DEADLINE).head == {"fault": "failed", "text": "ValueError: no such\tthing"}
    assert worker.ask({"do": "name a fault"}, DEADLINE).head == {
        "fault": "busy",
        "text": "come back later",
        "retry_after": 7,
    }


@pytest.mark.parametrize(("what", "reason"), [("crash", "the last words$"), ("crash silently", "exit status 3$")])
def test_a_crash_is_told_with_its_last_words_and_the_next_request_finds_a_new_process(
    worker: Worker, what: str, reason: str
) -> None:
    with pytest.raises(WorkerLostError, match=reason):
        worker.ask({"do": what}, DEADLINE)
    assert worker.pid is None
    assert worker.ask({"do": "echo"}, DEADLINE).head == {"did": "echo"}


def test_a_hang_ends_at_the_deadline_and_with_it_the_process(worker: Worker) -> None:
    worker.ask({"do": "echo"}, DEADLINE)
    with pytest.raises(WorkerTimeoutError, match=r"0\.3 s"):
        worker.ask({"do": "hang"}, 0.3)
    assert worker.pid is None


def test_a_module_that_does_not_exist_is_told() -> None:
    worker = Worker("broadcaster.speech.voices.nobody")
    with pytest.raises(WorkerLostError, match="nobody"):
        worker.ask({"do": "echo"}, DEADLINE)


def test_an_interpreter_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(WorkerLostError, match="cannot start"):
        Worker("broadcaster.speech.voices.espeak_worker").ask({}, DEADLINE)


def test_an_orphan_that_hangs_ends_itself(worker: Worker) -> None:
    """Where the parent is gone nobody enforces the deadline, so the worker does, a little later."""
    worker.ask({"do": "echo"}, DEADLINE)
    process = worker._process
    assert process is not None
    from broadcaster.speech.voices.frames import Message, write_message

    write_message(process.stdin, Message({"do": "hang", "deadline": -4.5}))  # type: ignore[arg-type]  # a pipe
    assert process.wait(GIVE_UP) != 0
