"""The documents tell the truth: every command, option, key, kind and column, and nothing that is not there."""

from __future__ import annotations

import contextlib
import json
import re
import runpy
import shlex
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import click
import pytest

from broadcaster.cli import cli
from broadcaster.models import Outcome
from broadcaster.office.forecast import ProspectState
from broadcaster.records.damage import HarmKind
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.schedule.timetable import read_campaign
from broadcaster.settings import Settings, read_settings, show_settings
from broadcaster.speech.script import read_script
from broadcaster.tomlfile import KeyPath, Table

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FORMATS = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
READMES = [ROOT / "README.md", ROOT / "README.vi.md"]
PAGES = [*READMES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

with_pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def rows(heading: str) -> dict[str, list[str]]:
    """Return the table rows under a heading of formats.md: each name in the first column → the other cells."""
    section = re.split(r"^#{1,6} ", FORMATS.split(f"\n{heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return {name: row[1:] for row in cells for name in re.findall(r"`([^`]+)`", row[0])}


# ---- formats.md ---------------------------------------------------------------------------------------------------


def test_every_setting_is_documented_with_its_default() -> None:
    in_force = show_settings(Settings())
    tables = {key.partition(".")[0] for key in in_force}
    documented = {
        f"{table}.{key}": row[0].strip("`") for table in tables for key, row in rows(f"### `[{table}]`").items()
    }
    every_day = json.dumps(["05:00-21:00"])
    assert f"mon = {every_day}" in in_force["rules.hours"]
    assert documented == {**in_force, "rules.hours": every_day}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[KeyPath, set[str]]:
    """Collect, for each TOML table that the program reads to its end, the keys that it knows there."""
    found: dict[KeyPath, set[str]] = {}
    report_unknown_keys = Table.report_unknown_keys

    def listen(table: Table) -> None:
        found[table.key] = set(table._known_keys)
        report_unknown_keys(table)

    monkeypatch.setattr(Table, "report_unknown_keys", listen)
    return found


def test_no_table_of_the_settings_is_left_out(tmp_path: Path, asked: dict[KeyPath, set[str]]) -> None:
    path = tmp_path / "station.toml"
    path.write_text('[[group]]\nid = "a"\ndevices = ["file"]\n')
    read_settings(path)
    assert asked[()] == set(re.findall(r"^### `\[{1,2}(\w+)\]{1,2}`$", FORMATS, re.MULTILINE))
    for table in asked[()] - {"group"}:
        assert asked[(table,)] == set(rows(f"### `[{table}]`"))
    assert asked[("group", 0)] == set(rows("### `[[group]]`"))


def test_every_key_of_the_front_matter_is_documented(tmp_path: Path, asked: dict[KeyPath, set[str]]) -> None:
    path = tmp_path / "a.md"
    path.write_text('+++\ntitle = "a"\n+++\n\na\n')
    read_script(path)
    assert asked[()] == {key.strip("[]") for key in rows("### Front matter") if " = " not in key}


def test_every_key_of_a_campaign_and_a_slot_is_documented(tmp_path: Path, asked: dict[KeyPath, set[str]]) -> None:
    path = tmp_path / "a.toml"
    slot = 'id = "a"\nat = ["05:30"]\nscripts = ["a"]\n'
    path.write_text(f'title = "a"\nfrom = "05-01"\nto = "05-31"\n[[slot]]\n{slot}')
    read_campaign(path)
    assert asked[()] == {key.strip("[]") for key in rows("### Campaign")}
    assert asked["slot", 0] == set(rows("### Slot"))


def test_every_kind_and_outcome_is_documented() -> None:
    assert list(rows("### Kinds")) == [str(kind) for kind in Kind]
    assert list(rows("### Harm")) == [str(kind) for kind in HarmKind]
    assert list(rows("### Outcomes")) == [str(outcome) for outcome in Outcome]
    assert set(rows("### States")) == {str(state) for state in ProspectState}


def test_every_column_is_documented(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    Ledger.open(path).close()
    with closing(sqlite3.connect(path)) as database:
        views = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
        columns = {name: columns_of(database, name) for name in (*views, "ledger")}
    headings = {name: f"### View `{name}`" for name in views} | {"ledger": "## `broadcaster.db`, the play history"}
    assert {name: list(rows(headings[name])) for name in columns} == columns


def columns_of(database: sqlite3.Connection, table: str) -> list[str]:
    return [column for (column,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,))]


@pytest.mark.parametrize("text", [text for kind, text in FENCE.findall(FORMATS) if "+++" in text])
def test_the_example_script_is_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vi-du.md"
    path.write_text(text, encoding="utf-8")
    assert read_script(path).title


@pytest.mark.parametrize("text", [text for kind, text in FENCE.findall(FORMATS) if "[[slot]]" in text])
def test_the_example_campaign_is_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vi-du.toml"
    path.write_text(text, encoding="utf-8")
    assert read_campaign(path).slots


