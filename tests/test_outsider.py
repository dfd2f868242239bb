"""An outsider's check, in shell and awk with the system's own SQLite and SHA-256: it finds what `audit verify` finds.

`docs/kiem-tra-doc-lap.sh` was written from the guide in the export, and uses nothing of this program.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from ledgers import DAYS, HANOI, START, small_ledger
from tamperings import KINDS, Hands, hide_by_type, leave_out

from broadcaster.models import Occurrence
from broadcaster.records.checkpoint import Checkpoint
from broadcaster.records.export import SUMS, export
from broadcaster.records.frozen_changes import FrozenChange, changes_to_body
from broadcaster.records.frozen_plan import Month, frozen_entry
from broadcaster.records.keys import new_key
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Head, Ledger
from broadcaster.records.opening import shipped
from broadcaster.records.schema import MIGRATIONS
from broadcaster.records.shape import made_by
from broadcaster.records.verify import verify

DOCS = Path(__file__).parents[1] / "docs"
SCRIPT = DOCS / "kiem-tra-doc-lap.sh"
PROGRAMS = ("sh", "sqlite3", "sha256sum", "awk", "find", "sort", "comm", "cmp")
EACH, SAMPLE = 10, 1


@dataclass(frozen=True)
class Told:
    """What the outsider says."""

    code: int
    lines: list[str]

    @property
    def is_wrong(self) -> bool:
        return self.code == 1 and any(line.startswith("SAI: ") for line in self.lines)

    @property
    def asks(self) -> bool:
        return any(line.startswith("HỎI: ") for line in self.lines)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{missing} not installed, and nothing is skipped in CI")
    if missing:
        pytest.skip(f"{missing} not installed")
    return small_ledger(tmp_path_factory.mktemp("original") / "broadcaster.db")


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_ledger(tmp_path_factory.mktemp("older") / "broadcaster.db", DAYS - 3)


def outsider(path: Path, checkpoint: Checkpoint | None = None) -> Told:
    arguments = checkpoint.short.split() if checkpoint else []
    done = subprocess.run(
        ["sh", str(SCRIPT), str(path), *arguments], cwd=path.parent, capture_output=True, encoding="utf-8", check=False
    )
    assert not done.stderr
    return Told(done.returncode, done.stdout.splitlines())


def checkpoint_of(path: Path) -> Checkpoint:
    with Ledger.open(path, read_only=True) as ledger:
        return Checkpoint("", ledger.head(), None)


def test_nothing_is_wrong_with_an_honest_history(original: Path) -> None:
    assert outsider(original, checkpoint_of(original)) == Told(0, [f"không có gì sai: {1 + 4 * DAYS} bản ghi"])
    without = outsider(original)
    assert (without.code, without.asks) == (0, True)
    assert outsider(original, Checkpoint("", Head(), None)).asks, "a checkpoint of no rows proves nothing"


@pytest.mark.parametrize("hands", KINDS)
def test_what_is_done_to_a_history_is_found(
    hands: Hands, original: Path, older: Path, tmp_path: Path, chance: random.Random, thorough: bool
) -> None:
    given = checkpoint_of(original)
    for number in range(EACH if thorough else SAMPLE):
        (tmp_path / f"{number}").mkdir()
        path = Path(shutil.copy(original, tmp_path / f"{number}"))
        hands(path, chance, given.head.seq, older)
        told = outsider(path, given)
        assert told.is_wrong or (hands.__name__ == "forge_tail" and told.asks), told


@pytest.mark.parametrize("way", ["type", "index"])
def test_an_edited_bundle_is_found_though_its_sums_fit(original: Path, tmp_path: Path, way: str) -> None:
    """Rows are hidden in the copy, the tables for spreadsheets lose them, and all sums are made anew."""
    shutil.copy(original, tmp_path / "broadcaster.db")
    at = START + timedelta(days=DAYS)
    folder = export(tmp_path, tmp_path / "broadcaster.db", "xã", at, tmp_path / "kiem-toan").path
    given = checkpoint_of(original)
    path = folder / "broadcaster.db"
    assert not outsider(path, given).is_wrong
    if way == "type":
        hide_by_type(path, "kind", [4, 8])
    else:
        leave_out(path, "ledger_played_hour", 8)
    table = folder / "nhat-ky-phat-song.csv"
    table.write_bytes(b"".join(table.read_bytes().splitlines(keepends=True)[:-2]))
    names = [line.split("  ", 1)[1] for line in (folder / SUMS).read_text("utf-8").splitlines()]
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(sums), "utf-8")
    assert outsider(path, given).is_wrong
    assert not verify(path).chain_ok


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    done = subprocess.run(["sh", str(SCRIPT), str(tmp_path / "none.db")], capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr


def test_the_shape_of_every_version_is_published() -> None:
    """Whoever adds a migration publishes the digest of its shape, in the guide and in the outsider's check."""
    guide = (DOCS / "kiem-toan.md").read_text("utf-8")
    published = dict(re.findall(r"^\| (\d+) \| `([0-9a-f]{64})` \|$", guide, re.MULTILINE))
    assert published == {str(steps): shape_digest(steps) for steps in range(2, len(MIGRATIONS) + 1)}
    assert re.findall(r"^[0-9a-f]{64}$", SCRIPT.read_text("utf-8"), re.MULTILINE) == list(published.values())


def shape_digest(steps: int) -> str:
    """Return the SHA-256 of all objects of a file, a line each, without blanks and quotes: as the guide says it."""
    plain = str.maketrans("", "", '\n "')
    lines = sorted((each.type, each.name, each.table, (each.sql or "").translate(plain)) for each in made_by(shipped(steps)))  # fmt: skip  # noqa: E501
    return hashlib.sha256("\n".join("|".join(line) for line in lines).encode()).hexdigest()


# ---- frozen plans ------------------------------------------------------------------------------------------------


def test_the_outsider_finds_what_is_wrong_with_frozen_plans(original: Path, tmp_path: Path) -> None:
    month = Month.of(START.date(), HANOI)
    plan = [Occurrence("thang-5", "sang", START + timedelta(days=day), ("bai-1",)) for day in range(3)]
    signer = new_key("Xã")
    good = frozen_entry(month, plan, {}, signer, "Hòa", START - timedelta(days=3))
    late = frozen_entry(month, plan, {}, signer, "Hòa", START + timedelta(days=1))
    listed = list(good.body["occurrences"])[1:]
    thinned = Entry(good.kind, good.actor, good.at, None, {**good.body, "occurrences": listed})
    frozen = changes_to_body([FrozenChange(month.name, (plan[0].id,), (), 1)])
    edit = Entry(Kind.SCHEDULE_CHANGED, "Hòa", good.at, None, {"changed": [], "how": "command", "frozen": frozen})
    told = {}
    for name, rows in (("good", [good]), ("late", [late]), ("thinned", [thinned]), ("twice", [good, good])):
        path = shutil.copy(original, tmp_path / f"{name}.db")
        with Ledger.open(path) as ledger:
            ledger.append([*rows, edit])
        told[name] = " ".join(outsider(path).lines)
    assert "SAI" not in told["good"] + told["late"]
    assert "lịch chốt muộn" in told["late"]
    assert "lịch chốt muộn" not in told["good"]
    assert "không khớp mã băm của chính nó" in told["thinned"]
    assert "có tháng chốt lịch hai lần (2027-05" in told["twice"]
    assert all("bỏ lượt khỏi lịch đã chốt mà không ghi lý do" in text for text in told.values())
