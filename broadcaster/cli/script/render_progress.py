"""Rendering with a bar, and what came of it in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from broadcaster.cli.progress import progress_bar
from broadcaster.cli.show import hint
from broadcaster.i18n import _, ngettext
from broadcaster.office.rendering import render_scripts
from broadcaster.office.wording import rate_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broadcaster.models import Script
    from broadcaster.speech.render import RenderReport, RenderStep
    from broadcaster.station.folder import Station


def render_all(station: Station, how: str) -> RenderReport:
    """Render all good scripts of the station with a bar, for the command `how`.

    What came of it goes to stderr, because it is no answer.
    """
    report = render_with_bar(station, list(station.scripts()[0].values()), how)
    sum_up(report, hint)
    return report


def render_with_bar(station: Station, scripts: Sequence[Script], how: str) -> RenderReport:
    """Render these scripts with a bar, for the command `how`."""
    with progress_bar() as show:

        def tell(step: RenderStep) -> None:
            show(step.done, step.total, step.script)

        return render_scripts(station, scripts, how, progress=tell)


def sum_up(report: RenderReport, write: Callable[[str], None]) -> None:
    """Write how many clips were made, which voices did not speak and who spoke instead, and each script that failed."""
    text = _("Made: {made}; already there: {kept}; failed: {failed}.")
    write(text.format(made=len(report.made), kept=len(report.kept), failed=len(report.failed)))
    if report.rates:
        slowest, fastest = min(report.rates.values()), max(report.rates.values())
        write(_("Rate of speech: {rates}.").format(rates=rate_text(slowest, fastest)))
    for reason in report.not_speaking.values():
        hint(reason)
    for voice, count in Counter(report.fell_back.values()).items():
        text = ngettext("{count} clip: {voice} speaks instead.", "{count} clips: {voice} speaks instead.", count)
        hint(text.format(count=count, voice=voice))
    for id_, reason in report.failed.items():
        hint(_("{script}: failed: {reason}").format(script=id_, reason=reason))
