"""Keep the Vietnamese catalogue in step with the source.

`python -m tools.messages update` takes up new messages and drops those that nobody says any more;
`python -m tools.messages compile` writes the .mo that the program reads; `python -m tools.messages missing` lists
what has no translation yet. Needs Babel (dependency group "lint").

click's own words live in `broadcaster/locale/click.pot`, a union over the versions that we allow: `update` adds those
of the click that is installed and drops none.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parents[1] / "broadcaster"
LOCALE = PACKAGE / "locale"
CLICK_POT = LOCALE / "click.pot"
VI_PO = LOCALE / "vi" / "LC_MESSAGES" / "messages.po"
VI_MO = VI_PO.with_suffix(".mo")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def extract(folder: Path) -> Catalog:
    """Return every message marked in the Python files of a folder, with its place."""
    catalog = Catalog(charset="utf-8")
    found = extract_from_dir(
        folder, method_map=[("**.py", "python")], keywords=KEYWORDS, options_map={}, comment_tags=("Translators:",)
    )
    for name, line, message, comments, _context in sorted(found, key=lambda item: (item[0], item[1])):
        catalog.add(message, locations=[(f"{folder.name}/{Path(name).as_posix()}", line)], auto_comments=comments)
    return catalog


def source_messages() -> Catalog:
    """Return the messages of the whole package and of click: what the translation must hold."""
    catalog = extract(PACKAGE)
    for message in read_catalog(CLICK_POT):
        if message.id and message.id not in catalog:
            catalog.add(message.id, flags=message.flags, auto_comments=["click"])
    return catalog


def read_catalog(path: Path) -> Catalog:
    """Read a .po or .pot file."""
    with path.open("rb") as file:
        return read_po(file, locale="vi" if path.suffix == ".po" else None)


def update_click() -> None:
    """Add the words of the installed click to `click.pot`."""
    import click

    known = read_catalog(CLICK_POT) if CLICK_POT.exists() else Catalog(charset="utf-8")
    known.fuzzy = False
    for message in extract(Path(click.__file__).parent):
        if message.id and message.id not in known:
            known.add(message.id, flags=message.flags)
    _write(known, CLICK_POT)


def update() -> None:
    """Bring the translation in step with the source; a changed message starts again untranslated, never by guess."""
    catalog = read_catalog(VI_PO) if VI_PO.exists() else Catalog(locale="vi", charset="utf-8")
    catalog.update(source_messages(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    _write(catalog, VI_PO)


class _Plain(Catalog):
    """A catalogue whose header says nothing of when and with what it was made: the same texts make the same file."""

    mime_headers = property(
        lambda self: [
            ("Language", "vi"),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ],
        lambda _self, _headers: None,
    )


def compiled() -> bytes:
    """Return the .mo of the translation as it stands."""
    catalog, buffer = _Plain(locale="vi"), io.BytesIO()
    for message in read_catalog(VI_PO):
        if message.id:
            catalog.add(message.id, message.string)
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing() -> Iterator[str]:
    """Yield the messages that have no translation yet."""
    for message in read_catalog(VI_PO):
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (message.fuzzy or not all(texts)):
            yield message.id if isinstance(message.id, str) else message.id[0]


def _write(catalog: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.header_comment = "# The catalogue of the program's texts; made with `python -m tools.messages update`."
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=120, omit_header=False, include_lineno=False, sort_output=True)
    dated = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator")
    lines = [
        line for line in buffer.getvalue().decode().splitlines() if not line.startswith(tuple(f'"{d}' for d in dated))
    ]
    path.write_text("\n".join(lines).rstrip() + "\n", "utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Do what the one argument says; return 1 where translations are missing, 2 for an unknown argument."""
    if arguments == ["update"]:
        update_click()
        update()
    elif arguments == ["compile"]:
        VI_MO.write_bytes(compiled())
    elif arguments != ["missing"]:
        sys.stderr.write("python -m tools.messages update|compile|missing\n")
        return 2
    left = list(missing())
    sys.stdout.writelines(f"{text}\n" for text in left)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
