"""A desk in a process of its own, as its operator runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from waiting import wait_for

if TYPE_CHECKING:
    from stations import Maker


@contextmanager
def running_desk(maker: Maker, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run `broadcaster run` until the block ends, from its first sign of life on; what it says goes to `daemon.log`."""
    command = [sys.executable, "-m", "broadcaster", "--lang", "en", "--station", str(maker.root), "run", *options]
    with (maker.root / "daemon.log").open("a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(lambda: heartbeat(maker).get("pid") == process.pid or process.poll() is not None)
        yield process
    finally:
        process.kill()
        process.wait()


def heartbeat(maker: Maker) -> dict[str, Any]:
    """Return the desk's last sign of life; empty where it cannot be read."""
    path = maker.root / "state" / "heartbeat.json"
    try:
        return dict(json.loads(path.read_bytes()))
    except (OSError, ValueError):
        return {}
