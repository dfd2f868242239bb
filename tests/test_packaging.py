"""What is handed to others: the metadata, the wheel and what stands in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import broadcaster

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

in_ci = pytest.mark.skipif(not os.environ.get("CI"), reason="builds a wheel from the network; CI=true runs it")


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        [git, "-c", f"safe.directory={ROOT}", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True
    )
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_the_version_is_written_once() -> None:
    assert broadcaster.__version__ == PROJECT["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[(Unreleased|{re.escape(broadcaster.__version__)})\]", changes, re.MULTILINE)


def test_the_command_and_the_module_are_one_program() -> None:
    answers = {
        subprocess.run([sys.executable, *start, "--version"], check=True, capture_output=True).stdout
        for start in (["-m", "broadcaster"], ["-c", "from broadcaster.cli import main; main()"])
    }
    assert answers == {f"broadcaster {broadcaster.__version__}\n".encode().replace(b"\n", os.linesep.encode())}


def test_nothing_heavy_is_imported_for_help() -> None:
    heavy = {"numpy", "pydub", "gtts", "miniaudio", "soxr", "apscheduler", "sqlite_utils", "sqlite3", "rich", "tomlkit"}
    code = (
        "import sys\n"
        "from broadcaster.cli import run\n"
        "assert run(['--help']) == 0\n"
        f"print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, encoding="utf-8")
    assert done.stderr.strip() == "[]"


def test_no_file_names_a_package_index_or_a_machine() -> None:
    # Put together here, so that this file does not name what it looks for.
    index = re.compile(r"https?://[^ \"]+/" + r"(?:simple|packages/[0-9a-f]{2})/")
    machine = re.compile(r"(?<![\w.~/h])/" + r"(?:work|root)/")
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="replace")
        assert not index.search(text), path
        assert not machine.search(text), path
    assert not [path for path in tracked_files() if path.name in {"uv.lock", "poetry.lock", "pdm.lock"}]


@in_ci
def test_the_wheel_holds_the_program_and_the_sample_station_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel"] if not (uv := shutil.which("uv")) else [uv, "build", "--wheel"]
    option = "--out-dir" if uv else "--wheel-dir"
    subprocess.run([*command, *([] if uv else ["--no-deps"]), option, tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        assert b"Name: commune-broadcaster\n" in archive.read(metadata)
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"broadcaster", metadata.partition("/")[0]}
    assert not [name for name in names if name.endswith((".pyc", ".db", ".wav"))]
    assert "broadcaster/locale/vi/LC_MESSAGES/messages.mo" in names
    for folder, pattern in (("scripts", "*.md"), ("schedules", "*.toml")):
        wanted = {f"broadcaster/sample/{folder}/{path.name}" for path in (ROOT / folder).glob(pattern)}
        assert wanted
        assert wanted <= names
    assert "broadcaster/sample/station.toml" in names
