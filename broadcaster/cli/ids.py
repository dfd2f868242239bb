"""Ids that a person types: completed by the shell, and looked up with a hint where one is mistyped."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from broadcaster.cli.frame import find_station
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import click

    from broadcaster.errors import Problem

T = TypeVar("T")


def complete_script(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the script ids that begin as typed, from the names of the files alone."""
    return _stems(_station(context) / "scripts", "*.md", incomplete)


def complete_campaign(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the campaign ids that begin as typed, from the names of the files alone."""
    return _stems(_station(context) / "schedules", "*.toml", incomplete)


def complete_slot(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the `campaign/slot` names that begin as typed; a file with a mistake completes nothing."""
    import tomllib

    campaign, slash, _slot = incomplete.partition("/")
    names = []
    for name in complete_campaign(context, parameter, "" if slash else campaign):
        try:
            slots = tomllib.loads((_station(context) / "schedules" / f"{name}.toml").read_text("utf-8-sig"))["slot"]
            names += [f"{name}/{slot['id']}" for slot in slots]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return [name for name in names if name.startswith(incomplete)]


def _station(context: click.Context) -> Path:
    return find_station(context.find_root().params.get("station"))


def _stems(folder: Path, pattern: str, incomplete: str) -> list[str]:
    stems = (path.stem for path in folder.glob(pattern) if not path.name.startswith("."))
    return sorted(stem for stem in stems if stem.startswith(incomplete))


def pick(items: Mapping[str, T], id_: str, problems: Iterable[Problem], unknown: str) -> T:
    """Return the item of that id; raise InputError with its file's mistakes, or `unknown` and the nearest id."""
    from broadcaster.errors import InputError, Problem
    from broadcaster.tomlfile import did_you_mean

    if id_ in items:
        return items[id_]
    own = [problem for problem in problems if problem.path is not None and problem.path.stem == id_]
    if own:
        raise InputError(*own)
    todo = did_you_mean(id_, items.keys(), _("there are: {known}")) if items else ""
    raise InputError(Problem(unknown.format(id=id_), todo))


def told(problems: Iterable[Problem]) -> int:
    """Write mistakes found beside the answer to stderr; return the exit code: 2 where there are some."""
    from broadcaster.cli import tell_problems

    listed = list(problems)
    tell_problems(listed)
    return 2 if listed else 0
