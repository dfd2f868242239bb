"""Reads back what `export` made, a zip file or a folder, and finds what is no longer as it was made.

The tables are made anew from the database and compared, so a spreadsheet that was edited shows even where all sums were
made anew; the sums are signed with the station's key. No file is unpacked under a name that stands in the zip file.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from broadcaster.errors import InputError, Problem
from broadcaster.files import LARGEST
from broadcaster.i18n import _
from broadcaster.records import checkpoint, export, keys
from broadcaster.records.kept_versions import digest_in, named_versions
from broadcaster.records.schema import reading, told
from broadcaster.records.signed_note import take_apart
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from broadcaster.records.checkpoint import ReceivedCheckpoint
    from broadcaster.records.signed_note import Verifier
    from broadcaster.records.verify_report import VerifyReport

_ENCRYPTED = 0x1
_PIECE = 1 << 20


class BundleFaultKind(StrEnum):
    """What is wrong with a file of a bundle."""

    MISSING = "missing"  # it stands in the sums
    ADDED = "added"  # it does not stand in the sums
    CHANGED = "changed"  # its sum is another
    NOT_AS_DATABASE = "not as the database"  # a table that says something else than the database
    NOT_SIGNED = "not signed"  # the sums have no signature, or it is of another key
    BAD_SIGNATURE = "bad signature"  # of the sums
    NO_CHECKPOINT = "no checkpoint"  # a file that should be one
    OTHER_HISTORY = "other history"  # the checkpoint of the bundle is not of its database
    NOT_THAT_VERSION = "not that version"  # a version of a text whose content is not that of its name


@dataclass(frozen=True, slots=True)
class BundleFault:
    """One file, by its name in the bundle, and what is wrong with it."""

    kind: BundleFaultKind
    name: str


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was found in the database of a bundle, and in its files.

    `not_kept` are the versions of campaigns and scripts that rows name and that are not in the bundle: no fault, for a
    station may have lost them, or never had them.
    """

    history: VerifyReport
    faults: tuple[BundleFault, ...]
    not_kept: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return self.history.ok and not self.faults


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle: what opens each of its files, by name, and its database as a file on the disk."""

    path: Path
    files: Mapping[str, Callable[[], BinaryIO]]
    database: Path

    @property
    def key(self) -> Verifier | None:
        """The public key that lies in the bundle; raise InputError if it cannot be read."""
        return keys.verifier(self.text(keys.PUBLIC).strip()) if keys.PUBLIC in self.files else None

    def text(self, name: str) -> str:
        """Return a small text of the bundle; raise InputError for what is large or not UTF-8."""
        with self.files[name]() as file:
            data = file.read(LARGEST + 1)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        if not text or len(data) > LARGEST:
            what = _("{name}: this is not a text").format(name=name)
            raise InputError(Problem(what, _("ask for a new export"), self.path))
        return text

    def sum(self, name: str) -> str:
        """Return the SHA-256 of a file, in hex."""
        with self.files[name]() as file:
            return _sum(iter(partial(file.read, _PIECE), b""))


def is_bundle(path: Path) -> bool:
    """Whether this is a zip file, or a folder, and not a database."""
    return path.is_dir() or (path.is_file() and (path.suffix.lower() == ".zip" or zipfile.is_zipfile(path)))


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """Open a bundle for a `with`; raise InputError for what is none."""
    try:
        if path.is_dir():
            yield _of(path, {each.relative_to(path).as_posix(): partial(_open, each) for each in _plain(path)})
        else:
            with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
                files = _in_zip(path, archive)
                database = Path(place) / export.DATABASE
                yield _of(path, files, _unpacked(files, database))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        what = _("the zip file is damaged ({reason})").format(reason=error)
        raise InputError(Problem(what, _("ask for a new export"), path)) from error


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _sum(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _plain(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _of(path: Path, files: Mapping[str, Callable[[], BinaryIO]], database: Path | None = None) -> Bundle:
    if export.DATABASE not in files:
        what = _("there is no play history ({name}) in it").format(name=export.DATABASE)
        raise InputError(Problem(what, _("name an export made by: broadcaster audit export"), path))
    return Bundle(path, files, database or path / export.DATABASE)


def _in_zip(path: Path, archive: zipfile.ZipFile) -> dict[str, Callable[[], BinaryIO]]:
    """Return the files by their names below the one folder that an export has.

    Two of one name are refused: which of them a person sees depends on the program that unpacks it.
    """
    infos = [info for info in archive.infolist() if not info.is_dir()]
    inside = all("/" in info.filename for info in infos)
    found: dict[str, Callable[[], BinaryIO]] = {}
    for info in infos:
        name = info.filename.partition("/")[2] if inside else info.filename
        if name in found or info.flag_bits & _ENCRYPTED:
            raise zipfile.BadZipFile(name)
        found[name] = partial(_open_in, archive, info)
    if len({info.filename.partition("/")[0] for info in infos}) > 1 and inside:
        raise InputError(Problem(_("it has more than one folder"), _("name an export of one station"), path))
    return found


def _open_in(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    return cast("BinaryIO", archive.open(info))


def _unpacked(files: Mapping[str, Callable[[], BinaryIO]], target: Path) -> Path:
    if export.DATABASE in files:
        with files[export.DATABASE]() as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
    return target


# ---- the check -----------------------------------------------------------------------------------------------------


def verify_bundle(bundle: Bundle, received: Sequence[ReceivedCheckpoint], key: Verifier | None) -> BundleReport:
    """Check the database, as `verify` does, with the checkpoints in the bundle and those `received`; and all files.

    `key` is the public key to check signatures with. Raises RecordError where the database cannot be read.
    """
    enclosed = {name: _checkpoint(bundle, name, key) for name in [export.LATEST, *_checkpoints(bundle)]}
    own = {key.text} if key else frozenset()
    history = verify(bundle.database, checkpoints=[*filter(None, enclosed.values()), *received], own=own)
    faults = [*_sum_faults(bundle), *_signature_faults(bundle, key), *_version_faults(bundle)]
    not_kept: tuple[str, ...] = ()
    if Fault.SCHEMA not in history.counts:  # else a view of somebody's own would be asked, which may never answer
        faults += _table_faults(bundle)
        not_kept = tuple(sorted(_named_versions(bundle) - bundle.files.keys()))
    faults += [BundleFault(BundleFaultKind.NO_CHECKPOINT, name) for name, read in enclosed.items() if read is None]
    latest = enclosed[export.LATEST]
    if latest is not None and latest.checkpoint.head != history.head:
        faults.append(BundleFault(BundleFaultKind.OTHER_HISTORY, export.LATEST))
    return BundleReport(history, tuple(faults), not_kept)


def _checkpoints(bundle: Bundle) -> list[str]:
    return [name for name in bundle.files if name.startswith(f"{checkpoint.FOLDER}/") and name.endswith(".txt")]


def _checkpoint(bundle: Bundle, name: str, key: Verifier | None) -> ReceivedCheckpoint | None:
    """Return the checkpoint in a file of the bundle; None where there is none."""
    try:
        read = checkpoint.read(bundle.text(name), key) if name in bundle.files else None
        return read and replace(read, enclosed=True)
    except InputError:
        return None


def _sum_faults(bundle: Bundle) -> Iterator[BundleFault]:
    papers = {export.SUMS, export.SUMS_NOTE}
    listed = _sums(bundle)
    for name in sorted(papers - bundle.files.keys()):
        yield BundleFault(BundleFaultKind.MISSING, name)
    for name in sorted(bundle.files.keys() - listed.keys() - papers):
        yield BundleFault(BundleFaultKind.ADDED, name)
    for name, wanted in listed.items():
        if name not in bundle.files:
            yield BundleFault(BundleFaultKind.MISSING, name)
        elif bundle.sum(name) != wanted:
            yield BundleFault(BundleFaultKind.CHANGED, name)


def _sums(bundle: Bundle) -> dict[str, str]:
    """Return the sum of each file that the bundle lists."""
    text = bundle.text(export.SUMS) if export.SUMS in bundle.files else ""
    return {name: wanted for wanted, _blanks, name in (line.partition("  ") for line in text.splitlines())}


def _signature_faults(bundle: Bundle, key: Verifier | None) -> Iterator[BundleFault]:
    """Yield what is wrong with the signature of the sums; without a key it cannot be checked."""
    if key is None or not {export.SUMS, export.SUMS_NOTE} <= bundle.files.keys():
        return
    note = take_apart(bundle.text(export.SUMS_NOTE))
    ours = [signature for name, signature in note.signatures if name == key.name] if note else []
    if note is None or not ours:
        yield BundleFault(BundleFaultKind.NOT_SIGNED, export.SUMS_NOTE)
    elif not all(key.has_signed(note.text, signature) for signature in ours):
        yield BundleFault(BundleFaultKind.BAD_SIGNATURE, export.SUMS_NOTE)
    elif note.text != export.sums_text(key.name, bundle.sum(export.SUMS)):
        yield BundleFault(BundleFaultKind.CHANGED, export.SUMS)


def _table_faults(bundle: Bundle) -> Iterator[BundleFault]:
    """Make each table anew from the database, and compare; an older database has no views for the later ones."""
    with told(bundle.database), reading(bundle.database) as connection:
        for name, lines in export.tables(connection):
            if name not in bundle.files:
                yield BundleFault(BundleFaultKind.MISSING, name)
            elif not _is_sum_of(lines, bundle.sum(name)):
                yield BundleFault(BundleFaultKind.NOT_AS_DATABASE, name)


def _is_sum_of(lines: Iterable[bytes], wanted: str) -> bool:
    try:
        return _sum(lines) == wanted
    except sqlite3.DatabaseError:  # a row that cannot be read, which the check of the database has found
        return False


def _version_faults(bundle: Bundle) -> Iterator[BundleFault]:
    """Yield the versions of texts that are not what their names say."""
    for name in bundle.files:
        wanted = digest_in(name)
        if wanted is not None and bundle.sum(name) != wanted:
            yield BundleFault(BundleFaultKind.NOT_THAT_VERSION, name)


def _named_versions(bundle: Bundle) -> set[str]:
    with told(bundle.database), reading(bundle.database) as connection:
        try:
            return set(named_versions(connection))
        except sqlite3.DatabaseError:  # likewise
            return set()
