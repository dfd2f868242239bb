"""A real browser, headless: what a page looks like and measures when it is opened, not what we think of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
DARK, LIGHT = 0, 1
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def find() -> str | None:
    """Return the browser of this machine; None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """Runs one browser process for each question, with a profile of its own."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder

    def run(self, page: Path, *arguments: str, width: int = 1100, height: int = 1400, scheme: int = LIGHT) -> str:
        """Open a page and return what the browser writes; it has no network, and a profile that is thrown away."""
        command = [
            self._program, "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-dev-shm-usage", "--disable-background-networking", "--proxy-server=127.0.0.1:9",
            f"--user-data-dir={self._folder / 'profile'}", f"--window-size={width},{height}",
            f"--blink-settings=preferredColorScheme={scheme}", *arguments, page.as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # the sandbox refuses root, which CI is
        done = subprocess.run(command, check=True, capture_output=True, timeout=100)
        return done.stdout.decode("utf-8")

    def picture(self, page: Path, **look: int) -> bytes:
        """Return a picture of the page, as PNG."""
        target = self._folder / "picture.png"
        self.run(page, f"--screenshot={target}", **look)
        return target.read_bytes()

    def paper(self, page: Path) -> bytes:
        """Return the page as it is printed, as PDF."""
        target = self._folder / "paper.pdf"
        self.run(page, f"--print-to-pdf={target}", "--no-pdf-header-footer")
        return target.read_bytes()

    def measure(self, page: Path, script: str, width: int = 1100, scheme: int = LIGHT) -> Any:
        """Return what a script finds in the laid-out page: the body of a function that returns JSON.

        The page itself forbids scripts, so a copy without its policy is asked. It is laid out in a frame of exactly
        `width`: a headless window may not become as narrow as a telephone.
        """
        text = _POLICY.sub("", page.read_text("utf-8"))
        (self._folder / "measured.html").write_text(text, "utf-8")
        frame = self._folder / "frame.html"
        frame.write_text(_FRAME.replace("WIDTH", str(width)).replace("SCRIPT", script), "utf-8")
        options = ("--dump-dom", "--allow-file-access-from-files", "--virtual-time-budget=5000")
        dom = self.run(frame, *options, width=max(width, 600), scheme=scheme)
        found = re.search(r"<pre[^>]*>(.*?)</pre>", dom, re.DOTALL)
        assert found, dom[-500:]
        return json.loads(unescape(found[1]))


_FRAME = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0"><pre></pre>
<iframe src="measured.html" style="border:0;width:WIDTHpx;height:1200px"></iframe>
<script>addEventListener("load", () => {
  const frame = document.querySelector("iframe");
  const measure = (window, document) => { SCRIPT };
  document.querySelector("pre").textContent = JSON.stringify(measure(frame.contentWindow, frame.contentDocument));
});</script>"""
