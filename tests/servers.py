"""Servers on this computer for what leaves it: web over TLS, mail over TLS, a timestamp authority, one that is mute."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "127.0.0.1"

# ---- certificates ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Authority:
    """An authority of a test, its certificate in `path`."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    path: Path

    @classmethod
    def make(cls, path: Path) -> Authority:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Authority {path.stem}")])
        key = ec.generate_private_key(ec.SECP256R1())
        signs = dict.fromkeys(("digital_signature", "key_cert_sign", "crl_sign"), True)
        other = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only")
        usage = x509.KeyUsage(**signs, **dict.fromkeys((*other, "decipher_only"), False))
        constraints = [(x509.BasicConstraints(ca=True, path_length=None), True), (usage, True)]
        path.write_bytes(_certificate(name, key, name, key, constraints).public_bytes(Encoding.PEM))
        return cls(name, key, path)

    def issue(self, path: Path, *, for_timestamps: bool = False) -> Path:
        """Write a key and a certificate of it for this computer, or for a timestamp authority, into one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        usage = ExtendedKeyUsageOID.TIME_STAMPING if for_timestamps else ExtendedKeyUsageOID.SERVER_AUTH
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address(HOST))])
        extensions = [(names, False), (x509.ExtendedKeyUsage([usage]), True)]
        made = _certificate(name, key, self.name, self.key, extensions)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(private + made.public_bytes(Encoding.PEM))
        return path


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    extensions: list[tuple[Any, bool]],
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    # from Python 3.13 on, certificates are held to RFC 5280: these must be there
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    of_signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    for extension, critical in [*extensions, (own, False), (of_signer, False)]:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer, hashes.SHA256())


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


# ---- web ---------------------------------------------------------------------------------------------------------


@dataclass
class WebServer:
    """What a web server was sent, and what it answers."""

    port: int = 0
    status: int = 200
    answer: Any = field(default=b"")  # or a function from the request's body to the answer
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def json(self) -> Any:
        """The last request, read as JSON."""
        return json.loads(self.requests[-1][2])


@contextmanager
def web_server(certificate: Path | None) -> Iterator[WebServer]:
    """Serve in a thread, over TLS where there is a certificate."""
    state = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.requests.append((self.path, dict(self.headers), body))
            answer = state.answer(body) if callable(state.answer) else state.answer
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *arguments: Any) -> None:
            """Say nothing where a client leaves: those who distrust our certificate do."""

    with Server((HOST, 0), Handler) as server:
        if certificate is not None:
            server.socket = tls(certificate).wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


# ---- mail --------------------------------------------------------------------------------------------------------


@dataclass
class MailServer:
    """What a mail server was sent; an address that begins with "nobody" it refuses."""

    port: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    mails: list[Message] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 there is nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(BytesParser().parsebytes(envelope.content))
        return "250 OK"


@contextmanager
def mail_server(certificate: Path, *, starttls: bool = False, password: bytes = b"") -> Iterator[MailServer]:
    """Serve in a thread, over TLS from the first byte or from STARTTLS on."""
    from aiosmtpd.smtp import SMTP, AuthResult

    state = MailServer()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        state.logins.append((data.login, data.password))
        return AuthResult(success=data.password == password, handled=False)

    options: dict[str, Any] = {"tls_context": tls(certificate), "require_starttls": True} if starttls else {}
    options |= {"authenticator": authenticate, "auth_require_tls": starttls} if password else {}
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # clients that distrust our certificate leave
    context = None if starttls else tls(certificate)
    made = loop.create_server(lambda: SMTP(state, loop=loop, hostname=HOST, **options), HOST, 0, ssl=context)
    server = loop.run_until_complete(made)
    state.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield state
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_cancel_others())
        loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


# ---- timestamps --------------------------------------------------------------------------------------------------

_TSA = """
[tsa]
default_tsa = t
[t]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


def timestamp_authority(folder: Path, authority: Authority) -> Any:
    """Return what answers a request as OpenSSL's own authority does: a function from request to answer."""
    folder.mkdir()
    authority.issue(folder / "tsa.pem", for_timestamps=True)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_TSA.format(folder=folder))
    openssl = shutil.which("openssl")

    def answer(request: bytes) -> bytes:
        (folder / "query.tsq").write_bytes(request)
        command = [openssl, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr"]
        subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True)
        return (folder / "reply.tsr").read_bytes()

    return answer


# ---- nothing -----------------------------------------------------------------------------------------------------


@contextmanager
def closing_port() -> Iterator[int]:
    """Hold a port on which nobody listens when the block is over; in it, one that accepts and says nothing."""
    with socket.create_server((HOST, 0)) as mute:
        yield mute.getsockname()[1]
