"""What a person sees on a terminal: tables that fit, colours, a bar. Elsewhere there is none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from terminal import ESCAPE, WIDTH, on_terminal, seen

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand


def test_a_table_fits_and_has_colours(broadcaster: RunCommand, station_folder: Path) -> None:
    shown = on_terminal(station_folder, "plan", "--day", "15/5/2027")
    assert ESCAPE.search(shown)
    assert max(len(line) for line in seen(shown)) <= WIDTH
    assert sum("15/05/2027 " in line for line in seen(shown)) >= 13
    elsewhere = broadcaster("plan", "--day", "15/5/2027", station=station_folder)
    assert not ESCAPE.search(elsewhere.out)


@pytest.mark.parametrize(
    "command",
    [
        ("plan", "--day", "15/5/2027"),
        ("schedule", "list"),
        ("schedule", "show", "thang-5"),
        ("script", "list"),
        ("voice", "list"),
        ("why", "15/5/2027 5h30"),
        ("why", "15/5/2027 12h"),
    ],
    ids=" ".join,
)
def test_no_word_time_or_number_is_broken_on_eighty_columns(
    broadcaster: RunCommand, station_folder: Path, command: tuple[str, ...]
) -> None:
    whole = set(broadcaster(*command, station=station_folder, lang="vi").out.split())
    shown = seen(on_terminal(station_folder, *command, columns=80))
    told = [line for line in shown if "─" not in line and str(station_folder) not in line]
    assert max(map(len, told)) <= 80
    assert {word for line in told for word in line.split()} <= whole


@pytest.mark.parametrize("command", [("schedule", "check"), ("plan", "--month", "5")], ids=" ".join)
def test_what_stands_in_the_way_is_broken_between_words(
    broadcaster: RunCommand, station_folder: Path, command: tuple[str, ...]
) -> None:
    settings = station_folder / "station.toml"
    text = settings.read_text("utf-8").replace('["05:00-21:00"]', '["06:00-21:00"]')
    settings.write_text(text, "utf-8")
    whole = set(broadcaster(*command, station=station_folder, lang="vi").out.split())
    shown = seen(on_terminal(station_folder, *command, columns=80, code=2 if command[1] == "check" else 0))
    told = [line for line in shown if "broadcaster " not in line]
    assert any("ngoài giờ" in line for line in told)
    assert max(map(len, told)) <= 80
    assert {word for line in told for word in line.split() if word[0].isalnum()} <= whole


def test_findings_go_on_below_their_beginning(broadcaster: RunCommand, station_folder: Path) -> None:
    whole = set(broadcaster("check", station=station_folder, lang="vi").out.split())
    shown = seen(on_terminal(station_folder, "check", columns=60, code=2))
    assert max(map(len, shown)) <= 60
    assert {word for line in shown for word in line.split()} <= whole
    assert all(line[:2] in ("✓ ", "! ", "✗ ", "? ", "  ", "") or line.startswith("CHƯA") for line in shown)


def test_a_mistake_is_told_without_a_broken_word(station_folder: Path) -> None:
    told = [line for line in seen(on_terminal(station_folder, "script", "read", "bai", columns=40, code=2)) if line]
    assert max(map(len, told)) <= 40
    assert "thong-diep-6," in " ".join(told).split()


def test_reading_is_side_by_side_with_changes_in_colour(station_folder: Path) -> None:
    shown = on_terminal(station_folder, "script", "read", "duong-day-nong")
    assert "\x1b[31m1900.90.68\x1b[0m" in shown
    assert max(len(line) for line in seen(shown)) <= WIDTH


def test_rendering_shows_a_bar_only_where_somebody_looks(broadcaster: RunCommand, station_folder: Path) -> None:
    assert "━" in on_terminal(station_folder, "script", "render", "chu-de", "thong-diep-1")
    elsewhere = broadcaster("script", "render", "thong-diep-2", station=station_folder)
    assert (elsewhere.err, "━" in elsewhere.out) == ("", False)


def test_a_change_is_shown_in_colours(station_folder: Path) -> None:
    shown = on_terminal(station_folder, "schedule", "remove", "thang-5/chu-de", "--dry-run")
    assert '\x1b[31m-id = "chu-de"' in shown
