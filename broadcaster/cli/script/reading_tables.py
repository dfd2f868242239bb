"""How a script is read, on the screen: written and spoken, and what was changed between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.show import is_terminal, say
from broadcaster.i18n import _
from broadcaster.office.wording_script import warning_text
from broadcaster.printable import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from broadcaster.models import Heard, Script, ScriptWarning
    from broadcaster.office.reading import ReadParagraph, Sentence
    from broadcaster.office.script_review import ScriptReview


def review_to_json(script: Script, review: ScriptReview) -> dict[str, object]:
    """Return what concerns a script as a whole, and its paragraphs, as JSON has them."""
    return {
        "id": script.id,
        "warnings": list(map(warning_to_json, review.whole)),
        "paragraphs": list(map(_part_to_json, review.parts)),
    }


def warning_to_json(warning: ScriptWarning) -> dict[str, str]:
    """Return what somebody should look at in a script as JSON has it."""
    return {"kind": str(warning.kind), "text": warning_text(warning)}


def show_review(script: Script, review: ScriptReview, heard: Heard) -> None:
    """Write how a script is read and what is to be looked at in it; first its language, and what airs in its place."""
    if script.language:
        text = _("This text is in {language}; it is said as it is written.")
        say((_("This text is in {language}.") if script.recording else text).format(language=script.language))
    if script.recording:
        say(_("This text is not heard: the recording {file} airs in its place.").format(file=script.recording))
        say()
    for warning in review.whole:
        say(_("warning: {warning}").format(warning=warning_text(warning)))
    if review.whole:
        say()
    show_reading(review.parts, numbered=True)
    _show_sounds(script, heard)


def _part_to_json(part: ReadParagraph) -> dict[str, object]:
    """Return a paragraph as JSON has it."""
    changes = [{"start": c.start, "written": c.written, "spoken": c.spoken} for c in part.changes]
    return {
        "line": part.line,
        "speaker": part.speaker,
        "voice": part.voice or None,
        "written": part.written,
        "spoken": part.spoken,
        "changes": changes,
        "sentences": [{"number": each.number, "text": each.text} for each in part.sentences],
        "warnings": list(map(warning_to_json, part.warnings)),
    }


def show_reading(parts: Sequence[ReadParagraph], *, numbered: bool = False) -> None:
    """Write the paragraphs: side by side in colours on a terminal, else one below the other with the changes listed.

    `numbered`: each sentence in a line of its own, with its number.
    """
    if not parts:
        return
    if is_terminal():
        _show_side_by_side(parts, numbered=numbered)
        return
    is_skit = any(part.speaker for part in parts)
    for part in parts:
        written = f"{_said_by(part)}{part.written}" if is_skit else part.written
        say(_("line {line}: {written}").format(line=part.line, written=written))
        for line in _spoken_lines(part, numbered=numbered):
            say(f"  {line}")
        for change in part.changes:
            say(f"    {change.written} → {change.spoken}")
        for warning in part.warnings:
            say("    " + _("warning: {warning}").format(warning=warning_text(warning)))
        say()


def _spoken_lines(part: ReadParagraph, *, numbered: bool) -> list[str]:
    if numbered and part.sentences:
        return [f"{each.number} = {each.text}" for each in part.sentences]
    return [f"= {part.spoken}"]


def _show_sounds(script: Script, heard: Heard) -> None:
    """Name the sounds that no text shows; the one in place of the text was named first."""
    for file in heard.sounds:
        if file != script.recording:
            say(_("Heard too: {file}").format(file=file))


def _said_by(part: ReadParagraph) -> str:
    """Return who says a paragraph, and in which voice, to be put before it: "Bác Ba (espeak:vi+m3): "."""
    name = part.speaker or _("narrator")
    return f"{name} ({part.voice}): " if part.voice else f"{name}: "


def _show_side_by_side(parts: Sequence[ReadParagraph], *, numbered: bool) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_lines=True, expand=True)
    table.add_column(_("line"), justify="right")
    table.add_column(_("written"), ratio=1)
    table.add_column(_("spoken"), ratio=1)
    is_skit = any(part.speaker for part in parts)
    for part in parts:
        before = _said_by(part) if is_skit else ""
        table.add_row(str(part.line), _coloured_written(part, before), _coloured_spoken(part, numbered=numbered))
    Console().print(table)


def _coloured_written(part: ReadParagraph, before: str) -> Text:
    from rich.text import Text

    text = Text(one_line(before), style="bold")
    end = 0
    for change in part.changes:
        text.append(one_line(part.written[end : change.start]), style="not bold")
        text.append(one_line(part.written[change.start : change.end]), style="not bold red")
        end = change.end
    text.append(one_line(part.written[end:]), style="not bold")
    return text


def _coloured_spoken(part: ReadParagraph, *, numbered: bool) -> Text:
    """Colour what was changed where it stands in the spoken text, in its order; warnings follow below."""
    from rich.text import Text

    text, end, spoken = Text(), 0, one_line(part.spoken)
    for change in part.changes:
        said = one_line(change.spoken)
        found = spoken.casefold().find(said.casefold(), end)
        if found >= 0 and said:
            text.append(spoken[end:found])
            end = found + len(said)
            text.append(spoken[found:end], style="green")
    text.append(spoken[end:])
    if numbered and part.sentences:
        text = _in_sentences(text, part.sentences)
    for warning in part.warnings:
        text.append("\n⚠ " + one_line(warning_text(warning)), style="yellow")
    return text


def _in_sentences(spoken: Text, sentences: Sequence[Sentence]) -> Text:
    """Return a coloured text with each sentence in a line of its own, behind its number."""
    from rich.text import Text

    lines, end = [], 0
    for sentence in sentences:
        start = max(end, spoken.plain.find(one_line(sentence.text), end))
        end = start + len(one_line(sentence.text))
        lines.append(Text.assemble((f"{sentence.number}  ", "dim"), spoken[start:end]))
    return Text("\n").join(lines)