# ---- commands -----------------------------------------------------------------------------------------------------


def test_cli_page_is_the_programs_own_help() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "cli_docs.py"))
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert tool["reference"]() == page, "run: python -m tools.cli_docs"


def commands(command: click.Command, path: str = "broadcaster") -> list[tuple[str, click.Command]]:
    context = click.Context(command)
    children = command.list_commands(context) if isinstance(command, click.Group) else []
    found = [(name, command.get_command(context, name)) for name in children]
    return [(path, command), *(item for name, child in found if child for item in commands(child, f"{path} {name}"))]


def test_every_command_and_option_has_help() -> None:
    found = dict(commands(cli))
    assert [path for path, command in found.items() if not command.help] == []
    options = [
        (path, item) for path, command in found.items() for item in command.params if isinstance(item, click.Option)
    ]
    assert [f"{path} {option.name}" for path, option in options if not option.help] == []


def written_commands(page: Path) -> list[str]:
    """Return every `broadcaster …` that a page writes: in blocks of commands, and between backquotes."""
    text = page.read_text(encoding="utf-8")
    blocks = [line for kind, block in FENCE.findall(text) if kind == "sh" for line in block.splitlines()]
    inline = re.findall(r"`(broadcaster [^`…]+)`", FENCE.sub("", text))
    found = [part for line in [*blocks, *inline] for part in re.findall(r"\bbroadcaster(?: [^&|`]+)", line)]
    return [part for part in found if not part.startswith("broadcaster.")]


@pytest.mark.parametrize(
    ("page", "line"),
    [(page, line) for page in PAGES if page.name != "cli.md" for line in written_commands(page)],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_every_command_that_a_page_writes_can_be_typed(page: Path, line: str) -> None:
    with contextlib.suppress(click.MissingParameter, click.exceptions.Exit):  # a command named in passing; --help
        parse(cli, shlex.split(line)[1:])


def parse(command: click.Command, arguments: list[str], parent: click.Context | None = None) -> None:
    """Parse a command line down to its last command without running it; raises click's UsageError."""
    context = command.make_context(command.name, arguments, parent=parent)
    rest = [*getattr(context, "_protected_args", ()), *context.args]  # click 9 keeps all of them in `args`
    if isinstance(command, click.Group) and rest:
        child = command.get_command(context, rest[0])
        assert child is not None, f"no command {rest[0]}"
        parse(child, rest[1:], context)


# ---- all pages ----------------------------------------------------------------------------------------------------


def test_both_readmes_have_the_same_commands_and_parts() -> None:
    english, vietnamese = (page.read_text(encoding="utf-8") for page in READMES)
    assert FENCE.findall(english) == FENCE.findall(vietnamese)
    for mark in (r"^(#+) ", r"^(<!-- .* -->)$", r"^- \*\*", r"^\| `([^`]+)`"):
        assert re.findall(mark, english, re.MULTILINE) == re.findall(mark, vietnamese, re.MULTILINE)


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_the_readme_marks_the_commands_that_are_checked(page: Path) -> None:
    marked = dict(
        re.findall(r"^<!-- ci: (\w+) -->\n```sh\n(.+?)\n```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )
    assert set(marked) == {"demo", "test", "demo_without_pip", "demo_without_uv", "station"}
    assert marked["demo"] == "python3 -m pip install --target .uv uv && .uv/bin/uv run --no-dev broadcaster demo"
    assert marked["test"] == ".uv/bin/uv run pytest"


@with_pages
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    anchors = {slug(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _hash, anchor = target.partition("#")
        if "://" in target:
            continue
        assert not path or (page.parent / path).exists(), target
        assert path or anchor in anchors, target


def slug(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@with_pages
def test_no_page_names_a_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.findall(
        r"(?<![\w.~/h$])/(?:root|home|work|tmp|opt|srv|Users)/|[A-Z]:\\\\?Users|localhost|127\.0\.0\.1", text
    )


def test_the_glossary_knows_every_outcome_and_class() -> None:
    tour = (ROOT / "docs" / "code-tour.md").read_text(encoding="utf-8")
    assert [outcome for outcome in Outcome if f"`{outcome}`" not in tour] == []


def test_every_dependency_has_its_reason() -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = [*PROJECT["project"]["dependencies"], *(item for extra in extras for item in extra)]
    names = [name for item in wanted for name in re.findall(r"^[\w.-]+", item)]
    reasons = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8").lower()
    assert [name for name in names if name not in reasons] == []


def test_the_tour_names_every_layer_in_order() -> None:
    contract = PROJECT["tool"]["importlinter"]["contracts"][0]
    layers = [name for layer in contract["layers"] for name in layer.split(" | ") if name != "__main__"]
    tour = (ROOT / "docs" / "code-tour.md").read_text(encoding="utf-8")
    table = [
        name
        for line in tour.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert [name for name in table if name in layers] == layers
