"""What officers bring to the command line: texts, Word files, an editor, answers."""

from __future__ import annotations

import shlex
import sys
from contextlib import closing
from pathlib import Path
from typing import Protocol

import pytest

from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger, Row

GOOD = '+++\ntitle = "Thử"\nauthor = "Hoa"\n+++\n\nXin chào bà con.\n'
TEXT = "Bảo hiểm xã hội cho tất cả mọi người. Kính thưa bà con, mời bà con theo dõi trên loa truyền thanh."


def write_script(station: Path, id_: str, text: str = GOOD) -> Path:
    """Write a script into a station, and return its path."""
    path = station / "scripts" / f"{id_}.md"
    path.write_text(text, "utf-8")
    return path


def rows_of(station: Path, kind: Kind) -> list[Row]:
    """Return the rows of one kind in a station's history."""
    with closing(Ledger.open(station / "broadcaster.db", read_only=True)) as ledger:
        return list(ledger.rows([kind]))


class Editor(Protocol):
    """Sets up an editor that writes these texts, one each time it is opened, and returns where it keeps what it saw.

    While it is open, somebody else saves the text of `meanwhile` in its file.
    """

    def __call__(self, *texts: str, meanwhile: tuple[Path, str] | None = None) -> Path: ...


class Person(Protocol):
    """Puts a person at the keyboard who gives these answers, in order, and returns what will have been asked."""

    def __call__(self, *answers: bool) -> list[str]: ...


def make_editor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Return what sets up an editor whose program and texts lie in `folder`."""
    monkeypatch.delenv("VISUAL", raising=False)
    shown = folder / "shown"
    shown.mkdir()

    def make(*texts: str, meanwhile: tuple[Path, str] | None = None) -> Path:
        for number, text in enumerate(texts):
            (folder / f"text-{number}").write_text(text, "utf-8")
        program = folder / "editor.py"
        program.write_text(
            "import os, pathlib, sys\n"
            f"folder, shown = pathlib.Path({str(folder)!r}), pathlib.Path({str(shown)!r})\n"
            "file = pathlib.Path(sys.argv[1])\n"
            "number = len(list(shown.iterdir()))\n"
            "(shown / str(number)).write_bytes(file.read_bytes())\n"
            "text = folder / f'text-{number}'\n"
            "if text.exists():\n"
            "    file.write_bytes(text.read_bytes())\n"
            "    os.utime(file, ns=(0, 0))\n"
            + (f"pathlib.Path({str(meanwhile[0])!r}).write_text({meanwhile[1]!r}, 'utf-8')\n" if meanwhile else ""),
            "utf-8",
        )
        monkeypatch.setenv("EDITOR", f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}")
        return shown

    return make


def make_person(monkeypatch: pytest.MonkeyPatch) -> Person:
    """Return what puts a person at the keyboard."""

    def sit(*answers: bool) -> list[str]:
        asked: list[str] = []
        left = list(answers)

        def confirm(text: str, default: bool = False) -> bool:
            asked.append(text)
            return left.pop(0)

        monkeypatch.setattr("broadcaster.cli.asking.is_person", lambda: True)
        monkeypatch.setattr("click.confirm", confirm)
        return asked

    return sit


def word_file(path: Path, *paragraphs: str, table: tuple[str, ...] = ()) -> Path:
    """Write a Word file: a heading, paragraphs, and a table of one row."""
    import docx

    document = docx.Document()
    document.add_heading(paragraphs[0], 0)
    for text in paragraphs[1:]:
        document.add_paragraph(text, style="List Bullet" if text.startswith("*") else None)
    if table:
        for cell, text in zip(document.add_table(1, len(table)).rows[0].cells, table, strict=True):
            cell.text = text
    document.save(str(path))
    return path
