"""Where the program begins: the command `broadcaster`, and `python -m broadcaster`."""

from __future__ import annotations

# Python has loaded these two before it looks for anything in a folder of ours. Nothing else may be imported here.
import os
import sys


def main() -> None:
    """Run the program, and leave with its exit code."""
    _leave_out_this_folder()
    from broadcaster.cli import main as run

    run()


def _leave_out_this_folder() -> None:
    """Look for no module in the folder that we run in: a station may hold a `click.py`.

    `python -m` puts it first, and so does an empty part of PYTHONPATH. Where PYTHONPATH names it, it stays.
    """
    if __name__ == "__main__" and not sys.flags.safe_path:
        del sys.path[0]
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    here = os.getcwd()  # noqa: PTH109 - pathlib is looked for in these very folders
    if len(named) > 1 and "" in named and here not in named:
        sys.path[:] = [folder for folder in sys.path if folder not in ("", here)]


if __name__ == "__main__":
    main()
