"""What all tests share: English texts, whatever the developer's own language is, a loudspeaker, a station."""

from __future__ import annotations

import os
import random
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import hypothesis
import pytest
from commands import Result, make_quick_station
from mornings import Morning
from officers import make_editor, make_person
from pulse import PulseServer, Recorder, missing
from stations import Maker, at
from studios import Studio

from broadcaster import i18n
from broadcaster.office.rendering import render_scripts
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import RunCommand
    from officers import Editor, Person


# How fast a test runs says something about the machine, and nothing about the program.
hypothesis.settings.register_profile("ours", deadline=None, print_blob=True)
hypothesis.settings.load_profile("ours")


# ---- chance: other examples each day, and any day's again by its seed -------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="run the sampled tests whole: all cases, many more kills")


@pytest.hookimpl(tryfirst=True)  # before hypothesis and xdist read their options
def pytest_configure(config: pytest.Config) -> None:
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = f"{datetime.now(UTC):%Y%m%d}"


def pytest_report_header(config: pytest.Config) -> str:
    return f"examples and samples: to repeat them, --hypothesis-seed={config.option.hypothesis_seed}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if terminalreporter.stats.get("failed"):
        terminalreporter.write_line(pytest_report_header(config))


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Return what a test takes its samples from: the same for the same seed, whatever else runs."""
    return random.Random(f"{request.config.option.hypothesis_seed} {request.node.name}")


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether sampled tests run whole."""
    return bool(request.config.option.thorough)


# ---- what tests stand on ----------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak English, before and after a test that speaks otherwise."""
    monkeypatch.delenv("BROADCASTER_LANG", raising=False)
    monkeypatch.setenv("LANGUAGE", "en")
    i18n.activate("en")
    yield
    i18n.activate("en")


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseServer]:
    """A sound server of the test's own, and the environment in which every new process finds it and no other."""
    if program := missing():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{program} is not installed, and nothing is skipped in CI")
        pytest.skip(f"{program} is not installed (apt-get install pulseaudio pulseaudio-utils)")
    folder = tmp_path / "pulse"
    folder.mkdir(mode=0o700)
    server = PulseServer(folder)
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def recorder(pulse: PulseServer) -> Iterator[Recorder]:
    """A recording of all that the server's loudspeaker plays."""
    recorder = Recorder(pulse)
    yield recorder
    recorder.stop()


@pytest.fixture
def station_folder(tmp_path: Path) -> Path:
    """Return a new station with the sample campaign, nothing of it rendered yet, that is silent and reads fast."""
    folder = tmp_path / "station"
    make_quick_station(folder)
    return folder


@pytest.fixture(scope="session")
def rendered_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render the sample campaign once for all tests: `rendered_station` gives each its own copy."""
    from broadcaster.station.folder import open_station

    folder = tmp_path_factory.mktemp("rendered") / "station"
    make_quick_station(folder)
    station = open_station(folder)
    assert not render_scripts(station, station.scripts()[0].values(), "test", "Lan").failed
    return folder


@pytest.fixture
def rendered_station(tmp_path: Path, rendered_once: Path) -> Path:
    """Return the same station as `station_folder`, with every clip ready."""
    return shutil.copytree(rendered_once, tmp_path / "rendered")


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    """Return the maker of a station with two short scripts, at five in the morning of Monday 3 May 2027."""
    return Maker(tmp_path, SimulatedClock(at("2027-05-03 05:00"))).settings().script("bai-1").script("bai-2")


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """Return a folder with scripts, read by the silent voice, and what makes clips of them."""
    return Studio(tmp_path / "studio")


@pytest.fixture
def morning(tmp_path: Path) -> Morning:
    """Return a morning at a station with one item, at 05:30 of Monday 3 May 2027; it is 05:25."""
    return Morning(tmp_path)


@pytest.fixture
def ledger_path(tmp_path: Path) -> Path:
    """Return where the play history of the station that `maker` makes lies."""
    return tmp_path / "broadcaster.db"


@pytest.fixture
def ledger(ledger_path: Path) -> Iterator[Ledger]:
    """Return the play history of the station that `maker` makes."""
    with Ledger.open(ledger_path) as ledger:
        yield ledger


@pytest.fixture
def broadcaster(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> RunCommand:
    """Return what runs the command line in this process."""
    from broadcaster.cli import run

    def call(*arguments: str, station: Path | None = None, lang: str = "en") -> Result:
        monkeypatch.setenv("LANGUAGE", lang)
        where = ("--station", str(station)) if station else ()
        capsys.readouterr()
        code = run(["--lang", lang, *where, *arguments])
        return Result(code, *capsys.readouterr())

    return call


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Return what sets up an editor that writes given texts."""
    return make_editor(tmp_path, monkeypatch)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    """Return what puts a person at the keyboard who gives given answers."""
    return make_person(monkeypatch)
