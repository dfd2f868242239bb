"""What the commands of `audit` answer as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.office.wording_audit import break_text, remark_text, rupture_text, summary_text
from broadcaster.office.wording_audit_files import fault_text
from broadcaster.office.wording_audit_review import anomaly_text
from broadcaster.office.wording_report import difference_text, report_sentences

if TYPE_CHECKING:
    from broadcaster.office.report_check import ReportCheck
    from broadcaster.records.anomaly import Review
    from broadcaster.records.bundle import BundleReport
    from broadcaster.records.verify_report import VerifyReport


def bundle_json(report: BundleReport) -> dict[str, object]:
    """Return what a check of an export found, in its play history and in its files."""
    files = [{"name": fault.name, "fault": str(fault.kind), "text": fault_text(fault)} for fault in report.faults]
    return verify_json(report.history) | {"ok": report.ok, "files": files, "not_kept": list(report.not_kept)}


def verify_json(report: VerifyReport) -> dict[str, object]:
    """Return what a check of the play history found; it has no files beside it."""
    return {
        "ok": report.ok,
        "chain_ok": report.chain_ok,
        "rows": report.rows,
        "head": {"seq": report.head.seq, "hash": report.head.hash},
        "first_at": report.first_at or None,
        "last_at": report.last_at or None,
        "counts": {str(fault): count for fault, count in report.counts.items()},
        "breaks": [
            {"seq": b.seq or None, "fault": str(b.fault), "kind": str(b.kind), "text": break_text(b)}
            for b in report.breaks
        ],
        "remarks": [{"seq": r.seq or None, "kind": str(r.kind), "text": remark_text(r)} for r in report.remarks],
        "ruptures": [{"seq": r.seq, "at": r.at, "kind": str(r.kind), "text": rupture_text(r)} for r in report.ruptures],
        "checkpoints": [
            {
                "rows": held.given.checkpoint.head.seq,
                "hash": held.given.checkpoint.head.hash,
                "at": held.given.checkpoint.at.isoformat() if held.given.checkpoint.at else None,
                "fits": held.fits,
                "signature": str(held.given.signature),
                "own": held.given.own or None,
            }
            for held in report.held
        ],
        "awaited": report.awaited.count if report.awaited else 0,
        "files": None,
        "not_kept": None,
        "summary": summary_text(report),
    }


def review_json(found: Review) -> dict[str, object]:
    """Return what an auditor should look at."""
    return {
        "rows": found.head.seq,
        "anomalies": [
            {
                "kind": str(anomaly.kind),
                "at": anomaly.at.isoformat(),
                "rows": list(anomaly.rows),
                "text": anomaly_text(anomaly),
            }
            for anomaly in found.anomalies
        ],
    }


def report_json(found: ReportCheck) -> dict[str, object]:
    """Return what the check of a report found; nothing compared is an empty list."""
    return {
        "ok": found.ok,
        "signature": str(found.received.signature),
        "signed": found.signed.lines,
        "file_fits": None if found.in_file is None else found.in_file == found.signed.digest,
        "history_fits": None if found.recounted is None else found.recounted == found.signed and found.history_holds,
        "differences": [
            {"place": str(each.place.part), "found": each.found, "wanted": each.wanted, "text": difference_text(each)}
            for each in (found.compared.differences if found.compared else ())
        ],
        "own_words": list(found.compared.own if found.compared else ()),
        "summary": " ".join(report_sentences(found)),
    }
