"""What a person types to reach this very program: neither it nor its Python need be on the PATH."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

NAME = "broadcaster"


def start_command() -> str:
    """Return what starts the running program again, typed in any folder; `-P`: whatever modules lie there."""
    script = shutil.which(str(Path(sys.argv[0]).absolute()))  # on Windows it may have been named without its .exe
    if script is not None and Path(script).stem == NAME:
        return command_line(script)
    return command_line(sys.executable, "-P", "-m", NAME)


def install_command(package: str) -> str:
    """Return what installs a further package beside the running program, whether pip or uv installed that."""
    return command_line(sys.executable, "-m", "pip", "install", package)


def command_line(*words: str, windows: bool = os.name == "nt") -> str:
    """Join words to a line of the shell: on Windows PowerShell's, where a quoted program is called with `&`."""
    if not windows:
        return shlex.join(words)
    quoted = [f'"{word}"' if " " in word else word for word in words]
    return " ".join(["&", *quoted] if quoted[0].startswith('"') else quoted)
