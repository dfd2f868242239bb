"""What is wrong with the files of an export, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _, ngettext
from broadcaster.records.bundle import BundleFaultKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broadcaster.records.bundle import BundleFault, BundleReport

_FAULTS: Mapping[BundleFaultKind, str] = {
    BundleFaultKind.MISSING: N_("is missing"),
    BundleFaultKind.ADDED: N_("was added after the export was made"),
    BundleFaultKind.CHANGED: N_("is not as it was when the export was made"),
    BundleFaultKind.NOT_AS_DATABASE: N_("says something else than the database: believe the database"),
    BundleFaultKind.NOT_SIGNED: N_("has no signature of this key"),
    BundleFaultKind.BAD_SIGNATURE: N_("the signature is wrong: the sums were made anew, or damaged"),
    BundleFaultKind.NO_CHECKPOINT: N_("there should be a checkpoint here, and there is none that can be read"),
    BundleFaultKind.NOT_THAT_VERSION: N_("is not the version of the text that its name says"),
    BundleFaultKind.OTHER_HISTORY: N_("is not the checkpoint of this database: one of the two was exchanged"),
}


def fault_text(fault: BundleFault) -> str:
    """Return what is wrong with a file."""
    return _(_FAULTS[fault.kind])


def files_text(report: BundleReport) -> str:
    """Return what the check of all files came to, and what it lacks, in sentences."""
    return " ".join((_files(report), *_not_kept(report)))


def _not_kept(report: BundleReport) -> Iterator[str]:
    """Yield which versions of texts cannot be read in it, though the history names them."""
    if count := len(report.not_kept):
        text = ngettext(
            "{count} version of a text that the play history names is not in the export ({name}): ask why.",
            "{count} versions of texts that the play history names are not in the export ({name} …): ask why.",
            count,
        )
        yield text.format(count=count, name=report.not_kept[0])


def _files(report: BundleReport) -> str:
    if report.faults:
        count = len(report.faults)
        text = ngettext("{count} file of the export is wrong.", "{count} files of the export are wrong.", count)
        return text.format(count=count)
    return _("The files of the export are as they were made, and its tables say what its database says.")
