"""Checkpoints: how many rows the play history has and the hash of the last one, signed, to be kept elsewhere.

The text is a signed note with the lines of C2SP's tlog-checkpoint: origin, number of rows, hash, and one extra line,
the time. Two things differ from a transparency log: the hash is that of the last row of our chain, not the root of a
Merkle tree, and the line with the time is an extension line.

    commune-broadcaster/xa-tan-phu-3f2a91c0
    36500
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    2027-06-01T08:15:00+07:00

    — commune-broadcaster/xa-tan-phu-3f2a91c0 Az3grl…

Source: https://c2sp.org/tlog-checkpoint
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import chain, count
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import replace_file
from broadcaster.i18n import _
from broadcaster.records.keys import FOLDER as KEYS
from broadcaster.records.keys import signing_key
from broadcaster.records.ledger import Head
from broadcaster.records.signed_figures import SignedFigures
from broadcaster.records.signed_note import Verifier, from_base64, take_apart

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.records.ledger import Ledger
    from broadcaster.records.signed_note import Signer

FOLDER = "checkpoints"
"""Where a station keeps its checkpoints."""

_HASH_BYTES = 32
_MOST_ROWS = 1 << 63  # SQLite numbers no more
_GROUP = 8
_CHECK_DIGITS = 4
_HASH_LETTERS = 43  # base64 of a hash, without its `=`
_SIGNATURE_LETTERS = 91  # likewise of key id and signature
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))", re.IGNORECASE)
_BROKEN = "broken"
_BROKEN_LINE = re.compile(rf"{_BROKEN} ?(\d+) ?from ?(\d+)")
_DASHES = re.compile("[\u2010-\u2015\u2212]+")  # hyphens, figure, en and em dash, bar, minus
_BLANKS = re.compile("[\\s\u200b-\u200d\u2060\ufeff]+")
_SHORT = re.compile(r"(0|[1-9]\d{0,17})([0-9a-f]{64})([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The statement that at `at` (with its zone) the history of `origin` had these rows, the last with this hash."""

    origin: str
    head: Head
    at: datetime | None  # None: the short form does not say
    figures: SignedFigures | None = None  # of the report that it is printed on
    broken: Broken | None = None  # what was wrong with the history and is signed all the same

    @property
    def text(self) -> str:
        """The lines that are signed."""
        root = base64.b64encode(bytes.fromhex(self.head.hash)).decode()
        at = self.at.isoformat(timespec="seconds") if self.at else ""
        more = [f"{line}\n" for line in (*(self.figures.lines if self.figures else ()), *_broken_lines(self.broken))]
        return "".join([f"{self.origin}\n{self.head.seq}\n{root}\n{at}\n", *more])

    @property
    def short(self) -> str:
        """Rows and hash in hex, with four check digits: the form to type from paper. It is not signed."""
        groups = [self.head.hash[start : start + _GROUP] for start in range(0, len(self.head.hash), _GROUP)]
        return " ".join((str(self.head.seq), *groups, _check_digits(str(self.head.seq), self.head.hash)))


@dataclass(frozen=True, slots=True)
class Broken:
    """What was found wrong with the history's rows: how many breaks, and the row of the first; 0: the whole file."""

    count: int
    first: int


class Signature(StrEnum):
    """The result of checking a checkpoint's signature."""

    GOOD = "good"
    BAD = "bad"  # of this key by its name and id, but not under this text
    OTHER = "other"  # of a key that we do not have
    NONE = "none"  # the short form has none


@dataclass(frozen=True, slots=True)
class ReceivedCheckpoint:
    """A checkpoint that somebody handed in, and the result of checking its signature with `key`.

    `own` is the name of its file where it comes from the station itself, and `enclosed` whether it came in an export,
    with the history that it is compared with: then it proves less.
    """

    checkpoint: Checkpoint
    signature: Signature
    key: Verifier | None = None
    own: str = ""
    enclosed: bool = False


def make(signer: Signer, head: Head, at: datetime) -> str:
    """Return a signed checkpoint; `at` has its zone. `take` also stores it."""
    return signer.sign(Checkpoint(signer.name, head, at).text)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that was made here: what it says, the signed text, the public key, and the station's own copy."""

    checkpoint: Checkpoint
    note: str
    key: Verifier
    path: Path


def take(
    root: Path, station: str, head: Head, at: datetime, name: str = "", *, broken: Broken | None = None
) -> SignedCheckpoint:
    """Sign a checkpoint as `sign` does, and keep a copy of it."""
    taken = sign(root, station, head, at, name, broken=broken)
    keep(taken)
    return taken


