"""The tool that makes small mistakes: which ones, and whether it tells those that were noticed from the others."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.mutants import TABLE, Module, Plain, choose, read_table, statements
from tools.mutations import mutants

ROOT = Path(__file__).parents[1]


def changes(source: str) -> list[str]:
    return [mutant.after for mutant in mutants(ast.parse(source))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A = 400", ["A = 401", "A = 0"]),
        ("A = 0", ["A = 1"]),
        ("A = True", ["A = False"]),
        ("A = a <= b", ["A = a < b"]),
        ("A = a is not b", ["A = a is b"]),
        ("A = a and b", ["A = a or b", "A = b", "A = a"]),
        ("A = not a", ["A = a"]),
        ("A = a + b", ["A = a - b"]),
        ("a += b", ["a -= b"]),
        ("A = b if a else c", ["A = b", "A = c"]),
        ("A = max(a, b)", ["A = min(a, b)", "A = a", "A = b"]),
        ("A = [a for a in b if c]", ["A = [a for a in b if True]"]),
        ("A = 'SELECT a WHERE b >= c'", ["A = 'SELECT a WHERE b > c'"]),
        ("if a:\n    pass", ["if True:", "if False:"]),
        ("def f():\n    return a", ["return None"]),
        ("def f():\n    while a:\n        continue", ["while False:", "pass"]),
        ("def f():\n    a.b()", ["pass"]),
    ],
)
def test_every_kind_of_change(source: str, expected: list[str]) -> None:
    assert changes(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""What it does."""',
        "import a",
        "def f(a: Literal[1]) -> Literal[2]: ...",
        "def f():\n    log.info('%s', 5)",
        "@dataclass(frozen=True)\nclass A: ...",
        "if TYPE_CHECKING:\n    a = 5",
        "A = _('so many: 5')",
    ],
)
def test_what_is_left_alone(source: str) -> None:
    assert changes(source) == []


def test_a_change_is_undone_when_its_code_is_made() -> None:
    tree = ast.parse("def f(a):\n    return max(a, 1) if a and 5 > a >= 3 else not a")
    before = ast.dump(tree)
    for mutant in mutants(tree):
        mutant.code(tree, "f.py")
        assert ast.dump(tree) == before


def test_a_sample_is_the_same_for_the_same_seed_and_in_the_order_of_the_text() -> None:
    every = list(mutants(ast.parse("\n".join(f"A{number} = {number}" for number in range(1, 40)))))
    sample = choose(every, 10, 1)
    assert choose(every, 10, 1) == sample == sorted(sample, key=lambda mutant: mutant.line)
    assert len(sample) == 10
    assert choose(every, 10, 2) != sample
    assert choose(every, None, 1) == choose(every, 1000, 1) == every


BRANCHES = """\
A = 1
def f(a, b=2):
    if (
        a > b
    ):
        return [
            a
        ]
    return b
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (1, ["test_f.py"]),  # runs as the module is imported: any test may notice
        (2, ["test_f.py"]),
        (4, ["quick", "slow", "other"]),
        (7, ["quick", "slow"]),
        (9, ["other"]),
    ],
)
def test_the_tests_of_a_change_are_those_that_reach_its_statement_the_quickest_first(
    line: int, expected: list[str]
) -> None:
    tests = {
        "slow": (2.0, frozenset({4, 6, 7})),
        "other": (3.0, frozenset({3, 4, 9})),
        "quick": (1.0, frozenset({4, 7})),
        "none": (4.0, frozenset[int]()),
    }
    plain = Plain(Module("f.py", ("test_f.py",)), 12, tests, statements(ast.parse(BRANCHES)))
    assert plain.arguments(line)[0] == expected


def test_every_known_change_is_still_one_of_its_module() -> None:
    """A list that outlives the code would hide what it does not mean."""
    modules, known = read_table(TABLE)
    made = {
        (module.path, mutant.within, mutant.before, mutant.after)
        for module in modules
        for mutant in mutants(ast.parse((ROOT / module.path).read_text("utf-8")))
    }
    assert known <= made


def test_every_test_that_a_module_names_is_there() -> None:
    """pytest tells of a file that is not there; of a test that is to be left out, it says nothing."""
    modules, _known = read_table(TABLE)
    named = [test.partition("::") for module in modules for test in (*module.tests, *module.without)]
    assert named
    assert [file for file, _, name in named if f"def {name}" not in (ROOT / file).read_text("utf-8")] == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the tool splits off processes")
def test_what_no_test_notices_is_told(tmp_path: Path) -> None:
    """`> 0` and `>= 0` are told apart by no test, and the clock ends the one that never ends."""
    (tmp_path / "little.py").write_text(
        "def count(n):\n    if n > 0:\n        while n > 3:\n            n -= 1\n    return n\n", "utf-8"
    )
    (tmp_path / "test_little.py").write_text(
        "from little import count\n\n\ndef test_it():\n    assert [count(n) for n in (-1, 2, 4)] == [-1, 2, 3]\n",
        "utf-8",
    )
    (tmp_path / "table.toml").write_text(
        '[[module]]\npath = "little.py"\ntests = ["test_little.py"]\n'
        '[[equivalent]]\nmodule = "little.py"\nwhy = "nothing to count down"\n'
        'changes = [["count", "if n > 0:", "if True:"]]\n',
        "utf-8",
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tools.mutants", "--table", "table.toml"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    *survivors, summary = done.stdout.splitlines()
    assert (sorted(survivors), done.returncode) == (
        [
            "little.py:2: count: if n > 0: -> if n > 1:",
            "little.py:2: count: if n > 0: -> if n >= 0:",
        ],
        1,
    ), done.stderr
    assert summary.startswith(
        "little.py: 13 of 13 mutants: 10 noticed (3 out of time), 1 known to change nothing, 2 not"
    )
