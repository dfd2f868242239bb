"""How right the readings of the judged cases are, and whether the warnings stand where they should.

python benchmarks/reading.py [--list] [FILE...]

FILE: cases in the form of tests/cases/reading, which are read where none is named. Printed are

- sentences that are read right;
- wrong tokens, and how many of them have no warning. A token is what the reader says in one piece: a word, or a part of
  the text that it changed. The spoken words are aligned with the nearest right answer; a token is wrong if one of its
  words differs, and words that are missing count as one wrong token with their two neighbours;
- warnings, and how many stand on a wrong or doubtful token. A token is doubtful if the cases say it in more than one
  way: its answer holds a choice there, another right answer differs there, or the same token is said otherwise in
  another case (single words that are said as they are written leave that count alone).

Aims, printed beside: of the wrong tokens at most 2 % without a warning, of the warnings at least half on a wrong or
doubtful token. `--list` prints every wrong token and every warning that is neither.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from reading_cases import Case, is_accepted, judged, parts, plain  # noqa: E402

from broadcaster.speech.normalise import Reading, read  # noqa: E402

Span = tuple[int, int]
Said = dict[str, set[str]]


class Word(NamedTuple):
    """A spoken word and the part of the written text that it comes from."""

    spoken: str
    span: Span


class Edge(NamedTuple):
    """A step in an answer from one point to another: a word, or nothing; `chosen` inside a choice."""

    start: int
    end: int
    word: str
    chosen: bool


class Judgement(NamedTuple):
    """Of one case: its wrong tokens, its doubtful ones, and its warnings, as spans of the written text."""

    case: Case
    wrong: list[Span]
    doubtful: set[Span]
    warned: list[Span]


def words_of(written: str, reading: Reading) -> list[Word]:
    """Return the spoken words with their places in `written`, which is in NFC."""
    words: list[Word] = []
    last = 0
    for change in (*reading.changes, None):
        end = change.start if change else len(written)
        kept = re.finditer(r"\w+", written[last:end])
        words += [Word(found.group().lower(), (last + found.start(), last + found.end())) for found in kept]
        if change:
            words += [Word(spoken, (change.start, change.end)) for spoken in plain(change.spoken).split()]
            last = change.end
    return words


class Answer:
    """One right answer as a graph: every way through it is a right answer. Points are numbered in order."""

    def __init__(self, tokens: list[str]) -> None:
        self.edges: list[Edge] = []
        self.points = 1
        self._tokens = tokens
        self.last = self._sequence(0, chosen=False)
        self.into: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            self.into[edge.end].append(edge)

    def _step(self, start: int, word: str, *, chosen: bool) -> int:
        self.edges.append(Edge(start, self.points, word, chosen))
        self.points += 1
        return self.points - 1

    def _sequence(self, at: int, *, chosen: bool) -> int:
        while self._tokens and self._tokens[0] not in ("|", "}"):
            token = self._tokens.pop(0)
            at = self._choice(at) if token == "{" else self._step(at, token, chosen=chosen)
        return at

    def _choice(self, at: int) -> int:
        ends = [self._sequence(at, chosen=True)]
        while self._tokens.pop(0) == "|":
            ends.append(self._sequence(at, chosen=True))
        joint = self.points
        self.points += 1
        self.edges += [Edge(end, joint, "", chosen=True) for end in ends]
        return joint


class Alignment(NamedTuple):
    """How far spoken words are from an answer; which differ, where words are missing, which stand in a choice."""

    cost: int
    differ: set[int]
    missing: set[int]
    chosen: set[int]


def align(spoken: list[str], answer: Answer) -> Alignment:
    """Return the alignment of `spoken` with the way through `answer` that is nearest (Levenshtein distance)."""
    width = len(spoken) + 1
    far = 10**9
    costs = [[far] * width for _ in range(answer.points)]
    back: list[list[tuple[int, int, Edge | None]]] = [[(0, 0, None)] * width for _ in range(answer.points)]
    costs[0][0] = 0
    for point in range(answer.points):
        row = costs[point]
        for edge in answer.into[point]:
            before, skip = costs[edge.start], int(bool(edge.word))
            for at in range(width):
                if before[at] + skip < row[at]:
                    row[at], back[point][at] = before[at] + skip, (edge.start, at, edge)
                if edge.word and at and before[at - 1] + (spoken[at - 1] != edge.word) < row[at]:
                    row[at] = before[at - 1] + (spoken[at - 1] != edge.word)
                    back[point][at] = (edge.start, at - 1, edge)
        for at in range(1, width):
            if row[at - 1] + 1 < row[at]:
                row[at], back[point][at] = row[at - 1] + 1, (point, at - 1, None)
    return _walk(spoken, answer, costs[answer.last][-1], back)


def _walk(spoken: list[str], answer: Answer, cost: int, back: list[list[tuple[int, int, Edge | None]]]) -> Alignment:
    differ: set[int] = set()
    missing: set[int] = set()
    chosen: set[int] = set()
    point, at = answer.last, len(spoken)
    while (point, at) != (0, 0):
        before, from_at, edge = back[point][at]
        if from_at == at and edge and edge.word:
            missing.add(at)
        if from_at < at and (edge is None or edge.word != spoken[at - 1]):
            differ.add(at - 1)
        if from_at < at and edge and edge.chosen:
            chosen.add(at - 1)
        point, at = before, from_at
    return Alignment(cost, differ, missing, chosen)


def answers(accepted: str) -> list[Answer]:
    """Return the answers of a case, which a bar outside braces separates."""
    depth, out = 0, [list[str]()]
    for part in parts(accepted):
        depth += {"{": 1, "}": -1}.get(part, 0)
        if part == "|" and not depth:
            out.append([])
        else:
            out[-1].append(part)
    return [Answer(tokens) for tokens in out]


def judge(case: Case) -> tuple[Judgement, list[tuple[str, str]]]:
    """Read a case; return what is wrong and doubtful in it, and each token with its words where they are right."""
    reading = read(case.written)
    words = words_of(case.written, reading)
    spoken = [word.spoken for word in words]
    warned = [(warning.start, warning.start + len(warning.token)) for warning in reading.warnings]
    right = is_accepted(reading.spoken, case.accepted)
    if right and not warned:
        return Judgement(case, [], set(), []), _tokens(case, words, set())
    aligned = [align(spoken, answer) for answer in answers(case.accepted)]
    best = min(aligned, key=lambda alignment: alignment.cost)
    places = {words[at].span for at in best.differ}
    wrong = sorted(places) + _missing(words, best.missing, places)
    doubtful = {words[at].span for one in aligned for at in (one.differ | one.chosen) if right or one is best}
    return Judgement(case, wrong, doubtful, warned), _tokens(case, words, best.differ)


def _missing(words: list[Word], missing: set[int], places: set[Span]) -> list[Span]:
    """Return the places of missing words with both neighbours, but those that lie in or at a wrong token."""
    out = []
    for at in sorted(missing):
        before, after = words[max(0, at - 1)].span, words[min(at, len(words) - 1)].span
        if before not in places and after not in places:
            out.append((before[0], after[1]))
    return [span for at, span in enumerate(out) if span not in out[:at]]


def _tokens(case: Case, words: list[Word], differ: set[int]) -> list[tuple[str, str]]:
    said: dict[Span, list[str]] = defaultdict(list)
    bad = {words[at].span for at in differ}
    for word in words:
        said[word.span].append(word.spoken)
    pairs = [(plain(case.written[start:end]), " ".join(each), (start, end)) for (start, end), each in said.items()]
    return [(written, each) for written, each, span in pairs if span not in bad and written != each]


def overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def is_doubtful(judgement: Judgement, span: Span, said: Said) -> bool:
    token = plain(judgement.case.written[slice(*span)])
    return any(overlap(span, each) for each in judgement.doubtful) or len(said[token]) > 1


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--list", action="store_true", help="print wrong tokens and needless warnings")
    parser.add_argument("files", nargs="*", type=Path)
    asked = parser.parse_args()
    judgements: list[Judgement] = []
    said: Said = defaultdict(set)
    for case in judged(*asked.files):
        judgement, tokens = judge(case)
        judgements.append(judgement)
        for written, spoken in tokens:
            said[written].add(spoken)
    report(judgements, said, listed=asked.list)


def report(judgements: list[Judgement], said: Said, *, listed: bool) -> None:
    wrong = [(each, span) for each in judgements for span in each.wrong]
    quiet = [(each, span) for each, span in wrong if not any(overlap(span, warned) for warned in each.warned)]
    warned = [(each, span) for each in judgements for span in each.warned]
    needless = [
        (each, span)
        for each, span in warned
        if not any(overlap(span, bad) for bad in each.wrong) and not is_doubtful(each, span, said)
    ]
    if listed:
        _list("wrong", wrong)
        _list("without a warning", quiet)
        _list("needless warning", needless)
    right = sum(not each.wrong for each in judgements)
    print(f"{'sentences':>28}: {len(judgements)}, of them right {right} ({_share(right, len(judgements))})")
    print(f"{'wrong tokens':>28}: {len(wrong)}")
    print(f"{'without a warning':>28}: {len(quiet)} ({_share(len(quiet), len(wrong))}, aim: at most 2.0 %)")
    print(f"{'warnings':>28}: {len(warned)}")
    useful = len(warned) - len(needless)
    print(f"{'on wrong or doubtful tokens':>28}: {useful} ({_share(useful, len(warned))}, aim: at least 50.0 %)")


def _list(title: str, found: list[tuple[Judgement, Span]]) -> None:
    for judgement, span in found:
        print(f"{title}: {judgement.case.written[slice(*span)]!r} in {judgement.case.written[:160]!r}")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


if __name__ == "__main__":
    main()
