"""The process that holds the device, spoken to as its parent does."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import pytest
from waiting import GIVE_UP

from broadcaster.children.messages import Message, MessageReader, encode_message
from broadcaster.children.process import command
from broadcaster.errors import PlayoutError
from broadcaster.playout.sound import libpulse
from broadcaster.playout.sound.device import MODULE
from broadcaster.playout.sound.device_process import connect_pulse
from broadcaster.playout.sound.found_devices import Found, choose

COMMAND = command(MODULE)
OPEN = {"do": "open", "device": "default", "backends": ["null"], "extra": 0.0, "unmute": False, "levels": {}}


def talk(*orders: dict[str, Any]) -> list[dict[str, Any]]:
    """Send orders and close the pipe; return all that was said. Fails when the process does not end by itself."""
    data = b"".join(encode_message(Message(order)) for order in orders)
    done = subprocess.run(COMMAND, input=data, capture_output=True, timeout=GIVE_UP, check=True)
    reader = MessageReader(io.BytesIO(done.stdout))
    return [message.head for message in iter(reader.read, None)]


def test_it_ends_with_its_input_and_says_nothing_unasked() -> None:
    assert talk() == []


def test_the_end_of_input_ends_a_running_device() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(encode_message(Message(OPEN)))
        reader = MessageReader(process.stdout)
        while (message := reader.read()) and message.head["event"] != "opened":
            pass
        process.stdin.close()
        assert process.wait(GIVE_UP) == 0


def test_an_order_that_is_not_a_message_ends_it_with_an_error_on_stderr() -> None:
    done = subprocess.run(COMMAND, input=b"{}\n" * 9, capture_output=True, timeout=GIVE_UP, check=False)
    assert done.returncode == 1
    assert b"MessageError" in done.stderr


def test_orders_before_the_device_is_open_are_passed_over() -> None:
    assert talk({"do": "stop"}, {"do": "play", "number": 1, "at": 0, "parts": []}) == []


def test_devices_are_listed_with_their_backend() -> None:
    (answer,) = talk({"do": "list", "backends": ["null"]})
    assert answer == {
        "event": "devices",
        "backend": "Null",
        "devices": [{"name": "NULL Playback Device", "is_default": True}],
    }


def test_a_device_that_is_not_there_is_an_error_in_words() -> None:
    (answer,) = talk({**OPEN, "device": "Horn"})
    assert answer["event"] == "error"
    assert '"Horn"' in answer["text"]


def test_the_default_is_the_one_that_the_system_marks() -> None:
    first, second = Found("a", is_default=False, id=1), Found("b", is_default=True, id=2)
    assert choose([first, second], "default") is second
    assert choose([first], "default") is first
    assert choose([first, second], "A") is first
    with pytest.raises(PlayoutError, match="no sound output"):
        choose([], "default")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has PulseAudio")
@pytest.mark.parametrize(
    ("server", "library", "reason"),
    [("unix:/nowhere/native", libpulse.LIBRARY, "Connection refused"), ("", "libnothing.so.0", "libnothing.so.0: ")],
    ids=["no server", "no library"],
)
def test_without_pulseaudio_the_device_library_plays_and_it_is_told_why(
    server: str, library: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", server)
    monkeypatch.setattr(libpulse, "LIBRARY", library)
    found, why = connect_pulse([])
    assert found is None
    assert why.startswith(reason)


def test_who_asks_for_a_backend_gets_that() -> None:
    assert connect_pulse(["alsa"]) == (None, "")
