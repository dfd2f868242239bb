"""What is wrong with a take, and how it stands, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.speech.take_check import TakeFaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.office.takes import ListedTake
    from broadcaster.speech.take_check import TakeFault

FAULTS: Mapping[TakeFaultKind, str] = {
    TakeFaultKind.CLIPPING: N_("distorted for {seconds:.1f} s: too loud; move away from the microphone"),
    TakeFaultKind.NOISY: N_(
        "much noise: {noise:.0f} dB against a voice of {voice:.0f} dB; switch the fan off, move nearer"
    ),
    TakeFaultKind.QUIET: N_("the voice is weak, {voice:.0f} dB; move nearer, or turn the microphone up"),
    TakeFaultKind.NARROW: N_(
        "dull, as through a telephone; a microphone on Bluetooth does that: take one with a cable"
    ),
    TakeFaultKind.HOLES: N_("{seconds:.1f} s are missing: the computer was too busy; read it again"),
    TakeFaultKind.NO_START: N_("it begins in the middle of sound: wait a moment before you read"),
    TakeFaultKind.NO_END: N_("it ends in the middle of sound: wait a moment after the last word"),
    TakeFaultKind.SHORT: N_("it takes {seconds:.0f} s, and the text about {expected:.0f} s: was all of it read?"),
    TakeFaultKind.LONG: N_("it takes {seconds:.0f} s, and the text about {expected:.0f} s: is there more in it?"),
}


def fault_text(fault: TakeFault) -> str:
    """Return what is wrong with a take as a sentence."""
    return _(FAULTS[fault.kind]).format(**dict(fault.facts))


def standing_notes(listed: ListedTake) -> list[str]:
    """Return what else is to be said of a take as it stands now."""
    notes = [] if listed.is_unchanged else [_("its file was changed after it was recorded")]
    return notes if listed.is_of_this_text else [*notes, _("the text was changed after it was read")]
