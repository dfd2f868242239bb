"""The official report as a Word document: figures filled into a template that a commune may edit in Word.

Its layout is the template's, after decree 30/2020/NĐ-CP; `tools/report_template.py` builds the shipped one. The names
that a template may use are the keys of `context`; docs/bao-cao.md explains them to those who edit one.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.children.worker import Worker, WorkerLostError, WorkerTimeoutError
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.printable import printable
from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.frozen_words import word_context
from broadcaster.records.monthly.seal import qr_png
from broadcaster.records.monthly.word_groups import groups_context
from broadcaster.records.play_rows import Origin
from broadcaster.records.reconcile import Ruling
from broadcaster.weekdays import VIETNAMESE_SHORT_NAMES

if TYPE_CHECKING:
    from datetime import date

    from broadcaster.records.monthly.figures import Cause, DeviceTally, Figures, ScriptTally, Tally, Withdrawn
    from broadcaster.records.monthly.lines import Line
    from broadcaster.records.monthly.seal import Seal

TEMPLATE = Path(__file__).with_name("report.docx")
"""The template that is shipped."""

BLANK = "………………………………"
"""The blank for a fact that the station does not know, to be filled in by hand."""

MOST_SECONDS = 120.0
"""How long a template may take: a year's report takes a weak computer a tenth of this."""


def write_word(figures: Figures, seal: Seal | None, template: Path = TEMPLATE, seconds: float = MOST_SECONDS) -> bytes:
    """Return the report as a .docx file.

    Raises InputError if the template cannot be read, is not a Word document, uses an unknown name or reaches for more
    than the values of `context`, or needs more than `seconds` or more memory than the worker gives it.
    """
    if not template.is_file():
        raise InputError(Problem(_("there is no such file"), _("write one with --write-template"), template))
    texts = {"qr": seal.note, "qr_khoa": seal.key} if seal else {}
    pictures = {name: base64.b64encode(qr_png(text)).decode() for name, text in texts.items()}
    worker = Worker("broadcaster.records.monthly.word_worker")
    try:
        values = {"context": _seen(context(figures, seal)), "pictures": pictures}
        answer = worker.ask({"template": str(template.resolve()), **values}, seconds)
    except WorkerTimeoutError:
        raise InputError(_too_much(_("the template takes too long"), template)) from None
    except WorkerLostError as error:
        raise InputError(_unusable(template)) from error
    finally:
        worker.close()
    if "fault" in answer.head:
        raise InputError(_problem(answer.head["fault"], answer.head["text"], template))
    return answer.body


def _seen(value: object) -> object:
    """Return the same texts, lists and tables, with signs for what could not be seen."""
    match value:
        case str():
            return printable(value)
        case list():
            return [_seen(each) for each in value]
        case dict():
            return {name: _seen(each) for name, each in value.items()}
        case _:
            return value


def _problem(fault: str, reason: str, template: Path) -> Problem:
    """Return a worker's fault as a mistake in the template."""
    match fault:
        case "unreadable":
            return Problem(_("cannot be read ({reason})").format(reason=reason), path=template)
        case "template":
            todo = _("docs/bao-cao.md lists the names that a template may use")
            return Problem(_("the template asks wrongly: {reason}").format(reason=reason), todo, template)
        case "memory":
            return _too_much(_("the template takes too much memory"), template)
        case _:
            return _unusable(template)


def _unusable(template: Path) -> Problem:
    todo = _("save it as .docx, or write the shipped one again with --write-template")
    return Problem(_("cannot be used as a Word template"), todo, template)


def _too_much(what: str, template: Path) -> Problem:
    return Problem(what, _("use a template that you know, or write the shipped one with --write-template"), template)


