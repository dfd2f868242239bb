"""Fills a Word template, in a process of its own with limits on memory and time: a template may come by mail.

A template gets texts, and lists and tables of texts. The picture is an object that can be put in its place and nothing
else; whatever else a template reaches for is an error.
"""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.children.child_side import Parent, WorkerFault, serve
from broadcaster.children.limits import limit_memory, write_no_files
from broadcaster.children.messages import Message
from broadcaster.os_reasons import os_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docxtpl import DocxTemplate
    from jinja2 import Environment

MOST_MEMORY = 1 << 30
LARGEST_FILE = 20_000_000
LARGEST_UNPACKED = 200_000_000

PICTURES = {"qr": 48, "qr_khoa": 30}
"""The pictures that a template may use, and how wide each is, in mm."""

_GLOBALS = ("namespace", "range")  # of Jinja's, those that reports may need


def main(parent: Parent) -> None:
    """Serve requests with `_fill`."""
    import docxtpl  # noqa: F401 - before the limits: Python writes its compiled files

    limit_memory(MOST_MEMORY)
    write_no_files()
    serve(parent, _fill)


def _fill(request: Mapping[str, Any]) -> Message:
    """Answer {"template": path, "context", "pictures": name → PNG in base64} with a .docx, or a fault.

    Its kinds: unreadable, document (no Word document that can be used), template (asks for what it must not), memory.
    """
    try:
        document = _open(Path(request["template"]))
        pictures = {
            name: _picture(document, base64.b64decode(png), PICTURES[name]) for name, png in request["pictures"].items()
        }
        if request["context"]["canh_bao"]:
            _warn_on_every_page(document)
        _render(document, {**dict.fromkeys(PICTURES, ""), **request["context"], **pictures})
        return Message({}, _saved(document))
    except MemoryError:
        raise WorkerFault("memory", "") from None


def _open(path: Path) -> DocxTemplate:
    from docxtpl import DocxTemplate

    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else b""
    except OSError as error:
        raise WorkerFault("unreadable", os_reason(error)) from None
    try:
        _refuse_bomb(data)
        document = DocxTemplate(io.BytesIO(data))
        document.init_docx()
        document.get_xml()
    except Exception as error:  # noqa: BLE001 - a damaged package makes the library raise whatever it meets
        raise _fault("document", error) from None
    return document


def _refuse_bomb(data: bytes) -> None:
    """Raise WorkerFault for a small file that unpacks into a huge one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
            raise WorkerFault("document", "it unpacks into too much")


def _render(document: DocxTemplate, context: Mapping[str, Any]) -> None:
    from lxml.etree import LxmlError

    try:
        document.render(context, _environment(), autoescape=True)
    except LxmlError as error:
        raise _fault("document", error) from None
    except Exception as error:  # noqa: BLE001 - a template may divide by nought, add a text to a list …
        raise _fault("template", error) from None


def _saved(document: DocxTemplate) -> bytes:
    target = io.BytesIO()
    try:
        document.save(target)
    except Exception as error:  # noqa: BLE001 - as in `_open`
        raise _fault("document", error) from None
    return target.getvalue()


def _fault(kind: str, error: Exception) -> Exception:
    """Return what the parent is told of an error; want of memory and our own faults are told as they are."""
    return error if isinstance(error, MemoryError | WorkerFault) else WorkerFault(kind, str(error) or repr(error))


def _environment() -> Environment:
    """Return an environment that runs no code, changes no value, reads no other file and knows no undefined name."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.globals = {name: environment.globals[name] for name in _GLOBALS}
    return environment


class _Picture:
    """A picture as a template sees it: something to be put in its place. The sandbox reaches no attribute of it."""

    __slots__ = ("_draw",)

    def __init__(self, draw: Callable[[], str]) -> None:
        self._draw = draw

    def __html__(self) -> str:
        return self._draw()

    def __str__(self) -> str:
        return self._draw()


def _warn_on_every_page(document: DocxTemplate) -> None:
    """Let the warning stand in red above every page, whatever the template has there."""
    from docx.shared import Pt, RGBColor

    for section in document.docx.sections:
        for header in (section.header, section.first_page_header, section.even_page_header):
            run = header.add_paragraph().add_run("{{ canh_bao }}")
            run.bold, run.font.size, run.font.color.rgb = True, Pt(10), RGBColor(0xC0, 0, 0)


def _picture(document: DocxTemplate, png: bytes, width_mm: int) -> _Picture:
    """Return a picture that belongs to this document."""
    from docx.shared import Mm
    from docxtpl import InlineImage

    image = InlineImage(document, io.BytesIO(png), width=Mm(width_mm))
    return _Picture(lambda: str(image))
