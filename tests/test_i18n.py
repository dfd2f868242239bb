"""The Vietnamese catalogue is whole: nothing missing, nothing guessed, no placeholder lost."""

from __future__ import annotations

import ast
import importlib
import os
import re
import string
from typing import TYPE_CHECKING

import click
import pytest

from broadcaster import i18n
from broadcaster.cli import cli
from broadcaster.cli.frame import COMMAND_METAVAR, OPTIONS_METAVAR, Command

if os.environ.get("CI") == "true":  # nothing is skipped in CI
    messages = importlib.import_module("tools.messages")
else:
    messages = pytest.importorskip("tools.messages", reason="needs Babel, of the dependency group lint")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

LOGGING_FORMAT = re.compile(r"%(?:\.\d+)?[sdf]")


def translations() -> list[Message]:
    return [message for message in messages.read_catalog(messages.VI_PO) if message.id]


def forms(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert messages.VI_MO.read_bytes() == messages.compiled(), "run: python -m tools.messages compile"


def test_every_message_of_the_source_is_in_the_catalogue_and_no_other() -> None:
    source = {forms(message.id) for message in messages.source_messages() if message.id}
    assert {forms(message.id) for message in translations()} == source, "run: python -m tools.messages update"


def test_no_message_is_marked_inside_an_f_string() -> None:
    """Babel looks into f-strings from Python 3.12 on, and not before: there it would find other messages."""
    found = [
        f"{path.name}:{call.lineno}"
        for path in messages.PACKAGE.rglob("*.py")
        for text in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in messages.KEYWORDS
    ]
    assert found == []


def test_nothing_is_missing_or_fuzzy() -> None:
    assert list(messages.missing()) == []


def test_placeholders_agree() -> None:
    assert [fault for message in translations() for fault in placeholder_faults(message)] == []


def placeholder_faults(message: Message) -> Iterator[str]:
    source = forms(message.id)[-1]
    for text in filter(None, forms(message.string)):
        if fields(text) != fields(source):
            yield f"{source!r}: other fields in {text!r}"
        if "%Y" not in source and "%m" not in source and percents(text) != percents(source):
            yield f"{source!r}: other %-places in {text!r}"
        if text.startswith(" ") != source.startswith(" ") or text.endswith("\n") != source.endswith("\n"):
            yield f"{source!r}: other blanks around {text!r}"


def percents(text: str) -> list[str]:
    """Return the places that logging fills in, in their order."""
    return LOGGING_FORMAT.findall(text)


def fields(text: str) -> set[str]:
    """Return the names of the replacement fields; braces that are no fields (TOML's own) have none."""
    try:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
    except ValueError:
        return set()


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def marked_texts(command: click.Command) -> Iterator[str]:
    """Yield the texts of a command as they stand in the source."""
    i18n.activate("en")
    yield command.help or ""
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield parameter.help or ""
        if parameter.metavar and parameter.metavar != "ID":
            yield parameter.metavar


@pytest.mark.parametrize(("path", "command"), [pytest.param(*item, id=" ".join(item[0])) for item in commands(cli)])
def test_every_text_of_the_help_is_translated(path: tuple[str, ...], command: click.Command) -> None:
    assert isinstance(command, Command)
    known = {forms(message.id)[0] for message in translations()}
    for text in marked_texts(command):
        assert text in known, path
    assert OPTIONS_METAVAR in known
    assert COMMAND_METAVAR in known


def test_a_message_is_said_in_the_language_that_was_activated_last() -> None:
    i18n.activate("vi")
    assert i18n._("is missing") == "còn thiếu"
    i18n.activate("en")
    assert i18n._("is missing") == "is missing"


def test_click_speaks_through_the_same_catalogue() -> None:
    i18n.activate("vi")
    context = click.Context(click.Command("x", params=[click.Option(["--number"], type=int)]), info_name="x")
    assert context.get_help().startswith("Cách dùng: x")
    with pytest.raises(click.UsageError, match="Không có tùy chọn"):
        context.command.make_context("x", ["--wrong"])


def test_an_unknown_message_is_said_as_it_is_and_an_empty_one_stays_empty() -> None:
    i18n.activate("vi")
    assert i18n._("nobody translated this") == "nobody translated this"
    assert i18n.ngettext("one thing", "many things", 2) == "many things"
