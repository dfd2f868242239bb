"""Write docs/cli.md from the commands' own help, in English. `tests/test_docs.py` holds the two together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli import cli
from broadcaster.i18n import activate

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
WIDTH = 100
HEAD = """# Command line

Every command and every option. This page is made from the program's own help by `tools/cli_docs.py`; a test compares
them. The program itself speaks Vietnamese unless `--lang en` asks for English.

Exit codes: 0, done; 1, something went wrong; 2, what was asked or written in a file is wrong.
"""


def commands(command: click.Command, parent: click.Context | None = None) -> Iterator[click.Context]:
    """Yield a context for `command` and for every command below it, depth first, in the order of the help."""
    name = command.name if parent else "broadcaster"
    context = command.context_class(command, parent=parent, info_name=name, **command.context_settings)
    context.terminal_width = context.max_content_width = WIDTH
    yield context
    if isinstance(command, click.Group):
        for child_name in command.list_commands(context):
            if child := command.get_command(context, child_name):
                yield from commands(child, context)


def reference() -> str:
    """Return the whole page."""
    activate("en")
    sections = (f"## `{ctx.command_path}`\n\n```text\n{ctx.get_help().rstrip()}\n```\n" for ctx in commands(cli))
    return "\n".join([HEAD, *sections])


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    click.echo(PAGE)
