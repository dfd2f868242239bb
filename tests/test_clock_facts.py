"""What the system knows of its clock."""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path

import pytest

from broadcaster.playout.clock_facts import read_clock_facts, read_w32tm

_TIME_ERROR = 5
"""What adjtimex returns for a clock that is not synchronised, in <sys/timex.h>."""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_linux_is_asked_for_the_start_of_the_computer_and_for_the_network_clock() -> None:
    facts = read_clock_facts()
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", facts.boot)
    assert facts.boot == Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    returned = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(1024))
    assert facts.synchronised == (returned != _TIME_ERROR)


ENGLISH = "Leap Indicator: {leap}(no warning)\r\nStratum: 4 (secondary reference - syncd by (S)NTP)\r\n"
VIETNAMESE = "Chỉ báo Nhuận: {leap}(không cảnh báo)\r\nTầng: 4 (tham chiếu thứ cấp)\r\n"


@pytest.mark.parametrize("answer", [ENGLISH, VIETNAMESE])
@pytest.mark.parametrize(("leap", "synchronised"), [(0, True), (1, True), (2, True), (3, False)])
def test_windows_is_understood_in_any_language(answer: str, leap: int, *, synchronised: bool) -> None:
    assert read_w32tm(answer.format(leap=leap)) is synchronised


@pytest.mark.parametrize(
    "answer", ["", "The following error occurred: The service has not been started. (0x80070426)\r\n"]
)
def test_a_service_that_does_not_run_leaves_it_unknown(answer: str) -> None:
    assert read_w32tm(answer) is None
