"""The export for an auditor: the ledger, its tables, checkpoints, the public key, and a guide to checking it by hand.

With it go the station's texts as they are now, every kept version of its campaigns and scripts, and the program's log.
The private key is never included. The guide is always in Vietnamese, like every document that leaves the station.
"""

# ruff: noqa: S608 - the names of the views are constants of this file
from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import make_folder, replace_file, sha256_file
from broadcaster.i18n import _
from broadcaster.records import checkpoint, keys
from broadcaster.records.as_run import BOM, csv_line, harmless
from broadcaster.records.backup import copy_ledger
from broadcaster.records.enclosed_files import enclose
from broadcaster.records.schema import reading, told
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from broadcaster.records.ledger import Head
    from broadcaster.records.verify_report import VerifyReport

DATABASE = "broadcaster.db"
GUIDE = "HUONG-DAN-KIEM-TRA.md"
SUMS = "SHA256SUMS"
SUMS_NOTE = "SHA256SUMS.note"
"""A signed note about `SHA256SUMS`."""
LATEST = "checkpoint.txt"

TABLES = {
    "nhat-ky-phat-song.csv": ("as_run", "start, seq"),
    "lich-phat-thanh.csv": ("plan", "start, seq"),
    "lenh.csv": ("orders", "seq"),
    "duyet-bai.csv": ("approvals", "seq"),
    "ban-tin.csv": ("clips", "seq"),
    "thay-doi-lich.csv": ("schedule_changes", "seq"),
    "thay-doi-bai.csv": ("script_changes", "seq, script"),
    "lich-da-chot.csv": ("frozen_plans", "seq"),
    "lich-da-chot-tung-luot.csv": ("frozen_occurrences", "start, seq"),
    "hoat-dong-khac.csv": ("activities", "seq"),
    "khoi-dong-va-dung.csv": ("runs", "seq"),
    "dong-ho.csv": ("clock_steps", "seq"),
    "thiet-bi.csv": ("devices", "first_seq"),
    "so-cai.csv": ("ledger", "seq"),
}
"""File → view or table, and its order."""

_TITLES = {
    "as_run": "Nhật ký phát sóng: mỗi lượt phát một dòng",
    "plan": "Lịch phát thanh: mỗi lượt phát đã vào lịch và kết quả của nó",
    "orders": "Lệnh của con người: ai, lúc nào, vì sao",
    "approvals": "Duyệt bài: ai duyệt hoặc rút lại bài nào, lúc nào, bản nào, với từ điển, âm thanh, giọng nào",
    "clips": "Bản tin đã thu: tệp âm thanh nào, của bài nào, lời nào, giọng nào, ai hay lệnh nào thu",
    "schedule_changes": "Thay đổi lịch và bài: ai sửa, lúc nào, sửa gì",
    "script_changes": "Thay đổi từng bài: ai sửa, lúc nào, bằng lệnh gì, mã băm của tệp trước và sau khi sửa",
    "frozen_plans": "Lịch đã chốt: mỗi tháng một dòng, chốt lúc nào, sau đó bị bỏ và thêm bao nhiêu lượt",
    "frozen_occurrences": "Lịch đã chốt, từng lượt, và kết quả của lượt ấy",
    "activities": "Hoạt động truyền thông khác: ai nhập, ai rút lại và vì sao",
    "runs": "Chương trình khởi động và dừng",
    "clock_steps": "Đồng hồ máy tính bị chỉnh hoặc không đáng tin",
    "devices": "Thiết bị đã nhận âm thanh, theo từng quãng",
    "ledger": "Sổ cái: mọi bản ghi, mỗi bản ghi gắn với bản ghi trước bằng mã băm",
}


MakePages = Callable[[Path], Mapping[str, str]]


