"""The key that signs checkpoints: `keys/checkpoint.key`, for its owner only, and the public `keys/checkpoint.pub`.

An administrator of the computer can read the private key whatever its permissions: a signature proves who made a
checkpoint, and a copy of the checkpoint kept elsewhere proves that it did not change.
"""

from __future__ import annotations

import getpass
import os
import re
import secrets
import subprocess
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.files import make_folder, replace_file
from broadcaster.i18n import _
from broadcaster.records.signed_note import Signer, Verifier

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = "keys"
"""Where a station keeps its keys."""

PRIVATE = "checkpoint.key"
PUBLIC = "checkpoint.pub"
EARLIER = "earlier.pub"
"""The public keys that were in force before this one, a line each: of the copies of the history from that time."""
FAMILY = "commune-broadcaster"
"""The prefix of all key names."""

_LONGEST_SLUG = 40


def slug(name: str) -> str:
    """Return a name in lower-case ASCII letters: "Đài xã Tân Phú" becomes "dai-xa-tan-phu"."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-") or "station"


def signing_key(folder: Path, station: str) -> Signer:
    """Return the key in `folder`, created if there is none; its name is made from `station`.

    Raises RecordError if there is a key that cannot be read: a new one in its place would look like a forgery.
    """
    private = folder / PRIVATE
    if not private.exists():
        _make(folder, new_key(station))
    try:
        signer = Signer.from_text(private.read_text("utf-8"))
    except (OSError, ValueError) as error:
        text = _("{path}: the key cannot be read; restore it from a copy, or move it away and a new one is made")
        raise RecordError(text.format(path=private)) from error
    if not (folder / PUBLIC).exists():
        replace_file(folder / PUBLIC, f"{signer.verifier.text}\n".encode())
    return signer


def new_key(station: str) -> Signer:
    """Make a key that is nowhere yet; `take_key` keeps it."""
    return Signer.new(f"{FAMILY}/{slug(station)}-{secrets.token_hex(4)}")


def take_key(folder: Path, signer: Signer, earlier: Iterable[str]) -> None:
    """Keep a new key in `folder`, and the lines of the public keys that were in force before it."""
    lines = dict.fromkeys((*earlier_keys(folder), *earlier))
    replace_file(folder / EARLIER, "".join(f"{line}\n" for line in lines).encode())
    _make(folder, signer)


def is_key_gone(folder: Path) -> bool:
    """Whether there is no private key in `folder`; one that this user must not see is there."""
    try:
        (folder / PRIVATE).stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def present_key(folder: Path) -> str:
    """Return the line of the public key in force; "" where there is none that can be read."""
    return next(iter(_lines(folder / PUBLIC)), "")


def own_keys(folder: Path) -> frozenset[str]:
    """Return the lines of the public keys that are or were in force."""
    return frozenset((*_lines(folder / PUBLIC), *earlier_keys(folder)))


def earlier_keys(folder: Path) -> tuple[str, ...]:
    """Return the lines of the public keys that were in force before the present one."""
    return _lines(folder / EARLIER)


def _lines(path: Path) -> tuple[str, ...]:
    """Return the lines of a file that are public keys."""
    try:
        return tuple(Verifier.from_text(line).text for line in path.read_text("utf-8").split())
    except (OSError, ValueError):
        return ()


def key_name(line: str) -> str:
    """Return the name in the line of a public key, which people see; "-" for none."""
    return line.partition("+")[0] or "-"


def public_key(folder: Path) -> Verifier | None:
    """Return the public key in `folder`; None if there is none. Raises InputError if it cannot be read."""
    path = folder / PUBLIC
    return verifier(str(path)) if path.exists() else None


def verifier(text_or_path: str) -> Verifier:
    """Return a public key given as its line or as the path of its file; raise InputError for neither."""
    try:
        return Verifier.from_text(text_or_path)
    except ValueError:
        pass
    path = Path(text_or_path)
    try:
        return Verifier.from_text(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        what = _("this is not a public key")
        raise InputError(Problem(what, _("name the file checkpoint.pub, or type its line"), path)) from error


def _make(folder: Path, signer: Signer) -> None:
    """Write a new key into `folder`, the private half last and in one step, so that it is never incomplete."""
    make_folder(folder)
    replace_file(folder / PUBLIC, f"{signer.verifier.text}\n".encode())
    temporary = folder / f".{PRIVATE}.{secrets.token_hex(4)}.tmp"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            _keep_others_out(temporary)
            file.write(f"{signer.text}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / PRIVATE)
    finally:
        temporary.unlink(missing_ok=True)


def _keep_others_out(path: Path) -> None:
    """Make a new, still empty file readable by its owner only. On Windows its own tool sets the access list.

    Raises RecordError if that fails: a key that others could read is not created.
    """
    if os.name != "nt":
        path.chmod(0o600)  # whatever mode the file system gave it at creation
        return
    tool = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "icacls.exe"
    command = [str(tool), str(path), "/inheritance:r", "/grant:r", f"{getpass.getuser()}:F"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip()
        raise RecordError(_("{path}: cannot be kept from other users ({reason})").format(path=path, reason=reason))
