"""Make small mistakes in a module, one at a time, and see whether its own tests notice: `python -m tools.mutants`.

`tools/mutants.toml` says which modules, by which tests, and which changes are known to change nothing. Every mutant
runs in a process of its own, split off after the libraries were imported; no file is changed. Of its tests only those
run that reach the changed line. Programs that a test starts run the unchanged module. What takes much longer than the
unchanged module counts as noticed. Exit code 1 where a change went unnoticed that is not in the list. POSIX only.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.util import spec_from_file_location
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, settings

from tools.mutations import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import FrameType, ModuleType

TABLE = Path(__file__).with_suffix(".toml")
KILLED, SURVIVED, OUT_OF_TIME, KNOWN = "killed", "survived", "out of time", "known"

Known = frozenset[tuple[str, ...]]
"""Changes that change nothing: module, function, before, after."""

_MOST_MEMORY = 4 << 30  # bytes
_PATIENCE = 4  # a mutant may take so many times what the unchanged module takes, and some seconds
_SOME_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Module:
    """A module under test. `without` are tests that could notice nothing: their work is done by other processes."""

    path: str
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The module as it is imported."""
        return self.path.removesuffix(".py").replace("/", ".")

    @property
    def arguments(self) -> list[str]:
        """What pytest is told."""
        return [*self.tests, *(f"--deselect={test}" for test in self.without)]


