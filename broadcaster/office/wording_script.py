"""What somebody should look at in a script, or hear in its clip, in sentences."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.models import WarningKind
from broadcaster.office.wording import short_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.models import ScriptWarning

WARNINGS: Mapping[WarningKind, str] = {
    WarningKind.SPELLED: N_('"{token}" is spelled out: "{reading}"'),
    WarningKind.GUESSED: N_('"{token}" could be read in two ways; it is read "{reading}"'),
    WarningKind.UNTONED: N_('"{token}" is written without tone marks; it is read "{reading}"'),
    WarningKind.FOREIGN: N_('"{token}" is not known and is left to the voice as it is'),
    WarningKind.DROPPED: N_('"{token}" has no words and is not read'),
    WarningKind.IMPOSSIBLE: N_('"{token}" is a day or a time that does not exist'),
    WarningKind.SLIP: N_('"{token}": "{reading}" seems to be meant'),
    WarningKind.WEEKDAY: N_('"{token}": that day is a {reading}'),
    WarningKind.SILENCE: N_("from {start} to {end}: complete silence"),
    WarningKind.CLIPPING: N_("from {start} to {end}: distorted, recorded too loud"),
    WarningKind.ONE_SIDED: N_("from {start} to {end}: only one of the two stereo channels has sound"),
    WarningKind.OPPOSED: N_("from {start} to {end}: the two stereo channels cancel each other"),
    WarningKind.TRUNCATED: N_("at {start}: the file is cut off"),
    WarningKind.ABRUPT: N_("at {start}: ends in the middle of sound"),
    WarningKind.SPEAKER_VARIANT: N_(
        '"{token}" is not how the speaker is written, so {who} says the whole line; write "{name}:"'
    ),
    WarningKind.SPEAKER_UNKNOWN: N_('"{token}" has no voice under [voices], so {who} says the line and the name'),
    WarningKind.CUE_BRACKETS: N_('"{token}" is read out as words; a cue stands in square brackets, such as [nghỉ 1s]'),
    WarningKind.ASIDE: N_('"{token}" is read out as words; what is not to be said stands between <!-- and -->'),
    WarningKind.INVISIBLE: N_('"{token}" holds an invisible sign, {sign}, here shown as ·; type the word again'),
    WarningKind.LOST_LETTER: N_('a letter of "{token}" is lost; type the word again'),
    WarningKind.FIGURE_UNSOURCED: N_(
        '"{token}" has no source and no first day; state it: claims = [{{text = "{token}", source = "…", from = …}}]'
    ),
    WarningKind.LAW_UNSOURCED: N_(
        'nobody has stated since when "{token}" is in force: claims = [{{text = "{token}", source = "…", from = …}}]'
    ),
    WarningKind.PHONE_UNSOURCED: N_(
        'the number {token} has no source; state it: claims = [{{text = "{token}", source = "…", from = …}}]'
    ),
    WarningKind.CLAIM_INCOMPLETE: N_('the claim "{token}" needs a source and a first day, from'),
    WarningKind.CLAIM_UNUSED: N_('the claim "{token}" is not in the text; write it as the text has it, or take it out'),
    WarningKind.CLAIM_OVER: N_('"{token}" held until {until} only ({source}); correct the text or the claim'),
    WarningKind.CLAIM_AHEAD: N_('"{token}" holds from {start} on, and not yet'),
    WarningKind.CLAIM_OF_OLD_LAW: N_(
        '"{token}" is stated from {start}, before the law on social insurance changed ({changed}): see whether it holds'
    ),
    WarningKind.LETTER_OF_OLD_LAW: N_(
        '"{token}" is from before the law on social insurance changed ({changed}): see whether it holds, and if so, '
        "state it under claims"
    ),
    WarningKind.OTHER_PHONE: N_("the number {token} is not the one stated, {stated} ({source}): which is right?"),
    WarningKind.OLD_ENCODING: N_(
        "the text seems to be in the code {name}, not in Unicode: nobody will understand it; type or convert it again"
    ),
    WarningKind.LONG_READING: N_(
        "takes about {minutes} minutes to read; people listen to {most} at most: split it, or make it shorter"
    ),
    WarningKind.LONG_SENTENCE: N_(
        '"{token}" is a sentence of {words} words; by ear people follow {most} at most: make two of it'
    ),
    WarningKind.CAPITALS: N_(
        '"{token}" is all in capital letters, which are taken for abbreviations: write it in small letters'
    ),
    WarningKind.LOUDNESS: N_("comes out at {found:.1f} LUFS instead of {target:.1f}: its highest peaks allow no more"),
    WarningKind.GAP: N_("still to be written: {gap}"),
    WarningKind.SENTENCE: "{text}",
}


def warning_text(warning: ScriptWarning) -> str:
    """Return a warning as a sentence; that of a recording begins with its file."""
    facts = dict(warning.facts)
    times = {name: _clock(float(facts[f"{name}_s"])) for name in ("start", "end") if f"{name}_s" in facts}
    for day in ("start", "until", "changed"):
        if isinstance(iso := facts.get(day), str):
            facts[day] = short_date(date.fromisoformat(iso))
    if "by" in facts:
        facts["who"] = facts["by"] or _("the narrator")
    text = _(WARNINGS[warning.kind]).format(**facts, **times)
    return f"{facts['file']}: {text}" if "file" in facts else text


def _clock(seconds: float) -> str:
    """Return a time as 1:05.3."""
    minutes, rest = divmod(round(seconds * 10), 600)
    return f"{minutes}:{rest // 10:02}.{rest % 10}"
