"""Signed notes: a text and, after an empty line, its signatures. The format is C2SP's signed-note, with Ed25519 only.

    — <key name> base64(key id ‖ signature)

Every program that knows the format (such as Go's `golang.org/x/mod/sumdb/note`) can verify a note made here, and reads
its keys.

Sources: https://c2sp.org/signed-note, RFC 8032.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\x01"
"""The byte for Ed25519 in the format."""

_DASH = "\N{EM DASH}"
_SIGNATURE_LINE = re.compile(rf"{_DASH} ([^\s+]+) (\S+)")
_NAME = re.compile(r"[^\s+]+")
_ID_BYTES = 4
_KEY_BYTES = 32
_MOST_SIGNATURES = 100


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and its name, which has neither blanks nor `+`."""

    name: str
    public: bytes  # 32 bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line identifies its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as one line: name, id and key."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def from_text(cls, text: str) -> Verifier:
        """Read a key from its line; raise ValueError if it is not one, or was mistyped."""
        name, id_, data = (*text.strip().split("+", 2), "", "")[:3]
        found = cls(name, _key_bytes(data))
        if not _NAME.fullmatch(name) or found.id.hex() != id_.lower():
            raise ValueError(text)
        return found

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Return whether `signature`, id included, is this key's signature of `text`."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if signature[:_ID_BYTES] != self.id:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[_ID_BYTES:], text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and its name."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def new(cls, name: str) -> Signer:
        """Make a key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_text(cls, text: str) -> Signer:
        """Read a key from its line; raise ValueError if it is not one."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        mark, key, name, id_, data = (*text.strip().split("+", 4), "", "", "", "")[:5]
        found = cls(name, Ed25519PrivateKey.from_private_bytes(_key_bytes(data)))
        if (mark, key) != ("PRIVATE", "KEY") or not _NAME.fullmatch(name) or found.verifier.id.hex() != id_:
            raise ValueError(name)
        return found

    @property
    def text(self) -> str:
        """The private key as one line."""
        data = base64.b64encode(ED25519 + self.private.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{data}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return `text`, which ends in a line feed, as a signed note."""
        signature = base64.b64encode(self.verifier.id + self.private.sign(text.encode())).decode()
        return f"{text}\n{_DASH} {self.name} {signature}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note: its text, and the name and signature (id included) of each signature line."""

    text: str
    signatures: tuple[tuple[str, bytes], ...]


def take_apart(note: str) -> Note | None:
    """Return the parts of a note; None if `note` is not exactly in the format."""
    text, separator, lines = note.rpartition("\n\n")
    found = [_SIGNATURE_LINE.fullmatch(line) for line in lines.removesuffix("\n").split("\n")]
    if not separator or not lines.endswith("\n") or len(found) > _MOST_SIGNATURES or _has_control(note):
        return None
    signatures = [(match[1], signature) for match in found if match and (signature := from_base64(match[2]))]
    return Note(text + "\n", tuple(signatures)) if len(signatures) == len(found) else None


def _has_control(text: str) -> bool:
    return any(letter < " " and letter != "\n" for letter in text)


def from_base64(text: str) -> bytes | None:
    """Return the bytes of a base64 text; None if it is not base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None


def _key_bytes(data: str) -> bytes:
    raw = from_base64(data) or b""
    if raw[:1] != ED25519 or len(raw) != 1 + _KEY_BYTES:
        raise ValueError("not an Ed25519 key")
    return raw[1:]
