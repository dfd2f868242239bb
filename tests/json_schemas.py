"""The schemas of docs/json/, the answers of commands held against them, and what of them has ever been answered."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from referencing import Registry, Resource

from broadcaster.cli import cli, run

FOLDER = Path(__file__).parents[1] / "docs" / "json"
SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("*.schema.json"))
}
_REGISTRY: Registry[Any] = Registry().with_resources(
    (f"{name}.schema.json", Resource.from_contents(schema)) for name, schema in SCHEMAS.items()
)
OTHERS = {
    "rules --presets": "rules-presets",
    "report --format json": "report",
    "report --bundle --format json": "report-bundles",
}
"""What else is answered as JSON: words of the command → schema."""


def commands_with_json() -> dict[tuple[str, ...], str]:
    """Return every command that has `--json`, and the name of its schema."""
    return {words: "-".join(words) for words, command in _commands((), cli) if _has_json(command)}


def _commands(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if found := command.get_command(context, name):
                yield from _commands((*words, name), found)
    else:
        yield words, command


def _has_json(command: click.Command) -> bool:
    return any("--json" in parameter.opts for parameter in command.params)


def places(schema: object, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object of a schema that lies below `place`, with its JSON pointer."""
    if isinstance(schema, dict):
        yield place, schema
    inner = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for key, value in inner:
        yield from places(value, f"{place}/{key}")


FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    """Return whether a text is an instant as ISO 8601, with its offset."""
    return not isinstance(value, str) or ("T" in value and datetime.fromisoformat(value).tzinfo is not None)


class Answers:
    """Runs commands, holds what they answer against its schema, and remembers which properties had a value."""

    def __init__(self) -> None:
        self.commands: set[str] = set()
        self.wrong: list[str] = []
        self._seen: set[tuple[int, str]] = set()
        self._validator = validators.extend(Draft202012Validator, {"properties": self._properties})

    def _properties(
        self, validator: Any, properties: dict[str, Any], instance: object, schema: dict[str, Any]
    ) -> Iterator[ValidationError]:
        if isinstance(instance, dict):
            self._seen |= {(id(properties), key) for key in properties if instance.get(key) is not None}
        yield from Draft202012Validator.VALIDATORS["properties"](validator, properties, instance, schema)

    def ask(self, station: Path | None, *typed: str) -> Any:
        """Run a command with `--json`; return its answer, None where it has none."""
        code, out, _err = _run(station, *typed, "--json")
        if not out:
            assert code, f"{typed} answers nothing, and says that all is well"
            return None
        answer = json.loads(out)
        self.hold(self._schema(typed), answer, " ".join(typed))
        if isinstance(answer, dict) and "exit" in answer:
            assert answer["exit"] == code
        return answer

    def _schema(self, typed: tuple[str, ...]) -> str:
        words = next(words for words in commands_with_json() if typed[: len(words)] == words)
        return next((name for more, name in OTHERS.items() if set(more.split()) <= set(typed)), "-".join(words))

    def hold(self, name: str, answer: object, asked: str) -> None:
        """Hold an answer against a schema."""
        self.commands.add(name)
        found = self._validator(SCHEMAS[name], registry=_REGISTRY, format_checker=FORMATS)
        self.wrong += [f"{asked}: {error.json_path}: {error.message}"[:400] for error in found.iter_errors(answer)]

    def report(self, station: Path | None, *typed: str) -> None:
        """Write a report as JSON and hold it against its schema."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "report.json"
            do(station, "report", *typed, "--anyway", "--out", str(out))
            answer = json.loads(out.read_text("utf-8"))
        self.hold("report-bundles" if "--bundle" in typed else "report", answer, f"report {typed}")

    def never(self, name: str) -> list[str]:
        """Return the properties of a schema that no answer had, or had only as null."""
        return [
            f"{name}{place}/properties/{key}"
            for place, schema in places(SCHEMAS[name])
            if isinstance(properties := schema.get("properties"), dict) and schema.get("type") is not None
            for key in properties
            if (id(properties), key) not in self._seen
        ]


def do(station: Path | None, *typed: str, code: int = 0) -> None:
    """Run a command that changes or writes something, and leaves with `code`."""
    left, _out, err = _run(station, *typed)
    assert left == code, (typed, err)


def _run(station: Path | None, *typed: str) -> tuple[int, str, str]:
    """Run a command; return its exit code, and what it wrote to each of the two streams."""
    where = ("--station", str(station)) if station else ()
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = run(["--lang", "en", *where, *typed])
    return code, out.getvalue(), err.getvalue()
