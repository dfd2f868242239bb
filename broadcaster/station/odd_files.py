"""Files in a station's folder that look as if somebody meant them to be read, and that nothing reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import list_files
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TEXTS = (".txt", ".docx", ".odt", ".doc", ".rtf")
_SCRIPT_NAMES = (".md", ".md.txt")
_CAMPAIGN_NAMES = (".toml", ".toml.txt")
_HIDDEN_SCRIPT = re.compile(r"\.[a-z0-9-]+\.md")
_MOST_NAMED = 3


def find_odd_files(single: tuple[Path, ...], scripts_folder: Path, schedules_folder: Path) -> tuple[Problem, ...]:
    """Return what lies in a station's folders and is not read; `single` are the files beside them that are.

    Scripts and campaigns with wrong names are not among them: those are mistakes. Notepad adds ".txt" to names, and
    Explorer hides it. A folder that cannot be read is told elsewhere.
    """
    scripts, schedules = _listed(scripts_folder), _listed(schedules_folder)
    return (
        *misnamed(scripts_folder.parent, single),
        *_texts(scripts),
        *_hidden(scripts_folder),
        *_below(scripts, _SCRIPT_NAMES, _("scripts in a folder of their own are not read: {names}")),
        *_below(schedules, _CAMPAIGN_NAMES, _("campaigns in a folder of their own are not read: {names}")),
    )


def misnamed(folder: Path, meant: tuple[Path, ...]) -> Iterator[Problem]:
    """Yield the files of a folder whose names differ from these only by ".txt" or capital letters."""
    names = {path.name: path for path in meant}
    for path in _listed(folder):
        name = path.name.lower().removesuffix(".txt")
        if name in names and path.name != name and path.is_file() and not _is_same(path, names[name]):
            yield Problem(_("is not read"), _("if it is meant to be, name it {name}").format(name=name), path)


def _is_same(path: Path, other: Path) -> bool:
    """Return whether two names are one file, as where capital letters do not count."""
    return other.exists() and path.samefile(other)


def _listed(folder: Path) -> list[Path]:
    try:
        return list_files(folder)
    except InputError:
        return []


def _texts(paths: list[Path]) -> Iterator[Problem]:
    for path in paths:
        name = path.name.lower()
        if name.endswith(_TEXTS) and not name.endswith(_SCRIPT_NAMES) and path.is_file():
            todo = _("make a script of it: broadcaster script import {file}")
            yield Problem(_("is no script, and is not read"), todo.format(file=f"scripts/{path.name}"), path)


def _hidden(folder: Path) -> Iterator[Problem]:
    """Yield scripts whose names begin with a dot, as that of a version without its text does: ".hmong.md"."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return
    for name in names:
        if _HIDDEN_SCRIPT.fullmatch(name):
            todo = _('if it is a version of a text, begin its name with that of the text, such as "thong-diep-1{name}"')
            yield Problem(_("is hidden, and is not read"), todo.format(name=name), folder / name)


def _below(paths: list[Path], suffixes: tuple[str, ...], what: str) -> Iterator[Problem]:
    for folder in (path for path in paths if path.is_dir()):
        found = [path.name for path in _listed(folder) if path.name.lower().endswith(suffixes)]
        if found:
            more = ["…"] * (len(found) > _MOST_NAMED)
            names = ", ".join([*found[:_MOST_NAMED], *more])
            yield Problem(what.format(names=names), _("move them out of it, into the folder above"), folder)
