"""Count what the structure of the program is made of: files, lines, functions, names that occur twice.

    uv run python benchmarks/structure.py [FOLDER]

FOLDER is a checkout; without it, this one.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections import Counter
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> None:
    """Print the counts."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]) / "broadcaster"
    files = sorted(root.rglob("*.py"))
    trees = {path: ast.parse(path.read_text("utf-8")) for path in files}
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    lengths = sorted(length(node) for tree in trees.values() for node in ast.walk(tree) if isinstance(node, Function))
    print(f"files: {len(files)}, lines: {sum(lines.values())}, longest file: {max(lines.values())}")
    print(f"functions: {len(lengths)}; lines median {statistics.median(lengths):.0f}, "
          f"p90 {lengths[len(lengths) * 9 // 10]}, max {lengths[-1]}")  # fmt: skip
    for room in sorted(path for path in root.iterdir() if path.is_dir() and any(path.rglob("*.py"))):
        inside = [path for path in files if room in path.parents]
        print(f"  {room.name}/: {len(inside)} files, {sum(lines[path] for path in inside)} lines")
    names = Counter(path.name for path in files if path.name != "__init__.py" and "cli" not in path.parts)
    print(
        "file names that occur twice, commands aside:", ", ".join(n for n, count in names.items() if count > 1) or "-"
    )
    classes = Counter(node.name for tree in trees.values() for node in tree.body if isinstance(node, ast.ClassDef))
    print("class names that occur twice:", ", ".join(name for name, count in classes.items() if count > 1) or "-")
    print(f"command modules that import a command module: {len(commands_that_import_commands(trees, root))}")


def length(node: Function) -> int:
    """Return the lines of a function, decorators and docstring counted."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def commands_that_import_commands(trees: dict[Path, ast.Module], root: Path) -> list[tuple[str, str]]:
    """Return pairs of modules that both define click commands and of which the first imports the second."""
    command_modules = {
        ".".join(path.relative_to(root.parent).with_suffix("").parts): tree
        for path, tree in trees.items()
        if "cli" in path.parts and path.name not in ("group.py", "__init__.py") and defines_a_command(tree)
    }
    return [
        (name, node.module)
        for name, tree in command_modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in command_modules and node.module != name
    ]


def defines_a_command(tree: ast.Module) -> bool:
    """Return whether a module has a function with a decorator called `command`."""
    calls = (
        decorator.func
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
    )
    return any(getattr(call, "attr", getattr(call, "id", "")) == "command" for call in calls)


if __name__ == "__main__":
    main()
