"""The script that every child process begins with: `python -P run_child.py MODULE` calls `MODULE.main(parent)`.

`python -P run_child.py broadcaster ARGUMENTS` is the program itself, for what a command of its own can do beside us.

The folder that the program runs in is not searched for modules: a station may hold a `json.py`. So the package is not
searched for either; it is the one that this file is part of, installed or not.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def _load_package(folder: Path) -> None:
    """Import the package `broadcaster` from `folder`."""
    spec = importlib.util.spec_from_file_location(
        "broadcaster", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is not a package")
    sys.modules["broadcaster"] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)


if __name__ == "__main__":
    _load_package(Path(__file__).parents[1])
    module = sys.argv.pop(1)
    if module == "broadcaster":
        import runpy

        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        from broadcaster.children.child_side import run

        run(module)
