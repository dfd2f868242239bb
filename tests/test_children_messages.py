"""The messages between the program and its child processes."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.children.messages import Message, MessageError, MessageReader, encode_message

GREETING = encode_message(Message({"text": "xin chào"}, b"1234"))


class Dripping(io.BytesIO):
    """A pipe that hands over a few bytes at a time."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 3))


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), st.binary())
def test_messages_arrive_as_they_were_sent(head: dict[str, object], body: bytes) -> None:
    data = encode_message(Message(head, body))
    for pipe in (io.BytesIO(data + GREETING), Dripping(data + GREETING)):
        reader = MessageReader(pipe)
        assert reader.read() == (head, body)
        assert reader.read() == ({"text": "xin chào"}, b"1234")
        assert reader.read() is None


@given(st.integers(0, len(GREETING) - 1))
def test_half_a_message_is_none(length: int) -> None:
    assert MessageReader(io.BytesIO(GREETING[:length])).read() is None


@given(st.binary(min_size=1))
def test_anything_else_is_an_error_or_the_beginning_of_a_message(data: bytes) -> None:
    reader = MessageReader(io.BytesIO(data))
    if GREETING.startswith(data[:4]):
        assert reader.read() is None
    else:
        with pytest.raises(MessageError):
            reader.read()


def test_the_error_shows_what_was_received() -> None:
    with pytest.raises(MessageError, match=r"^ALSA: xin ch\\xc3\\xa0o\\n$"):
        MessageReader(io.BytesIO("ALSA: xin chào\n".encode())).read()


@pytest.mark.parametrize("head", [b"{", b"[1]", b"\xff", b"[" * 100_000, b""])
def test_a_head_that_is_no_object_is_an_error(head: bytes) -> None:
    start = GREETING[:4] + len(head).to_bytes(4, "big") + bytes(4)
    with pytest.raises(MessageError):
        MessageReader(io.BytesIO(start + head)).read()


def test_a_message_that_claims_gigabytes_is_not_read() -> None:
    with pytest.raises(MessageError):
        MessageReader(io.BytesIO(GREETING[:4] + b"\xff" * 8 + bytes(100))).read()
