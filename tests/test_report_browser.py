"""The report's page, opened in a real browser: on a desk and on a telephone, by day and by night, and on paper."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import browser
import pytest
from browser import DARK, LIGHT, Browser
from made_report import Made

from broadcaster.records.monthly.html_page import write_html

CONTRAST = """
  const paper = getComputedStyle(document.body).backgroundColor;
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = colour => { const [r, g, b] = parse(colour).map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  const behind = of => { for (let e = of; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (parse(c)[3] !== 0) return c; } return paper; };
  const mix = (under, over, part) => { const [u, o] = [parse(under), parse(over)];
    return `rgb(${u.slice(0, 3).map((v, i) => v * (1 - part) + o[i] * part).join(",")})`; };
  const worst = {paper: light(paper)};
  const note = (name, value) => { worst[name] = Math.min(worst[name] ?? 99, value); };
  for (const e of document.querySelectorAll("h1,h2,p,dt,dd,small,th,td,caption,figcaption,code,pre,.ticks span"))
    if (e.textContent.trim()) note("text", ratio(getComputedStyle(e).color, behind(e)));
  for (const cell of document.querySelectorAll("td[data-day]")) {
    const tint = getComputedStyle(cell.querySelector(".tint"));
    const under = mix(paper, tint.color, Number(tint.opacity));
    const over = e => ratio(getComputedStyle(e).color, under);
    for (const e of cell.querySelectorAll(".date span, .part, li")) note("day", over(e));
    for (const e of cell.querySelectorAll("svg")) note("sign", over(e));
  }
  return worst;
"""
LAYOUT = """
  const wide = document.documentElement;
  const box = selector => [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect());
  return {
    overflow: wide.scrollWidth - wide.clientWidth,
    width: window.innerWidth,
    days: box("td[data-day]").map(b => Math.round(Math.min(b.width, b.height))),
    bars: box(".bars div").map(b => Math.round(b.height)),
    titles: [...document.querySelectorAll(".bars div")].map(e => e.title),
    code: box(".seal svg").map(b => Math.round(b.width)),
    patterns: Object.fromEntries([...document.querySelectorAll("td[data-day]")].map(cell =>
      [cell.dataset.state, getComputedStyle(cell.querySelector(".tint")).backgroundImage])),
    signs: [...document.querySelectorAll("td[data-day]")].every(cell =>
      cell.querySelector(".date use").getAttribute("href") === "#" + cell.dataset.state),
    clipped: [...document.querySelectorAll("td[data-day]")]
      .filter(cell => cell.scrollHeight > cell.clientHeight + 1).length,
  };
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    program = browser.find()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no browser, and nothing is skipped in CI")
        pytest.skip("there is no browser on this machine (apt-get install chromium)")
    return Browser(program, tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    made = Made(folder)
    path = folder / "bao-cao.html"
    path.write_bytes(write_html(made.figures, made.seal))
    return path


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_it_fits_telephones_and_desks(opened: Browser, page: Path, width: int) -> None:
    layout = opened.measure(page, LAYOUT, width=width)
    assert layout["width"] == width
    assert layout["overflow"] == 0, "nothing is wider than the screen"
    assert len(layout["days"]) == len(layout["bars"]) == 31
    assert min(layout["days"]) >= 40, "a day is as large as a fingertip"
    assert layout["clipped"] == 0, "no day hides a part of what it says"
    assert layout["code"][0] >= 200, "a telephone can read the code"


def test_days_are_told_apart_without_colours(opened: Browser, page: Path) -> None:
    layout = opened.measure(page, LAYOUT)
    patterns = layout["patterns"]
    assert set(patterns) == {"aired", "late", "missed", "blocked"}
    assert len(set(patterns.values())) == 4
    assert layout["signs"], "each day bears the sign of its state"


def test_bars_are_as_high_as_the_minutes_are_many(opened: Browser, page: Path) -> None:
    layout = opened.measure(page, LAYOUT)
    minutes = [float(title.split(": ")[1].split(" ")[0].replace(",", ".")) for title in layout["titles"]]
    scale = max(layout["bars"]) / max(minutes)
    assert layout["bars"] == pytest.approx([scale * each for each in minutes], abs=1.5)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_everything_can_be_read_by_day_and_by_night(opened: Browser, page: Path, scheme: int) -> None:
    """WCAG 2.2: 4.5 for text, 3 for signs (1.4.3, 1.4.11); over a pattern as if it covered the whole day."""
    worst = opened.measure(page, CONTRAST, scheme=scheme)
    assert worst["paper"] > 0.9 if scheme == LIGHT else worst["paper"] < 0.1
    assert worst["text"] >= 4.5
    assert worst["day"] >= 4.5
    assert worst["sign"] >= 3


def test_the_night_is_dark_and_the_day_is_light(opened: Browser, page: Path) -> None:
    corner = {scheme: pixel(opened.picture(page, scheme=scheme)) for scheme in (LIGHT, DARK)}
    assert min(corner[LIGHT]) > 240
    assert max(corner[DARK]) < 40


def test_it_prints_on_a_few_pages_of_a4(opened: Browser, page: Path) -> None:
    paper = opened.paper(page)
    assert paper.startswith(b"%PDF")
    pages = paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page/") + paper.count(b"/Type /Page ")
    assert 1 <= pages <= 8
    assert b"/MediaBox [0 0 594" in paper or b"/MediaBox [0 0 595" in paper


def pixel(png: bytes) -> tuple[int, int, int]:
    """Return the first pixel of a PNG: the first line's filter leaves it as it is."""
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    red, green, blue = zlib.decompress(data)[1:4]
    return red, green, blue
