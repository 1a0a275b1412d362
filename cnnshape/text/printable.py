"""Text from outside, made printable: the one place for it.

A name in a spec, an ONNX file, a run or a path may hold what moves a terminal's cursor, colours
it, rings it, or shows text in another order than it is written in. Every writer passes what it
writes through here; what a form of its own needs besides, such as HTML, its writer escapes.
"""

from __future__ import annotations

from typing import Any

REPLACEMENT = "\ufffd"
"""What stands for a character that is not printable: Unicode's own mark for it."""


def printable(text: object) -> str:
    """`text` as one line that disturbs no terminal, with as many characters as before.

    White space is a blank. What Unicode calls control, format (zero-width and bidirectional),
    private, unassigned or half a surrogate is a mark of replacement.
    """
    written = str(text)
    return written if written.isprintable() else "".join(map(_shown, written))


def printable_lines(text: object) -> str:
    """The same of a text of several lines, which stay apart."""
    return "\n".join(map(printable, str(text).split("\n")))


def to_json(value: object, *, indent: int | None = None) -> str:
    """`value` as JSON that disturbs no terminal: what is not printable is escaped, and so kept."""
    import json

    text = json.dumps(value, indent=indent, ensure_ascii=False)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text)


def csv_line(cells: Any) -> str:
    """A row of CSV, with its end of line. None is an empty cell.

    A text that a spreadsheet would run as a formula gets an apostrophe before it, which makes it
    a text there. Source: OWASP, "CSV Injection".
    """
    import csv
    from io import StringIO

    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(
        [cell if cell is None or isinstance(cell, (int, float)) else _cell(cell) for cell in cells]
    )
    return line.getvalue()


def _cell(value: object) -> str:
    text = printable(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a formula begins with; spreadsheets of East Asia take the full-width signs, too."""


def _shown(char: str) -> str:
    return char if char.isprintable() else " " if char.isspace() else REPLACEMENT
