"""A text that a person edited, in the form that its file had."""


def as_before(text: str, before: str) -> str:
    """Return an edited text with the line ends and the byte order mark that the file had before."""
    bom = "\ufeff" if before.startswith("\ufeff") else ""
    return bom + (text.replace("\n", "\r\n") if "\r\n" in before else text)