def context(figures: Figures, seal: Seal | None) -> dict[str, Any]:
    """Return the names that a template may use: texts as printed, and lists of such."""
    heading, total = figures.heading, figures.total
    return {
        "don_vi": heading.station or BLANK,
        "DON_VI": heading.station.upper() or BLANK,
        "ky": phrases.period(heading),
        "tu_ngay": phrases.day(heading.first),
        "den_ngay": phrases.day(heading.last),
        "tinh_den": phrases.moment(heading.made_at) if heading.made_at.date() <= heading.last else "",
        "lap_luc": phrases.moment(heading.made_at),
        "pham_vi": phrases.scope(heading),
        "van_ban": phrases.letters(figures.letters),
        "canh_bao": phrases.warning(heading.broken) if heading.broken else "",
        "so_kich_ban": phrases.count(sum(script.planned > 0 for script in figures.scripts)),
        "tong": _tally(total),
        "tuan": [{"ten": phrases.week(span)} | _tally(span.tally) for span in figures.weeks],
        "ngay": [{"ten": _day(span.first)} | _tally(span.tally) for span in figures.days],
        "kich_ban": [_script(script) for script in figures.scripts],
        "ly_do": [_cause(cause) for cause in figures.causes],
        "muon": [_late(line) for line in figures.late],
        "thiet_bi": [_device(device) for device in figures.devices],
        "ngoai_lich": [_unplanned(line) for line in figures.unplanned if line.origin is not Origin.TEST],
        "rut": [_withdrawn(each) for each in figures.withdrawn_slots],
        **word_context(figures.frozen),
        "diem_kiem_tra": seal.note.splitlines() if seal else [],
        "ma_ngan": seal.short if seal else "",
        "khoa_cong_khai": seal.key if seal else "",
        **groups_context(figures),
    }


def _day(of: date) -> str:
    return f"{VIETNAMESE_SHORT_NAMES[of.weekday()]}, {phrases.day(of)}"


def _tally(tally: Tally) -> dict[str, str]:
    numbers = {
        "theo_lich": tally.planned,
        "da_phat": tally.aired,
        "dung_gio": tally.rulings[Ruling.ON_TIME],
        "muon": tally.rulings[Ruling.LATE],
        "khong_phat": tally.not_aired,
        "chua_den": tally.to_come,
        "ngoai_lich": tally.unplanned,
        "phat_bu": tally.make_goods,
        "phat_thu": tally.tests,
        "khong_ra_loa": tally.rulings[Ruling.NO_LOUDSPEAKER],
        "buoi": tally.sessions,
    }
    texts = {name: phrases.count(number) for name, number in numbers.items()}
    return texts | {"phut": phrases.in_tenths(tally.tenths), "ty_le": phrases.percent(tally.share)}


def _script(script: ScriptTally) -> dict[str, str]:
    return {
        "ten": script.title or script.id or phrases.NOTHING,
        "ma": script.id,
        "theo_lich": phrases.count(script.planned),
        "da_phat": phrases.count(script.aired),
        "so_lan_doc": phrases.count(script.readings),
        "phut": phrases.in_tenths(script.tenths),
    }


def _device(device: DeviceTally) -> dict[str, str]:
    return {
        "ten": phrases.device(device.name),
        "so_luot": phrases.count(device.plays),
        "phut": phrases.minutes(device.heard_ms),
    }


def _late(line: Line) -> dict[str, str]:
    return {
        "luc": phrases.moment(line.start),
        "muon": phrases.lateness(line.late_s),
        "kich_ban": line.title,
        "khung": line.slot_name,
        "ly_do": phrases.reason(line) or phrases.NOTHING,
    }


def _cause(cause: Cause) -> dict[str, str]:
    return {
        "ket_qua": phrases.status(cause.status),
        "ly_do": phrases.reason(cause.lines[0]),
        "kich_ban": cause.title,
        "khung": cause.slot,
        "so_luot": phrases.count(len(cause.lines)),
        "luc": phrases.times(cause.starts),
    }


def _unplanned(line: Line) -> dict[str, str]:
    replaced = phrases.replaced(line.replaces) if line.replaces else ""
    return {
        "luc": phrases.moment(line.started or line.start),
        "loai": phrases.ORIGIN[line.origin],
        "noi_dung": line.title,
        "ket_qua": phrases.status(line.status),
        "ly_do": phrases.reason(line),
        "phut": phrases.minutes(line.heard_ms),
        "nguoi": line.ordered_by or phrases.NOTHING,
        "thay_cho": replaced or phrases.NOTHING,
        "ghi_chu": "; ".join(filter(None, (phrases.reason(line), f"thay {replaced}" if replaced else ""))),
    }


def _withdrawn(each: Withdrawn) -> dict[str, str]:
    return {
        "ten": each.slot,
        "ly_do": each.reason,
        "nguoi": phrases.editor(each.by),
        "so_luot": phrases.count(len(each.starts)),
        "luc": phrases.times(each.starts),
    }