def sign(
    root: Path,
    station: str,
    head: Head,
    at: datetime,
    name: str = "",
    *,
    figures: SignedFigures | None = None,
    broken: Broken | None = None,
) -> SignedCheckpoint:
    """Sign a checkpoint of `head` with the key of the station folder `root`; `keep` keeps a copy of it there.

    `station` names the key if it has to be created; `at` has its zone; `name` is the name of the copy, by default made
    from the time; `figures` are those of the report that it is for, `broken` what is known to be wrong with the
    history. Raises RecordError if the key cannot be used.
    """
    signer = signing_key(root / KEYS, station)
    checkpoint = Checkpoint(signer.name, head, at, figures, broken)
    note = signer.sign(checkpoint.text)
    path = _place(root / FOLDER, name or at.strftime("%Y-%m-%dT%H%M%S"), note.encode())
    return SignedCheckpoint(checkpoint, note, signer.verifier, path)


def keep(taken: SignedCheckpoint) -> None:
    """Keep a copy of a checkpoint in its station."""
    replace_file(taken.path, taken.note.encode())


def _place(folder: Path, name: str, note: bytes) -> Path:
    """Return the path of a copy: two of one second get different names, because each may be on somebody's paper."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    places = (folder / f"{found}.txt" for found in names)
    return next(path for path in places if not path.exists() or path.read_bytes() == note)


def take_monthly(root: Path, station: str, ledger: Ledger, at: datetime) -> SignedCheckpoint | None:
    """Take the first checkpoint of a month, `checkpoints/2027-05.txt`; None if this month has one."""
    name = at.strftime("%Y-%m")
    if (root / FOLDER / f"{name}.txt").exists():
        return None
    return take(root, station, ledger.head(), at, name)


def read_kept(folder: Path, key: Verifier | None) -> tuple[list[ReceivedCheckpoint], list[Path]]:
    """Read the checkpoints that lie beside a play history in `folder`; return them, and the files that are none."""
    found: list[ReceivedCheckpoint] = []
    unread: list[Path] = []
    for path in sorted((folder / FOLDER).glob("*.txt")):
        try:
            found.append(replace(read(path.read_text("utf-8"), key, path), own=path.name))
        except (InputError, OSError, UnicodeDecodeError):
            unread.append(path)
    return found, unread


def read(text: str, key: Verifier | None, path: Path | None = None) -> ReceivedCheckpoint:
    """Read a checkpoint: the note itself, the note as typed from paper, or the short form.

    A typed text may have other dashes, blanks, line ends and capitals, and lack its `=`; it needs the `key`, whose name
    it must have. Raises InputError if the text is none of the three; `path` is where it came from.
    """
    if found := _read_note(text, key) or _read_short(text):
        return found
    try:
        return _read_typed(text, key)
    except ValueError as error:
        todo = _("give the whole text as it is printed, or its short form: the number of rows and the hash")
        raise InputError(Problem(str(error), todo, path)) from error


# ---- to the letter -------------------------------------------------------------------------------------------------


def _read_note(text: str, key: Verifier | None) -> ReceivedCheckpoint | None:
    note = take_apart(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    checkpoint = _from_lines(note.text) if note else None
    if note is None or checkpoint is None:
        return None
    ours = [signature for name, signature in note.signatures if key and _is_of(key, name, signature)]
    if key is None or not ours:
        return ReceivedCheckpoint(checkpoint, Signature.OTHER, key)
    good = all(key.has_signed(note.text, signature) for signature in ours) and checkpoint.origin == key.name
    return ReceivedCheckpoint(checkpoint, Signature.GOOD if good else Signature.BAD, key)


def _is_of(key: Verifier, name: str, signature: bytes) -> bool:
    return name == key.name and signature[: len(key.id)] == key.id


def _from_lines(text: str) -> Checkpoint | None:
    """Return the checkpoint in the signed lines; None if they are not exactly in our format."""
    lines = text.splitlines()
    try:
        origin, rows, root, at, *more = lines
        broken = _broken(more.pop()) if more and more[-1].startswith(_BROKEN) else None
        figures = SignedFigures.from_lines(more)
        checkpoint = Checkpoint(origin, _head(rows, root), _instant(at), figures, broken)
    except ValueError:
        return None
    return checkpoint if checkpoint.text == text else None


def _broken_lines(broken: Broken | None) -> list[str]:
    return [f"{_BROKEN} {broken.count} from {broken.first}"] if broken else []


def _broken(text: str) -> Broken:
    """Read the line of a broken history, with or without its blanks; raise ValueError for another text."""
    match = _BROKEN_LINE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Broken(int(match[1]), int(match[2]))


def _head(rows: str, root: str) -> Head:
    raw = from_base64(root)
    if raw is None or len(raw) != _HASH_BYTES:
        raise ValueError(root)
    if not 0 <= int(rows) < _MOST_ROWS:
        raise ValueError(rows)
    return Head(int(rows), raw.hex())


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


# ---- short ---------------------------------------------------------------------------------------------------------


def _check_digits(rows: str, digits: str) -> str:
    return hashlib.sha256(f"{rows} {digits}\n".encode()).hexdigest()[:_CHECK_DIGITS]


def _read_short(text: str) -> ReceivedCheckpoint | None:
    """Read the short form; raise InputError if its check digits are wrong."""
    match = _SHORT.fullmatch(re.sub(r"[-.,;:]", "", _squashed(text)).lower())
    if match is None:
        return None
    rows, digits, check = match.groups()
    if _check_digits(rows, digits) != check:
        what = _("the last four characters do not fit the others: something was typed wrong")
        raise InputError(Problem(what, _("compare with the paper, group by group")))
    return ReceivedCheckpoint(Checkpoint("", Head(int(rows), digits), None), Signature.NONE)


# ---- typed ---------------------------------------------------------------------------------------------------------


def _squashed(text: str) -> str:
    """Return a text without blanks and line ends, with plain hyphens."""
    return _DASHES.sub("-", _BLANKS.sub("", unicodedata.normalize("NFC", text)))


def _read_typed(text: str, key: Verifier | None) -> ReceivedCheckpoint:
    """Read the note however its lines were broken; raise ValueError that names the wrong part."""
    if key is None:
        raise ValueError(_("this is not a checkpoint to the letter, and to read a typed one its public key is needed"))
    pieces = _TIME.split(_after(key.name, _squashed(text)), maxsplit=1)
    if len(pieces) != 3:
        raise ValueError(_("the time cannot be made out, such as 2027-06-01T08:15:00+07:00"))
    before, at, after = pieces
    root = _letters(before, _HASH_LETTERS, _("the hash"))
    figures, broken, after = _typed_more(after.lstrip("-"), key.name)
    signature = _letters(_after(key.name, after), _SIGNATURE_LETTERS, _("the signature"), whole=True)
    rows = before.removesuffix("=").removesuffix(root)
    if not re.fullmatch(r"0|[1-9]\d*", rows):
        raise ValueError(
            _("the number of rows cannot be made out before the hash: is a character missing or too many?")
        )
    checkpoint = Checkpoint(key.name, _head(rows, f"{root}="), _instant(at.upper()), figures, broken)
    good = key.has_signed(checkpoint.text, from_base64(f"{signature}=") or b"")
    return ReceivedCheckpoint(checkpoint, Signature.GOOD if good else Signature.BAD, key)


def _typed_more(text: str, name: str) -> tuple[SignedFigures | None, Broken | None, str]:
    """Return what stands between the time and the key's name, and the rest; raise ValueError for half of it."""
    end = text.lower().rfind(f"-{name.lower()}")
    if end < 0:
        return None, None, text
    lines, broken, faults = text[:end].partition(_BROKEN)
    try:
        figures = SignedFigures.from_typed(lines) if lines else None
        return figures, _broken(broken + faults) if broken else None, text[end + 1 :]
    except ValueError:
        raise ValueError(_("the report's figures cannot be made out: three lines from “figures” on")) from None


def _after(name: str, text: str) -> str:
    """Return what follows the key's name at the beginning of the text, in any case."""
    if text[: len(name)].lower() != name.lower():
        raise ValueError(_("the name {name} is not where it should be").format(name=name))
    return text[len(name) :]


def _letters(text: str, count: int, what: str, *, whole: bool = False) -> str:
    """Return the last `count` base64 letters of a text, or all of them if `whole`."""
    text = text.removesuffix("=")
    if len(text) < count or (whole and len(text) > count):
        told = _("{what} has {found} characters in place of {wanted}")
        raise ValueError(told.format(what=what, found=len(text), wanted=count))
    if found := re.search(r"[^A-Za-z0-9+/]", text[-count:]):
        raise ValueError(_("{what} cannot hold {letter!r}").format(what=what, letter=found[0]))
    return text[-count:]