class Changed(MetaPathFinder, Loader):
    """Gives one module other code than its file holds."""

    def __init__(self, module: Module, code: object) -> None:
        self._module = module
        self._code = code

    def find_spec(self, name: str, _path: object = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Return that module's spec; None for every other one."""
        return spec_from_file_location(name, self._module.path, loader=self) if name == self._module.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the code as the module."""
        exec(self._code, module.__dict__)  # type: ignore[arg-type]  # noqa: S102 - that is what a loader does


class Reach:
    """A plugin of pytest: how long each test takes, in seconds, and which lines of one module it runs."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.tests: dict[str, tuple[float, list[int]]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Watch one test."""
        lines, begun = set[int](), time.process_time()

        def watch(frame: FrameType, _event: str, _value: object) -> Any:  # noqa: ANN401 - watches again, or not
            if frame.f_code.co_filename != self._path:
                return None
            lines.add(frame.f_lineno)
            return watch

        threading.settrace(watch)
        sys.settrace(watch)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            self.tests[item.nodeid] = time.process_time() - begun, sorted(lines)


@dataclass(frozen=True, slots=True)
class Plain:
    """How the tests of a module run on it unchanged: the computing time in seconds, and the lines that each reaches."""

    module: Module
    seconds: float
    tests: dict[str, tuple[float, frozenset[int]]]
    statements: dict[int, range]

    def arguments(self, line: int) -> tuple[list[str], float]:
        """Return what pytest is told for a change in this line, the quickest test first, and how long that may take.

        All tests, where the line runs as the module is imported, or in no test.
        """
        statement = self.statements.get(line, range(0))
        chosen = {test: took for test, (took, lines) in self.tests.items() if not lines.isdisjoint(statement)}
        if not chosen:
            return self.module.arguments, _PATIENCE * self.seconds + _SOME_SECONDS
        spared = sum(took for test, (took, _lines) in self.tests.items() if test not in chosen)
        return sorted(chosen, key=chosen.__getitem__), _PATIENCE * (self.seconds - spared) + _SOME_SECONDS


def statements(tree: ast.Module) -> dict[int, range]:
    """Return, for every line inside a function, all lines of its statement; of a compound one those of the head."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    inside = chain.from_iterable(ast.walk(statement) for function in functions for statement in function.body)
    heads = [_head(node) for node in inside if isinstance(node, ast.stmt)]
    return {line: lines for lines in heads for line in lines}


def _head(node: ast.stmt) -> range:
    body = getattr(node, "body", None)
    return range(node.lineno, body[0].lineno if body else (node.end_lineno or node.lineno) + 1)


# ---- one run of the tests ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Run:
    """The tests of one module in a process of their own, with a folder for their files."""

    process: int
    folder: str
    until: float

    def result(self) -> str | None:
        """Return how it ended; None while it runs."""
        done, status, _usage = os.wait4(self.process, os.WNOHANG)
        if not done and time.monotonic() < self.until:
            return None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)
        if not done:
            os.waitpid(self.process, 0)
        shutil.rmtree(self.folder, ignore_errors=True)
        if not done or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
            return OUT_OF_TIME
        return SURVIVED if status == 0 else KILLED


def start(module: Module, code: object, tests: Sequence[str], seconds: float, *, watched: bool = False) -> Run:
    """Run tests of a module on other code, with so much computing time; `watched`, to see what they reach."""
    folder = tempfile.mkdtemp(prefix="mutant-")
    process = os.fork()
    if not process:
        _be_tested(module, code, tests, folder, seconds, Reach(module.path) if watched else None)
    return Run(process, folder, time.monotonic() + 10 * seconds)


def _be_tested(
    module: Module, code: object, tests: Sequence[str], folder: str, seconds: float, reach: Reach | None
) -> None:
    """Run the tests and end this process; the exit code is pytest's."""
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (round(seconds), round(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    sys.meta_path.insert(0, Changed(module, code))
    options = ["-q", "-x", "-n0", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-profile=mutants"]
    status = 3
    try:
        status = int(pytest.main([*options, f"--basetemp={folder}/t", *tests], plugins=[reach] if reach else []))
        if reach:
            Path(folder, "seen").write_text(json.dumps([_libraries(), reach.tests]), "utf-8")
    finally:
        os._exit(status)


def unchanged(module: Module, tree: ast.Module) -> Plain:
    """Run the tests on the module as it is, and say how they ran. What they import is imported here."""
    code = compile(tree, module.path, "exec", dont_inherit=True)
    run, before = start(module, code, module.arguments, 900, watched=True), os.times()
    _done, status = os.waitpid(run.process, 0)
    after = os.times()
    if status:
        sys.exit(f"{module.path}: its tests fail without any change: pytest -x {' '.join(module.arguments)}")
    libraries, tests = json.loads(Path(run.folder, "seen").read_text("utf-8"))
    _import_libraries(libraries)
    shutil.rmtree(run.folder, ignore_errors=True)
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    reached = {test: (took, frozenset(lines)) for test, (took, lines) in tests.items()}
    return Plain(module, seconds, reached, statements(tree))


def _libraries() -> list[str]:
    """Return what was imported from outside this folder, or from a virtual environment in it."""
    here = f"{Path.cwd()}{os.sep}"
    files = {name: getattr(module, "__file__", None) or here for name, module in sys.modules.items()}
    return [name for name, file in files.items() if not file.startswith(here) or "site-packages" in file]


def _import_libraries(names: Sequence[str]) -> None:
    """Import what the tests need that is not under test, so that every mutant finds it there."""
    for name in names:
        with contextlib.suppress(Exception):  # a name that cannot be imported alone is left to those who need it
            import_module(name)


# ---- all of them -------------------------------------------------------------------------------------------------


def results(plain: Plain, tree: ast.Module, chosen: Sequence[Mutant], jobs: int) -> Iterator[tuple[Mutant, str]]:
    """Yield every mutant with its result, as they end."""
    waiting, running, module = list(reversed(chosen)), list[tuple[Mutant, Run]](), plain.module
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running.append((mutant, start(module, mutant.code(tree, module.path), *plain.arguments(mutant.line))))
        time.sleep(0.01)
        ended = [(mutant, run, result) for mutant, run in running if (result := run.result())]
        for mutant, run, result in ended:
            running.remove((mutant, run))
            yield mutant, result


@dataclass(slots=True)
class Report:
    """Says what went unnoticed as it is found, and at the end how it went."""

    module: Module
    known: Known
    every: int
    chosen: int
    begun: float = field(default_factory=time.monotonic)
    count: Counter[str] = field(default_factory=Counter)

    def add(self, mutant: Mutant, result: str) -> None:
        """Count a result, and name the change where nobody noticed it and nobody knows why."""
        if result == SURVIVED and (self.module.path, mutant.within, mutant.before, mutant.after) in self.known:
            result = KNOWN
        self.count[result] += 1
        if result == SURVIVED:
            say(f"{self.module.path}:{mutant.line}: {mutant.within}: {mutant.before} -> {mutant.after}")
        if sys.stderr.isatty():
            sys.stderr.write(f"{self.count.total()} of {self.chosen}\r")

    def end(self) -> None:
        """Say how it went."""
        count = self.count
        say(
            f"{self.module.path}: {self.chosen} of {self.every} mutants: {count[KILLED] + count[OUT_OF_TIME]} noticed "
            f"({count[OUT_OF_TIME]} out of time), {count[KNOWN]} known to change nothing, {count[SURVIVED]} not "
            f"noticed; {time.monotonic() - self.begun:.0f} s"
        )


def say(line: str) -> None:
    """Write a line at once, however long the next one takes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def examine(module: Module, known: Known, arguments: argparse.Namespace) -> bool:
    """Try the mutants of a module and say how it went; tell whether all that survived are known."""
    tree = ast.parse(Path(module.path).read_text("utf-8"))
    every = list(mutants(tree))
    chosen = choose([mutant for mutant in every if arguments.only in mutant.within], arguments.sample, arguments.seed)
    report = Report(module, known, len(every), len(chosen))
    for mutant, result in results(unchanged(module, tree), tree, chosen, arguments.jobs):
        report.add(mutant, result)
    report.end()
    return not report.count[SURVIVED]


def choose(of: list[Mutant], sample: int | None, seed: int) -> list[Mutant]:
    """Return all, or a sample in the order of the text: the same one for the same seed."""
    if sample is None or sample >= len(of):
        return of
    drawn = random.Random(seed).sample(range(len(of)), sample)  # noqa: S311 - no secret
    return [of[number] for number in sorted(drawn)]


def read_table(path: Path) -> tuple[list[Module], Known]:
    """Return the modules with their tests, and the changes known to change nothing."""
    table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    modules = [Module(m["path"], tuple(m["tests"]), tuple(m.get("without", ()))) for m in table["module"]]
    known = frozenset((group["module"], *change) for group in table["equivalent"] for change in group["changes"])
    return modules, known


def main() -> None:
    """Parse, run, and exit with 1 where something went unnoticed."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="paths, or parts of them; default: all in the table")
    parser.add_argument("--table", type=Path, default=TABLE)
    parser.add_argument("--only", default="", help="only functions whose name has this in it")
    parser.add_argument("--sample", type=int, help="only so many mutants of each module, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    os.environ |= {"CI": "true", "OPENBLAS_NUM_THREADS": "1"}
    settings.register_profile(
        "mutants", derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.generate]
    )
    modules, known = read_table(arguments.table)
    wanted = [m for m in modules if not arguments.modules or any(part in m.path for part in arguments.modules)]
    noticed = [examine(module, known, arguments) for module in wanted]
    sys.exit(not all(noticed))


if __name__ == "__main__":
    main()
