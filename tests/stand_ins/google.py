"""A local stand-in of the endpoint that gTTS talks to, reached as an HTTPS proxy."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

HERE = Path(__file__).parent
GOOD_MP3 = (HERE / "chin-am-tiet.mp3").read_bytes()


class GoogleStandIn(ThreadingHTTPServer):
    """Answers the first request with the first behaviour, and so on; the last one stays."""

    daemon_threads = True
    block_on_close = False

    def __init__(
        self, *behaviours: Behaviour, handler: type[BaseHTTPRequestHandler] | None = None, certificate: str = "cert.pem"
    ) -> None:
        super().__init__(("127.0.0.1", 0), handler or Handler)
        self.behaviours = list(behaviours)
        self.texts: list[str] = []
        self.over = threading.Event()
        self.in_flight = self.most_in_flight = 0
        self.lock = threading.Lock()
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(HERE / certificate, HERE / certificate.replace("cert", "key"))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what we are here for."""

    def next_behaviour(self) -> Behaviour:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


class Handler(BaseHTTPRequestHandler):
    server: GoogleStandIn
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        rpc = json.loads(parse_qs(body)["f.req"][0])
        with self.server.lock:
            self.server.texts.append(json.loads(rpc[0][0][1])[0])
            self.server.in_flight += 1
            self.server.most_in_flight = max(self.server.in_flight, self.server.most_in_flight)
            behaviour = self.server.next_behaviour()
        try:
            behaviour(self)
        finally:
            with self.server.lock:
                self.server.in_flight -= 1

    def finish(self) -> None:
        super().finish()
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.close()

    def log_message(self, *arguments: object) -> None:
        pass

    def reply(self, status: int, body: bytes, *, length: int | None = None, **headers: str) -> None:
        self.close_connection = True
        self.send_response(status)
        for name, value in {"Content-Length": str(length or len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


Behaviour = Callable[[Handler], None]


def envelope(mp3: bytes) -> bytes:
    inner = json.dumps([base64.b64encode(mp3).decode()], separators=(",", ":"))
    row = json.dumps([["wrb.fr", "jQ1olc", inner, None, None, None, "generic"]], separators=(",", ":"))
    return b")]}'\n\n" + f"{len(row)}\n{row}\n".encode()


def speaks(mp3: bytes | None = None) -> Behaviour:
    """Answer with `mp3`, or with sound of about the length of the text: nine syllables, once or more often."""

    def behave(handler: Handler) -> None:
        syllables = len(handler.server.texts[-1].split())
        handler.reply(200, envelope(GOOD_MP3 * max(1, round(syllables / 9)) if mp3 is None else mp3))

    return behave


def refuses(status: int, **headers: str) -> Behaviour:
    return lambda handler: handler.reply(status, b"sorry", **headers)


def shows_page(handler: Handler) -> None:
    handler.reply(200, b"<html><body>Please log in to the free Wi-Fi</body></html>", Content_Type="text/html")


def breaks_off(handler: Handler) -> None:
    whole = envelope(GOOD_MP3)
    handler.reply(200, whole[: len(whole) // 2], length=len(whole))


def hangs(handler: Handler) -> None:
    handler.close_connection = True
    handler.server.over.wait(3600)


def drips(handler: Handler) -> None:
    handler.reply(200, b")]}'", length=1_000_000)
    while not handler.server.over.wait(0.05):
        handler.wfile.write(b" ")


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
