"""A local stand-in of the WebSocket service that edge-tts talks to, reached as an HTTPS proxy."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

from stand_ins.google import HERE, GoogleStandIn, Handler

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD_MP3 = (HERE / "chin-am-tiet-48k.mp3").read_bytes()
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
_TEXT, _BINARY, _CLOSE = 1, 2, 8


class EdgeStandIn(GoogleStandIn):
    """Answers the first request with the first behaviour, and so on; the last one stays."""

    def __init__(self, *behaviours: Callable[[EdgeHandler], None]) -> None:
        super().__init__(*behaviours, handler=EdgeHandler, certificate="edge-cert.pem")
        self.rates: list[str] = []


class EdgeHandler(Handler):
    server: EdgeStandIn

    def do_GET(self) -> None:  # noqa: N802 - the base class calls it so
        behaviour = self.server.next_behaviour()
        behaviour(self)

    def upgrade(self) -> None:
        """Accept the WebSocket and read the configuration and the text."""
        self.close_connection = True
        accept = hashlib.sha1((self.headers["Sec-WebSocket-Key"] + _MAGIC).encode()).digest()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade")):
            self.send_header(name, value)
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(accept).decode())
        self.end_headers()
        self._read_frame()
        ssml = self._read_frame().decode()
        self.server.rates += re.findall(r"rate='([^']*)'", ssml)
        self.server.texts += re.findall(r">([^<>]+)</prosody>", ssml)

    def _read_frame(self) -> bytes:
        _flags, size = self.rfile.read(2)
        size &= 0x7F
        if size > 125:
            size = int.from_bytes(self.rfile.read(2 if size == 126 else 8), "big")
        mask = self.rfile.read(4)
        return bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(size)))

    def send(self, kind: int, data: bytes) -> None:
        size = len(data)
        length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
        self.wfile.write(bytes([0x80 | kind]) + length + data)

    def send_text(self, path: str, body: str = "{}") -> None:
        self.send(_TEXT, f"Path:{path}\r\nContent-Type:application/json\r\n\r\n{body}".encode())

    def send_sound(self, data: bytes) -> None:
        head = b"X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
        for at in range(0, len(data), 720):
            self.send(_BINARY, len(head).to_bytes(2, "big") + head + data[at : at + 720])

    def announce(self, seconds: float) -> None:
        data = {"Offset": 0, "Duration": round(seconds * 10_000_000), "text": {"Text": "…"}}
        self.send_text("audio.metadata", json.dumps({"Metadata": [{"Type": "SentenceBoundary", "Data": data}]}))


def speaks(handler: EdgeHandler) -> None:
    handler.upgrade()
    handler.send_text("turn.start")
    handler.announce(2.3)
    handler.send_sound(GOOD_MP3)
    handler.send_text("turn.end")
    handler.send(_CLOSE, b"")


def says_nothing(handler: EdgeHandler) -> None:
    handler.upgrade()
    handler.send_text("turn.start")
    handler.send_text("turn.end")
    handler.send(_CLOSE, b"")


def stops_early(handler: EdgeHandler) -> None:
    """Two thirds of the sound, whole frames, and then a polite end."""
    handler.upgrade()
    handler.announce(2.3)
    handler.send_sound(GOOD_MP3[: len(GOOD_MP3) * 2 // 3 // 144 * 144])
    handler.send(_CLOSE, b"")


def hangs_up(handler: EdgeHandler) -> None:
    handler.upgrade()
    handler.send_sound(GOOD_MP3[:1440])


def hangs(handler: EdgeHandler) -> None:
    handler.upgrade()
    handler.server.over.wait(3600)


def refuses(status: int) -> Callable[[EdgeHandler], None]:
    return lambda handler: handler.reply(status, b"sorry")
