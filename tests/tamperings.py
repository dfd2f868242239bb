"""What a person with all rights on the computer can do to a play history: each way is a function, and has a name.

The name of a kind stands in docs/kiem-toan.md, in the table of what is found.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from ledgers import COLUMNS, DAYS, START, chain_again, slot, small_ledger, tampering

from broadcaster.models import BulletinClass, Outcome
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, row_hash
from broadcaster.records.play_rows import Play, PlayedScript, planned_to_body, to_body

if TYPE_CHECKING:
    from pathlib import Path

Hands = Callable[["Path", random.Random, int, "Path"], None]
"""Is given the ledger, chance, the number of rows that the checkpoint covers, and an older copy of the ledger."""


# ---- rows ----------------------------------------------------------------------------------------------------------


def change(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """sửa một ô của một bản ghi"""
    column, value = chance.choice(
        [
            ("at", "2027-05-02T00:00:00.000+07:00"),
            ("kind", "approval"),
            ("occurrence", "thang-5/chieu@2027-05-01T17:00+07:00"),
            ("actor", "ai đó"),
            ("body", '{"outcome":"aired"}'),
            ("hash", chance.randbytes(32).hex()),
        ]
    )
    with tampering(path) as db:
        db.execute(f"UPDATE ledger SET {column} = ? WHERE seq = ?", (value, chance.randint(1, rows)))


def change_and_hash(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """sửa một bản ghi và tính lại mã băm của nó"""
    seq = chance.randint(1, rows)
    with tampering(path) as db:
        at, kind, occurrence, body, prev = db.execute(
            "SELECT at, kind, occurrence, body, prev_hash FROM ledger WHERE seq = ?", (seq,)
        ).fetchone()
        digest = row_hash(prev, seq, at, kind, occurrence, "ai đó", body)
        db.execute("UPDATE ledger SET actor = 'ai đó', hash = ? WHERE seq = ?", (digest, seq))


def delete(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """xóa một bản ghi, để lại chỗ trống"""
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq = ?", (chance.randint(1, rows - 1),))


def delete_and_close_up(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """xóa một bản ghi rồi đánh lại số thứ tự"""
    seq = chance.randint(1, rows - 1)
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq = ?", (seq,))
        shift(db, seq, -1)


def insert(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """chèn thêm một bản ghi"""
    seq = chance.randint(1, rows)
    with tampering(path) as db:
        shift(db, seq - 1, 1)
        (prev,) = db.execute("SELECT prev_hash FROM ledger WHERE seq = ?", (seq + 1,)).fetchone()
        append(db, seq, prev, ("2027-05-03T00:00:00.000+07:00", "order", None, "ai đó", "{}"))


def swap(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """đổi chỗ hai bản ghi"""
    one, two = chance.sample(range(1, rows + 1), 2)
    with tampering(path) as db:
        for old, new in ((one, -1), (two, one), (-1, two)):
            db.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (new, old))


def behead(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """xóa phần đầu"""
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq <= ?", (chance.randint(1, rows - 1),))


# ---- the chain -----------------------------------------------------------------------------------------------------


def truncate(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """cắt bỏ phần cuối"""
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq >= ?", (chance.randint(2, rows),))


def rewrite(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """sửa một bản ghi rồi tính lại cả chuỗi mã băm"""
    seq = chance.randint(1, rows)
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = ?", (seq,))
        chain_again(db, seq)


def delete_and_rewrite(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """xóa một lệnh của con người, đánh lại số, tính lại cả chuỗi"""
    with tampering(path) as db:
        orders = db.execute("SELECT seq FROM ledger WHERE kind = 'order' AND seq <= ?", (rows,)).fetchall()
        (seq,) = chance.choice(orders)
        db.execute("DELETE FROM ledger WHERE seq = ?", (seq,))
        shift(db, seq, -1)
        chain_again(db, seq)


def roll_back(path: Path, _chance: random.Random, _rows: int, older: Path) -> None:
    """đưa một bản sao cũ vào thay"""
    shutil.copy(older, path)


def lay_in_another(path: Path, chance: random.Random, _rows: int, _older: Path) -> None:
    """thay bằng một tệp khác do chính chương trình tạo ra"""
    path.unlink()
    small_ledger(path, chance.randint(1, DAYS + 3))
    with Ledger.open(path, checkpoints=True) as ledger:
        at = START + timedelta(days=DAYS + 9)
        ledger.append([Entry(Kind.ORDER, "ai đó", at, None, {"n": n}) for n in range(chance.randint(1, 9))])
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = ? WHERE seq = 1", (f"máy {chance.random()}",))
        chain_again(db)


def drop_guards(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """gỡ trigger rồi sửa, không lắp lại"""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in {chance.choice(names), "ledger_no_update"}:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = ?", (chance.randint(1, rows),))
        chain_again(db)


# ---- hidden from queries, the rows as they were --------------------------------------------------------------------


def change_type(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """đổi kiểu dữ liệu của một ô, giữ nguyên từng byte"""
    column = chance.choice(["at", "kind", "actor", "body", "prev_hash", "hash"])
    hide_by_type(path, column, [chance.randint(1, rows)])


def poison_index(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """làm lại một chỉ mục cho thiếu dòng rồi trả lại câu lệnh đúng của nó"""
    name, of = chance.choice([("ledger_played_hour", "played"), ("ledger_planned_hour", "planned"), ("ledger_played", "played"), ("ledger_cued", "cued")])  # fmt: skip  # noqa: E501
    with closing(sqlite3.connect(path)) as db:
        seqs = [seq for (seq,) in db.execute("SELECT seq FROM ledger WHERE kind = ? AND seq <= ?", (of, rows))]
    leave_out(path, name, chance.choice(seqs))


def add_trigger(path: Path, chance: random.Random, _rows: int, _older: Path) -> None:
    """thêm một trigger nuốt bản ghi, mang tên của một đối tượng có sẵn"""
    name = chance.choice(["orders", "plan", "as_run", "approvals", "json_each", "sqlite"])
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"CREATE TRIGGER {name} BEFORE INSERT ON ledger BEGIN SELECT RAISE(IGNORE); END")


def add_table(path: Path, chance: random.Random, _rows: int, _older: Path) -> None:
    """thêm một bảng, bảng ảo hay view che hàm của SQLite"""
    name = chance.choice(["json_each", "json_tree", "pragma_table_info"])
    statement = chance.choice(
        [
            "CREATE TABLE {} (key, value)",
            "CREATE VIRTUAL TABLE {} USING rtree (id, low, high)",
            "CREATE VIEW {} AS SELECT 1 AS value",
        ]
    )
    with closing(sqlite3.connect(path)) as db:
        db.executescript(statement.format(name))


def redefine_view(path: Path, chance: random.Random, _rows: int, _older: Path) -> None:
    """viết lại một view, có khi xóa luôn dấu vết trong bảng _sqlite_migrations"""
    name = chance.choice(["plan", "as_run", "orders", "approvals"])
    with closing(sqlite3.connect(path)) as db:
        (sql,) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        db.executescript(f'DROP VIEW "{name}"; {sql} LIMIT {chance.randint(0, 3)}')
        if chance.random() < 0.5:
            steps = {"approvals": ["approvals"]}.get(name, ["approvals", "views"])
            db.executemany("DELETE FROM _sqlite_migrations WHERE name = ?", [(step,) for step in steps])
        db.commit()


# ---- the end -------------------------------------------------------------------------------------------------------


def forge_tail(path: Path, chance: random.Random, _rows: int, _older: Path) -> None:
    """nối thêm lượt phát bịa cho một giờ đã qua, chuỗi mã băm đúng"""
    past = slot(-chance.randint(2, 40))
    at = START + timedelta(days=DAYS - 1, hours=chance.randint(2, 20))
    script = PlayedScript("thong-diep-1", "Thông điệp 1", "0" * 64, "1" * 64, "espeak:vi", 31.5)
    play = Play(
        past.id, past.campaign, past.slot, BulletinClass.NORMAL, (script,), past.start, Outcome.AIRED,
        started=past.start, ended=past.start + timedelta(hours=2), heard_s=chance.choice([31.5, 7200.0]),
    )  # fmt: skip
    with Ledger.open(path, checkpoints=True) as ledger:
        ledger.append([Entry(Kind.PLANNED, "daemon", at, past.id, planned_to_body(past))])
        ledger.append([Entry(Kind.PLAYED, "daemon", at, past.id, to_body(play))])


# ---- tools ---------------------------------------------------------------------------------------------------------


@contextmanager
def schema_in_hand(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that may write the schema's own table; what is changed counts from the next opening on."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        yield db


def set_sql(path: Path, name: str, sql: str) -> None:
    """Write the text of an object, and nothing else."""
    with schema_in_hand(path) as db:
        db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))


def sql_of(path: Path, name: str) -> str:
    """Return the text of an object."""
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0])


def hide_by_type(path: Path, column: str, seqs: list[int]) -> None:
    """Store the same bytes as another type: no hash changes, and no query finds them."""
    table = sql_of(path, "ledger")
    set_sql(path, "ledger", table.removesuffix(" STRICT"))
    with tampering(path) as db:
        for seq in seqs:
            db.execute(f"UPDATE ledger SET {column} = CAST({column} AS BLOB) WHERE seq = ?", (seq,))
    set_sql(path, "ledger", table)


def leave_out(path: Path, index: str, seq: int) -> None:
    """Build an index without one row, then give it its honest text back."""
    honest = sql_of(path, index)
    set_sql(path, index, f"{honest} AND seq <> {seq}")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"REINDEX {index}")
    set_sql(path, index, honest)


def shift(db: sqlite3.Connection, after: int, by: int) -> None:
    """Give all rows after one a new number."""
    db.execute("UPDATE ledger SET seq = -seq WHERE seq > ?", (after,))
    db.execute("UPDATE ledger SET seq = -seq + ? WHERE seq < 0", (by,))


def append(db: sqlite3.Connection, seq: int, prev: str, values: tuple[str, str, str | None, str, str]) -> None:
    """Insert a row with its right hash."""
    record = (seq, *values, prev, row_hash(prev, seq, *values))
    db.execute(f"INSERT INTO ledger ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", record)


KINDS: tuple[Hands, ...] = (
    change, change_and_hash, delete, delete_and_close_up, insert, swap, behead,
    truncate, rewrite, delete_and_rewrite, roll_back, lay_in_another, drop_guards,
    change_type, poison_index, add_trigger, add_table, redefine_view, forge_tail,
)  # fmt: skip
