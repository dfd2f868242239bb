"""The parts of every command: click's classes in the user's language, with examples in the help.

Help texts and metavars are marked with `N_` where they are written and translated when they are shown, so that one
process can speak both languages.
"""

from __future__ import annotations

import functools
import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from broadcaster.errors import InputError
from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from broadcaster.station.folder import Adjust, Station

P = ParamSpec("P")
R = TypeVar("R")

OPTIONS_METAVAR = N_("[OPTIONS]")
COMMAND_METAVAR = N_("COMMAND [ARGS]...")
_WHOLE = "\u2011"
"""Stands for a hyphen at which no line is broken."""


class Option(click.Option):
    """An option whose help and metavar are translated when shown."""

    _help: str | None = None

    def _get_help(self) -> str | None:
        return _(self._help) if self._help else self._help

    def _set_help(self, value: str | None) -> None:
        self._help = value

    help = property(_get_help, _set_help, doc="The help text, in the active language.")

    def make_metavar(self, ctx: click.Context) -> str:
        """Return the placeholder of the value in the help, in the active language."""
        return _(super().make_metavar(ctx))


class Argument(click.Argument):
    """An argument whose metavar is translated when shown, also between brackets and before `...`."""

    def make_metavar(self, ctx: click.Context) -> str:
        """Return the placeholder of the value in the usage line, in the active language."""
        shown = super().make_metavar(ctx)
        return shown.replace(self.metavar, _(self.metavar)) if self.metavar else shown


class Formatter(click.HelpFormatter):
    """Breaks the lines of a help page between words: click would also break "1192/BHXH-TT" or a date at a hyphen."""

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        super().write_text(text.replace("-", _WHOLE))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of options or commands, each with its text."""
        super().write_dl([(first, text.replace("-", _WHOLE)) for first, text in rows], col_max, col_spacing)

    def getvalue(self) -> str:
        """Return the page."""
        return super().getvalue().replace(_WHOLE, "-")


class Context(click.Context):
    """A context whose help pages are written so."""

    formatter_class = Formatter


class Command(click.Command):
    """A command with translated help and a section of examples, each written without the program's name."""

    context_class = Context
    _help: str | None = None

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def _get_help(self) -> str | None:
        return _(self._help) if self._help else self._help

    def _set_help(self, value: str | None) -> None:
        self._help = value

    help = property(_get_help, _set_help, doc="The help text, in the active language.")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the usage line, click's own words translated."""
        ours = (OPTIONS_METAVAR, COMMAND_METAVAR)
        return [_(piece) if piece in ours else piece for piece in super().collect_usage_pieces(ctx)]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return a new help option each time: click would keep the first, in the language of that moment."""
        self._help_option = None
        return super().get_help_option(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, unwrapped: people copy them."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section(_("Examples")):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}broadcaster {example}\n")


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which the commands were added."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, each with the whole first sentence of its help."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _first_sentence(found.help or "")) for name, found in commands if found])


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.;])\s", text, maxsplit=1)[0].rstrip(".;") + "."


class LazyGroup(Group):
    """A group that imports a command only to run it: `table` maps a name to its module and to its line of help."""

    group_class = Group

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - click's own
        table: Mapping[str, tuple[str, str]],
        **kwargs: Any,  # noqa: ANN401 - click's own
    ) -> None:
        super().__init__(*args, **kwargs)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table: the order in which a person meets them."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command, which its module calls by its own name, `-` written as `_`."""
        if cmd_name not in self.table:
            return None
        module = importlib.import_module(self.table[cmd_name][0])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the list of commands from the table, importing none of them."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(text)) for name, (_module, text) in self.table.items()])


def option(*names: str, **attrs: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:  # noqa: ANN401 - click's own
    """Add an option; takes what `click.option` takes."""
    return click.option(*names, cls=Option, **attrs)


def argument(*names: str, **attrs: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:  # noqa: ANN401 - click's own
    """Add an argument; takes what `click.argument` takes."""
    return click.argument(*names, cls=Argument, **attrs)


def command(name: str | None = None, **attrs: Any) -> Callable[[Callable[..., Any]], Command]:  # noqa: ANN401 - click's
    """Make a command; takes what `click.command` takes, and `examples`."""
    return click.command(name, cls=Command, **attrs)


def group(name: str | None = None, **attrs: Any) -> Callable[[Callable[..., Any]], Group]:  # noqa: ANN401 - click's own
    """Make a group; takes what `click.group` takes, and `examples`."""
    return click.group(name, cls=Group, **attrs)


with_json = option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
"""Give a command the option `--json`, handed to it as `as_json`."""


def add_options(
    function: Callable[..., R], options: Sequence[Callable[[Callable[..., R]], Callable[..., R]]]
) -> Callable[..., R]:
    """Add several options, which the help lists in this order."""
    for add in reversed(options):
        function = add(function)
    return function


def find_station(folder: Path | None) -> Path:
    """Return the folder that was named; else the nearest one, from here upwards, that holds a station; else here."""
    if folder is not None:
        return folder
    here = Path.cwd()
    return next((place for place in (here, *here.parents) if (place / "station.toml").is_file()), here)


def pass_station(function: Callable[Concatenate[Any, P], R]) -> Callable[P, R]:
    """Open the station that `--station` names and hand it to the command as its first argument.

    Opened when the command runs, not before: `--help` and completion work outside a station.
    """

    @functools.wraps(function)
    def with_station(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(open_named_station(), *args, **kwargs)

    return with_station


def pass_station_in_force(function: Callable[Concatenate[Any, P], R]) -> Callable[P, R]:
    """Hand the command the station as its desk has it: where station.toml is wrong, with its last good settings.

    For commands that show what the desk does; they tell the mistakes beside their answer.
    """

    @functools.wraps(function)
    def with_station(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(open_station_in_force(), *args, **kwargs)

    return with_station


def pass_station_even_if_wrong(function: Callable[Concatenate[Any, P], R]) -> Callable[P, R]:
    """Hand the command the station as `open_even_if_wrong` does.

    For commands about what was recorded, which a mistake in station.toml changes nothing of: a history must be shown,
    proven and saved all the same, and the desk has that done by these commands every day. And for orders to the desk,
    which runs on by those settings: a mistake in a file may keep nobody from silencing a loudspeaker.
    """

    @functools.wraps(function)
    def with_station(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(open_even_if_wrong(), *args, **kwargs)

    return with_station


def open_even_if_wrong() -> Station:
    """Open that station; where station.toml is wrong, with its last good settings, and say so on stderr.

    Raise InputError where none were good before either.
    """
    from broadcaster.cli.show import hint

    try:
        return open_named_station()
    except InputError as error:
        station = open_station_in_force()
        hint(str(error))
        hint(_("This goes by the last good version of station.toml."))
        return station


def open_named_station() -> Station:
    """Open the station that `--station` names, or the nearest one; raise InputError where there is none."""
    from broadcaster.station.folder import open_station

    return open_station(find_station(click.get_current_context().obj))


def open_station_in_force(adjust: Adjust | None = None) -> Station:
    """Open that station with its last good settings where station.toml is wrong; raise InputError where none were."""
    from broadcaster.station.folder import open_in_force, unchanged

    return open_in_force(find_station(click.get_current_context().obj), adjust=adjust or unchanged)