def no_pages(_ledger: Path) -> Mapping[str, str]:
    """Return no pages."""
    return {}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was made: its path, the result of checking the copy, and the checkpoint of exactly this copy.

    `left_out` are the station's files that could not be copied.
    """

    path: Path
    report: VerifyReport
    taken: checkpoint.SignedCheckpoint
    left_out: tuple[Path, ...] = ()


def export(
    root: Path,
    ledger: Path,
    station: str,
    at: datetime,
    target: Path,
    *,
    clips: bool = False,
    make_pages: MakePages = no_pages,
) -> Exported:
    """Make `target`, a new folder or, where it ends in .zip, a new zip file, for an auditor.

    `root` is the station's folder, `station` its name, `at` the time with its zone; `clips`: whether the sounds go
    with it; `make_pages` returns further texts, by file name, from the copy of the ledger. Raises InputError if
    `target` exists already, RecordError if the ledger cannot be read or the key cannot be used.
    """
    if target.exists():
        what = _("there is something here already, and nothing of it is overwritten")
        raise InputError(Problem(what, _("name another folder or file with --out"), target))
    make_folder(target.parent)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.", ignore_cleanup_errors=True) as made:
        folder = Path(made) / target.name.removesuffix(".zip")
        make_folder(folder)
        copy_ledger(ledger, folder / DATABASE)
        for name, text in make_pages(folder / DATABASE).items():
            replace_file(folder / name, text.encode())
        exported = _fill(folder, root, station, at, target, clips=clips)
        if target.suffix == ".zip":
            _zip(folder, Path(made) / "whole").replace(target)
        else:
            folder.replace(target)
    return exported


def _fill(folder: Path, root: Path, station: str, at: datetime, target: Path, *, clips: bool) -> Exported:
    report = verify(folder / DATABASE)
    taken = checkpoint.take(root, station, report.head, at, broken=report.broken)
    left_out = enclose(root, folder, clips=clips)
    _tables(folder)
    replace_file(folder / keys.PUBLIC, f"{taken.key.text}\n".encode())
    replace_file(folder / LATEST, taken.note.encode())
    metadata = _metadata(station)
    replace_file(folder / "metadata.json", json.dumps(metadata, ensure_ascii=False, indent=2).encode())
    replace_file(folder / GUIDE, _guide(station, at, report.head, taken).encode())
    _sign_sums(folder, root, station)
    return Exported(target, report, taken, left_out)


def _sign_sums(folder: Path, root: Path, station: str) -> None:
    """Write the sums of all files, and a signed note of the sum of that."""
    lines = [f"{sha256_file(path)}  {path.relative_to(folder).as_posix()}\n" for path in _files(folder)]
    replace_file(folder / SUMS, "".join(lines).encode())
    signer = keys.signing_key(root / keys.FOLDER, station)
    note = signer.sign(sums_text(signer.name, sha256_file(folder / SUMS)))
    replace_file(folder / SUMS_NOTE, note.encode())


def sums_text(name: str, digest: str) -> str:
    """Return what is signed about `SHA256SUMS`: the name of the key and the file's own SHA-256, in hex.

    It has fewer lines than a checkpoint, so neither can be taken for the other.
    """
    return f"{name}\n{SUMS} {digest}\n"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


# ---- tables --------------------------------------------------------------------------------------------------------


def _tables(folder: Path) -> None:
    database = folder / DATABASE
    with told(database), reading(database) as connection:
        for name, lines in tables(connection):
            with (folder / name).open("wb") as file:
                file.writelines(lines)


def tables(connection: sqlite3.Connection) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the name and the lines of each table of `TABLES` that this database has."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for name, (view, order) in TABLES.items():
        if view in there:
            yield name, _lines(connection, view, order)


def _lines(connection: sqlite3.Connection, view: str, order: str) -> Iterator[bytes]:
    rows = connection.execute(f'SELECT * FROM "{view}" ORDER BY {order}')
    columns = [column[0] for column in rows.description]
    yield BOM
    yield from (csv_line([harmless(cell) for cell in row], ",") for row in chain([columns], rows))


# ---- words ---------------------------------------------------------------------------------------------------------


def _metadata(station: str) -> dict[str, object]:
    """Return the metadata by which Datasette shows the file."""
    tables = {
        name: {"title": title, "description": title, "size": 100} | _sorted(name) for name, title in _TITLES.items()
    }
    title = f"Nhật ký phát thanh: {station}" if station else "Nhật ký phát thanh"
    database = {"title": title, "description": f"Cách kiểm tra: xem {GUIDE}", "tables": tables}
    return {"title": title, "databases": {Path(DATABASE).stem: database}}


def _sorted(name: str) -> dict[str, str]:
    if name in ("as_run", "plan"):
        return {"sort_desc": "start"}
    return {"sort": "first_seq" if name == "devices" else "seq"}


def _guide(station: str, at: datetime, head: Head, taken: checkpoint.SignedCheckpoint) -> str:
    text = files("broadcaster.records").joinpath("guide.md").read_text("utf-8")
    return Template(text).substitute(
        station=station or "(chưa đặt tên)",
        at=f"{at:%d/%m/%Y %H:%M:%S %z}",
        rows=head.seq,
        hash=head.hash,
        short=taken.checkpoint.short,
        note=taken.note.rstrip("\n"),
        key=taken.key.text,
    )


def _zip(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3, strict_timestamps=False) as archive:
        for path in _files(folder):
            archive.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    shutil.rmtree(folder)
    return target
