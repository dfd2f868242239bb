"""Record `broadcaster demo` in a terminal and write what it shows as a picture: docs/images/demo.svg.

    uv run python tools/picture.py [--lang vi|en] [DIR]

The demo is really run, on whatever loudspeaker there is. The terminal is a real one (a pty, so this runs on Linux and
macOS only); what is drawn over itself there shows its last state here.
"""

from __future__ import annotations

import argparse
import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 118
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "demo.svg"
ERASE_LINE = re.compile(r"[^\n]*\r\x1b\[2K|\r\x1b\[2K")
CURSOR = re.compile(r"\x1b\[\??[0-9;]*[A-HJKhlsu]")
FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def record(command: list[str]) -> str:
    """Run a command in a terminal of `WIDTH` columns and return all that it wrote."""
    leader, follower = pty.openpty()
    env = {**os.environ, "COLUMNS": str(WIDTH), "LINES": "60", "TERM": "xterm-256color", "FORCE_COLOR": "1"}
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, env=env)
    os.close(follower)
    written = bytearray()
    while True:
        try:
            data = os.read(leader, 65536)
        except OSError:  # the other end is closed: the command has ended
            break
        if not data:
            break
        written += data
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    process.wait()
    return written.decode("utf-8", "replace").replace("\r\n", "\n")


def settled(written: str) -> str:
    """Return what is left on the screen of lines that were drawn over themselves."""
    lines = []
    for line in ERASE_LINE.sub("", written).split("\n"):
        last = line.rsplit("\r", 1)[-1]
        lines.append(CURSOR.sub("", last))
    return "\n".join(lines).strip("\n")


def main() -> None:
    """Record the demo, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default="demo-station")
    parser.add_argument("--lang", default="vi")
    asked = parser.parse_args()
    program = str(Path(sys.executable).with_name("broadcaster"))  # what a person starts: the demo names it at its end
    command = [program, "--lang", asked.lang, "demo", asked.folder]
    text = settled(record(command)).replace(str(Path.cwd()), "…")
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text("$ broadcaster demo", style="bold"))
    console.print(Text.from_ansi(text))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    # without the web font: a picture in a README asks nobody for anything
    PICTURE.write_text(FONT.sub("", console.export_svg(title="broadcaster demo")), "utf-8")


if __name__ == "__main__":
    main()
