"""A bar on stderr where somebody looks; nothing elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from broadcaster.printable import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator


class Show(Protocol):
    """Shows that `done` of `total` is done, and what is being done now."""

    def __call__(self, done: float, total: float, text: str = "") -> None:
        """Move the bar."""


@contextmanager
def progress_bar(*, counted: bool = True, quiet: bool = False) -> Iterator[Show]:
    """Yield what moves the bar; the bar is gone when its work is done.

    `counted`: the numbers are written beside it; `quiet`: there is none.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total, _text="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    numbers = (MofNCompleteColumn(),) if counted else ()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), *numbers, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(done: float, total: float, text: str = "") -> None:
            bar.update(task, completed=done, total=total, description=one_line(text))

        yield show
