"""The street door: language, errors, exit codes, help and completion; no command meets a person with a traceback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import click
import pytest

from broadcaster import __version__, i18n
from broadcaster.cli import cli
from broadcaster.cli.frame import Command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import RunCommand


def program(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program in a process of its own, without any setting of the developer's."""
    kept = {name: value for name, value in os.environ.items() if name not in ("LANGUAGE", "BROADCASTER_LANG")}
    return subprocess.run(
        [sys.executable, "-m", "broadcaster", *arguments],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


def all_commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert isinstance(command, Command)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from all_commands(command, (*path, name))


# ---- language --------------------------------------------------------------------------------------------------


def test_vietnamese_is_the_default(tmp_path: Path) -> None:
    done = program("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Cách dùng: broadcaster".encode() in done.stdout


def test_the_station_sets_the_language_the_environment_is_above_it_and_the_option_above_all(
    station_folder: Path,
) -> None:
    settings = station_folder / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace('language = "vi"', 'language = "en"'), "utf-8")
    assert b"Usage:" in program("--help", cwd=station_folder).stdout
    assert "Cách dùng:".encode() in program("--help", cwd=station_folder, BROADCASTER_LANG="vi").stdout
    assert b"Usage:" in program("--lang", "en", "--help", cwd=station_folder, BROADCASTER_LANG="vi").stdout
    assert b"Usage:" in program("--station", str(station_folder), "--help", cwd=station_folder.parent).stdout


def test_complaints_of_click_are_vietnamese_too(broadcaster: RunCommand) -> None:
    result = broadcaster("plan", "--wrong", lang="vi")
    assert result.code == 2
    assert "Cách dùng: broadcaster plan [TÙY CHỌN]" in result.err
    assert "Lỗi: Không có tùy chọn" in result.err
    assert "Lỗi: Không có lệnh 'nope'." in broadcaster("nope", lang="vi").err


def test_vietnamese_comes_out_whole_where_the_locale_claims_ascii(tmp_path: Path) -> None:
    done = program("--help", cwd=tmp_path, LC_ALL="C", LANG="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "Cách dùng".encode() in done.stdout


def test_vietnamese_comes_out_whole_on_a_windows_code_page(tmp_path: Path) -> None:
    done = program("nope", cwd=tmp_path, PYTHONIOENCODING="cp1252")
    assert done.returncode == 2
    assert "Lỗi: Không có lệnh".encode() in done.stderr


# ---- errors ----------------------------------------------------------------------------------------------------


def test_outside_a_station_a_line_says_what_to_do(
    broadcaster: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = broadcaster("config")
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "there is no station in this folder; go to the station's folder" in result.err


def test_a_command_finds_the_station_above_the_folder_where_it_is_run(
    broadcaster: RunCommand, station_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(station_folder / "scripts")
    assert str(station_folder) in broadcaster("config").out


def test_every_mistake_of_a_file_is_a_line_with_its_place_as_seen_from_here(
    broadcaster: RunCommand, station_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[station]\nlanguage = "fr"\n\n[mix]\nloudnes = -16\n'
    (station_folder / "station.toml").write_text(text, "utf-8")
    monkeypatch.chdir(station_folder.parent)
    result = broadcaster("config", station=station_folder)
    assert result.code == 2
    where = os.path.join("station", "station.toml")  # noqa: PTH118 - as the system writes it
    assert [line.split(": ")[0] for line in result.err.splitlines()] == [f"{where}:2", f"{where}:5"]
    assert 'did you mean "loudness"?' in result.err


def test_what_nobody_foresaw_is_one_line_too(
    broadcaster: RunCommand, station_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_arguments: object) -> None:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr("broadcaster.office.settings_in_force.show_settings", burst)
    result = broadcaster("config", station=station_folder)
    assert result.code == 1
    assert result.err.startswith("Error: ZeroDivisionError: surprise; ")
    monkeypatch.setenv("BROADCASTER_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        broadcaster("config", station=station_folder)


def test_a_file_that_the_system_refuses_is_named(broadcaster: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", "utf-8")
    result = broadcaster("init", str(tmp_path / "taken" / "below"))
    assert result.code in (1, 2)
    assert "taken" in result.err
    assert result.err.count("\n") == 1


def test_a_reader_that_has_seen_enough_ends_the_program_quietly(station_folder: Path) -> None:
    command = [sys.executable, "-m", "broadcaster", "plan", "--from", "1/1/2027", "--to", "31/12/2036", "--json"]
    with subprocess.Popen(command, cwd=station_folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) in (0, 1)  # 0: all was written before the reader had left


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let processes started here hear Ctrl-C, also where the tests run in a shell's background, which is deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_quietly_with_130(station_folder: Path) -> None:
    (station_folder / "scripts" / "lang.md").write_text(
        '+++\ntitle = "Lặng"\nchime = false\n+++\nA.\n\n[nghỉ 1m]\n\nB.\n', "utf-8"
    )
    command = [sys.executable, "-m", "broadcaster", "script", "listen", "lang"]
    with subprocess.Popen(command, cwd=station_folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        deadline = time.monotonic() + 120
        while not list((station_folder / "audio").glob("lang-*.wav")):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(0.3)  # it has begun to play the minute of silence
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=120) == 130
        assert b"Traceback" not in process.stderr.read()


# ---- help ------------------------------------------------------------------------------------------------------


def test_the_version(broadcaster: RunCommand) -> None:
    assert broadcaster("--version").out == f"broadcaster {__version__}\n"


@pytest.mark.parametrize(("path", "command"), [pytest.param(*item, id=" ".join(item[0])) for item in all_commands()])
def test_every_command_has_help_with_an_example_that_parses(
    broadcaster: RunCommand, path: tuple[str, ...], command: Command
) -> None:
    shown = broadcaster(*path, "--help")
    assert shown.code == 0
    assert command.examples
    for example in command.examples:
        assert f"  broadcaster {example}\n" in shown.out
        parse(example)


@pytest.mark.parametrize("command", ["script new", "reconcile", "report"])
def test_a_help_page_breaks_no_id_number_or_option(
    broadcaster: RunCommand, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = broadcaster(*command.split(), "--help", lang="vi")
    assert not re.findall(r"\w+-$", shown.out, re.MULTILINE)
    assert "\u2011" not in shown.out


def parse(line: str) -> None:
    """Take an example apart as the program would, without running it."""
    import shlex

    # with the program's own settings: click remembers the first help option that a command was asked for
    context = click.Context(cli, info_name="broadcaster", **cli.context_settings)
    current: click.Command = cli
    rest = shlex.split(line)
    while isinstance(current, click.Group):
        _name, found, rest = current.resolve_command(context, rest)
        assert found is not None
        current = found
    try:
        current.make_context(line, rest, parent=context)
    except click.BadParameter as error:
        if error.param is None or not isinstance(error.param.type, click.Path):  # a file that is not here may be named
            raise


def test_the_list_of_commands_says_what_their_own_help_says(broadcaster: RunCommand) -> None:
    for name, (_module, text) in cli.table.items():
        assert text.endswith("."), name
    i18n.activate("en")
    assert list(cli.table) == cli.list_commands(click.Context(cli))


def test_help_needs_neither_rich_nor_the_rooms(tmp_path: Path) -> None:
    code = (
        "import sys; from broadcaster.cli import run; run(['--help']);"
        "bad = {'rich', 'numpy', 'sqlite3', 'tomlkit', 'apscheduler', 'sqlite_utils', 'pydub'} & set(sys.modules);"
        "bad |= {name for name in sys.modules if name.startswith('broadcaster.') and name.split('.')[1]"
        " in ('speech', 'schedule', 'records', 'playout', 'station', 'settings')};"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


# ---- completion ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("script show thong-diep-", {f"thong-diep-{number}" for number in range(1, 7)}),
        ("schedule show th", {"thang-5"}),
        ("schedule remove thang-5/ch", {"thang-5/chu-de"}),
        ("log --script chu-", {"chu-de"}),
        ("sched", {"schedule"}),
    ],
)
def test_ids_are_completed(station_folder: Path, typed: str, offered: set[str]) -> None:
    words = f"broadcaster {typed}"
    done = program(
        cwd=station_folder,
        _BROADCASTER_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split()) - 1),
    )
    assert {line.split(",")[1] for line in done.stdout.decode().splitlines()} == offered
