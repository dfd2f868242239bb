"""What import-linter cannot say: files stay short, commands apart, names occur once, the office prints nothing."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "broadcaster"
OURS = [
    path for room in ("broadcaster", "tests", "benchmarks", "tools") for path in sorted((ROOT / room).rglob("*.py"))
]
TREES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def is_command(path: Path) -> bool:
    """Return whether a file of cli/ defines a command of click; groups only gather them."""
    functions = [node for node in TREES[path].body if isinstance(node, ast.FunctionDef)]
    calls = [each.func for node in functions for each in node.decorator_list if isinstance(each, ast.Call)]
    names = [getattr(call, "attr", getattr(call, "id", "")) for call in calls]
    return "cli" in path.parts and path.name not in ("group.py", "__init__.py") and "command" in names


COMMANDS = [path for path in TREES if is_command(path)]


def test_no_file_has_more_than_400_lines() -> None:
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in OURS}
    assert {name: count for name, count in lines.items() if count > 400} == {}


def test_no_function_has_more_than_60_lines() -> None:
    functions = [
        (f"{path.relative_to(ROOT).as_posix()}: {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert {name: count for name, count in functions if count > 60} == {}


def test_the_commands_were_found() -> None:
    assert {path.stem for path in COMMANDS} >= {"plan", "run", "log", "approve", "check"}


@pytest.mark.parametrize("path", COMMANDS, ids=module)
def test_no_command_imports_another(path: Path) -> None:
    others = {module(other) for other in COMMANDS} - {module(path)}
    imported = {node.module for node in ast.walk(TREES[path]) if isinstance(node, ast.ImportFrom)}
    assert imported & others == set()


def test_a_file_name_occurs_once_but_for_commands() -> None:
    names = Counter(path.name for path in TREES if path.name != "__init__.py" and "cli" not in path.parts)
    assert [name for name, count in names.items() if count > 1] == []


def test_a_class_name_occurs_once() -> None:
    names = Counter(node.name for tree in TREES.values() for node in tree.body if isinstance(node, ast.ClassDef))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("path", [path for path in TREES if path.name != "files.py"], ids=module)
def test_one_function_makes_folders(path: Path) -> None:
    called = {getattr(node.func, "attr", "") for node in ast.walk(TREES[path]) if isinstance(node, ast.Call)}
    assert called & {"mkdir", "makedirs"} == set()


@pytest.mark.parametrize("path", [path for path in TREES if "cli" in path.parts], ids=module)
def test_all_texts_of_the_command_line_pass_one_edge(path: Path) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(TREES[path]) if isinstance(node, ast.Call)}
    called = calls if path.name not in ("show.py", "asking.py") else set()
    assert called & {"print", "click.echo", "click.secho", "click.confirm", "click.prompt"} == set()


@pytest.mark.parametrize("path", [path for path in TREES if "office" in path.parts], ids=module)
def test_the_office_prints_nothing_and_asks_nobody(path: Path) -> None:
    called = {
        node.func.id for node in ast.walk(TREES[path]) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called & {"print", "input"} == set()
    streams = {
        node.attr
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys"
    }
    assert streams & {"stdin", "stdout", "stderr"} == set()
